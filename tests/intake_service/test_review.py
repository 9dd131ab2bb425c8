from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_service import export, queue, review
from intake_service.current import current_values
from intake_service.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError
from intake_service.parts import Parts
from intake_service.store import Move, State, corrections
from intake_service.store.corrections import Correction
from intake_service.store.submissions import Filter
from tests.intake_service.builders import (
    CLERK,
    OTHER_REVIEWER,
    REVIEWER,
    in_review,
    make_reading,
    upload,
)


def texts(parts: Parts, submission_id: str) -> list[list[str]]:
    rows = review.open_review(parts, submission_id).current.rows
    return [[cell.text for cell in row.cells.values()] for row in rows]


def test_a_correction_stands_beside_the_reading(parts: Parts) -> None:
    before = make_reading(org_name="湘汀学校")
    submission = in_review(parts, before)
    current = review.correct(parts, REVIEWER, submission.id, 0, "fields.org_name", "湘江学校", "看图")
    cell = current.fields["org_name"]
    assert (cell.text, cell.by, cell.who, cell.machine["text"]) == (
        "湘江学校",
        "person",
        "reviewer",
        "湘汀学校",
    )
    assert review.reading(parts, submission.id) == before
    found = queue.get_submission(parts, submission.id)[0]
    assert (found.org_name, found.version) == ("湘江学校", 1)


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("fields.registered_capital", "50万元", 500_000),
        ("fields.org_type", "技工院校", "technical_school"),
        ("occupations.r1.levels", "五级/初级工至三级/高级工", [5, 4, 3]),
        ("occupations.r2.trained_count", "1200人", 1200),
        ("occupations.r2.is_new", "是", True),
        ("fields.email", "", None),
    ],
)
def test_what_a_person_types_is_understood_like_what_was_read(
    parts: Parts, path: str, text: str, value: object
) -> None:
    submission = in_review(parts)
    cell = review.correct(parts, REVIEWER, submission.id, 0, path, text).cell(path)
    assert cell is not None
    assert cell.value == value


def test_confirming_ends_a_doubt_and_keeps_the_value(parts: Parts) -> None:
    submission = in_review(parts, make_reading(uscc="review", address="missing"))
    current = review.open_review(parts, submission.id).current
    assert current.doubts == ("fields.address", "fields.uscc", "marks.legal_rep_signature")
    text = current.fields["uscc"].text
    current = review.confirm(parts, REVIEWER, submission.id, 0, "fields.uscc")
    current = review.judge_mark(
        parts,
        REVIEWER,
        submission.id,
        1,
        "marks.legal_rep_signature",
        {"present": True, "kind": "handwritten"},
    )
    assert current.doubts == ("fields.address",)
    assert current.fields["uscc"].text == text
    assert current.marks["legal_rep_signature"].verdict["present"] is True
    assert queue.get_submission(parts, submission.id)[0].doubts == 1


@pytest.mark.parametrize(
    "verdict", [{"kind": "stamped"}, {"kind": None}, {"present": "yes"}, {"matches": 1}, {"place": "here"}]
)
def test_a_verdict_that_no_mark_can_have_is_refused_and_the_review_still_opens(
    parts: Parts, verdict: dict[str, object]
) -> None:
    submission = in_review(parts)
    with pytest.raises(InvalidRequestError):
        review.judge_mark(parts, REVIEWER, submission.id, 0, "marks.legal_rep_signature", verdict)
    review.correct(parts, REVIEWER, submission.id, 0, "fields.org_name", "长沙市某某学校")
    assert review.open_review(parts, submission.id).checks


def test_rows_are_added_removed_merged_split_and_moved(parts: Parts) -> None:
    submission = in_review(parts, make_reading(rows=2))
    at = submission.id
    review.add_rows(parts, REVIEWER, at, 0, 1, [{"name": "育婴员", "code": "4-10-01-02"}, {"name": "保育师"}])
    assert [row[1] for row in texts(parts, at)] == ["养老护理员", "育婴员", "保育师", "养老护理员"]
    review.remove_row(parts, REVIEWER, at, 1, "r2")
    review.merge_rows(parts, REVIEWER, at, 2, "a1", "a1_1")
    assert [row[1] for row in texts(parts, at)] == ["养老护理员", "育婴员保育师"]
    review.split_row(parts, REVIEWER, at, 3, "a1", {"name": "育婴员"}, {"name": "保育师"})
    review.move_row(parts, REVIEWER, at, 4, "r1", 2)
    assert [row[1] for row in texts(parts, at)] == ["育婴员", "保育师", "养老护理员"]
    assert (
        review.correct(parts, REVIEWER, at, 5, "occupations.a4.code", "4-10-01-03").rows[1].cells["code"].by
        == "person"
    )


