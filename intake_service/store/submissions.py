"""Submissions: insert, find, list, claim, move."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake_service.errors import ConflictError, NotFoundError
from intake_service.records import submissions
from intake_service.store.states import Move, State, after


@dataclass(frozen=True, slots=True)
class Submission:
    """One envelope, form or upload, as kept. ``version`` counts the corrections made so far."""

    id: str
    receipt_number: str
    status: State
    error_code: str | None
    error_message: str | None
    channel: str
    tracking_number: str
    postmark_date: str | None
    received_at: datetime
    sender: str
    copies: int
    call: str
    note: str
    created_at: datetime
    created_by: str
    updated_at: datetime
    version: int
    org_name: str
    uscc: str
    contact_phone: str
    doubts: int
    form_document_id: str | None
    claimed_by: str | None
    claim_expires_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    decision: dict[str, Any] | None

    def claimant(self, now: datetime | None = None) -> str | None:
        """Who works on it right now; None when nobody does or the claim has run out."""
        if self.claim_expires_at is None or self.claim_expires_at <= (now or datetime.now(UTC)):
            return None
        return self.claimed_by


@dataclass(frozen=True, slots=True)
class Filter:
    """Which submissions a list shows. ``search`` looks in number, name, code, phone, sender and tracking."""

    status: tuple[str, ...] = ()
    search: str = ""
    channel: str = ""
    call: str = ""
    claimed_by: str = ""
    doubtful: bool = False
    uscc: str = ""
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list; ``cursor`` asks for the next part and is None at the end."""

    items: tuple[Submission, ...]
    cursor: str | None


def _to_submission(row: sa.RowMapping) -> Submission:
    values = dict(row)
    values["status"] = State(values["status"])
    values["decision"] = json.loads(values["decision"]) if values["decision"] else None
    return Submission(**values)


def insert(tx: sa.Connection, **values: Any) -> None:
    """Add one; times and state are set here."""
    now = datetime.now(UTC)
    tx.execute(submissions.insert().values(status=State.RECEIVED, created_at=now, updated_at=now, **values))


def get(tx: sa.Connection, submission_id: str, *, lock: bool = False) -> Submission:
    """One submission; with ``lock`` nobody else may change it until the transaction ends. Raises NotFoundError."""
    query = sa.select(submissions).where(submissions.c.id == submission_id)
    row = tx.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is None:
        raise NotFoundError("找不到这份件。")
    return _to_submission(row)


def update(tx: sa.Connection, submission_id: str, **values: Any) -> None:
    """Set columns of one submission."""
    if isinstance(values.get("decision"), dict):
        values["decision"] = json.dumps(values["decision"], ensure_ascii=False)
    tx.execute(
        submissions.update()
        .where(submissions.c.id == submission_id)
        .values(updated_at=datetime.now(UTC), **values)
    )


def move(tx: sa.Connection, submission: Submission, step: Move, **values: Any) -> State:
    """Apply one move of the state table and set columns. Raises ConflictError where it is not allowed."""
    state = after(submission.status, step)
    if state is None:
        raise ConflictError(f"当前状态不能这样处理（{submission.receipt_number}）。请刷新后再看。")
    update(tx, submission.id, status=state, **values)
    return state


def claim(tx: sa.Connection, submission_id: str, who: str, minutes: int) -> bool:
    """Reserve for ``who``, or prolong; False when somebody else holds it. One statement, so one winner."""
    now = datetime.now(UTC)
    free = sa.or_(
        submissions.c.claimed_by.is_(None),
        submissions.c.claimed_by == who,
        submissions.c.claim_expires_at <= now,
    )
    done = tx.execute(
        submissions.update()
        .where(submissions.c.id == submission_id, free)
        .values(claimed_by=who, claim_expires_at=now + timedelta(minutes=minutes))
    )
    return done.rowcount == 1


def release(tx: sa.Connection, submission_id: str, who: str) -> None:
    """Give a claim back; somebody else's stays."""
    tx.execute(
        submissions.update()
        .where(submissions.c.id == submission_id, submissions.c.claimed_by == who)
        .values(claimed_by=None, claim_expires_at=None)
    )


def _conditions(chosen: Filter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if chosen.status:
        found.append(submissions.c.status.in_(chosen.status))
    exact = {name: getattr(chosen, name) for name in ("channel", "call", "uscc")}
    found += [submissions.c[name] == value for name, value in exact.items() if value]
    if chosen.claimed_by:
        now = datetime.now(UTC)
        found += [submissions.c.claimed_by == chosen.claimed_by, submissions.c.claim_expires_at > now]
    if chosen.doubtful:
        found.append(submissions.c.doubts > 0)
    if words := chosen.search.strip():
        columns = ("receipt_number", "org_name", "uscc", "contact_phone", "sender", "tracking_number")
        found.append(sa.or_(*(submissions.c[name].icontains(words, autoescape=True) for name in columns)))
    return found


def list_page(tx: sa.Connection, chosen: Filter, cursor: str | None = None, limit: int = 50) -> Page:
    """A part of the list, newest first unless the filter says otherwise. Ids sort by time, so the cursor is one."""
    query = sa.select(submissions).where(*_conditions(chosen)).limit(limit + 1)
    if chosen.oldest_first:
        query = query.order_by(submissions.c.id)
        query = query.where(submissions.c.id > cursor) if cursor else query
    else:
        query = query.order_by(submissions.c.id.desc())
        query = query.where(submissions.c.id < cursor) if cursor else query
    rows = [_to_submission(row) for row in tx.execute(query).mappings()]
    return Page(tuple(rows[:limit]), rows[limit - 1].id if len(rows) > limit else None)


def count_by_status(tx: sa.Connection, chosen: Filter | None = None) -> dict[str, int]:
    """How many stand in each state."""
    query = sa.select(submissions.c.status, sa.func.count()).where(*_conditions(chosen or Filter()))
    counts = {str(state): 0 for state in State}
    found = tx.execute(query.group_by(submissions.c.status)).all()
    return counts | {row[0]: row[1] for row in found}


def same_applicant(tx: sa.Connection, submission: Submission) -> list[Submission]:
    """Other submissions of the same call with the same credit code."""
    if not submission.uscc:
        return []
    query = sa.select(submissions).where(
        submissions.c.uscc == submission.uscc,
        submissions.c.call == submission.call,
        submissions.c.id != submission.id,
    )
    return [_to_submission(row) for row in tx.execute(query.order_by(submissions.c.id)).mappings()]
