"""The comparison must not flatter: what counts as equal, and which row belongs to which."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import figures
from tests.bench.compare import align_rows, compare, same_form
from tests.bench.outcomes import Outcome
from tests.bench.rivals import entries_of


def cell(text: str, value: object = "same", **more: Any) -> dict[str, Any]:
    return {"text": text, "value": text if value == "same" else value, **more}


def row(name: str, code: str, **more: str) -> dict[str, Any]:
    return {"name": cell(name), "code": cell(code), **{key: cell(text) for key, text in more.items()}}


def truth(**changes: Any) -> dict[str, Any]:
    return {
        "file": "0001.pdf",
        "class": "printed",
        "font": "Noto Sans CJK SC",
        "damage": ["skew"],
        "matched": True,
        "wrong_on_paper": [],
        "fields": {},
        "occupations": [],
        "marks": {},
        "pages": [{"role": "form", "material": None, "rotation": 0}],
        **changes,
    }


def reading(**changes: Any) -> dict[str, Any]:
    pages = [{"role": "form", "material": None, "rotation": 0}]
    return {"form": {"matched": True}, "fields": {}, "occupations": [], "pages": pages, **changes}


def one_cell(wanted: dict[str, Any], read: dict[str, Any], field: str = "org_name") -> Outcome:
    return compare(truth(fields={field: wanted}), reading(fields={field: read}))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("五级—三级", "五级－三级"),
        ("6-02-08-01", "6—02—08—01"),
        ("五级～三级", "五级-三级"),
        ("（0731）8888 0000", "(0731)88880000"),
        ("ＡＢＣ", "ABC"),
    ],
)
def test_the_same_entry_in_other_types_is_exact(written: str, read: str) -> None:
    assert same_form(written) == same_form(read)


@pytest.mark.parametrize(
    ("written", "read"),
    [("一级", "-级"), ("五、四级", "五四级"), ("O1", "01"), ("許", "许"), ("1.6万", "16万")],
)
def test_another_sign_is_another_entry(written: str, read: str) -> None:
    assert same_form(written) != same_form(read)


def test_a_cell_keeps_what_was_said_about_it() -> None:
    found = one_cell(
        cell("a b"), cell("ab", status="auto", confidence=0.99, page=2, box=[0, 0, 1, 1], reasons=["x"])
    )
    (only,) = found.cells
    assert (only.exact, only.value_equal, only.passed) == (True, False, True)
    assert (only.page, only.box, only.reasons, only.confidence) == (2, (0, 0, 1, 1), ("x",), 0.99)


def test_the_kind_of_organisation_is_compared_by_value() -> None:
    wanted = cell("企业", "enterprise")
    assert one_cell(wanted, cell("企业☑", "enterprise"), "org_type").cells[0].exact
    assert not one_cell(wanted, cell("企业", None), "org_type").cells[0].exact


def test_an_empty_cell_is_right_only_where_it_was_looked_at() -> None:
    assert one_cell(cell("", None), cell("", None, status="blank")).cells[0].exact
    assert not one_cell(cell("", None), cell("x", "x", status="auto")).cells[0].exact
    assert not compare(truth(fields={"email": cell("", None)}), None, "corrupt_file").cells[0].exact
    assert not compare(truth(fields={"org_type": cell("", None)}), reading()).cells[0].exact


def test_a_refused_document_is_wrong_in_every_cell() -> None:
    lost = compare(truth(fields={"org_name": cell("甲")}, occupations=[row("焊工", "6")]), None, "timeout")
    assert (lost.refused, lost.rows_lost, lost.matched_right) == ("timeout", 1, False)
    assert [each.exact for each in lost.cells] == [False] * 3


def test_rows_are_matched_around_a_lost_and_an_invented_one() -> None:
    names = [("焊工", "6-18-02-04"), ("钳工", "6-20-01-01"), ("电工", "6-31-01-03"), ("车工", "6-18-01-01")]
    written = [row(*pair) for pair in names]
    read = [written[0], written[2], row("维教式笔", "组生笔情"), row("车T", "6-18-01-01")]
    assert align_rows(written, read) == [(0, 0), (1, None), (2, 1), (None, 2), (3, 3)]
    found = compare(truth(occupations=written), reading(occupations=read))
    assert (found.rows_lost, found.rows_invented) == (1, 1)
    wrong = [(each.row, each.field) for each in found.cells if not each.exact]
    assert wrong == [(2, "row.name"), (2, "row.code"), (4, "row.name")]


@given(st.integers(1, 6), st.sets(st.integers(0, 5)))
def test_every_row_stands_in_exactly_one_pair(count: int, dropped: set[int]) -> None:
    written = [row(f"工种{chr(0x4E00 + 97 * i)}", f"{i}-0{i}-0{i}") for i in range(count)]
    read = [each for i, each in enumerate(written) if i not in dropped]
    pairs = align_rows(written, read)
    assert [at for at, _ in pairs if at is not None] == list(range(count))
    assert [at for _, at in pairs if at is not None] == list(range(len(read)))
    assert {at for at, other in pairs if other is None} == dropped & set(range(count))


def test_long_texts_are_counted_in_characters_apart_from_cells() -> None:
    fields = {"statement": cell("本校成立于1998年。"), "authority_opinion": cell("同意")}
    read = {"statement": cell("本校成立干1998年", status="auto"), "authority_opinion": cell("", None)}
    found = compare(truth(fields=fields), reading(fields=read))
    assert found.cells == ()
    assert [(text.errors, text.missing) for text in found.longs] == [(2, False), (2, True)]


def test_a_seal_that_cannot_be_read_is_unread_not_contradicted() -> None:
    seal = {"present": True, "matches": False}
    wanted = {"org_seal": seal, "authority_seal": seal, "legal_rep_signature": {"kind": "typed"}}
    seen = {
        "org_seal": {"present": True, "matches": None},
        "authority_seal": {"present": True, "matches": True},
        "legal_rep_signature": {"kind": "typed"},
    }
    marks = {m.question: m for m in compare(truth(marks=wanted), reading(marks=seen)).marks}
    assert (marks["org_seal.matches"].unread, marks["org_seal.matches"].right) == (True, False)
    assert (marks["authority_seal.matches"].unread, marks["authority_seal.matches"].right) == (False, False)
    assert marks["signature.kind"].right


def test_pages_are_compared_by_role_material_and_turn() -> None:
    wanted: list[dict[str, Any]] = [
        {"role": "form", "material": None, "rotation": 90},
        {"role": "material", "material": 3, "rotation": 0},
        {"role": "blank", "material": None, "rotation": 180},
    ]
    seen = [
        {**wanted[0], "material": 1, "rotation": 270},
        {**wanted[1], "material": 4},
        {**wanted[2], "rotation": 0},
    ]
    found = compare(truth(pages=wanted), reading(pages=seen)).pages
    assert [page.role_truth == page.role_read for page in found] == [True, False, True]
    assert [page.rotation_right for page in found] == [False, True, None]


def test_a_mistake_on_the_paper_must_be_kept() -> None:
    wrong = [{"field": "occupations.0.code", "kind": "code_of_another"}]
    found = compare(
        truth(wrong_on_paper=wrong, occupations=[row("焊工", "6-18-01-01")]),
        reading(occupations=[row("焊工", "6-18-02-04")]),
    )
    assert [(each.field, each.mistake) for each in found.cells] == [
        ("row.name", ""),
        ("row.code", "code_of_another"),
    ]
    kept = figures.class_figures([found])["printed"]["mistakes on paper kept"]
    assert kept == figures.Share(0, 1)


def test_passed_wrong_counts_among_those_that_passed() -> None:
    read = {"a": cell("1", status="auto"), "b": cell("9", status="auto"), "c": cell("9", status="review")}
    found = compare(truth(fields={"a": cell("1"), "b": cell("2"), "c": cell("3")}), reading(fields=read))
    shown = figures.cell_figures(found.cells)
    assert shown["passed"] == figures.Share(2, 3)
    assert shown["passed wrong"] == figures.Share(1, 2)


def test_calibration_is_zero_for_honest_and_large_for_boastful_confidence() -> None:
    honest = [(0.75, i % 4 != 0) for i in range(400)]
    boastful = [(1.0, i % 4 != 0) for i in range(400)]
    assert figures.calibration(honest)["expected_calibration_error"] == pytest.approx(0.0, abs=1e-9)
    assert figures.calibration(boastful)["expected_calibration_error"] == pytest.approx(0.25)


def test_searched_entries_leave_out_what_every_form_says() -> None:
    written = row("焊工", "6-18-02-04", is_new="不是", start_date="2010年", trained_count="9", levels="五级")
    names = ("org_name", "address", "registration_authority", "uscc", "legal_representative")
    rest = ("registered_capital", "contact_person", "contact_position", "contact_phone", "email")
    fields = {name: cell("") for name in (*names, *rest, "authority_opinion_date")}
    fields["org_name"] = cell("湖南甲学校")
    assert entries_of(truth(fields=fields, occupations=[{**written, "seq": cell("1")}])) == [
        "湖南甲学校",
        "焊工",
        "6-18-02-04",
        "2010年",
        "五级",
    ]


@pytest.mark.parametrize(
    ("wanted", "field", "mistake", "may"),
    [
        ("某校", "org_name", False, 1),
        ("某校", "org_name", True, 0),
        ("", "org_name", False, 0),
        ("", "authority_opinion_date", False, 1),
    ],
)
def test_what_a_person_must_see_anyway_is_not_asked_to_pass(
    wanted: str, field: str, mistake: bool, may: int
) -> None:
    wrong = [{"field": field, "kind": "letters"}] if mistake else []
    blank = {"status": "blank" if not wanted else "auto"}
    found = compare(
        truth(fields={field: cell(wanted)}, wrong_on_paper=wrong),
        reading(fields={field: cell(wanted, **blank)}),
    )
    assert figures.cell_figures(found.cells)["passed of what may"] == figures.Share(may, may)


def test_a_row_without_a_number_is_none_that_a_person_must_see() -> None:
    found = compare(
        truth(occupations=[{"seq": cell(""), "name": cell("电工"), "code": cell("")}]),
        reading(occupations=[{"seq": cell(""), "name": cell("电工"), "code": cell("")}]),
    )
    assert [c.owed for c in found.cells] == [False, False, True]


def test_a_name_beside_a_code_that_is_wrong_on_the_paper_waits_with_it() -> None:
    wrong = [{"field": "occupations.0.code", "kind": "code_of_another"}]
    rows = [row("焊工", "6-18-01-01", levels="五级")]
    found = compare(truth(wrong_on_paper=wrong, occupations=rows), reading(occupations=rows))
    assert {c.field: c.owed for c in found.cells} == {"row.name": True, "row.code": True, "row.levels": False}
