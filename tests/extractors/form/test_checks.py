from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form.case import Case
from extractors.form.catalogue import default_catalogue
from extractors.form.checks import case_to_checks
from extractors.form.layout import default_layout
from extractors.form.reading import (
    Check,
    FieldReading,
    Marks,
    OccupationRow,
    SealReading,
    SignatureKind,
    SignatureReading,
    Status,
    Value,
)
from tests.extractors.form.makers import cell, credit_codes, quick, row

SCHEMA = json.loads(
    resources.files("extractors.form").joinpath("reading.schema.json").read_text(encoding="utf-8")
)
RULE = SCHEMA["properties"]["checks"]["items"]["properties"]["rule"]
CATALOGUE = default_catalogue()
LAYOUT = default_layout()
GOOD_CODE = "52430100MJJ000004G"
FILLED = {
    "org_name": "长沙市示例职业培训学校",
    "address": "长沙市岳麓区示例路1号",
    "registration_authority": "长沙市民政局",
    "uscc": GOOD_CODE,
    "legal_representative": "王明",
    "registered_capital": "50万元",
    "contact_person": "李四",
    "contact_position": "校长",
    "contact_phone": "0731-24900000、13500000000",
    "email": "someone@example.com",
    "statement": "有专职人员十名。",
    "authority_opinion": "同意。",
    "authority_opinion_date": "2020年4月1日",
}
GOOD_ROW = row("1", "保育员", "4-10-01-03", "否", "2012年5月", "25000人", "五级/初级工—三级/高级工")
GOOD_MARKS = Marks(
    SignatureReading(SignatureKind.HANDWRITTEN, 0.99, Status.AUTO),
    SealReading(present=True, text="长沙市示例职业培训学校", matches=True, status=Status.AUTO),
    SealReading(present=True, text="长沙市人力资源和社会保障局", matches=True, status=Status.AUTO),
)


def run(
    changes: dict[str, str] | None = None,
    rows: tuple[OccupationRow, ...] = (GOOD_ROW,),
    marks: Marks = GOOD_MARKS,
    org_type: Value = "private_non_enterprise",
    day: date | None = date(2020, 4, 17),
) -> tuple[Check, ...]:
    fields = {name: cell(LAYOUT.kinds[name], text) for name, text in (FILLED | (changes or {})).items()}
    fields["org_type"] = FieldReading(
        "x" if org_type else "", org_type, 0.9, Status.AUTO if org_type else Status.REVIEW
    )
    return case_to_checks(Case(fields, rows, marks, CATALOGUE, LAYOUT, received=day))


def outcome(checks: tuple[Check, ...], rule: str, field: str = "") -> bool | None:
    """The outcome of one rule; of several the one that names ``field``."""
    found = [check for check in checks if check.rule == rule and (not field or field in check.fields)]
    assert len(found) == 1, (rule, [check.rule for check in checks])
    return found[0].passed


def test_a_form_filled_in_well_passes_every_rule_but_those_no_form_can_tell() -> None:
    left = [check for check in run() if check.passed is not True]
    assert [check.rule for check in left] == ["call.trained_per_occupation", "call.assessed_per_occupation"]
    assert [check.passed for check in left] == [None, None]


def test_every_check_names_its_fields_and_says_one_helpful_sentence() -> None:
    bad_row = row("3", "电工", "6-18-01-01", "是", "2019.13", "很多", "五级三级")
    wrong = {
        "uscc": "91430100MA4L16JC5X",
        "contact_phone": "135",
        "email": "a@",
        "registered_capital": "500",
        "org_name": "",
    }
    known = set(LAYOUT.kinds) | {mark.mark for mark in LAYOUT.marks} | {"occupations"}
    known |= {"register.postmark_date", "register.received_at"}
    for checks in (run(), run(wrong, (bad_row, GOOD_ROW), Marks())):
        assert len(checks) > 20
        for check in checks:
            assert re.fullmatch(RULE["pattern"], check.rule)
            assert check.severity in {"error", "warning", "info"}
            assert check.message.endswith("。")
            assert check.message.count("。") == 1
            assert check.fields
            assert all(re.sub(r"^occupations\[\d+\]\.", "", name) in known for name in check.fields), check


