"""For authors of layouts: can this folder be used, and what is read with it?"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import click

from extractors.form.layout import Layout, LayoutError, load_layout
from extractors.form.reading import COLUMN_IDS
from extractors.form.text import normal_label, similarity
from intake_service.cli.shared import sentences

READER = ("worker.sandbox", "Reader")
"""Loaded by name when a file is read: it belongs to the other side of the house."""
NOT_FOUND, REFUSED = 1, 3
MARKS = frozenset({"legal_rep_signature", "org_seal", "authority_seal"})
ALIKE = 0.7
"""Likeness from which a label may be taken for another one."""
LEAST_LABELS, LEAST_HEADINGS = 4, 2
"""So many labels, or headings, on one page tell that it is the form."""
STATUS = {"auto": "✓ 放行", "review": "? 待核对", "blank": "– 空白", "missing": "✗ 没找到"}


@click.group()
def form() -> None:
    """表格的版式：check 检查、try 试读一个文件。"""


@form.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """检查版式文件夹 FOLDER（…/<表>/<版本>，旁边有 calls/）能否使用；不能用时说明文件、位置和原因。"""
    layout = _loaded(folder)
    click.echo(f"可以使用：{layout.title}，{len(layout.fields)} 栏，表格 {len(layout.columns)} 列，"
               f"印章和签名 {len(layout.marks)} 处，规则 {len(layout.call.rules)} 条。")  # fmt: skip
    for hint in hints(layout):
        click.echo(f"注意：{hint}")


@form.command(name="try")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--engine", type=click.Choice(["rapidocr", "tesseract"]), default="rapidocr", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="输出整份识读结果（JSON）")
@click.pass_context
@sentences
def try_file(context: click.Context, folder: Path, file: Path, engine: str, *, as_json: bool) -> None:
    """用版式 FOLDER 试读 FILE（PDF、JPEG、PNG、TIFF），逐栏写出读到的内容，什么也不保存。"""
    layout = _loaded(folder)
    module, name = READER
    with getattr(importlib.import_module(module), name)(engine, layout=folder) as reader:
        reading: dict[str, Any] = reader.read(file, file.name)
    if as_json:
        click.echo(json.dumps(reading, ensure_ascii=False, indent=1))
    else:
        for line in told(layout, reading):
            click.echo(line)
    context.exit(0 if reading["form"]["matched"] else NOT_FOUND)


def unusable(layout: Layout) -> str:
    """Why forms of this layout cannot be read, as a sentence; empty when they can."""
    if not any(
        section.labels and not section.columns and section.body is None for section in layout.sections
    ):
        return "至少要有一部分只含 labels：表是靠它们认出来的。"
    columns = tuple(column.id for column in layout.columns)
    if columns not in {(), COLUMN_IDS}:
        return f"表格的列目前只能是 {'、'.join(COLUMN_IDS)}（按此顺序），或者没有表格。"
    unknown = [mark.mark for mark in layout.marks if mark.mark not in MARKS]
    return f"印章和签名目前只认 {'、'.join(sorted(MARKS))}，没有 {'、'.join(unknown)}。" if unknown else ""


def hints(layout: Layout) -> Iterator[str]:
    """What can be used and will be read badly."""
    beside = [label for label in layout.labels if label.relation != "within"]
    if len(beside) < LEAST_LABELS and len(layout.sections) < LEAST_HEADINGS:
        yield f"一页上少于 {LEAST_LABELS} 个标签、{LEAST_HEADINGS} 个标题，扫描件可能认不出是这张表。"
    for one, other in combinations(beside, 2):
        pairs = ((a, b) for a in one.texts for b in other.texts)
        close = next(
            ((a, b) for a, b in pairs if similarity(normal_label(a), normal_label(b)) >= ALIKE), None
        )
        if close:
            yield f"“{close[0]}”（{one.field}）和“{close[1]}”（{other.field}）太像，可能互相认错。"


def told(layout: Layout, reading: Mapping[str, Any]) -> Iterator[str]:
    """A reading in lines for a person."""
    match = reading["form"]
    if not match["matched"]:
        yield f"没有认出“{layout.title}”。请核对标题、标签的文字，以及表格线是否清楚。"
        return
    yield f"认出“{layout.title}”，相符程度 {match['score']:.0%}"
    yield from (f"与版式不同：{deviation}" for deviation in match["deviations"])
    for name, field in reading["fields"].items():
        yield _line(name, field)
    for number, row in enumerate(reading["occupations"], start=1):
        yield from (_line(f"第 {number} 行 {column}", cell) for column, cell in row.items())
    for place in layout.marks:
        mark = reading["marks"][place.mark]
        yield f"{STATUS[mark['status']]}  {place.mark}：{'有' if mark['present'] else '没有'}"
    for found in reading["checks"]:
        if found["passed"] is False:
            yield f"规则 {found['rule']}：{found['message']}"


def _line(name: str, field: Mapping[str, Any]) -> str:
    sure = f"（{field['confidence']:.0%}）" if field["text"] else ""
    return f"{STATUS[field['status']]}  {name}：{field['text']}{sure}"


def _loaded(folder: Path) -> Layout:
    """The layout; one that cannot be used ends the command with its sentence."""
    try:
        layout = load_layout(folder.resolve())
    except LayoutError as error:
        click.echo(str(error), err=True)
        raise SystemExit(REFUSED) from error
    if why := unusable(layout):
        click.echo(f"{folder}：{why}", err=True)
        raise SystemExit(REFUSED)
    return layout