def test_everything_can_be_undone_and_redone(parts: Parts) -> None:
    submission = in_review(parts)
    at, original = submission.id, texts(parts, submission.id)
    review.correct(parts, REVIEWER, at, 0, "fields.org_name", "甲")
    review.remove_row(parts, REVIEWER, at, 1, "r1")
    review.undo(parts, REVIEWER, at, 2)
    assert texts(parts, at) == original
    current = review.undo(parts, REVIEWER, at, 3)
    assert current.fields["org_name"].by == "machine"
    current = review.redo(parts, REVIEWER, at, 4)
    assert current.fields["org_name"].text == "甲"
    current = review.redo(parts, REVIEWER, at, 5)
    assert len(current.rows) == len(original) - 1
    with pytest.raises(InvalidRequestError):
        review.redo(parts, REVIEWER, at, 6)
    history = review.history(parts, at)
    assert [change.kind for change in history.corrections] == [
        "value",
        "row_remove",
        "undo",
        "undo",
        "redo",
        "redo",
    ]
    assert history.corrections[0].before["text"] != history.corrections[0].after["text"] == "甲"


def test_of_many_savers_exactly_one_wins(parts: Parts) -> None:
    submission = in_review(parts)

    def save(number: int) -> str | None:
        try:
            review.correct(parts, REVIEWER, submission.id, 0, "fields.org_name", f"学校{number}")
        except ConflictError:
            return None
        return f"学校{number}"

    with ThreadPoolExecutor(8) as pool:
        winners = [text for text in pool.map(save, range(20)) if text]
    assert len(winners) == 1
    assert review.open_review(parts, submission.id).current.fields["org_name"].text == winners[0]


def test_the_log_itself_refuses_a_second_change_of_one_version(parts: Parts) -> None:
    submission = in_review(parts)
    change = Correction(
        1, "value", "fields.org_name", None, {"text": "甲", "value": "甲"}, "me", datetime.now(UTC)
    )
    with parts.store.write() as tx:
        corrections.append(tx, submission.id, 0, change)
        with pytest.raises(ConflictError):
            corrections.append(tx, submission.id, 0, replace(change, version=2))


def test_a_claim_keeps_others_out_until_it_runs_out(parts: Parts) -> None:
    submission = in_review(parts)
    queue.claim(parts, REVIEWER, submission.id)
    with pytest.raises(ConflictError, match="reviewer"):
        queue.claim(parts, OTHER_REVIEWER, submission.id)
    with pytest.raises(ConflictError):
        review.correct(parts, OTHER_REVIEWER, submission.id, 0, "fields.org_name", "甲")
    assert queue.claim_next(parts, OTHER_REVIEWER) is None
    queue.release(parts, OTHER_REVIEWER, submission.id)
    assert queue.get_submission(parts, submission.id)[0].claimant() == "reviewer"
    queue.release(parts, REVIEWER, submission.id)
    taken = queue.claim_next(parts, OTHER_REVIEWER)
    assert taken is not None
    assert taken.claimed_by == "other"


def test_a_decision_needs_a_reason_a_role_and_the_newest_version(parts: Parts) -> None:
    submission = in_review(parts)
    with pytest.raises(ForbiddenError):
        review.decide(parts, CLERK, submission.id, 0, Move.ACCEPT)
    with pytest.raises(InvalidRequestError):
        review.decide(parts, REVIEWER, submission.id, 0, Move.RETURN)
    review.correct(parts, REVIEWER, submission.id, 0, "fields.org_name", "甲")
    with pytest.raises(ConflictError):
        review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)
    done = review.decide(parts, REVIEWER, submission.id, 1, Move.RETURN, ["seal.missing"], "请补盖公章")
    assert (done.status, done.decision) == (
        State.RETURNED, {"move": "return", "reasons": ["seal.missing"], "note": "请补盖公章"}
    )  # fmt: skip
    with pytest.raises(ConflictError):
        review.correct(parts, REVIEWER, submission.id, 1, "fields.org_name", "乙")


