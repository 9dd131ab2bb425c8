"""The second person's entry: when two hands agree, who may enter, who may not accept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from extractors.form.second_entry import SecondEntry
from intake_service import export, queue, review, seconding
from intake_service.current import Current, Entry, current_values
from intake_service.errors import ConflictError, ForbiddenError, NotFoundError
from intake_service.parts import Parts
from intake_service.seconding import Standing
from intake_service.store import Move, submissions
from intake_service.store.corrections import Correction
from intake_service.store.submissions import Filter
from tests.intake_service.builders import ADMIN, OTHER_REVIEWER, REVIEWER, in_review, make_reading

NOW = datetime(2020, 4, 1, tzinfo=UTC)
NAME = "fields.org_name"


def values(
    first: tuple[str, str] | None, *entries: tuple[str, str], status: str = "auto", read: str = "甲校"
) -> Current:
    """A form on which ``first`` (who, text) corrected what was read, and others made ``entries``."""
    current = current_values(make_reading(org_name=read), ())
    cell = replace(current.fields["org_name"], status=status)
    current = replace(current, fields={**current.fields, "org_name": cell})
    if first is not None:
        cell = replace(cell, text=first[1], value=first[1], by="person", who=first[0], status="auto")
        current = replace(current, fields={**current.fields, "org_name": cell})
    made = tuple(Entry(who, text, text, NOW) for who, text in entries)
    return replace(current, entries={NAME: made})


@pytest.mark.parametrize(
    ("first", "entries", "status", "machine_counts", "standing"),
    [
        # the machine alone
        (None, [], "auto", False, Standing.AWAITED),
        (None, [], "auto", True, Standing.AWAITED),
        # one entry against the machine's
        (None, [("b", "甲校")], "auto", True, Standing.SETTLED),
        (None, [("b", "甲校")], "auto", False, Standing.AWAITED),
        (None, [("b", "甲校")], "review", True, Standing.AWAITED),
        (None, [("b", "乙校")], "auto", True, Standing.UNEQUAL),
        # two entries, whatever the machine says
        (None, [("b", "甲校"), ("c", "甲校")], "review", False, Standing.SETTLED),
        (None, [("b", "乙校"), ("c", "乙校")], "auto", False, Standing.UNEQUAL),
        # a person and another
        (("a", "甲校"), [], "auto", True, Standing.AWAITED),
        (("a", "甲校"), [("b", "甲校")], "auto", False, Standing.SETTLED),
        (("a", "甲校"), [("b", "甲 校")], "auto", False, Standing.SETTLED),
        (("a", "甲校"), [("b", "乙校")], "auto", False, Standing.UNEQUAL),
        (("a", "甲校"), [("b", "")], "auto", False, Standing.UNEQUAL),
        (("a", ""), [("b", "")], "auto", False, Standing.SETTLED),
        # one person is never two
        (("a", "甲校"), [("a", "甲校")], "auto", False, Standing.AWAITED),
        (("a", "甲校"), [("a", "乙校")], "auto", False, Standing.AWAITED),
        # a third decides between two
        (("a", "甲校"), [("b", "乙校"), ("c", "甲校")], "auto", False, Standing.SETTLED),
        (("a", "甲校"), [("b", "乙校"), ("c", "丙校")], "auto", False, Standing.UNEQUAL),
    ],
)
def test_two_equal_entries_by_different_hands_settle_a_value(
    first: tuple[str, str] | None,
    entries: list[tuple[str, str]],
    status: str,
    machine_counts: bool,
    standing: Standing,
) -> None:
    wanted = SecondEntry(("org_name",), machine_counts=machine_counts)
    current = values(first, *entries, status=status)
    cell = current.fields["org_name"]
    if first is None:
        current = replace(current, fields={**current.fields, "org_name": replace(cell, value=None)})
    (place,) = seconding.places(current, "any", wanted)
    assert place.standing is standing


def test_the_newest_entry_of_each_person_counts() -> None:
    told = [
        Correction(n, "second", NAME, None, {"text": t, "value": t}, "b", NOW)
        for n, t in ((1, "乙"), (2, "甲"))
    ]
    assert [e.text for e in current_values(make_reading(), told).entries[NAME]] == ["甲"]


def test_which_cells_are_entered_twice() -> None:
    current = current_values(make_reading(rows=1), ())
    named = seconding.places(current, "any", SecondEntry(("uscc", "occupations.code")))
    assert [place.cell.path for place in named] == ["fields.uscc", "occupations.r1.code"]
    every = {place.cell.path for place in seconding.places(current, "any", SecondEntry())}
    assert len(every) == 14 + 7 - 1
    assert "fields.statement" not in every
    assert seconding.places(current, "any", None) == ()


def test_a_sample_is_drawn_once_and_in_proportion() -> None:
    ids = [f"{number:022x}" for number in range(4000)]
    drawn = [each for each in ids if SecondEntry(share=0.1).draws(each)]
    assert 320 < len(drawn) < 480
    assert drawn == [each for each in ids if SecondEntry(share=0.1).draws(each)]
    assert all(SecondEntry().draws(each) for each in ids)


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> SecondEntry:
    wanted = SecondEntry(("org_name", "uscc"))
    monkeypatch.setattr(seconding, "rule", lambda: wanted)
    return wanted


def test_nobody_accepts_before_two_agree_nor_who_was_the_second(parts: Parts, rule: SecondEntry) -> None:
    submission = in_review(parts)
    review.confirm(parts, REVIEWER, submission.id, 0, NAME)
    review.confirm(parts, REVIEWER, submission.id, 1, "fields.uscc")
    with pytest.raises(ConflictError, match="2 处"):
        review.decide(parts, REVIEWER, submission.id, 2, Move.ACCEPT)
    assert queue.get_submission(parts, submission.id)[0].awaits_second == 2
    assert [s.id for s in queue.list_submissions(parts, Filter(second=True)).items] == [submission.id]
    with pytest.raises(ForbiddenError, match="另一个人"):
        review.enter_second(parts, REVIEWER, submission.id, 2, NAME, "湘江职业培训学校")
    review.enter_second(parts, OTHER_REVIEWER, submission.id, 2, NAME, "湘江职业培训学校")
    now = review.enter_second(parts, OTHER_REVIEWER, submission.id, 3, "fields.uscc", "52430000MJJ0000001")
    assert now.fields["uscc"].text == "52430000MJJ0000000"
    with pytest.raises(ConflictError, match="1 处"):
        review.decide(parts, REVIEWER, submission.id, 4, Move.ACCEPT)
    # The two compare: the first takes over what the second had entered.
    review.correct(parts, REVIEWER, submission.id, 4, "fields.uscc", "52430000MJJ0000001")
    with pytest.raises(ForbiddenError, match="第二录入人"):
        review.decide(parts, OTHER_REVIEWER, submission.id, 5, Move.ACCEPT)
    told = export.result(parts, submission.id)["fields"]["uscc"]["entries"]
    assert [(entry["who"], entry["text"], entry["agrees"]) for entry in told] == [
        ("other", "52430000MJJ0000001", True)
    ]
    review.decide(parts, REVIEWER, submission.id, 5, Move.ACCEPT)


def test_returning_waits_for_nobody(parts: Parts, rule: SecondEntry) -> None:
    submission = in_review(parts)
    review.decide(parts, REVIEWER, submission.id, 0, Move.RETURN, ["公章不清晰"])


def test_undo_leaves_the_second_entry_alone(parts: Parts, rule: SecondEntry) -> None:
    submission = in_review(parts)
    review.correct(parts, REVIEWER, submission.id, 0, NAME, "甲")
    review.enter_second(parts, OTHER_REVIEWER, submission.id, 1, NAME, "乙")
    now = review.undo(parts, REVIEWER, submission.id, 2)
    assert now.fields["org_name"].by == "machine"
    assert [entry.text for entry in now.entries[NAME]] == ["乙"]


def test_only_what_the_rule_names_is_entered_and_only_by_reviewers(parts: Parts, rule: SecondEntry) -> None:
    submission = in_review(parts)
    with pytest.raises(NotFoundError):
        review.enter_second(parts, ADMIN, submission.id, 0, "fields.email", "x")
    with pytest.raises(NotFoundError):
        review.enter_second(parts, ADMIN, submission.id, 0, "fields.nothing", "x")


def test_what_only_waits_for_a_second_person_is_not_given_out_as_the_next(
    parts: Parts, rule: SecondEntry
) -> None:
    waiting = in_review(parts, make_reading())
    with parts.store.write() as tx:
        submissions.update(tx, waiting.id, doubts=0)
    assert queue.claim_next(parts, REVIEWER) is None
    doubtful = in_review(parts, make_reading(org_name="乙校", address="review"))
    found = queue.claim_next(parts, REVIEWER)
    assert found is not None
    assert found.id == doubtful.id
