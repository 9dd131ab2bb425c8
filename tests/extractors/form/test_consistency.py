"""Whether what stands in different places of the form, and outside of it, goes together."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.form.case import Handed
from extractors.form.page_spans import page_ranges
from extractors.form.reading import Marks, SealReading, Status
from tests.extractors.form.judging import CITY, PROVINCE, run


@pytest.mark.parametrize(
    ("code", "authority", "passed"),
    [
        (CITY, "长沙市民政局", True),
        (CITY, "长沙市行政审批服务局", True),
        (CITY, "长沙市市场监督管理局", False),
        (CITY, "长沙市教育局", None),
        ("91430100MJJ000000Q", "长沙市工商行政管理局", True),
        ("91430100MJJ000000Q", "长沙市民政局", False),
        ("53430100MJJ000000Q", "长沙市民政局", "none"),
    ],
)
def test_the_registration_authority(code: str, authority: str, passed: bool | str | None) -> None:
    found = run(fields={"uscc": code, "registration_authority": authority}).get("registration.authority")
    assert (found.passed if found else "none") is passed


@pytest.mark.parametrize(
    ("code", "text", "passed"),
    [
        (CITY, "湖南省长沙市岳麓区示例路1号", True),
        (CITY, "岳麓区示例路1号", True),
        (CITY, "湖南省株洲市天元区示例路1号", False),
        (CITY, "示例路1号", "none"),
        (PROVINCE, "湖南省株洲市天元区示例路1号", "none"),
    ],
)
def test_places_agree_with_the_credit_code(code: str, text: str, passed: bool | str) -> None:
    found = run(fields={"uscc": code, "address": text}).get("address.region")
    assert (found.passed if found else "none") is passed


def test_the_bureau_is_the_applicants_own() -> None:
    seal = SealReading(present=True, text="株洲市人力资源和社会保障局", matches=True, status=Status.AUTO)
    found = run(fields={"uscc": CITY}, marks=Marks(authority_seal=seal))["authority.region"]
    assert found.passed is False
    assert "株洲市" in found.message
    assert "长沙市" in found.message


def test_an_opinion_without_seal_wants_a_date_too() -> None:
    fields = {"uscc": CITY, "authority_opinion": "同意推荐。", "authority_opinion_date": ""}
    assert run(fields=fields)["marks.authority_date"].passed is False
    assert "marks.authority_date" not in run(fields=fields | {"authority_opinion": ""})


def test_dates_are_judged_by_the_receipt_once_it_is_known() -> None:
    late = {"authority_opinion_date": "2020年4月22日"}
    assert run(fields=late)["date.possible"].passed is True
    assert run(fields=late, received=date(2020, 4, 21))["date.possible"].passed is False
    assert run(fields=late, received=date(2020, 4, 22))["date.possible"].passed is True


def test_the_deadline_shows_both_days() -> None:
    assert "call.deadline" not in run()
    found = run(postmark=date(2020, 4, 19), received=date(2020, 4, 23))["call.deadline"]
    assert found.passed is None
    assert "邮戳 2020-04-19（截止前）" in found.message
    assert "收到 2020-04-23（截止后）" in found.message
    assert run(received=date(2020, 4, 19))["call.deadline"].passed is True
    assert run(postmark=date(2020, 4, 21), received=date(2020, 4, 23))["call.deadline"].passed is False


def test_others_with_the_same_telephone_are_named() -> None:
    numbers = [f"R{n}" for n in range(7)]
    found = run(fields={"contact_phone": "13500000000"}, alike={"contact_phone": numbers})[
        "applicants.shared"
    ]
    assert "7 份" in found.message
    assert "R4 等" in found.message
    assert "applicants.shared" not in run(fields={"contact_phone": "13500000000"})


NAMES = {1: "form", 2: "catalogue", 3: "plan", 4: "experts", 5: "assets", 6: "credit"}


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 60), max_size=8),
    st.sampled_from([None, True, False]),
    st.sampled_from(list(NAMES)),
)
def test_a_persons_word_about_a_material_counts_before_the_machines(
    pages: list[int], said: bool | None, number: int
) -> None:
    found = run(materials={number: Handed(tuple(pages), said)})
    told = {rule: check for rule, check in found.items() if rule.startswith("materials.")}
    assert list(told) == [f"materials.{NAMES[number]}"]
    (check,) = told.values()
    assert check.passed is (said if said is not None else (True if pages else None))
    assert check.fields == (f"materials.{number}",)
    assert f"材料 {number}" in check.message
    if pages and said is not False:
        assert f"（第 {page_ranges(pages)} 页）" in check.message


def test_pages_of_a_material_are_told_as_ranges() -> None:
    found = run(materials={2: Handed((3, 4, 5, 9)), 6: Handed()})
    assert "（第 3–5、9 页）" in found["materials.catalogue"].message
    assert found["materials.credit"].message.startswith("没有识别到材料 6")


def test_nothing_is_said_of_materials_while_only_the_form_is_looked_at() -> None:
    assert not any(rule.startswith("materials.") for rule in run())


def test_persons_of_the_same_name_are_a_hint_only() -> None:
    found = run(fields={"contact_person": "何晓芸"}, alike={"contact_person": ["R1", "R2"]})
    hint = found["applicants.same_name"]
    assert (hint.severity, hint.passed) == ("info", False)
    assert "R1、R2；同名未必是同一人" in hint.message
    assert "applicants.shared" not in found
