"""Submissions: insert, find, list, claim, move."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake_service.errors import ConflictError, InvalidRequestError, NotFoundError
from intake_service.records import documents, filings, submissions
from intake_service.store import searching
from intake_service.store.states import Move, State, after

INSERT = submissions.insert()
BY_ID = sa.select(submissions).where(submissions.c.id == sa.bindparam("which"))
LOCKED = BY_ID.with_for_update()
"""Statements of every upload are made once: making one takes several times as long as running it."""


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
    due_from: datetime
    sender: str
    copies: int
    envelope: str
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
    failed_checks: int
    awaits_second: int
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
class Order:
    """By one column, and within the same value by arrival, which ids sort by."""

    column: str
    descending: bool = False


ORDERS = {
    "newest": Order("id", descending=True),
    "oldest": Order("id"),
    "deadline": Order("due_from"),
    "doubtful": Order("doubts", descending=True),
    "clear": Order("doubts"),
}
"""The answer is due some working days after the last receipt, so who was received first is due first."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which submissions a list shows, and in which of ORDERS.

    Every word of ``search`` stands in number, name, code, phone, sender or tracking number. ``free``: nobody works on
    it. ``failing``: a rule is broken. ``alike``: another has the same file, or in the same call the same code.
    ``second``: a second person's entry is wanted. ``uncoded``: nobody has entered the office's code yet.
    """

    status: tuple[str, ...] = ()
    search: str = ""
    channel: str = ""
    call: str = ""
    claimed_by: str = ""
    free: bool = False
    doubtful: bool = False
    failing: bool = False
    alike: bool = False
    second: bool = False
    uncoded: bool = False
    uscc: str = ""
    ids: tuple[str, ...] = ()
    order: str = "newest"


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
    told = {"status": State.RECEIVED, "due_from": values["received_at"], "created_at": now, "updated_at": now}
    tx.execute(INSERT, {**told, **values})
    searching.begin(tx, values)


def get(tx: sa.Connection, submission_id: str, *, lock: bool = False) -> Submission:
    """One submission; with ``lock`` nobody else may change it until the transaction ends. Raises NotFoundError."""
    row = tx.execute(LOCKED if lock else BY_ID, {"which": submission_id}).mappings().one_or_none()
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
    searching.refresh(tx, submission_id, values)


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
    until = now + timedelta(minutes=minutes)
    mine = submissions.c.claimed_by == who
    # A claim that was handed over lasts longer than one that was taken: working on it must not shorten it.
    longer = sa.and_(mine, submissions.c.claim_expires_at > until)
    done = tx.execute(
        submissions.update()
        .where(submissions.c.id == submission_id, sa.or_(mine, _is_free(now)))
        .values(
            claimed_by=who, claim_expires_at=sa.case((longer, submissions.c.claim_expires_at), else_=until)
        )
    )
    return done.rowcount == 1


def release(tx: sa.Connection, submission_id: str, who: str) -> bool:
    """Give a claim back; somebody else's stays, which is False."""
    done = tx.execute(
        submissions.update()
        .where(submissions.c.id == submission_id, submissions.c.claimed_by == who)
        .values(claimed_by=None, claim_expires_at=None)
    )
    return done.rowcount == 1


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(submissions.c.claimed_by.is_(None), submissions.c.claim_expires_at <= now)


def _alike() -> sa.ColumnElement[bool]:
    """Shares a file's bytes, or within one call the credit code, with another submission.

    Asked of all at once: what occurs twice is counted on an index, a quarter of the time of looking each one up.
    """
    same = submissions.alias("same")
    code = (same.c.uscc, same.c.call)
    codes = sa.select(*code).where(same.c.uscc != "").group_by(*code).having(sa.func.count() > 1)
    of = documents.c.submission_id
    copied = sa.select(documents.c.file_hash).group_by(documents.c.file_hash)
    hashes = copied.having(sa.func.min(of) != sa.func.max(of))
    return sa.or_(
        sa.tuple_(submissions.c.uscc, submissions.c.call).in_(codes),
        submissions.c.id.in_(sa.select(of).where(documents.c.file_hash.in_(hashes))),
    )


