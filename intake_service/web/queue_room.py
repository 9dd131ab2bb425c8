"""队列: who waits, who works on what, and the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake_service import intake, queue
from intake_service.parts import Role
from intake_service.store import State
from intake_service.store.submissions import Filter, Submission
from intake_service.web import words
from intake_service.web.door import actor, parts, shown_name
from intake_service.web.words import Look

PAGE = 30
"""Lines of one page: more only take longer to draw."""
TAB_STATES = {name: states for name, _word, states in words.TABS}


@dataclass(frozen=True, slots=True)
class Line:
    """One submission in a list."""

    id: str
    url: str
    claim_url: str
    title: str
    unread: bool
    under: str
    uscc: str
    receipt_number: str
    channel: str
    state: Look
    say: str
    doubts: int
    reviewable: bool
    received_at: datetime
    claimed_by: str
    mine: bool
    alike: bool = False
    days: int = 0


@dataclass(frozen=True, slots=True)
class Tab:
    """One state to filter by, with how many stand there."""

    word: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters as the form shows them again."""

    status: str
    search: str
    channel: str
    doubtful: bool
    mine: bool
    oldest_first: bool
    """Asked for, or where nothing was asked for: who waits for a person is taken in turn."""

    def to_filter(self, name: str) -> Filter:
        """What the use case understands; ``name`` is the user's own."""
        return Filter(
            status=tuple(TAB_STATES[self.status]) if self.status != "all" else (),
            search=self.search,
            channel=self.channel,
            claimed_by=name if self.mine else "",
            doubtful=self.doubtful,
            oldest_first=self.oldest_first,
        )


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/queue", "queue", show)
    web.add_url_rule("/submissions/<submission_id>/claim", "claim", claim, methods=["POST"])


def show() -> ResponseReturnValue:
    """The list with its filters."""
    g.active = "queue"
    chosen = _chosen()
    page = queue.list_submissions(
        parts(), chosen.to_filter(actor().name), request.args.get("cursor") or None, PAGE
    )
    counts = queue.count_by_status(parts())
    tabs = [
        Tab(word, sum(counts[s] for s in states), url_for("web.queue", status=name), name == chosen.status)
        for name, word, states in words.TABS
    ]
    more: dict[str, Any] | None = {**request.args.to_dict(), "cursor": page.cursor} if page.cursor else None
    return render_template(
        "queue.html",
        tabs=tabs,
        chosen=chosen,
        channels=list(intake.CHANNELS.items()),
        rows=to_lines(page.items),
        narrowed=bool(chosen.search or chosen.channel or chosen.doubtful or chosen.mine),
        answer_days=words.ANSWER_WITHIN_DAYS,
        may_review=actor().may(Role.REVIEWER),
        total=next(tab.count for tab in tabs if tab.current),
        filtered=bool(
            chosen.search or chosen.channel or chosen.doubtful or chosen.mine or chosen.status != "review"
        ),
        next_url=url_for("web.queue", **more) if more else None,
    )


def claim(submission_id: str) -> ResponseReturnValue:
    """Reserve a submission, or give one's own back when ``release`` is asked for."""
    if (request.get_json(silent=True) or {}).get("release"):
        queue.release(parts(), actor(), submission_id)
        return jsonify(claimed_by="")
    submission = queue.claim(parts(), actor(), submission_id)
    return jsonify(claimed_by=submission.claimed_by, face=shown_name(actor().name)[:1])


def to_lines(found: Sequence[Submission]) -> list[Line]:
    """Submissions as lists show them."""
    beside = queue.beside(parts(), [submission.id for submission in found])
    return [
        to_line(
            submission, alike=submission.id in beside.alike, file=beside.file_names.get(submission.id, "")
        )
        for submission in found
    ]


def to_line(submission: Submission, *, alike: bool = False, file: str = "") -> Line:
    """A submission as a list shows it."""
    holder = submission.claimant() or ""
    reviewable = submission.status is State.IN_REVIEW
    return Line(
        id=submission.id,
        url=url_for("web.review", submission_id=submission.id),
        claim_url=url_for("web.claim", submission_id=submission.id)
        if reviewable and actor().may(Role.REVIEWER)
        else "",
        title=submission.org_name or file or "尚未读出单位名称",
        unread=not submission.org_name,
        under=submission.uscc or (f"寄件人 {submission.sender}" if submission.sender else ""),
        uscc=submission.uscc,
        receipt_number=submission.receipt_number,
        channel=intake.CHANNELS.get(submission.channel, submission.channel),
        state=words.SUBMISSION_LOOKS[submission.status],
        say=submission.error_message or "" if submission.status in TAB_STATES["failed"] else "",
        doubts=submission.doubts,
        reviewable=reviewable,
        received_at=submission.received_at,
        claimed_by=holder,
        mine=holder == actor().name,
        alike=alike,
        days=words.working_days(submission.received_at, datetime.now(UTC)) if reviewable else 0,
    )


def _chosen() -> Chosen:
    asked = request.args
    status = asked.get("status", "review")
    channel = asked.get("channel", "")
    return Chosen(
        status=status if status in TAB_STATES else "review",
        search=asked.get("q", "").strip()[:200],
        channel=channel if channel in intake.CHANNELS else "",
        doubtful="doubtful" in asked,
        mine="mine" in asked,
        oldest_first=asked.get("sort", "oldest" if status in {"review", "reading"} else "") == "oldest",
    )
