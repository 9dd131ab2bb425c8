"""Backup, restore, purge."""

from __future__ import annotations

from pathlib import Path

import click

from intake_service import backup as backups
from intake_service import retention
from intake_service.cli.shared import migrated_parts, sentences
from intake_service.parts import SYSTEM


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@sentences
def backup(target: Path) -> None:
    """备份到文件 TARGET。内含个人信息，请妥善保管；有文件损坏时仍会备份其余部分，并以 1 退出。"""
    manifest = backups.back_up(migrated_parts(), target)
    rows = sum(count for count, _digest in manifest.tables.values())
    click.echo(
        f"已备份 {rows} 条记录、{manifest.files} 个文件（{manifest.bytes / 1024**2:.1f} MB）到 {target}"
    )
    if manifest.damaged:
        raise click.ClickException(
            f"有 {len(manifest.damaged)} 个文件已丢失或损坏，不在备份中：{'、'.join(manifest.damaged[:5])}"
        )


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@sentences
def restore(source: Path) -> None:
    """从备份 SOURCE 恢复。只能恢复到空的数据库；恢复前后逐个校验文件和记录。"""
    manifest = backups.restore(migrated_parts(), source)
    click.echo(f"已恢复 {manifest.made_at} 的备份：{manifest.files} 个文件，全部校验无误。")


@click.command()
@click.option("--days", type=click.IntRange(min=1), required=True, help="办结超过多少天的件")
@click.option("--dry-run", is_flag=True, help="只列出将要删除的收件编号")
@sentences
def purge(days: int, *, dry_run: bool) -> None:
    """删除已办结且超过保存期的件：原件、图像、识别内容和更正记录。证明写到标准输出。"""
    parts = migrated_parts()
    if dry_run:
        for number in retention.expired(parts, days):
            click.echo(number)
        return
    for certificate in retention.purge(parts, SYSTEM, days):
        click.echo(certificate.text)
