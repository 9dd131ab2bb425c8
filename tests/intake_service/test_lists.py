"""The tables that leave the house: the notice's items, the form's headings, the same lines in every format."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from extractors.form.layout import default_layout
from intake_service import filing, lists, review
from intake_service.errors import ForbiddenError, NotFoundError
from intake_service.parts import Parts
from intake_service.store import Move
from tests.intake_service.builders import CLERK, REVIEWER, in_review, make_cell, make_reading

NOTICE = Path(__file__).resolve().parents[3] / "shared" / "notice.txt"
ITEMS = ["机构名称", "地址", "联系方式", "备案号", "备案期限", "职业（工种）名称", "技能等级", "站点情况"]
FORMULA = '=HYPERLINK("http://x.example")'


@pytest.fixture
def submission_id(parts: Parts) -> str:
    reading = make_reading(rows=2)
    reading["fields"]["contact_person"] = make_cell("王某")
    reading["fields"]["contact_phone"] = make_cell("0731-8888888")
    reading["fields"]["address"] = make_cell(FORMULA)
    reading["fields"]["uscc"] = make_cell("5243 0000 MJJ0 0000 00", "52430000MJJ0000000")
    reading["occupations"][1]["code"] = make_cell("4 10 01 06", "4-10-01-06")
    submission = in_review(parts, reading)
    review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)
    return submission.id


@pytest.fixture
def filed(parts: Parts, submission_id: str) -> str:
    typed = {"code": "S000043010001", "valid_from": "2020-06-01", "valid_to": "2023-05-31"}
    sites = [("总部", "某路 1 号"), ("=2+3", "某路 2 号")]
    version = review.open_review(parts, submission_id).current.version
    filing.record_filing(parts, REVIEWER, submission_id, version, filing.parse_filing(typed, sites))
    return submission_id


def read(parts: Parts, name: str, form: str) -> list[dict[str, Any]]:
    """The lines by heading, as whoever gets the file sees them."""
    pieces, _media_type = lists.made(parts, REVIEWER, name, form)
    content = b"".join(pieces)
    if form == "json":
        told: list[dict[str, Any]] = json.loads(content)["rows"]
        return told
    if form == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    titles, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, titles), row, strict=True)) for row in rows]


@pytest.mark.skipif(not NOTICE.is_file(), reason="the notice lies in ../shared")
def test_the_items_are_those_that_the_notice_names() -> None:
    notice = NOTICE.read_text(encoding="utf-8").replace("(", "（").replace(")", "）")
    assert "、".join(ITEMS) + "等" in notice.replace("\n", "")


@pytest.mark.parametrize("form", lists.MAKERS)
def test_the_published_list_has_exactly_the_notices_items(parts: Parts, filed: str, form: str) -> None:
    first, second = read(parts, "publication", form)
    assert list(first) == ITEMS
    assert first["联系方式"] == "王某　0731-8888888"
    assert (first["备案号"], first["备案期限"]) == ("S000043010001", "2020-06-01 至 2023-05-31")
    assert first["站点情况"] == "总部（某路 1 号）；=2+3（某路 2 号）"
    assert (second["机构名称"], second["职业（工种）名称"]) == ("湘江职业培训学校", "养老护理员")
    assert first["技能等级"] == "五级至三级"


def test_a_list_without_anything_filed_leaves_the_places_empty(parts: Parts, submission_id: str) -> None:
    for form in lists.MAKERS:
        first = read(parts, "publication", form)[0]
        assert {first["备案号"], first["备案期限"], first["站点情况"]} <= {"", None}


@pytest.mark.parametrize("name", lists.TABLES)
@pytest.mark.parametrize("form", lists.MAKERS)
def test_no_cell_is_a_formula(parts: Parts, filed: str, name: str, form: str) -> None:
    address = read(parts, name, form)[0]["地址"]
    assert address == (f"'{FORMULA}" if form == "csv" else FORMULA)
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(b"".join(lists.made(parts, REVIEWER, name, form)[0])))
        assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n", "d"}


@pytest.mark.parametrize("name", ["supervision", "national"])
def test_the_platforms_tables_stand_under_the_forms_own_headings(name: str) -> None:
    """But for what the form cannot hold: what the office gives after acceptance."""
    layout = default_layout()
    own = {label.text for label in layout.labels} | {column.header for column in layout.columns}
    own |= {section.heading.partition("、")[2] for section in layout.sections}
    titles = [column.title for column in lists.TABLES[name].columns]
    assert set(titles) - own <= {"备案号", "备案期限", "备案期限起", "备案期限止", "站点情况"}
    assert len(titles) == len(set(titles))
    assert {column.header for column in layout.columns} <= set(titles)
    assert "不保证能直接导入" in lists.TABLES[name].note


@pytest.mark.parametrize("form", lists.MAKERS)
def test_codes_and_levels_have_their_regular_form_for_the_platforms(
    parts: Parts, filed: str, form: str
) -> None:
    first, second = read(parts, "supervision", form)
    assert first["统一社会信用代码"] == "52430000MJJ0000000"
    assert second["职业编码"] == "4-10-01-06"
    assert first["评价等级范围"] == "五级/初级工、四级/中级工、三级/高级工"
    assert first["培训评价起始日期"] == "2015-03"
    assert str(first["已培训评价人数（人）"]) == "12000"
    assert str(first["备案期限起"])[:10] == "2020-06-01"
    national = read(parts, "national", form)[0]
    assert national["备案期限"] == "2020-06-01 至 2023-05-31"
    assert national[lists.NATIONAL.columns[-1].title] == "statement 的内容"


def test_a_platforms_workbook_says_what_its_columns_are(parts: Parts, filed: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(lists.made(parts, REVIEWER, "national", "xlsx")[0])))
    assert book.sheetnames == ["国家备案申报平台用表", "说明"]
    told = [row[0] for row in book["说明"].iter_rows(min_row=2, values_only=True)]
    assert set(told) == {"本表", *(column.title for column in lists.NATIONAL.columns)}
    published = openpyxl.load_workbook(
        io.BytesIO(b"".join(lists.made(parts, REVIEWER, "publication", "xlsx")[0]))
    )
    assert published.sheetnames == ["公布名单"]


def test_the_json_says_what_it_is_even_when_empty(parts: Parts) -> None:
    told = json.loads(b"".join(lists.made(parts, REVIEWER, "supervision", "json")[0]))
    assert (told["schema"], told["rows"], told["document"]) == (lists.SCHEMA, [], "湘人社函〔2020〕40号")
    assert told["note"] == lists.NO_FORMAT
    assert all(column["about"] for column in told["columns"])


def test_an_organisation_without_occupations_has_a_line(parts: Parts) -> None:
    submission = in_review(parts, make_reading(rows=0))
    review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)
    (only,) = read(parts, "publication", "json")
    assert (only["机构名称"], only["职业（工种）名称"]) == ("湘江职业培训学校", "")


def test_who_may_have_them_and_what_stays_on_record(parts: Parts, filed: str) -> None:
    with pytest.raises(ForbiddenError):
        list(lists.made(parts, CLERK, "publication", "csv")[0])
    with pytest.raises(NotFoundError):
        lists.made(parts, REVIEWER, "publication", "exe")
    with pytest.raises(NotFoundError):
        lists.made(parts, REVIEWER, "anything", "csv")
    read(parts, "national", "csv")
    from intake_service.store import audit

    with parts.store.read() as tx:
        assert [event.action for event in audit.of_subject(tx, "national")] == ["export"]
