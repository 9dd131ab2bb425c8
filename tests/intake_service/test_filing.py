"""Code, period and sites after acceptance: their shape, who entered what, and whom they belong to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_service import export, filing, queue, review
from intake_service.errors import ConflictError, ForbiddenError, InvalidRequestError
from intake_service.parts import Parts
from intake_service.store import Move, whole
from intake_service.store.filings import Filing, Site
from intake_service.store.submissions import Filter
from tests.intake_service.builders import (
    ADMIN,
    CLERK,
    PDF,
    REVIEWER,
    make_cell,
    make_reading,
    read_all,
    upload,
)

CODE = "S000043010001"
FULL = {"code": CODE, "valid_from": "2020-06-01", "valid_to": "2023-05-31"}
SITES = [("总部", "长沙市岳麓区某路 1 号"), ("", ""), ("株洲考点", "株洲市天元区某路 2 号")]


def accepted(parts: Parts, number: int = 0, uscc: str = "52430000MJJ0000000") -> str:
    reading = make_reading()
    reading["fields"]["uscc"] = make_cell(uscc)
    submission = upload(parts, PDF + bytes([number]))
    read_all(parts, reading)
    version = review.open_review(parts, submission.id).current.version
    review.decide(parts, REVIEWER, submission.id, version, Move.ACCEPT)
    return submission.id


def record(parts: Parts, submission_id: str, **typed: Any) -> Filing:
    now = typed.pop("version", None) or review.open_review(parts, submission_id).current.version
    sites = typed.pop("sites", ())
    return filing.record_filing(parts, REVIEWER, submission_id, now, filing.parse_filing(typed, sites))


LIKE_A_CODE = st.from_regex(r"\A[SY]0000[0-9]{8}\Z") | st.from_regex(r"\AS000043[0-9]{5,7}\Z")


@settings(deadline=None)
@given(st.text("SY043129", min_size=1, max_size=15) | LIKE_A_CODE)
def test_only_codes_of_the_calls_shape_are_taken(typed: str) -> None:
    is_one = len(typed) == 13 and typed.startswith("S000043") and typed[1:].isdecimal()
    if is_one:
        assert filing.parse_filing({"code": typed}, ()).code == typed
    else:
        with pytest.raises(InvalidRequestError, match="S000043 加 6 位数字"):
            filing.parse_filing({"code": typed}, ())


def test_a_code_may_be_typed_as_keyboards_write_it() -> None:
    assert filing.parse_filing({"code": "　ｓ００００４３ 010001 "}, ()).code == CODE


@pytest.mark.parametrize(
    ("typed", "sites", "word"),
    [
        ({"code": "S00004301000"}, (), "13 位"),
        ({"code": "S0000430100012"}, (), "13 位"),
        ({"code": "Y000043010001"}, (), "13 位"),
        ({"code": "S000044010001"}, (), "13 位"),
        ({"valid_from": "2020-06-01"}, (), "都填"),
        ({"valid_to": "2020-06-01"}, (), "都填"),
        ({"valid_from": "2020-06-02", "valid_to": "2020-06-01"}, (), "早于"),
        ({"valid_from": "2020-02-30", "valid_to": "2020-06-01"}, (), "2020-04-20"),
        ({}, [("总部", "")], "第 1 个站点"),
        ({}, [("总部", "某路"), ("", "某路")], "第 2 个站点"),
        ({}, [("总" * 201, "某路")], "过长"),
        ({}, [(str(n), "某路") for n in range(201)], "最多 200"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    typed: dict[str, str], sites: list[tuple[str, str]], word: str
) -> None:
    with pytest.raises(InvalidRequestError, match=word):
        filing.parse_filing(typed, sites)


def test_the_last_day_may_be_the_first() -> None:
    told = filing.parse_filing({"valid_from": "2020-06-01", "valid_to": "2020-06-01"}, ())
    assert told.valid_from == told.valid_to == date(2020, 6, 1)


def test_what_was_typed_is_kept_with_who_when_from_and_to(parts: Parts) -> None:
    submission_id = accepted(parts)
    kept = record(parts, submission_id, **FULL, sites=SITES)
    opened = review.open_review(parts, submission_id)
    assert opened.filing == kept
    assert (kept.code, kept.by, len(kept.sites)) == (CODE, REVIEWER.name, 2)
    record(parts, submission_id, **{**FULL, "code": "S000043010002"}, sites=SITES)
    told = [(c.path, c.before["text"], c.after["text"], c.by) for c in review.history(parts, submission_id).corrections
            if c.kind == "filing"]  # fmt: skip
    assert told == [
        ("filing.code", "", CODE, "reviewer"),
        ("filing.period", "", "2020-06-01 至 2023-05-31", "reviewer"),
        ("filing.sites", "", "总部（长沙市岳麓区某路 1 号）；株洲考点（株洲市天元区某路 2 号）", "reviewer"),
        ("filing.code", CODE, "S000043010002", "reviewer"),
    ]
    events = [e for e in review.history(parts, submission_id).events if e.action == "submission.filing"]
    assert [e.detail for e in events] == [{"fields": ["code", "period", "sites"]}, {"fields": ["code"]}]


def test_the_result_tells_it_to_systems(parts: Parts) -> None:
    submission_id = accepted(parts)
    assert export.result(parts, submission_id)["filing"] is None
    kept = record(parts, submission_id, **FULL, sites=SITES[:1])
    assert kept.at is not None
    assert export.result(parts, submission_id)["filing"] == {
        "code": CODE, "valid_from": "2020-06-01", "valid_to": "2023-05-31",
        "sites": [{"name": "总部", "address": "长沙市岳麓区某路 1 号"}], "who": "reviewer", "at": kept.at.isoformat(),
    }  # fmt: skip


def test_nothing_is_on_record_when_nothing_changed(parts: Parts) -> None:
    submission_id = accepted(parts)
    record(parts, submission_id, **FULL)
    before = review.history(parts, submission_id)
    record(parts, submission_id, **FULL)
    assert review.history(parts, submission_id) == before


def test_of_two_who_saw_the_same_the_second_is_refused(parts: Parts) -> None:
    submission_id = accepted(parts)
    seen = review.open_review(parts, submission_id).current.version
    record(parts, submission_id, version=seen, **FULL)
    with pytest.raises(ConflictError):
        record(parts, submission_id, version=seen, code="S000043010009")
    assert review.open_review(parts, submission_id).filing.code == CODE


def test_a_code_belongs_to_one_organisation(parts: Parts) -> None:
    first, same, other = accepted(parts, 1), accepted(parts, 2), accepted(parts, 3, "51430000MJJ1111111")
    number = queue.get_submission(parts, first)[0].receipt_number
    record(parts, first, code=CODE)
    record(parts, same, code=CODE)  # the same credit code applied twice
    with pytest.raises(ConflictError, match=number):
        record(parts, other, code=CODE)
    nameless = accepted(parts, 4, ""), accepted(parts, 5, "")
    record(parts, nameless[0], code="S000043010002")
    with pytest.raises(ConflictError):
        record(parts, nameless[1], code="S000043010002")


def test_only_accepted_ones_are_filed_and_only_by_reviewers(parts: Parts) -> None:
    submission_id = accepted(parts)
    record(parts, submission_id, **FULL)
    with pytest.raises(ForbiddenError):
        filing.record_filing(parts, CLERK, submission_id, 1, Filing())
    review.reopen(parts, ADMIN, submission_id, "看错了")
    with pytest.raises(ConflictError, match="没有通过"):
        record(parts, submission_id, code="")
    assert review.open_review(parts, submission_id).filing.code == CODE


def test_undo_in_review_leaves_the_filing_alone(parts: Parts) -> None:
    submission_id = accepted(parts)
    record(parts, submission_id, **FULL)
    review.reopen(parts, ADMIN, submission_id, "看错了")
    now = review.open_review(parts, submission_id).current.version
    with pytest.raises(InvalidRequestError):
        review.undo(parts, REVIEWER, submission_id, now)
    assert review.open_review(parts, submission_id).filing.code == CODE


def test_who_waits_for_a_code_is_found_one_after_the_other(parts: Parts) -> None:
    first, second, third = (accepted(parts, n, f"5143000{n}MJJ1111111") for n in range(3))
    record(parts, second, code=CODE)
    waiting = queue.list_submissions(parts, Filter(uncoded=True, order="oldest")).items
    assert [each.id for each in waiting] == [first, third]
    assert filing.next_without_code(parts, first) == third
    assert filing.next_without_code(parts, third) == first
    record(parts, first, valid_from="2020-06-01", valid_to="2020-06-30")  # a period alone is no code
    assert filing.next_without_code(parts, third) == first
    record(parts, first, code="S000043010007")
    assert filing.next_without_code(parts, third) is None
    assert filing.next_without_code(parts, first) == third


def test_a_purge_takes_the_filing_along(parts: Parts) -> None:
    from intake_service import retention

    submission_id = accepted(parts)
    record(parts, submission_id, **FULL, sites=[("总部", "某路")])
    retention.purge(parts, ADMIN, days=0)
    with parts.store.read() as tx:
        assert len(list(whole.lines(tx, "filings"))) == 1  # the names of the columns
        rest = b"".join(line for name in whole.table_names() for line in whole.lines(tx, name))
    assert "总部".encode() not in rest


def test_a_site_is_a_name_and_an_address() -> None:
    assert filing.parse_filing({}, SITES).sites == (
        Site("总部", "长沙市岳麓区某路 1 号"),
        Site("株洲考点", "株洲市天元区某路 2 号"),
    )
