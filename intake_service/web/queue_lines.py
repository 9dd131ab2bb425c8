"""Submissions as lists show them: one line each, and what may be done to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import url_for

from extractors.form.closing import answer_due, timeliness
from extractors.form.layout import default_layout
from extractors.form.workdays import default_work_calendar, local_day
from intake_service import intake, letters, queue, review
from intake_service.figures import days_left
from intake_service.parts import Role
from intake_service.rechecks import register_days
from intake_service.store import State
from intake_service.store.submissions import Submission
from intake_service.web import words
from intake_service.web.door import actor, parts
from intake_service.web.words import Look

BROKEN_OFF = {State.FAILED, State.QUARANTINED}
SOON_DAYS = 1
"""Working days before the answer is due from which on a line says so louder."""


@dataclass(frozen=True, slots=True)
class Due:
    """Until when the applicant must hear from the office, in words; ``tone`` is empty while there is time."""

    word: str
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """One submission in a list. ``may`` holds the actions that this person may take on it."""

    id: str
    url: str
    claim_url: str
    letter_url: str
    title: str
    unread: bool
    under: str
    uscc: str
    receipt_number: str
    channel: str
    state: Look
    say: str
    doubts: int
    failed_checks: int
    awaits_second: int
    reviewable: bool
    received_at: datetime
    claimed_by: str
    mine: bool
    alike: bool
    due: Due | None
    in_time: bool | None
    may: tuple[str, ...]


def to_lines(found: Sequence[Submission]) -> list[Line]:
    """Submissions as lists show them."""
    beside = queue.beside(parts(), [submission.id for submission in found])
    today = words.local(datetime.now(UTC)).date()
    return [
        _line(each, alike=each.id in beside.alike, file=beside.file_names.get(each.id, ""), today=today)
        for each in review.list_as(parts(), actor(), found)
    ]


def _line(submission: Submission, *, alike: bool, file: str, today: date) -> Line:
    holder = submission.claimant() or ""
    reviewable = submission.status is State.IN_REVIEW
    postmark, received = register_days(submission)
    return Line(
        id=submission.id,
        url=url_for("web.review", submission_id=submission.id),
        claim_url=url_for("web.claim", submission_id=submission.id)
        if reviewable and actor().may(Role.REVIEWER)
        else "",
        letter_url=url_for("web.letter", submission_id=submission.id)
        if submission.status in letters.DECISION_LETTERS
        else "",
        title=submission.org_name or file or "尚未读出单位名称",
        unread=not submission.org_name,
        under=submission.uscc or (f"寄件人 {submission.sender}" if submission.sender else ""),
        uscc=submission.uscc,
        receipt_number=submission.receipt_number,
        channel=intake.CHANNELS.get(submission.channel, submission.channel),
        state=words.SUBMISSION_LOOKS[submission.status],
        say=submission.error_message or "" if submission.status in BROKEN_OFF else "",
        doubts=submission.doubts,
        failed_checks=submission.failed_checks if reviewable else 0,
        awaits_second=submission.awaits_second if reviewable else 0,
        reviewable=reviewable,
        received_at=submission.received_at,
        claimed_by=holder,
        mine=holder == actor().name,
        alike=alike,
        due=due(local_day(submission.due_from), today) if reviewable else None,
        in_time=timeliness(default_layout().call, postmark, received).in_time,
        may=tuple(_allowed(submission, holder)),
    )


def _allowed(submission: Submission, holder: str) -> list[str]:
    who = actor()
    reviewer, in_review = who.may(Role.REVIEWER), submission.status is State.IN_REVIEW
    actions = {
        "claim": reviewer and in_review and not holder,
        "release": reviewer and holder == who.name,
        "retry": reviewer and submission.status in BROKEN_OFF,
        "hand_over": who.may(Role.ADMIN) and in_review,
        "export": reviewer and submission.status is State.ACCEPTED,
        "receipt": True,
    }
    return [action for action, may in actions.items() if may]


def due(received: date, today: date) -> Due | None:
    """How long there is to answer somebody whose paper came on ``received``; None beyond the calendar's years."""
    call = default_layout().call
    last, left = answer_due(call, received), days_left(received, today)
    if last is None or left is None:
        return None
    title = f"{last.month}月{last.day}日前一次告知（收到后 {call.answer_working_days} 个工作日）"
    if left < 0:
        over = default_work_calendar().between(last, today)
        return Due(f"已超 {over} 个工作日" if over else "已超期", "fail", title)
    if not left:
        return Due("今天到期", "fail", title)
    return Due(f"还有 {left} 个工作日", "check" if left <= SOON_DAYS else "", title)
