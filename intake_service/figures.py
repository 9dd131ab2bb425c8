"""How the work goes: throughput, waiting, and how often the machine was wrong where a person looked."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from extractors.form.closing import answer_due
from extractors.form.layout import default_layout
from extractors.form.second_entry import SecondLook
from extractors.form.workdays import default_work_calendar
from intake_service import second_look
from intake_service.counted import place_of
from intake_service.intake import LOCAL_UTC_OFFSET
from intake_service.parts import Actor, Parts, Role
from intake_service.store import second_looks as store_second_looks
from intake_service.store import tallies

DAYS = 10
Z95 = 1.96
"""Standard score of a two-sided interval of 95 %."""

RECENT_DAYS = 30
"""What is compared with everything before it, to see whether sure values become wrong more often."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One field over all submissions: ``looked`` times a person looked, ``wrong`` times the machine's word fell.

    ``low`` and ``high`` bound the true rate with 95 % confidence.
    """

    place: str
    looked: int
    wrong: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Share of wrong ones, 0..1."""
        return self.wrong / self.looked


class Alarm(StrEnum):
    """Why values that the machine is sure of should be looked into."""

    ABOVE = "above"
    """Certainly more of them are wrong than the call allows."""
    RISING = "rising"
    """Certainly more of them are wrong than before."""


@dataclass(frozen=True, slots=True)
class SecondLooks:
    """Values the machine was sure of and somebody looked at without being told. ``unseen``: drawn, but nobody looked."""

    judged: tuple[Judged, ...]
    recent: Judged | None
    earlier: Judged | None
    unseen: int
    most_wrong: float

    @property
    def together(self) -> Judged | None:
        """All fields, all the time."""
        return _together(self.judged)

    @property
    def alarm(self) -> Alarm | None:
        """Certainly: the interval's lower bound lies above, so that one odd value among few warns nobody."""
        if self.recent is not None and self.earlier is not None and self.recent.low > self.earlier.high:
            return Alarm.RISING
        if self.recent is not None and self.recent.low > self.most_wrong:
            return Alarm.ABOVE
        return None


@dataclass(frozen=True, slots=True)
class Day:
    """One day on the office's calendar."""

    day: date
    came: int
    decided: int


@dataclass(frozen=True, slots=True)
class Left:
    """How many wait for a person with so many working days left to answer; -1 overdue, None beyond the calendar."""

    days: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the overview shows besides the counts by state. Times in hours, None where there is nothing."""

    days: tuple[Day, ...]
    left: tuple[Left, ...]
    typical_wait_h: float | None
    longest_wait_h: float | None
    judged: tuple[Judged, ...]

    second_looks: SecondLooks | None = None
    """None where the call draws nothing and nothing was drawn before."""

    @property
    def all_judged(self) -> Judged | None:
        """All fields together."""
        return _together(self.judged)


def figures(parts: Parts, actor: Actor, now: datetime | None = None) -> Figures:
    """Count over the whole store. Reviewers and above."""
    actor.require(Role.REVIEWER)
    now = now or datetime.now(UTC)
    today = (now + LOCAL_UTC_OFFSET).date()
    since = datetime.combine(today - timedelta(days=DAYS - 1), datetime.min.time(), UTC) - LOCAL_UTC_OFFSET
    with parts.store.read() as tx:
        came, decided = tallies.arrivals_and_decisions(tx, since)
        waits = [(done - start) / timedelta(hours=1) for start, done in tallies.waits(tx, since)]
        waiting = tallies.received_in_review(tx)
        found = tallies.judged_by_people(tx)
        looks = second_looks(tx, now)
    arrived, gone = Counter(map(_local_day, came)), Counter(map(_local_day, decided))
    days = (today - timedelta(days=back) for back in reversed(range(DAYS)))
    return Figures(
        days=tuple(Day(day, arrived[day], gone[day]) for day in days),
        left=_left(waiting, today),
        typical_wait_h=statistics.median(waits) if waits else None,
        longest_wait_h=(now - min(waiting)) / timedelta(hours=1) if waiting else None,
        judged=_by_place(found),
        second_looks=looks,
    )


def second_looks(tx: sa.Connection, now: datetime) -> SecondLooks | None:
    """What the second looks have shown; None where the call draws nothing and nothing was drawn before."""
    rule = second_look.rule()
    since = now - timedelta(days=RECENT_DAYS)
    recent, earlier = (
        store_second_looks.counted(tx, since=since),
        store_second_looks.counted(tx, before=since),
    )
    if rule is None and not recent and not earlier:
        return None
    every = [*recent, *earlier]
    return SecondLooks(
        judged=_by_place(_looked(every)),
        recent=_together(_by_place(_looked(recent))),
        earlier=_together(_by_place(_looked(earlier))),
        unseen=sum(count for _path, stood, count in every if stood is None),
        most_wrong=(rule or SecondLook(1.0)).most_wrong,
    )


def wilson(wrong: int, looked: int) -> tuple[float, float]:
    """Wilson's interval of a rate at 95 % (E. B. Wilson 1927, J. Am. Stat. Assoc. 22, 209). ``looked`` at least 1."""
    share, square = wrong / looked, Z95**2
    middle = share + square / (2 * looked)
    half = Z95 * math.sqrt(share * (1 - share) / looked + square / (4 * looked**2))
    scale = 1 + square / looked
    return max(0.0, min(share, (middle - half) / scale)), min(1.0, max(share, (middle + half) / scale))


def _looked(counted: Iterable[tuple[str, bool | None, int]]) -> list[tuple[str, bool, int]]:
    return [(path, stood, count) for path, stood, count in counted if stood is not None]


def _together(judged: Sequence[Judged]) -> Judged | None:
    looked, wrong = sum(each.looked for each in judged), sum(each.wrong for each in judged)
    return Judged("", looked, wrong, *wilson(wrong, looked)) if looked else None


def _by_place(found: list[tuple[str, bool, int]]) -> tuple[Judged, ...]:
    looked: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for path, stood, count in found:
        looked[place_of(path)] += count
        wrong[place_of(path)] += 0 if stood else count
    each = (Judged(place, n, wrong[place], *wilson(wrong[place], n)) for place, n in looked.items())
    return tuple(sorted(each, key=lambda judged: (-judged.wrong, -judged.looked, judged.place)))


def _left(waiting: Iterable[datetime], today: date) -> tuple[Left, ...]:
    """From overdue to the whole time, every step, so that a gap is seen as one."""
    whole = default_layout().call.answer_working_days
    counts: Counter[int | None] = Counter()
    for day, count in Counter(map(_local_day, waiting)).items():
        counts[days_left(day, today)] += count
    known = tuple(Left(days, counts[days]) for days in range(-1, whole + 1))
    return (*known, Left(None, counts[None])) if counts[None] else known


def days_left(received: date, today: date) -> int | None:
    """Working days left to answer somebody whose paper came on ``received``: 0 today, -1 overdue, None if not known."""
    last = answer_due(default_layout().call, received)
    if last is None:
        return None
    return -1 if today > last else default_work_calendar().between(today, last)


def _local_day(moment: datetime) -> date:
    return (moment + LOCAL_UTC_OFFSET).date()
