"""The workbook, opened again by another library than the one that wrote it."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.form.reading import COLUMN_IDS
from intake_service import review, workbook
from intake_service.current import Cell
from intake_service.errors import ForbiddenError
from intake_service.parts import Parts
from intake_service.store import Move
from tests.intake_service.builders import CLERK, REVIEWER, in_review, make_cell, make_reading

Rows = list[list[object]]


def sheets(parts: Parts) -> dict[str, Rows]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(workbook.to_workbook(parts, REVIEWER))))
    assert all(sheet.freeze_panes == "B2" for sheet in book)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_organisations_and_occupations_with_days_and_numbers_as_such(parts: Parts) -> None:
    reading = make_reading(rows=2)
    reading["fields"]["registered_capital"] = make_cell("50万元", 500000)
    reading["fields"]["authority_opinion_date"] = make_cell("2020年4月9日", "2020-04-09")
    reading["fields"]["address"] = make_cell('=HYPERLINK("x")')
    reading["fields"]["contact_phone"] = make_cell("0731-8888888")
    submission = in_review(parts, reading)
    review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)
    found = sheets(parts)
    titles, organisation = found["机构"]
    told = dict(zip(titles, organisation, strict=True))
    assert told["收件编号"] == submission.receipt_number
    assert isinstance(told["通过日期"], datetime)
    assert (told["注册资金（元）"], str(told["审核日期"])) == (500000, "2020-04-09 00:00:00")
    assert (told["地址"], told["联系电话"]) == ('=HYPERLINK("x")', "0731-8888888")
    titles, first, second = found["职业（工种）"]
    assert titles[:2] == ["收件编号", "名称"]
    assert len(titles) == 2 + len(COLUMN_IDS)
    assert first[2:] == [1, "养老护理员", "4-10-01-05", "否", "2015.3", 12000, "五级至三级"]
    assert second[2] == 2


def test_a_text_that_looks_like_a_formula_is_typed_as_text(parts: Parts) -> None:
    reading = make_reading()
    reading["fields"]["org_name"] = make_cell("=1+1")
    review.decide(parts, REVIEWER, in_review(parts, reading).id, 0, Move.ACCEPT)
    with zipfile.ZipFile(io.BytesIO(b"".join(workbook.to_workbook(parts, REVIEWER)))) as packed:
        content = packed.read("xl/worksheets/sheet1.xml")
    assert b"<t>=1+1</t>" in content
    assert b"<f" not in content


@settings(max_examples=5, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1), min_size=1, max_size=40))
def test_any_text_comes_back_as_it_was(texts: list[str]) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"constant_memory": True}) as book:
        sheet = workbook.new_sheet(book, "机构")
        for text in texts:
            sheet.add([workbook.value_of("address", Cell("fields.address", text, text, "auto"))])
    back = openpyxl.load_workbook(made)["机构"]
    assert [row[0] for row in back.iter_rows(min_row=2, values_only=True)] == texts


def test_who_may_not_export_gets_nothing(parts: Parts) -> None:
    with pytest.raises(ForbiddenError):
        next(workbook.to_workbook(parts, CLERK))
