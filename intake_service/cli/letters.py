"""The wording of letters: whether a file of it can be used."""

from __future__ import annotations

from pathlib import Path

import click

from extractors.form.layout import LayoutError
from intake_service.cli.rules import REFUSED


@click.group()
def letters() -> None:
    """文书模板：check。"""


@letters.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """检查文书模板 FILE（templates_ref/letters/*.yaml）能否使用；不能用时说明位置和原因。"""
    from intake_service.letters.wording import load_wording

    try:
        kinds = load_wording(file)
    except LayoutError as error:
        click.echo(str(error), err=True)
        raise SystemExit(REFUSED) from error
    click.echo(f"可以使用：{'、'.join(kind.title for kind in kinds.values())}。")
