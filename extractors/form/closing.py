"""Whether an application came in time, and until when its applicant must hear what is missing.

A notice that says no more than 于4月20日之前截止 leaves two things open: whether the postmark or the receipt
counts, and whether the 20th itself is in time. Both are settings of the call; what is left ``undecided``
there is judged both ways, and where the two ways differ a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from extractors.form.layout import Call
from extractors.form.workdays import default_work_calendar


@dataclass(frozen=True, slots=True)
class Timeliness:
    """In time or late by either day; None where it cannot be told. ``in_time`` is what the call's settings make of them."""

    by_postmark: bool | None
    by_receipt: bool | None
    in_time: bool | None


def timeliness(call: Call, postmark: date | None, received: date | None) -> Timeliness:
    """Judge both days on the office's calendar. A postmark later than the receipt is no evidence of anything."""
    if postmark is not None and received is not None and postmark > received:
        postmark = None
    by_postmark, by_receipt = (_in_time(call, day) for day in (postmark, received))
    if by_receipt or call.deadline_counts == "receipt":
        in_time = by_receipt  # what has arrived in time was posted in time, too
    elif call.deadline_counts == "postmark":
        in_time = by_postmark
    else:
        in_time = by_receipt if by_postmark == by_receipt else None
    return Timeliness(by_postmark, by_receipt, in_time)


def answer_due(call: Call, received: date) -> date | None:
    """The last day for telling the applicant everything that is missing; None beyond the calendar's years."""
    return default_work_calendar().after(received, call.answer_working_days)


def _in_time(call: Call, day: date | None) -> bool | None:
    if day is None:
        return None
    last = date.fromisoformat(call.deadline)
    if day == last:
        return {"included": True, "excluded": False}.get(call.deadline_day_itself)
    return day < last
