from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form.workdays import default_work_calendar, load_work_calendar
from tests.extractors.form.makers import quick

CALENDAR = default_work_calendar()
KNOWN = st.dates(CALENDAR.first, CALENDAR.last)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2020-02-03", True),  # the first day after the lengthened festival
        ("2020-02-01", False),  # a Saturday that was to be worked until the festival was lengthened
        ("2020-01-19", True),  # a Sunday worked in exchange
        ("2020-04-06", False),  # a Monday off
        ("2020-04-18", False),
        ("2020-04-20", True),
        ("2020-02-29", False),
        ("2018-12-31", None),
        ("2027-01-04", None),
    ],
)
def test_days(day: str, working: bool | None) -> None:
    assert CALENDAR.is_working(date.fromisoformat(day)) is working


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        ("2020-04-20", "2020-04-20", 0),
        ("2020-04-20", "2020-04-27", 6),  # 26 April is a Sunday worked
        ("2020-04-30", "2020-05-06", 1),
        ("2020-04-20", "2020-04-19", 0),
        ("2026-12-30", "2027-01-04", None),
    ],
)
def test_counting_leaves_out_the_first_day(since: str, until: str, count: int | None) -> None:
    assert CALENDAR.between(date.fromisoformat(since), date.fromisoformat(until)) == count


def test_five_working_days_over_a_holiday() -> None:
    assert CALENDAR.after(date(2020, 4, 28), 5) == date(2020, 5, 8)
    assert CALENDAR.after(date(2026, 12, 29), 5) is None


@quick
@given(KNOWN, st.integers(1, 40))
def test_the_nth_day_after_is_a_working_one_and_counts_n(day: date, count: int) -> None:
    found = CALENDAR.after(day, count)
    if found is None:
        assert day + timedelta(days=2 * count + 20) > CALENDAR.last
    else:
        assert CALENDAR.is_working(found)
        assert CALENDAR.between(day, found) == count


@quick
@given(KNOWN, KNOWN, KNOWN)
def test_counts_add_up(one: date, two: date, three: date) -> None:
    first, middle, last = sorted((one, two, three))
    parts = [CALENDAR.between(first, middle), CALENDAR.between(middle, last)]
    assert CALENDAR.between(first, last) == sum(part or 0 for part in parts)


def test_every_exchange_is_one_and_years_have_about_250_working_days() -> None:
    assert all(day.weekday() >= 5 for day in CALENDAR.worked)
    assert not CALENDAR.worked & CALENDAR.off
    for year in range(CALENDAR.first.year, CALENDAR.last.year + 1):
        days = CALENDAR.between(date(year, 1, 1), date(year, 12, 31))
        assert days is not None
        assert 246 <= days <= 251, year


def test_a_table_with_a_year_left_out_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "holidays.csv"
    file.write_text("first,last,worked\n2019-01-01,2019-01-01,\n2021-01-01,2021-01-01,\n", encoding="utf-8")
    with pytest.raises(ValueError, match="缺少年份"):
        load_work_calendar(file)
