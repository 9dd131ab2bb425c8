"""The notice's conditions: scope, years, head counts, deadline. The form alone often cannot tell, and then says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from extractors.form.case import Case, judged, place, tell
from extractors.form.catalogue import occupation_key
from extractors.form.closing import timeliness
from extractors.form.days import anniversary, day_span
from extractors.form.reading import Check
from extractors.form.row_checks import numbered
from extractors.form.rules import Rule

_IN_TIME = {True: "截止前", False: "截止后", None: "截止当日"}


def entry_restricted(rule: Rule, case: Case) -> Iterator[Check]:
    """Occupations whose practice needs a qualification; ``partly`` names those of which only some work does."""
    for index, _row, _code, name in numbered(case):
        if case.catalogue.qualification(name) == "admission":
            partly = occupation_key(name).partition("(")[0] in rule.params["partly"]
            outcome, passed = ("partly", None) if partly else ("bad", False)
            yield tell(rule, outcome, place(index, "name"), passed=passed, row=index + 1, name=name)


def scope(rule: Rule, case: Case) -> Iterator[Check]:
    """In the catalogue's part for assessment while that was in force, or in the office's list of shortages."""
    shortage = {occupation_key(name) for name in rule.params["shortage"]}
    expired = case.as_of is None or case.as_of >= date.fromisoformat(rule.params["catalogue_until"])
    for index, _row, _code, name in numbered(case):
        listed = case.catalogue.qualification(name)
        if not name or listed == "admission":
            continue
        if occupation_key(name) in shortage:
            outcome = "shortage"
        elif expired:
            outcome = "expired"
        elif listed:
            outcome = "good"
        else:
            outcome = "bad" if shortage else "unsure"
        passed = {"good": True, "shortage": True, "bad": False}.get(outcome)
        yield tell(
            rule,
            outcome,
            place(index, "name"),
            passed=passed,
            row=index + 1,
            name=name,
            day=case.as_of or "办理时",
        )


def years_of_practice(rule: Rule, case: Case) -> Iterator[Check]:
    """Whether each start lies ``years`` back: a start written as a year or month may be any day of it.

    The condition is the organisation's, so one short row among others proves nothing.
    """
    years, as_of = rule.params["years"], case.as_of
    starts = [str(row.start_date.value or "") for row in case.rows]
    if as_of is None or not any(starts):
        return
    full = [_is_full(start, years, as_of) for start in starts]
    short = [index for index, reached in enumerate(full) if reached is False]
    unclear = [index for index, reached in enumerate(full) if reached is None]
    if not short and not unclear:
        outcome = "good"
    elif len(short) == len(full):
        outcome = "bad"
    else:
        outcome = "some" if short else "unsure"
    named = short or unclear or range(len(full))
    yield tell(
        rule, outcome, tuple(place(index, "start_date") for index in named),
        passed={"good": True, "bad": False}.get(outcome), years=years, day=as_of, rows=_rows(named),
    )  # fmt: skip


def _is_full(start: str, years: int, as_of: date) -> bool | None:
    if not start:
        return None
    first, last = day_span(start)
    if anniversary(last, years) <= as_of:
        return True
    return False if anniversary(first, years) > as_of else None


def total_count(rule: Rule, case: Case) -> Iterator[Check]:
    """The sum of people. Each was trained or assessed once at least, so it can reach the 人次, but not miss them."""
    counts = [row.trained_count.value for row in case.rows]
    whole = [count for count in counts if isinstance(count, int)]
    if not whole:
        return
    enough = sum(whole) >= rule.params["least"]
    outcome = "good" if enough else "below" if len(whole) == len(counts) else "unsure"
    yield tell(
        rule, outcome, tuple(place(index, "trained_count") for index in range(len(counts))),
        passed=True if enough else None, least=rule.params["least"], total=sum(whole),
    )  # fmt: skip


def count_each(rule: Rule, case: Case) -> Iterator[Check]:
    """Of the notice's two figures for each occupation the form has neither: rows below are named, none is judged."""
    counts = [row.trained_count.value for row in case.rows]
    below = [i for i, count in enumerate(counts) if isinstance(count, int) and count < rule.params["least"]]
    unread = [index for index, count in enumerate(counts) if not isinstance(count, int)]
    if len(unread) == len(counts):
        return
    outcome = "below" if below else "unsure" if unread else "reached"
    named = below or unread or range(len(counts))
    yield tell(
        rule, outcome, tuple(place(index, "trained_count") for index in named),
        passed=None, least=rule.params["least"], rows=_rows(named),
    )  # fmt: skip


def _rows(indices: Iterable[int]) -> str:
    return "、".join(str(index + 1) for index in indices)


def deadline(rule: Rule, case: Case) -> Iterator[Check]:
    """Postmark and receipt against the deadline, both shown; not before the mail room has registered one."""
    if case.postmark is None and case.received is None:
        return
    found = timeliness(case.call, case.postmark, case.received)
    days = [
        f"{name} {day}（{_IN_TIME[in_time]}）" if day else f"{name}日期没有登记"
        for name, day, in_time in (
            ("邮戳", case.postmark, found.by_postmark),
            ("收到", case.received, found.by_receipt),
        )
    ]
    fields = ("register.postmark_date", "register.received_at")
    yield judged(rule, fields, passed=found.in_time, deadline=case.call.deadline, days="，".join(days))
