"""China's working days: Monday to Friday, without the public holidays, with the weekends worked in exchange.

The State Council announces each year's holidays late in the year before, so the calendar has limits: beyond
the years in ``templates_ref/catalogues/holidays.csv`` it answers None instead of guessing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path

LOCAL_UTC_OFFSET = timedelta(hours=8)
"""The office's clock; China has one zone and no summer time."""
_DAY = timedelta(days=1)
_SATURDAY = 5


def local_day(moment: datetime) -> date:
    """The day on the office's calendar of an aware moment."""
    return (moment.astimezone(UTC) + LOCAL_UTC_OFFSET).date()


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days that are not what their weekday says, within the years known, ``first`` to ``last`` included."""

    first: date
    last: date
    off: frozenset[date]
    worked: frozenset[date]

    def is_working(self, day: date) -> bool | None:
        """Whether offices are open; None outside the years known."""
        if not self.first <= day <= self.last:
            return None
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)

    def between(self, since: date, until: date) -> int | None:
        """Working days after ``since`` up to and with ``until``, 0 when it is not later; None if one is not known.

        The day something happens does not count, as in law (民法典 201).
        """
        days = [self.is_working(since + _DAY * (n + 1)) for n in range((until - since).days)]
        return None if None in days else sum(map(bool, days))

    def after(self, day: date, count: int) -> date | None:
        """The ``count``-th working day after ``day`` (``day`` itself for 0); None when the calendar ends before."""
        while count > 0:
            day += _DAY
            working = self.is_working(day)
            if working is None:
                return None
            count -= working
        return day


def load_work_calendar(file: Path) -> WorkCalendar:
    """The calendar of a table with columns first, last (a holiday's days) and worked (days, by spaces).

    The years known are those in which holidays begin. Raises ValueError when they are not in one row.
    """
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    spans = [(date.fromisoformat(row["first"]), date.fromisoformat(row["last"])) for row in rows]
    years = sorted({last.year for _first, last in spans})
    if years != list(range(years[0], years[-1] + 1)):
        raise ValueError(f"{file}：缺少年份。")
    return WorkCalendar(
        first=date(years[0], 1, 1),
        last=date(years[-1], 12, 31),
        off=frozenset(day for span in spans for day in _days(*span)),
        worked=frozenset(date.fromisoformat(text) for row in rows for text in row["worked"].split()),
    )


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + _DAY * number


@lru_cache(maxsize=1)
def default_work_calendar() -> WorkCalendar:
    """The holidays of the installed package of reference data."""
    with resources.as_file(resources.files("templates_ref")) as root:
        return load_work_calendar(root / "catalogues" / "holidays.csv")
