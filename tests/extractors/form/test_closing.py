from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form.closing import answer_due, timeliness
from extractors.form.layout import default_layout
from tests.extractors.form.makers import quick

CALL = default_layout().call
THE_DAY = date(2020, 4, 20)
BEFORE, AFTER = THE_DAY - timedelta(days=1), THE_DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("counts", "itself", "postmark", "received", "in_time"),
    [
        ("postmark", "excluded", BEFORE, AFTER, True),
        ("postmark", "excluded", THE_DAY, AFTER, False),
        ("postmark", "included", THE_DAY, AFTER, True),
        ("postmark", "undecided", THE_DAY, AFTER, None),
        ("postmark", "included", AFTER, AFTER, False),
        ("postmark", "included", None, BEFORE, True),  # what arrived in time was posted in time
        ("postmark", "included", None, AFTER, None),
        ("receipt", "included", BEFORE, AFTER, False),
        ("receipt", "included", BEFORE, THE_DAY, True),
        ("receipt", "excluded", BEFORE, THE_DAY, False),
        ("receipt", "excluded", None, BEFORE, True),
        ("undecided", "undecided", BEFORE, BEFORE, True),
        ("undecided", "undecided", None, BEFORE, True),
        ("undecided", "undecided", BEFORE, AFTER, None),
        ("undecided", "undecided", BEFORE, THE_DAY, None),
        ("undecided", "undecided", THE_DAY, AFTER, None),
        ("undecided", "undecided", AFTER, AFTER, False),
        ("undecided", "undecided", None, AFTER, None),
        ("undecided", "included", THE_DAY, AFTER, None),
        ("undecided", "excluded", THE_DAY, AFTER, False),
        (
            "postmark",
            "included",
            THE_DAY + timedelta(days=2),
            AFTER,
            None,
        ),  # posted after it came: no evidence
    ],
)
def test_the_deadline(
    counts: str, itself: str, postmark: date | None, received: date, in_time: bool | None
) -> None:
    call = replace(CALL, deadline_counts=counts, deadline_day_itself=itself)
    assert timeliness(call, postmark, received).in_time is in_time


DAYS = st.dates(THE_DAY - timedelta(days=3), THE_DAY + timedelta(days=3))


@quick
@given(DAYS, DAYS, st.sampled_from(["postmark", "receipt", "undecided"]))
def test_what_is_left_open_never_says_more_than_any_decision_would(
    postmark: date, received: date, counts: str
) -> None:
    """An undecided call answers only where each way of deciding it would answer the same."""
    undecided = timeliness(replace(CALL, deadline_counts=counts), postmark, received).in_time
    ways = [counts] if counts != "undecided" else ["postmark", "receipt"]
    answers = {
        timeliness(replace(CALL, deadline_counts=way, deadline_day_itself=itself), postmark, received).in_time
        for way in ways
        for itself in ("included", "excluded")
    }
    if undecided is not None and postmark <= received:
        assert answers == {undecided}


def test_the_answer_is_due_five_working_days_after_the_day_of_receipt() -> None:
    assert answer_due(CALL, date(2020, 4, 20)) == date(2020, 4, 26)  # a Sunday worked
    assert answer_due(CALL, date(2020, 4, 30)) == date(2020, 5, 11)  # over 劳动节; Saturday the 9th is worked
    assert answer_due(CALL, date(2030, 1, 1)) is None
