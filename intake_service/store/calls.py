"""The outbox: wake-up calls that are repeated until their documents are read, and whose turn it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from intake_service.records import documents, outbox
from intake_service.store.states import State

NEXT_FILE_S = 20.0
"""Each further file of a submission waits as if it had come this much later: fifty do not block one of somebody else."""
MIB_S = 1.0
"""A large file waits as if it had come a second later for each MiB; nobody is passed over for ever."""
INSERT = outbox.insert()
WAITS = (
    sa.exists()
    .where(documents.c.id == outbox.c.document_id, documents.c.status == State.RECEIVED)
    .correlate(outbox)
)
"""Nobody reads it yet. Not a join: the turns are to be walked in order until enough are found, not all documents that wait."""


def first(tx: sa.Connection, document_id: str, position: int, size: int) -> None:
    """The call for a document that was just handed in: ``position`` within its submission, ``size`` in bytes."""
    now = datetime.now(UTC)
    back_s = NEXT_FILE_S * position + MIB_S * size / 1024**2
    turn_at = now + timedelta(seconds=back_s)
    tx.execute(INSERT, {"document_id": document_id, "created_at": now, "due_at": now, "turn_at": turn_at})


def ask_again(tx: sa.Connection, document_id: str, seconds: float = 0.0) -> None:
    """Put a wake-up call into the outbox, due in ``seconds``; who had waited before keeps his turn."""
    now = datetime.now(UTC)
    known = sa.select(outbox.c.created_at, outbox.c.turn_at).where(outbox.c.document_id == document_id)
    created_at, turn_at = tx.execute(known).one_or_none() or (now, now)
    tx.execute(outbox.delete().where(outbox.c.document_id == document_id))
    tx.execute(
        outbox.insert().values(
            document_id=document_id,
            created_at=created_at,
            turn_at=turn_at,
            due_at=now + timedelta(seconds=seconds),
        )
    )


def waiting(tx: sa.Connection, limit: int = 1) -> list[str]:
    """Ids of documents that may be read now, in the order of their turns, whether or not somebody was called for them.

    One that was put off after a crash may be read once its time has come.
    """
    query = (
        sa.select(outbox.c.document_id)
        .where(WAITS, sa.or_(outbox.c.due_at <= datetime.now(UTC), outbox.c.sent > 0))
        .order_by(outbox.c.turn_at)
    )
    return list(tx.execute(query.limit(limit)).scalars())


def due_calls(tx: sa.Connection, limit: int = 500) -> list[str]:
    """Ids of documents whose wake-up call is due, by turns."""
    query = (
        sa.select(outbox.c.document_id)
        .where(WAITS, outbox.c.due_at <= datetime.now(UTC))
        .order_by(outbox.c.turn_at)
    )
    return list(tx.execute(query.limit(limit)).scalars())


def outbox_state(tx: sa.Connection) -> tuple[int, float]:
    """How many calls the outbox holds and the age of the oldest in seconds."""
    count, oldest = tx.execute(sa.select(sa.func.count(), sa.func.min(outbox.c.created_at))).one()
    return count, 0.0 if oldest is None else max(0.0, (datetime.now(UTC) - oldest).total_seconds())


def called(tx: sa.Connection) -> set[str]:
    """Ids of all documents with a call in the outbox, due or not."""
    return set(tx.execute(sa.select(outbox.c.document_id)).scalars())


def note_called(tx: sa.Connection, document_ids: list[str], again_in_s: float) -> None:
    """The calls went out; they are repeated in ``again_in_s`` unless the documents are finished by then."""
    tx.execute(
        outbox.update()
        .where(outbox.c.document_id.in_(document_ids))
        .values(due_at=datetime.now(UTC) + timedelta(seconds=again_in_s), sent=outbox.c.sent + 1)
    )
