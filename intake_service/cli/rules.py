"""The call's rules: what they find in one submission, and whether a file of them can be used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from extractors.form.layout import LayoutError, load_call
from intake_service import explaining
from intake_service.cli.shared import migrated_parts, sentences

REFUSED = 3
"""The exit code of a refused input, as of ``intake extract``."""
_SIGNS = {
    explaining.PASSED: "✓ 符合",
    explaining.FAILED: "✗ 不符合",
    explaining.CANNOT_JUDGE: "? 无法判断",
    explaining.NOT_APPLICABLE: "– 不涉及",
}


@click.group()
def rules() -> None:
    """征集通知的规则：explain、check。"""


@rules.command()
@click.argument("submission")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@sentences
def explain(submission: str, *, as_json: bool) -> None:
    """逐条说明规则对 SUBMISSION（编号或收件编号）的结论、依据和所看的内容。"""
    found = explaining.explain(migrated_parts(), submission)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    call = found["call"]
    click.echo(f"{found['receipt_number']}  {call['document']}  截止 {call['deadline']}")
    for rule in found["rules"]:
        click.echo(f"{_SIGNS[rule['outcome']]}  {rule['rule']}  〔{rule['basis']}〕{_quoted(rule['words'])}")
        for finding in rule["findings"]:
            click.echo(f"    {_SIGNS[finding['outcome']][0]} {finding['message']}")
            for each in finding["inputs"]:
                click.echo(f"        {each['path']}：{each['text'] or '（空）'}{_where(each)}")


@rules.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """检查规则文件 FILE（templates_ref/calls/*.yaml）能否使用；不能用时说明位置和原因。"""
    try:
        call = load_call(file)
    except LayoutError as error:
        click.echo(str(error), err=True)
        raise SystemExit(REFUSED) from error
    click.echo(f"可以使用：{call.document}，{len(call.rules)} 条规则。")


def _quoted(words: str) -> str:
    return f"“{words}”" if words else ""


def _where(each: Mapping[str, Any]) -> str:
    return "".join(
        f"  第 {place['page']} 页 [{', '.join(f'{edge:.3f}' for edge in place['box'])}]"
        for place in each["places"]
    )
