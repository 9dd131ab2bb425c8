"""The overview's figures: counted over everything, and only where a person judged the machine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_service import figures, review
from intake_service.errors import ForbiddenError
from intake_service.figures import wilson
from intake_service.parts import Parts
from intake_service.store import Move, submissions
from tests.intake_service.builders import CLERK, REVIEWER, in_review, make_reading

FRIDAY = datetime(2020, 4, 17, 2, tzinfo=UTC)
"""Ten in the morning at the office; no holiday near."""


def judged(parts: Parts) -> dict[str, tuple[int, int]]:
    return {each.place: (each.wrong, each.looked) for each in figures.figures(parts, REVIEWER).judged}


def test_the_machine_is_judged_by_the_last_word_of_people(parts: Parts) -> None:
    one, two = in_review(parts, make_reading()), in_review(parts, make_reading(org_name="另一所学校"))
    review.confirm(parts, REVIEWER, one.id, 0, "fields.email")
    review.correct(parts, REVIEWER, two.id, 0, "fields.email", "b@example.cn")
    review.correct(parts, REVIEWER, two.id, 1, "fields.email", "c@example.cn")
    review.correct(parts, REVIEWER, one.id, 1, "occupations.r1.code", "4-03-02-07")
    review.confirm(parts, REVIEWER, one.id, 2, "occupations.r2.code")
    assert judged(parts) == {"fields.email": (1, 2), "occupations.code": (1, 2)}
    together = figures.figures(parts, REVIEWER).all_judged
    assert together is not None
    assert (together.wrong, together.looked, together.rate) == (2, 4, 0.5)


def test_who_confirms_too_soon_and_corrects_it_counts_as_a_mistake_of_the_machine(parts: Parts) -> None:
    one, two = in_review(parts, make_reading()), in_review(parts, make_reading(org_name="另一所学校"))
    machines = review.open_review(parts, two.id).current.fields["org_name"].text
    review.confirm(parts, REVIEWER, one.id, 0, "fields.org_name")
    review.correct(parts, REVIEWER, one.id, 1, "fields.org_name", "湘水学校")
    review.correct(parts, REVIEWER, two.id, 0, "fields.org_name", "湘水学校")
    review.correct(parts, REVIEWER, two.id, 1, "fields.org_name", machines)
    assert judged(parts) == {"fields.org_name": (1, 2)}
    review.undo(parts, REVIEWER, one.id, 2)
    assert judged(parts) == {"fields.org_name": (0, 2)}


def test_what_was_taken_back_or_typed_in_without_a_form_says_nothing(parts: Parts) -> None:
    read, unread = in_review(parts, make_reading()), in_review(parts, make_reading(matched=False))
    review.correct(parts, REVIEWER, read.id, 0, "fields.email", "b@example.cn")
    review.undo(parts, REVIEWER, read.id, 1)
    review.correct(parts, REVIEWER, unread.id, 0, "fields.email", "b@example.cn")
    assert judged(parts) == {}


def test_days_and_waits_are_those_of_the_office(parts: Parts) -> None:
    now = datetime.now(UTC)
    submission = in_review(parts, make_reading())
    waiting = figures.figures(parts, REVIEWER, now + timedelta(hours=3))
    assert waiting.longest_wait_h == pytest.approx(3, abs=0.1)
    assert waiting.typical_wait_h is None
    assert sum(day.came for day in waiting.days) == 1
    review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)
    done = figures.figures(parts, REVIEWER, now)
    assert [day.decided for day in done.days] == [0] * (figures.DAYS - 1) + [1]
    assert done.longest_wait_h is None
    with pytest.raises(ForbiddenError):
        figures.figures(parts, CLERK)


def test_who_waits_is_counted_by_the_working_days_left(parts: Parts) -> None:
    for back in (0, 0, 1, 30):
        submission = in_review(parts, make_reading())
        with parts.store.write() as tx:
            submissions.update(tx, submission.id, due_from=FRIDAY - timedelta(days=back))
    left = {each.days: each.count for each in figures.figures(parts, REVIEWER, FRIDAY).left}
    assert left == {-1: 1, 0: 0, 1: 0, 2: 0, 3: 0, 4: 1, 5: 2}


@pytest.mark.parametrize(("today", "days"), [(17, 5), (19, 5), (20, 4), (24, 0), (26, -1), (27, -1)])
def test_the_days_left_end_with_the_last_working_day(today: int, days: int) -> None:
    assert figures.days_left(date(2020, 4, 17), date(2020, 4, today)) == days
    assert figures.days_left(date(2050, 4, 17), date(2050, 4, today)) is None


@given(st.integers(1, 5000), st.data())
def test_the_interval_holds_the_rate(looked: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, looked))
    low, high = wilson(wrong, looked)
    assert 0 <= low <= wrong / looked <= high <= 1


def test_the_interval_is_wilsons() -> None:
    assert wilson(2, 10) == pytest.approx((0.0567, 0.5098), abs=1e-4)
