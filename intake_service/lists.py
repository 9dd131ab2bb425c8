"""The tables that leave the house: the list to publish, and two for the platforms, each described column by column.

Their import formats are not public: the platforms' tables stand under the form's own headings, to be typed or pasted
from, and say so themselves. One line an occupation, the organisation repeated on each, in every format.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from extractors.form.layout import default_layout
from extractors.form.levels import LEVEL_NAMES, LEVEL_NUMERALS
from extractors.form.reading import COLUMN_IDS, FIELD_IDS
from extractors.form.workdays import local_day
from intake_service import workbook
from intake_service.current import Cell, Row
from intake_service.errors import NotFoundError
from intake_service.export import COLUMN_TITLES, FIELD_TITLES, accepted, safe_cell
from intake_service.filing import period, site_words
from intake_service.parts import Actor, Parts
from intake_service.review import Review
from intake_service.store.filings import Filing

SCHEMA = "intake.list/1"
Value = str | float | date
NO_FORMAT = "平台没有公开导入格式；本表用《社会培训评价组织基本情况表》自己的栏目名，供对照录入或粘贴，不保证能直接导入。"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: heading, what stands in it, and how it comes from a submission and one of its occupations (if any)."""

    name: str
    title: str
    about: str
    value: Callable[[Review, Row | None], Value]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. ``note`` is what whoever uses it must know, empty for the list to publish."""

    name: str
    title: str
    about: str
    note: str
    columns: tuple[Column, ...]


def _field(
    name: str, about: str, title: str = "", show: Callable[[str, Cell], Value] | None = None
) -> Column:
    shown = show or (lambda _name, cell: cell.text)
    return Column(
        name,
        title or FIELD_TITLES[name],
        about,
        lambda review, _row: shown(name, review.current.fields[name]),
    )


def _column(
    name: str, about: str, title: str = "", show: Callable[[str, Cell], Value] | None = None
) -> Column:
    shown = show or (lambda _name, cell: cell.text)
    return Column(
        name,
        title or COLUMN_TITLES[name],
        about,
        lambda _review, row: shown(name, row.cells[name]) if row else "",
    )


def _given(name: str, title: str, about: str, show: Callable[[Filing], Value]) -> Column:
    return Column(name, title, about, lambda review, _row: show(review.filing))


def _contact(review: Review, _row: Row | None) -> str:
    fields = review.current.fields
    return "　".join(filter(None, (fields["contact_person"].text, fields["contact_phone"].text)))


def _regular(_name: str, cell: Cell) -> Value:
    """A code or day in its one regular form where it has one, else as it stands."""
    return cell.value if isinstance(cell.value, str) and cell.value else cell.text


def _levels(_name: str, cell: Cell) -> Value:
    """``[5, 4]`` as 五级/初级工、四级/中级工."""
    known = cell.value if isinstance(cell.value, list | tuple) else ()
    words = "、".join(
        f"{LEVEL_NUMERALS[level]}级/{LEVEL_NAMES[level]}" for level in known if level in LEVEL_NAMES
    )
    return words or cell.text


CODE = _given("filing_code", "备案号", "通过后由人录入；空 = 还没有赋码", lambda filing: filing.code)
PERIOD = _given("filing_period", "备案期限", "起日 至 止日，两日都在内", period)
_AS_WRITTEN = "表上所写（人工核定后的值）"
_BASICS = tuple(
    _field(name, "18 位规范写法；无法识别时照表上写" if name == "uscc" else _AS_WRITTEN,
           show=_regular if name == "uscc" else None)
    for name in FIELD_IDS[: FIELD_IDS.index("statement")]
)  # fmt: skip
_SHOWN: dict[str, tuple[str, Callable[[str, Cell], Value]]] = {
    "seq": ("数", workbook.value_of),
    "code": ("X-XX-XX-XX；无法识别时照表上写", _regular),
    "start_date": ("年、年-月或年-月-日，表上写到哪里是哪里；无法识别时照表上写", _regular),
    "trained_count": ("数；无法识别时照表上写", workbook.value_of),
    "levels": ("如 五级/初级工、四级/中级工；无法识别时照表上写", _levels),
}
_OCCUPATION = tuple(
    _column(name, _SHOWN[name][0], show=_SHOWN[name][1]) if name in _SHOWN else _column(name, _AS_WRITTEN)
    for name in COLUMN_IDS
)
_STATEMENT = "人员场地、设备设施以及组织优势、专业优势（含参与国家职业技能标准、教学大纲、教材等编制）等情况"

PUBLICATION = Table(
    "publication",
    "公布名单",
    "通知四（二）要求向社会公布的各项。",
    "",
    (
        _field("org_name", _AS_WRITTEN, "机构名称"),
        _field("address", _AS_WRITTEN),
        Column("contact", "联系方式", "联系人和联系电话", _contact),
        CODE,
        PERIOD,
        _column("name", _AS_WRITTEN),
        _column("levels", _AS_WRITTEN, "技能等级"),
        _given("sites", "站点情况", "名称（地址），几个站点以分号隔开", site_words),
    ),
)
SUPERVISION = Table(
    "supervision",
    "省职业技能监管平台用表",
    "供在湖南省职业技能监管平台登记通过的机构：备案情况、基本信息、职业（工种）、站点。",
    NO_FORMAT,
    (
        CODE,
        _given("valid_from", "备案期限起", "年-月-日", lambda filing: filing.valid_from or ""),
        _given("valid_to", "备案期限止", "年-月-日", lambda filing: filing.valid_to or ""),
        *_BASICS,
        *_OCCUPATION,
        _given("sites", "站点情况", "名称（地址），几个站点以分号隔开", site_words),
    ),
)
NATIONAL = Table(
    "national",
    "国家备案申报平台用表",
    "供在国家职业资格工作网职业技能等级认定机构备案申报平台填报：备案情况和表的一、二、三部分。",
    NO_FORMAT,
    (CODE, PERIOD, *_BASICS, *_OCCUPATION, _field("statement", _AS_WRITTEN, _STATEMENT)),
)
TABLES = {table.name: table for table in (PUBLICATION, SUPERVISION, NATIONAL)}


def table_of(name: str) -> Table:
    """One table. Raises NotFoundError."""
    if name not in TABLES:
        raise NotFoundError("没有这种表。")
    return TABLES[name]


def lines(table: Table, parts: Parts, actor: Actor) -> Iterator[list[Value]]:
    """The table's lines, in the order in which the submissions came. Asking for them is put on record."""
    for review in accepted(parts, actor, what=table.name):
        rows: tuple[Row | None, ...] = review.current.rows or (None,)
        for row in rows:
            yield [column.value(review, row) for column in table.columns]