def _conditions(chosen: Filter) -> list[sa.ColumnElement[bool]]:
    now = datetime.now(UTC)
    found: list[sa.ColumnElement[bool]] = []
    if chosen.status:
        found.append(submissions.c.status.in_(chosen.status))
    if chosen.ids:
        found.append(submissions.c.id.in_(chosen.ids))
    exact = {name: getattr(chosen, name) for name in ("channel", "call", "uscc")}
    found += [submissions.c[name] == value for name, value in exact.items() if value]
    if chosen.claimed_by:
        found += [submissions.c.claimed_by == chosen.claimed_by, submissions.c.claim_expires_at > now]
    if chosen.free:
        found.append(_is_free(now))
    counted = {"doubtful": "doubts", "failing": "failed_checks", "second": "awaits_second"}
    found += [submissions.c[column] > 0 for name, column in counted.items() if getattr(chosen, name)]
    if chosen.alike:
        found.append(_alike())
    if chosen.uncoded:
        coded = sa.exists().where(filings.c.submission_id == submissions.c.id, filings.c.code != "")
        found.append(~coded.correlate(submissions))
    if chosen.search.strip():
        found.append(submissions.c.id.in_(searching.holding(chosen.search)))
    return found


def list_page(tx: sa.Connection, chosen: Filter, cursor: str | None = None, limit: int = 50) -> Page:
    """A part of the list. Raises InvalidRequestError for a cursor that does not belong to the order."""
    order = ORDERS[chosen.order]
    sign = sa.desc if order.descending else sa.asc
    query = sa.select(submissions).where(*_conditions(chosen)).limit(limit + 1)
    query = query.order_by(sign(submissions.c[order.column]), submissions.c.id)
    if cursor:
        query = query.where(*_beyond(order, cursor))
    rows = [_to_submission(row) for row in tx.execute(query).mappings()]
    return Page(tuple(rows[:limit]), _cursor(rows[limit - 1], order) if len(rows) > limit else None)


def cursor_behind(tx: sa.Connection, submission_id: str, order: str) -> str | None:
    """Where a list goes on behind this submission; None when there is no such one (any more)."""
    row = tx.execute(sa.select(submissions).where(submissions.c.id == submission_id)).mappings().one_or_none()
    return None if row is None else _cursor(_to_submission(row), ORDERS[order])


def _cursor(submission: Submission, order: Order) -> str:
    """The id, before it what the list is sorted by."""
    if order.column == "id":
        return submission.id
    value = getattr(submission, order.column)
    return f"{value.isoformat() if isinstance(value, datetime) else value}_{submission.id}"


def _beyond(order: Order, untrusted_cursor: str) -> list[sa.ColumnElement[bool]]:
    """What comes after the cursor. The first condition alone lets an index begin at the right place."""
    column = submissions.c[order.column]
    text, _, submission_id = untrusted_cursor.rpartition("_")
    value: Any = submission_id
    try:
        if order.column != "id":
            value = int(text) if order.column == "doubts" else datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise InvalidRequestError("cursor 不属于这个列表，请从第一页开始。") from error
    beyond = column < value if order.descending else column > value
    if order.column == "id":
        return [beyond]
    reached = column <= value if order.descending else column >= value
    return [reached, sa.or_(beyond, submissions.c.id > submission_id)]


def count_by_status(tx: sa.Connection, chosen: Filter | None = None) -> dict[str, int]:
    """How many stand in each state."""
    query = sa.select(submissions.c.status, sa.func.count()).where(*_conditions(chosen or Filter()))
    counts = {str(state): 0 for state in State}
    found = tx.execute(query.group_by(submissions.c.status)).all()
    return counts | {row[0]: row[1] for row in found}


def holders(tx: sa.Connection) -> dict[str, int]:
    """Who works on something right now, and on how much."""
    # The state is looked at afterwards: asked for, it is what an index is chosen by, and nearly all are in review.
    of = (submissions.c.claimed_by, submissions.c.status)
    query = sa.select(*of, sa.func.count()).where(
        submissions.c.claimed_by.is_not(None), submissions.c.claim_expires_at > datetime.now(UTC)
    )
    return {row[0]: row[2] for row in tx.execute(query.group_by(*of)) if row[1] == State.IN_REVIEW}


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
