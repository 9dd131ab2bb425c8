"""Who wants to be told, and what is still to be told. An event is written in the transaction it tells of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from intake_service.records import deliveries, webhooks
from intake_service.store.database import new_id
from intake_service.store.submissions import Submission

IN_FLIGHT_S = 60.0
"""A delivery that is being tried is not due for anybody else meanwhile."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address that is told of events; ``secret`` signs what is sent."""

    id: str
    url: str
    secret: str
    events: tuple[str, ...]
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one address. ``attempts`` counts this one."""

    id: str
    event: str
    url: str
    secret: str
    body: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Sent:
    """How the telling of one event went so far. ``due_at`` None: it is over, ``outcome`` says how the last try went."""

    id: str
    event: str
    submission_id: str
    url: str
    created_at: datetime
    attempts: int
    outcome: str
    due_at: datetime | None
    tried_at: datetime | None
    delivered_at: datetime | None


def add(tx: sa.Connection, webhook: Webhook) -> None:
    """Add an address."""
    tx.execute(
        webhooks.insert().values(
            id=webhook.id, url=webhook.url, secret=webhook.secret, events=" ".join(webhook.events),
            created_at=webhook.created_at, created_by=webhook.created_by,
        )
    )  # fmt: skip


def active(tx: sa.Connection) -> list[Webhook]:
    """The addresses that are not deleted, oldest first."""
    rows = tx.execute(sa.select(webhooks).where(webhooks.c.deleted_at.is_(None)).order_by(webhooks.c.id))
    return [
        Webhook(row.id, row.url, row.secret, tuple(row.events.split()), row.created_at, row.created_by)
        for row in rows
    ]


def delete(tx: sa.Connection, webhook_id: str) -> bool:
    """Tell an address nothing more, what waits for it neither; False when there is none."""
    done = tx.execute(
        webhooks.update()
        .where(webhooks.c.id == webhook_id, webhooks.c.deleted_at.is_(None))
        .values(deleted_at=datetime.now(UTC))
    )
    waiting = (deliveries.c.webhook_id == webhook_id, deliveries.c.due_at.is_not(None))
    tx.execute(deliveries.update().where(*waiting).values(due_at=None, outcome="webhook deleted"))
    return done.rowcount == 1


def emit(tx: sa.Connection, event: str, submission: Submission) -> None:
    """Write one delivery for each address that wants this event. The body names, it does not tell contents."""
    for webhook in active(tx):
        if event in webhook.events:
            emit_to(tx, webhook.id, event, submission)


def emit_to(tx: sa.Connection, webhook_id: str, event: str, submission: Submission | None) -> str:
    """Write one delivery for one address; returns its id. Without a submission it is about nothing, as a test is."""
    now, delivery_id = datetime.now(UTC), new_id()
    about = submission and {
        "id": submission.id,
        "receipt_number": submission.receipt_number,
        "status": str(submission.status),
        "error": submission.error_code,
    }
    body = {"id": delivery_id, "event": event, "at": now.isoformat(), "submission": about}
    tx.execute(
        deliveries.insert().values(
            id=delivery_id, webhook_id=webhook_id, event=event, submission_id=submission.id if submission else "",
            body=json.dumps(body, ensure_ascii=False), created_at=now, due_at=now,
        )
    )  # fmt: skip
    return delivery_id


def any_due(tx: sa.Connection) -> bool:
    """Whether anything is due; asked before taking, so that an idle worker takes no write lock."""
    query = sa.select(deliveries.c.id).where(deliveries.c.due_at <= datetime.now(UTC)).limit(1)
    return tx.execute(query).one_or_none() is not None


def take_due(tx: sa.Connection) -> Delivery | None:
    """Take the oldest delivery that is due; nobody else takes it for a minute."""
    now = datetime.now(UTC)
    query = (
        sa.select(deliveries, webhooks.c.url, webhooks.c.secret)
        .join(webhooks, webhooks.c.id == deliveries.c.webhook_id)
        .where(deliveries.c.due_at <= now)
        .order_by(deliveries.c.due_at)
        .limit(1)
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    done = tx.execute(
        deliveries.update()
        .where(deliveries.c.id == row.id, deliveries.c.due_at == row.due_at)
        .values(due_at=now + timedelta(seconds=IN_FLIGHT_S), attempts=row.attempts + 1)
    )
    if done.rowcount != 1:
        return None
    return Delivery(row.id, row.event, row.url, row.secret, row.body, row.attempts + 1)


def end_delivery(tx: sa.Connection, delivery_id: str, outcome: str, again_in_s: float | None) -> None:
    """Store how a try went; ``again_in_s`` None ends it for good."""
    now = datetime.now(UTC)
    values: dict[str, object] = {"outcome": outcome[:80], "due_at": None, "tried_at": now}
    if again_in_s is not None:
        values["due_at"] = now + timedelta(seconds=again_in_s)
    if outcome == "delivered":
        values["delivered_at"] = now
    still = (deliveries.c.id == delivery_id, deliveries.c.due_at.is_not(None))
    tx.execute(deliveries.update().where(*still).values(**values))


def log(
    tx: sa.Connection, limit: int = 50, webhook_id: str = "", before: str = "", delivery_id: str = ""
) -> list[Sent]:
    """The newest deliveries to the addresses in use, newest first: to one of them, older than one, or that one alone."""
    query = sa.select(deliveries, webhooks.c.url).join(webhooks, webhooks.c.id == deliveries.c.webhook_id)
    wanted = {deliveries.c.webhook_id: webhook_id, deliveries.c.id: delivery_id}
    query = query.where(*(column == value for column, value in wanted.items() if value))
    if before:
        query = query.where(deliveries.c.id < before)
    rows = tx.execute(
        query.where(webhooks.c.deleted_at.is_(None)).order_by(deliveries.c.id.desc()).limit(limit)
    )
    return [Sent(**{name: row[name] for name in Sent.__slots__}) for row in rows.mappings()]


def send_again(tx: sa.Connection, delivery_id: str) -> bool:
    """Have a delivery tried anew from the start, under the same id; False when its address is not in use."""
    used = sa.select(webhooks.c.id).where(webhooks.c.deleted_at.is_(None))
    done = tx.execute(
        deliveries.update()
        .where(deliveries.c.id == delivery_id, deliveries.c.webhook_id.in_(used))
        .values(due_at=datetime.now(UTC), attempts=0, outcome="", delivered_at=None)
    )
    return done.rowcount == 1