@quick
@given(credit_codes(), st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_a_credit_code_with_one_wrong_sign_fails(code: str, place: int, sign: str) -> None:
    rules = ("uscc.format", "uscc.check_digit", "uscc.org_code")
    assert all(outcome(run({"uscc": code}), rule) for rule in rules)
    wrong = code[:place] + sign + code[place + 1 :]
    read_as = wrong.replace("O", "0").replace("I", "1")
    assert read_as == code or any(outcome(run({"uscc": wrong}), rule) is False for rule in rules)


@pytest.mark.parametrize(
    ("changes", "rule", "passed"),
    [
        ({"uscc": "5243"}, "uscc.format", False),
        ({"uscc": "5243"}, "uscc.check_digit", None),
        ({"uscc": "11430100MJJ000000W"}, "uscc.prefix_org_type", False),
        ({"uscc": "52110100MJJ000000W"}, "uscc.region", False),
        ({"contact_phone": "1350000000"}, "phone.format", False),
        ({"contact_phone": "010-24900000"}, "phone.area_code", False),
        ({"contact_phone": "24900000"}, "phone.area_code", None),
        ({"email": "someone.example.com"}, "email.format", False),
        ({"email": "10000@99.com"}, "email.host", None),
        ({"registered_capital": "500"}, "capital.format", False),
        ({"authority_opinion_date": "2020年4月31日"}, "date.format", False),
        ({"authority_opinion_date": "2020年5月1日"}, "date.possible", False),
        ({"authority_opinion_date": "2020年1月1日"}, "date.possible", False),
        ({"address": ""}, "required.address", False),
        ({"statement": ""}, "required.statement", False),
        ({"authority_opinion": ""}, "authority.opinion", False),
        ({"authority_opinion": "", "uscc": "52430000MJJ000004B"}, "authority.opinion", None),
        ({"authority_opinion_date": ""}, "marks.authority_date", False),
    ],
)
def test_single_fields(changes: dict[str, str], rule: str, passed: bool | None) -> None:
    field = next(iter(changes)) if rule.startswith("date.") else ""
    assert outcome(run(changes), rule, field) is passed


def test_a_cell_that_was_not_found_cannot_be_judged() -> None:
    fields = {"org_name": FieldReading()}
    checks = case_to_checks(Case(fields, (), Marks(), CATALOGUE, LAYOUT))
    assert outcome(checks, "required.org_name") is None
    assert outcome(checks, "required.email") is None
    assert outcome(checks, "required.occupations") is False


def test_a_required_cell_sent_to_a_person_because_it_is_empty_is_not_filled() -> None:
    """A reader may hand an empty required cell to review instead of calling it blank."""
    empty = FieldReading(status=Status.REVIEW, reasons=("blank_required",))
    ticks = FieldReading(status=Status.REVIEW, reasons=("ambiguous_ticks",))
    checks = case_to_checks(Case({"email": empty, "org_type": ticks}, (), Marks(), CATALOGUE, LAYOUT))
    assert outcome(checks, "required.email") is False
    assert outcome(checks, "required.org_type") is None


def test_marks_whose_place_was_not_found_cannot_be_judged() -> None:
    lost = Marks(
        SignatureReading(status=Status.REVIEW, reasons=("label_not_found",)),
        SealReading(reasons=("section_not_found",)),
        SealReading(status=Status.REVIEW, reasons=("label_not_found",)),
    )
    checks = run(marks=lost)
    for rule in ("marks.legal_rep_signature", "marks.org_seal", "marks.authority_seal"):
        assert outcome(checks, rule) is None
    unclear = replace(
        GOOD_MARKS, legal_rep_signature=SignatureReading(status=Status.REVIEW, reasons=("signature_unclear",))
    )
    assert outcome(run(marks=unclear), "marks.legal_rep_signature") is None


def test_mobiles_have_no_area_code_to_judge() -> None:
    assert "phone.area_code" not in {check.rule for check in run({"contact_phone": "13500000000"})}


def test_a_host_of_the_organisations_own_is_no_slip() -> None:
    for address in ("someone@example.com", "someone@changsha-edu.cn", "10000@qq.com"):
        assert "email.host" not in {check.rule for check in run({"email": address})}


def test_without_a_reference_day_no_date_is_too_late() -> None:
    assert outcome(
        run({"authority_opinion_date": "2029年1月1日"}, day=None), "date.possible", "authority_opinion_date"
    )


def test_what_an_applicant_has_done_began_before_applications_closed() -> None:
    for start, passed in (("2020年5月", False), ("2020年4月", True), ("2026年", False)):
        texts = {name: reading.text for name, reading in GOOD_ROW.cells()} | {"start_date": start}
        checks = run(rows=(row(*texts.values()),), day=None)
        assert outcome(checks, "date.possible", "occupations[0].start_date") is passed, start


@pytest.mark.parametrize(
    ("changed", "rule", "column", "passed"),
    [
        ({"code": "4-10-01"}, "occupation.code_format", "code", False),
        ({"code": "4-10-99-03"}, "occupation.code_known", "code", None),  # class exists, code not listed
        ({"code": "4-88-88-88"}, "occupation.code_known", "code", False),
        ({"name": "电工"}, "occupation.name_matches_code", "code", False),
        (
            {"name": "某某员", "code": "1-03-00-01"},
            "occupation.name_matches_code",
            "code",
            None,
        ),  # derived row only
        ({"code": "4-07-12-01"}, "occupation.old_code", "code", False),
        ({"levels": "一级"}, "occupation.levels_in_standard", "levels", False),
        ({"start_date": "2012年13月"}, "date.format", "start_date", False),
        ({"start_date": "2021年1月"}, "date.possible", "start_date", False),
        ({"start_date": "1900年"}, "date.format", "start_date", True),
        ({"start_date": "1900年"}, "date.possible", "start_date", False),
        ({"trained_count": "许多"}, "count.format", "trained_count", False),
        ({"levels": "五级三级"}, "levels.format", "levels", False),
        ({"is_new": "/"}, "is_new.format", "is_new", False),
        ({"is_new": "是"}, "occupation.is_new", "is_new", False),
        ({"name": "人工智能训练师", "code": "4-04-05-05"}, "occupation.is_new", "is_new", False),
        ({"trained_count": ""}, "required.trained_count", "trained_count", False),
    ],
)
def test_rows(changed: dict[str, str], rule: str, column: str, passed: bool | None) -> None:
    texts = {name: reading.text for name, reading in GOOD_ROW.cells()} | changed
    assert outcome(run(rows=(row(*texts.values()),)), rule, f"occupations[0].{column}") is passed


def test_an_old_code_is_its_own_hint_and_no_mismatch() -> None:
    checks = run(rows=(row("1", "中式烹调师", "4-03-01-01", "否", "2012", "25000", "五级"),))
    rules = {check.rule for check in checks}
    assert "occupation.old_code" in rules
    assert not rules & {"occupation.name_matches_code", "occupation.code_known"}
    assert "4-03-02-01" in next(check.message for check in checks if check.rule == "occupation.old_code")


def test_a_mismatch_says_what_code_and_name_belong_to() -> None:
    checks = run(rows=(row("1", "电工", "6-18-01-01", "否", "2012", "25000", "五级"),))
    message = next(check.message for check in checks if check.rule == "occupation.name_matches_code")
    assert "车工" in message
    assert "6-31-01-03" in message


@pytest.mark.parametrize(
    ("name", "code", "slip"),
    [
        ("保员", "4-10-01-03", "保育员"),
        ("中武烹调师", "4-03-02-01", "中式烹调师"),
        ("车工", "6-31-01-03", ""),
    ],
)
def test_a_slip_of_the_pen_in_a_name_is_called_one(name: str, code: str, slip: str) -> None:
    checks = run(rows=(row("1", name, code, "否", "2012", "25000", "五级"),))
    message = next(check.message for check in checks if check.rule == "occupation.name_matches_code")
    assert ("只差一两个字" in message) == bool(slip)
    assert slip in message


def test_one_occupation_twice_is_said() -> None:
    again = replace(GOOD_ROW, seq=cell("sequence", "2"))
    assert outcome(run(rows=(GOOD_ROW, again)), "rows.duplicate") is False


@pytest.mark.parametrize(
    ("kind", "status", "passed"),
    [
        (SignatureKind.HANDWRITTEN, Status.AUTO, True),
        (SignatureKind.NAME_SEAL, Status.REVIEW, None),
        (SignatureKind.TYPED, Status.REVIEW, False),
        (SignatureKind.NONE, Status.BLANK, False),
        (SignatureKind.NONE, Status.MISSING, None),
    ],
)
def test_the_signature(kind: SignatureKind, status: Status, passed: bool | None) -> None:
    marks = replace(GOOD_MARKS, legal_rep_signature=SignatureReading(kind, 0.9, status))
    assert outcome(run(marks=marks), "marks.legal_rep_signature") is passed


@pytest.mark.parametrize("matches", [True, False, None])
def test_a_seal_matches_never_by_guess(matches: bool | None) -> None:
    seal = SealReading(present=True, text="某某", matches=matches, status=Status.REVIEW)
    checks = run(marks=replace(GOOD_MARKS, org_seal=seal, authority_seal=seal))
    assert outcome(checks, "marks.org_seal") is matches
    assert outcome(checks, "marks.authority_seal") is matches


def test_the_bureaus_seal_may_be_absent_for_units_of_the_province() -> None:
    marks = replace(GOOD_MARKS, authority_seal=SealReading(status=Status.BLANK))
    assert outcome(run(marks=marks), "marks.authority_seal") is False
    assert outcome(run({"uscc": "52430000MJJ000004B"}, marks=marks), "marks.authority_seal") is None
    absent = replace(GOOD_MARKS, org_seal=SealReading(status=Status.BLANK))
    assert outcome(run(marks=absent), "marks.org_seal") is False
