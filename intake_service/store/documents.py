"""Documents (one uploaded file each), their leases, pages, readings, and the outbox of wake-up calls.

A lease is taken in the database and numbered; every later write of the reader says under which number it
was made, so what an orphan writes late changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake_service.errors import NotFoundError
from intake_service.records import documents, outbox, readings, submissions
from intake_service.store import calls, page_files
from intake_service.store.states import State

WAITING = (State.RECEIVED, State.READING)
# Statements of every upload, made once: see ``store.submissions``.
INSERT = documents.insert()
COUNT_WAITING = sa.select(sa.func.count()).select_from(documents).where(documents.c.status.in_(WAITING))
SAME_BYTES = (
    sa.select(documents)
    .where(
        documents.c.file_hash == sa.bindparam("hash"), documents.c.submission_id != sa.bindparam("besides")
    )
    .order_by(documents.c.id)
)


@dataclass(frozen=True, slots=True)
class Document:
    """One uploaded file. ``lease`` is the newest fencing number, 0 before the first try."""

    id: str
    submission_id: str
    position: int
    round: int
    base_version: int
    name: str
    file_hash: str
    size: int
    media_type: str
    status: State
    error_code: str | None
    error_message: str | None
    pages_done: int
    pages_total: int | None
    attempts: int
    crashes: int
    lease: int
    lease_owner: str | None
    lease_expires_at: datetime | None
    created_at: datetime
    read_at: datetime | None


def _to_document(row: sa.RowMapping) -> Document:
    return Document(**{**row, "status": State(row["status"])})


def insert(tx: sa.Connection, **values: Any) -> None:
    """Add one, waiting to be read, with its wake-up call in the outbox."""
    now = datetime.now(UTC)
    tx.execute(INSERT, {"status": State.RECEIVED, "created_at": now, **values})
    calls.first(tx, values["id"], values["position"], values["size"])


def get(tx: sa.Connection, document_id: str) -> Document:
    """One document. Raises NotFoundError."""
    row = tx.execute(sa.select(documents).where(documents.c.id == document_id)).mappings().one_or_none()
    if row is None:
        raise NotFoundError("找不到这个文件。")
    return _to_document(row)


def of_submission(tx: sa.Connection, submission_id: str) -> list[Document]:
    """The files of one submission in the order they were handed in."""
    query = sa.select(documents).where(documents.c.submission_id == submission_id)
    return [_to_document(row) for row in tx.execute(query.order_by(documents.c.position)).mappings()]


def with_same_bytes(
    tx: sa.Connection, file_hash: str, besides: str = "", limit: int | None = None
) -> list[Document]:
    """Documents of other submissions that hold the same bytes, the first ``limit`` of them."""
    query = SAME_BYTES if limit is None else SAME_BYTES.limit(limit)
    found = tx.execute(query, {"hash": file_hash, "besides": besides})
    return [_to_document(row) for row in found.mappings()]


def count_waiting(tx: sa.Connection, handed_in_by: str | None = None) -> int:
    """How many are not read yet, of everybody or of one user or token."""
    if handed_in_by is None:
        return int(tx.execute(COUNT_WAITING).scalar_one())
    query = COUNT_WAITING.join(submissions).where(submissions.c.created_by == handed_in_by)
    return int(tx.execute(query).scalar_one())


def take_lease(tx: sa.Connection, document_id: str, owner: str, seconds: float) -> Document | None:
    """Take the document for reading; None when it is not waiting.

    A document whose reader died waits again once the sweeper has put it off.
    """
    now = datetime.now(UTC)
    done = tx.execute(
        documents.update()
        .where(documents.c.id == document_id, documents.c.status == State.RECEIVED)
        .values(
            status=State.READING,
            lease=documents.c.lease + 1,
            attempts=documents.c.attempts + 1,
            lease_owner=owner,
            lease_expires_at=now + timedelta(seconds=seconds),
            pages_done=0,
            pages_total=None,
        )
    )
    return get(tx, document_id) if done.rowcount == 1 else None


def _update_leased(tx: sa.Connection, document: Document, **values: Any) -> bool:
    done = tx.execute(
        documents.update()
        .where(
            documents.c.id == document.id,
            documents.c.lease == document.lease,
            documents.c.status == State.READING,
        )
        .values(**values)
    )
    return done.rowcount == 1


def prolong_lease(tx: sa.Connection, document: Document, seconds: float) -> bool:
    """Keep the lease longer; False when it was lost."""
    return _update_leased(tx, document, lease_expires_at=datetime.now(UTC) + timedelta(seconds=seconds))


def release_lease(
    tx: sa.Connection,
    document: Document,
    code: str | None = None,
    message: str | None = None,
    wait_s: float = 0.0,
) -> bool:
    """Give the document back unread without counting a try; False when the lease was lost.

    As when a worker is asked to stop, or (``code``) when the machine's state forbids reading for now.
    """
    given_back = _update_leased(
        tx,
        document,
        status=State.RECEIVED,
        error_code=code,
        error_message=message,
        attempts=document.attempts - 1,
        lease_owner=None,
        lease_expires_at=None,
    )
    if given_back and wait_s > 0:
        calls.ask_again(tx, document.id, wait_s)
    return given_back


def note_progress(tx: sa.Connection, document: Document, done: int, total: int | None) -> bool:
    """Store how many pages are done; False when the lease was lost."""
    return _update_leased(tx, document, pages_done=done, pages_total=total)


def finish(tx: sa.Connection, document: Document, reading: dict[str, Any], pages: int) -> bool:
    """Store the snapshot and end the lease; False (and nothing stored) when the lease was lost."""
    now = datetime.now(UTC)
    if not _update_leased(
        tx, document, status=State.IN_REVIEW, read_at=now, pages_done=pages, pages_total=pages,
        error_code=None, error_message=None, lease_owner=None, lease_expires_at=None,
    ):  # fmt: skip
        return False
    tx.execute(
        readings.insert().values(
            document_id=document.id,
            json=json.dumps(reading, ensure_ascii=False),
            matched=bool(reading["form"]["matched"]),
            created_at=now,
        )
    )
    tx.execute(outbox.delete().where(outbox.c.document_id == document.id))
    return True


def fail(tx: sa.Connection, document: Document, state: State, code: str, message: str) -> bool:
    """End the lease with an error for good (``failed`` or ``quarantined``); False when the lease was lost."""
    if not _update_leased(
        tx, document, status=state, error_code=code, error_message=message,
        lease_owner=None, lease_expires_at=None,
    ):  # fmt: skip
        return False
    tx.execute(outbox.delete().where(outbox.c.document_id == document.id))
    return True


def put_off(
    tx: sa.Connection, document: Document, code: str, message: str, seconds: float, *, crashed: bool = True
) -> bool:
    """End the lease after a failed try and ask for another in ``seconds``; False when the lease was lost.

    ``crashed`` says that the document itself is suspected, as it is when the fenced child died of it.
    """
    if not _update_leased(
        tx, document, status=State.RECEIVED, error_code=code, error_message=message,
        lease_owner=None, lease_expires_at=None, crashes=document.crashes + int(crashed),
    ):  # fmt: skip
        return False
    calls.ask_again(tx, document.id, seconds)
    return True


def retry(tx: sa.Connection, document_id: str) -> bool:
    """Let a failed or quarantined document be read again from the start; False when it is neither."""
    done = tx.execute(
        documents.update()
        .where(documents.c.id == document_id, documents.c.status.in_((State.FAILED, State.QUARANTINED)))
        .values(
            status=State.RECEIVED,
            error_code=None,
            error_message=None,
            attempts=0,
            crashes=0,
            pages_done=0,
            pages_total=None,
        )
    )
    if done.rowcount == 1:
        page_files.forget(tx, document_id)
        calls.ask_again(tx, document_id)
    return done.rowcount == 1


def being_read(tx: sa.Connection) -> list[Document]:
    """Documents under a lease, run out or not."""
    query = sa.select(documents).where(documents.c.status == State.READING)
    return [_to_document(row) for row in tx.execute(query).mappings()]


def is_still_leased(tx: sa.Connection, document: Document, *, run_out: bool) -> bool:
    """Whether the document is still under just this lease, which must have run out where ``run_out`` says so.

    Nobody else may change it until the transaction ends.
    """
    query = sa.select(documents.c.id).where(
        documents.c.id == document.id,
        documents.c.lease == document.lease,
        documents.c.status == State.READING,
    )
    if run_out:
        query = query.where(documents.c.lease_expires_at <= datetime.now(UTC))
    return tx.execute(query.with_for_update()).one_or_none() is not None


def reading_of(tx: sa.Connection, document_id: str) -> dict[str, Any] | None:
    """The snapshot, or None when there is none yet."""
    text = tx.execute(
        sa.select(readings.c.json).where(readings.c.document_id == document_id)
    ).scalar_one_or_none()
    return None if text is None else dict(json.loads(text))


def form_reading(tx: sa.Connection, submission_id: str, document_id: str) -> dict[str, Any] | None:
    """The reading of the document with the form; one that supplements another has that as ``earlier``.

    ``earlier``: ``document`` and ``reading`` of the paper before it, and the submission's ``version`` when the new one came.
    """
    reading = reading_of(tx, document_id)
    this = get(tx, document_id)
    if reading is None or not this.round:
        return reading
    before = next((each for each in matched(tx, submission_id) if each.round < this.round), None)
    if before is not None:
        told = form_reading(tx, submission_id, before.id)
        reading["earlier"] = {"document": before.id, "version": this.base_version, "reading": told}
    return reading


def matched(tx: sa.Connection, submission_id: str) -> list[Document]:
    """The submission's documents in which the form was found, the newest round's first, then in order."""
    query = (
        sa.select(documents)
        .join(readings, readings.c.document_id == documents.c.id)
        .where(documents.c.submission_id == submission_id, readings.c.matched)
        .order_by(documents.c.round.desc(), documents.c.position)
    )
    return [_to_document(row) for row in tx.execute(query).mappings()]
