"""The accepted values as a workbook for spreadsheets: organisations on one sheet, their occupations on another.

Texts are typed as texts, so nothing that stands on paper can be a formula; days and counts are days and numbers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from extractors.form.reading import COLUMN_IDS, FIELD_IDS
from extractors.form.workdays import LOCAL_UTC_OFFSET
from intake_service.current import Cell
from intake_service.export import COLUMN_TITLES, FIELD_TITLES, accepted
from intake_service.parts import Actor, Parts
from intake_service.review import Review
from intake_service.store.submissions import Filter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 1 << 20
MOST_CHARACTERS = 32_767
"""That a cell may hold."""
WIDTHS = {"org_name": 34, "address": 40, "registration_authority": 24, "uscc": 22, "contact_phone": 18, "email": 26,
          "statement": 60, "authority_opinion": 40, "name": 26, "code": 16}  # fmt: skip
"""In characters; 14 for the others."""
AMOUNTS, COUNTS, DAYS = (
    {"registered_capital"},
    {"seq", "trained_count"},
    {"authority_opinion_date", "start_date"},
)


@dataclass(slots=True)
class Sheet:
    """One sheet and the row that is written next."""

    sheet: Worksheet
    formats: dict[str, Format]
    row: int = field(default=1)

    def head(self, titles: Sequence[tuple[str, str]]) -> None:
        """Name the columns: ids and titles."""
        for column, (name, title) in enumerate(titles):
            self.sheet.set_column(column, column, WIDTHS.get(name, 14))
            self.sheet.write_string(0, column, title, self.formats["head"])
        self.sheet.freeze_panes(1, 1)

    def add(self, values: Sequence[Any]) -> None:
        """One row; a str is a text whatever it begins with."""
        for column, value in enumerate(values):
            if isinstance(value, date):
                self.sheet.write_datetime(self.row, column, value, self.formats["day"])
            elif isinstance(value, int | float):
                self.sheet.write_number(self.row, column, value, self.formats["number"])
            else:
                shown = value if len(value) <= MOST_CHARACTERS else value[: MOST_CHARACTERS - 1] + "…"
                self.sheet.write_string(self.row, column, shown, self.formats["text"])
        self.row += 1


def new_sheet(book: xlsxwriter.Workbook, title: str) -> Sheet:
    """An empty sheet of a workbook that is being written."""
    plain = {"valign": "top", "text_wrap": True}
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True}),
        "text": book.add_format({**plain, "num_format": "@"}),
        "number": book.add_format({**plain, "num_format": "#,##0"}),
        "day": book.add_format({**plain, "num_format": "yyyy-mm-dd"}),
    }
    return Sheet(book.add_worksheet(title), formats)


def to_workbook(parts: Parts, actor: Actor, chosen: Filter | None = None) -> Iterator[bytes]:
    """The same submissions as ``export.to_csv``, as an .xlsx file in pieces."""
    with tempfile.TemporaryFile(prefix="intake-export-") as made:
        _write(made, accepted(parts, actor, chosen))
        made.seek(0)
        while chunk := made.read(CHUNK):
            yield chunk


def _write(target: Any, reviews: Iterator[Review]) -> None:
    head = [("receipt_number", "收件编号")]
    titles = {**FIELD_TITLES, "registered_capital": "注册资金（元）"}
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        organisations, occupations = new_sheet(book, "机构"), new_sheet(book, "职业（工种）")
        organisations.head([*head, ("decided_at", "通过日期"), *titles.items()])
        occupations.head([*head, ("org_name", "名称"), *COLUMN_TITLES.items()])
        for review in reviews:
            number, fields = review.submission.receipt_number, review.current.fields
            decided = review.submission.decided_at
            day = (decided + LOCAL_UTC_OFFSET).date() if decided else ""
            organisations.add([number, day, *(value_of(name, fields[name]) for name in FIELD_IDS)])
            for row in review.current.rows:
                values = [value_of(column, row.cells[column]) for column in COLUMN_IDS]
                occupations.add([number, fields["org_name"].text, *values])
        for each in (organisations, occupations):
            each.sheet.autofilter(0, 0, max(1, each.row - 1), each.sheet.dim_colmax or 0)


def value_of(name: str, cell: Cell) -> str | float | date:
    """A number or day where the value is one, else the text as it stands: 2015.3 is no day."""
    value = cell.value
    if name in AMOUNTS | COUNTS and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if name in DAYS and isinstance(value, str) and len(value) == len("2015-03-01"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return cell.text
    return cell.text
