"""Makes sure that nothing waits for ever: sends the outbox's calls, takes over from dead readers.

Runs as a thread in every worker. Several at once do no harm: calls are unique, and every change of a
document is fenced by its lease.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime

from intake_service import retention
from intake_service.errors import ServiceError
from intake_service.faultpoints import reach
from intake_service.parts import SYSTEM, Parts
from intake_service.store import calls, documents
from worker import owners
from worker.ending import take_back
from worker.leftovers import remove_leftovers

EVERY_S = 2.0
CLEAN_EVERY_S = 3600.0
CALL_AGAIN_S = 10.0
"""A call that went out is repeated after this unless the document is being read: the queue may have been flushed."""

log = logging.getLogger(__name__)


def sweep(parts: Parts) -> int:
    """One round; returns how many calls went out."""
    take_over(parts)
    reach("sweep.taken_over")
    with parts.store.read() as tx:
        due = calls.due_calls(tx)
    called: list[str] = []
    for document_id in due:
        if not parts.dispatch.wake(document_id):
            break  # the queue server is down: they stay due
        called.append(document_id)
    reach("sweep.called")
    if called:
        with parts.store.write() as tx:
            calls.note_called(tx, called, CALL_AGAIN_S)
    return len(called)


def take_over(parts: Parts) -> int:
    """End the tries whose reader has ended or let its lease run out; returns how many."""
    with parts.store.read() as tx:
        read = documents.being_read(tx)
    now = datetime.now(UTC)
    taken = 0
    for document in read:
        gone = owners.is_gone(document.lease_owner)
        if gone or (document.lease_expires_at is not None and document.lease_expires_at <= now):
            with parts.store.write() as tx:
                taken += take_back(tx, document, parts.settings.max_attempts, run_out=not gone)
    return taken


def purge_expired(parts: Parts) -> int:
    """Remove what has been kept long enough, if the settings say how long; returns how many certificates were sealed."""
    days = parts.settings.retention_days
    return len(retention.purge(parts, SYSTEM, days)) if days else 0


def clean_up(parts: Parts) -> None:
    """What is done once an hour: unfinished uploads, what killed processes left, and what was kept long enough."""
    parts.files.forget_unfinished()
    parts.errands.forget_unfinished()
    parts.errands.forget_older()
    remove_leftovers()
    purge_expired(parts)


def sweep_until(parts: Parts, stopping: threading.Event, every_s: float = EVERY_S) -> None:
    """Sweep again and again until ``stopping`` is set; a database that does not answer is asked again later."""
    clean_at = 0.0
    while not stopping.is_set():
        try:
            sweep(parts)
            if time.monotonic() >= clean_at:
                clean_at = time.monotonic() + CLEAN_EVERY_S
                clean_up(parts)
        except ServiceError as error:
            log.warning("sweeping put off: %s", type(error).__name__)
        except Exception:  # the thread's last door: a worker without its sweeper would wait for ever
            log.exception("a round of sweeping failed; the next one follows")
        stopping.wait(every_s)