@pytest.mark.parametrize(
    "path", ["fields.nothing", "occupations.r9.code", "occupations.r1", "", "marks.org_seal"]
)
def test_an_unknown_cell_is_not_made_up(parts: Parts, path: str) -> None:
    submission = in_review(parts)
    with pytest.raises(NotFoundError):
        review.correct(parts, REVIEWER, submission.id, 0, path, "x")
    assert review.open_review(parts, submission.id).current.version == 0


def test_an_unread_submission_cannot_be_corrected(parts: Parts) -> None:
    with pytest.raises(ConflictError):
        review.correct(parts, REVIEWER, upload(parts).id, 0, "fields.org_name", "x")


def test_the_result_says_who_and_when(parts: Parts) -> None:
    submission = in_review(parts)
    review.correct(parts, REVIEWER, submission.id, 0, "fields.org_name", "甲")
    review.decide(parts, REVIEWER, submission.id, 1, Move.ACCEPT)
    result = export.result(parts, submission.id)
    assert (result["status"], result["decided_by"]) == ("accepted", "reviewer")
    assert (result["fields"]["org_name"]["by"], result["fields"]["uscc"]["by"]) == ("person", "machine")
    assert result["fields"]["org_name"]["at"]
    assert result["fields"]["uscc"]["at"]


def test_a_correction_is_measured_by_the_rules_again(parts: Parts) -> None:
    submission = in_review(parts, make_reading(rows=1))
    named = [check["fields"] for check in review.open_review(parts, submission.id).checks]
    assert ["fields.org_name"] in named
    assert ["occupations.r1.code"] in named

    def verdicts(version: int, path: str, text: str) -> dict[tuple[str, str], bool | None]:
        review.correct(parts, REVIEWER, submission.id, version, path, text)
        found = review.open_review(parts, submission.id).checks
        return {(check["rule"], path): check["passed"] for check in found for path in check["fields"]}

    assert verdicts(0, "fields.uscc", "91430100MA4L1234XX")["uscc.check_digit", "fields.uscc"] is False
    assert verdicts(1, "fields.uscc", "91350100M000100Y43")["uscc.check_digit", "fields.uscc"] is True
    assert verdicts(2, "fields.org_name", "")["required.org_name", "fields.org_name"] is False
    review.add_rows(parts, REVIEWER, submission.id, 3, 0, [{"name": "育婴员", "code": "9-99"}])
    found = [path for check in review.open_review(parts, submission.id).checks for path in check["fields"]]
    assert "occupations.a4.code" in found


def test_the_table_for_spreadsheets_runs_no_formula(parts: Parts) -> None:
    submission = in_review(parts)
    evil = ["=HYPERLINK(1)", "+1", "-1", "@x", "＝1+1", " =1", "\t=1"]
    for version, text in enumerate(evil):
        review.add_rows(parts, REVIEWER, submission.id, version, 0, [{"name": text}])
    review.decide(parts, REVIEWER, submission.id, len(evil), Move.ACCEPT)
    table = b"".join(export.to_csv(parts, REVIEWER, Filter()))
    assert table.startswith(b"\xef\xbb\xbf")
    lines = table.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(evil) + 2
    names = [line.split(",")[17].strip('"') for line in lines[1 : 1 + len(evil)]]
    assert all(name.startswith("'") for name in names)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("value"), st.sampled_from(["fields.org_name", "occupations.r1.name"]), st.text(max_size=3)),
            st.tuples(st.just("row_remove"), st.sampled_from(["occupations.r1", "occupations.r2"]), st.none()),
            st.tuples(st.just("row_move"), st.just("occupations.r2"), st.integers(-2, 5)),
            st.tuples(st.just("undo"), st.just(""), st.integers(1, 8)),
        ),
        max_size=10,
    )
)  # fmt: skip
def test_undoing_the_last_change_gives_the_values_before_it(steps: list[tuple[str, str, object]]) -> None:
    now = datetime.now(UTC)

    def change(version: int, kind: str, path: str, after: object) -> Correction:
        shown = (
            {"text": after, "value": after}
            if kind == "value"
            else {"at": after}
            if kind == "row_move"
            else after
        )
        return Correction(version, kind, path, None, shown, "me", now)

    log = [change(version, *step) for version, step in enumerate(steps, start=1)]
    log = [entry for entry in log if entry.kind != "undo" or entry.after < entry.version]
    reading = make_reading()
    if log:
        last = log[-1].version
        undone = current_values(reading, [*log, change(last + 1, "undo", "", last)])
        before = current_values(reading, log[:-1])
        assert (undone.fields, undone.rows) == (before.fields, before.rows)