def to_csv(table: Table, parts: Parts, actor: Actor) -> Iterator[bytes]:
    """UTF-8 with BOM; formulas are made harmless."""
    yield b"\xef\xbb\xbf" + _csv_line([column.title for column in table.columns])
    for values in lines(table, parts, actor):
        yield _csv_line([safe_cell(str(value)) for value in values])


def _csv_line(values: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue().encode()


def to_json(table: Table, parts: Parts, actor: Actor) -> Iterator[bytes]:
    """One document (``intake.list/1``): the table, its columns, and its lines as objects under the columns' headings."""
    told = {
        "schema": SCHEMA,
        "list": table.name,
        "title": table.title,
        "document": default_layout().call.document,
        "day": local_day(datetime.now(UTC)).isoformat(),
        "note": table.note,
        "columns": [{"title": column.title, "about": column.about} for column in table.columns],
    }
    titles = [column.title for column in table.columns]
    between = b"\n"
    yield _json(told)[:-1] + b', "rows": ['
    for values in lines(table, parts, actor):
        yield between + _json(dict(zip(titles, map(_plain, values), strict=True)))
        between = b",\n"
    yield b"\n]}\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _plain(value: Value) -> str | float:
    return value.isoformat() if isinstance(value, date) else value


def to_workbook(table: Table, parts: Parts, actor: Actor) -> Iterator[bytes]:
    """An .xlsx file in pieces; a table with a note has a second sheet that describes its columns."""
    with tempfile.TemporaryFile(prefix="intake-list-") as made:
        with xlsxwriter.Workbook(made, {"constant_memory": True}) as book:
            sheet = workbook.new_sheet(book, table.title)
            sheet.head([(column.name, column.title) for column in table.columns])
            for values in lines(table, parts, actor):
                sheet.add(values)
            if table.note:
                about = workbook.new_sheet(book, "说明")
                about.head([("address", "栏目"), ("statement", "内容")])
                for title, words in [("本表", table.note), *((c.title, c.about) for c in table.columns)]:
                    about.add([title, words])
        made.seek(0)
        while chunk := made.read(workbook.CHUNK):
            yield chunk


MAKERS: dict[str, tuple[Callable[[Table, Parts, Actor], Iterator[bytes]], str]] = {
    "xlsx": (to_workbook, workbook.MEDIA_TYPE),
    "csv": (to_csv, "text/csv; charset=utf-8"),
    "json": (to_json, "application/json"),
}
"""Form → what makes it, and its media type."""


def made(parts: Parts, actor: Actor, name: str, form: str) -> tuple[Iterator[bytes], str]:
    """A table in pieces, and its media type. Raises NotFoundError."""
    if form not in MAKERS:
        raise NotFoundError("没有这种格式，可以选 Excel、CSV 或 JSON。")
    make, media_type = MAKERS[form]
    return make(table_of(name), parts, actor), media_type
