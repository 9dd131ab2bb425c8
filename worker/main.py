"""A worker process: waits for calls, reads one document after the other.

Sweeps, sends webhooks and does what is asked at once from threads.

Our own loop instead of RQ's worker, on RQ's queue: RQ forks for every job (the reader's warm child would be
lost each time), imports whatever function a call names, and ends when the queue server does. This one does
only our job, gives its document back when asked to stop, and takes what waits from the database, in fair
order; a call only saves it from asking too often.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from types import FrameType

import redis

from intake_service.errors import ServiceError
from intake_service.parts import open_parts
from intake_service.settings import Settings, load_settings
from intake_service.store import calls
from worker import parts as worker_parts
from worker.answering import answer_until
from worker.jobs import read_document
from worker.parts import DocumentReader, WorkerParts
from worker.presence import beat_until
from worker.sweeper import sweep_until
from worker.webhooks import deliver_until

WAIT_S = 2
FULL_WAIT_S = 10
log = logging.getLogger(__name__)


def run(settings: Settings | None = None, reader: DocumentReader | None = None) -> None:
    """Work until SIGTERM or SIGINT."""
    chosen = settings or load_settings()
    if reader is None:
        from worker.sandbox import Reader

        reader = Reader(engine=chosen.engine)
    parts = WorkerParts(open_parts(chosen), reader)
    worker_parts.install(parts)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    helpers = [
        threading.Thread(target=each, args=(parts.service, parts.stopping), name=each.__name__, daemon=True)
        for each in (sweep_until, deliver_until, beat_until, answer_until)
    ]
    for helper in helpers:
        helper.start()
    log.info("worker %s waits for documents", parts.owner)
    try:
        work(parts)
    finally:
        parts.stopping.set()
        parts.reader.close()
        for helper in helpers:
            helper.join(timeout=2)
        parts.service.store.close()


def work(parts: WorkerParts) -> None:
    """Take calls and read, for ever."""
    while not parts.stopping.is_set():
        try:
            if parts.service.files.is_nearly_full():
                log.warning("the disk is nearly full: reading waits")
                parts.stopping.wait(FULL_WAIT_S)
            elif document_id := _next_document(parts):
                read_document(parts, document_id)
        except (ServiceError, OSError) as error:
            log.warning("work is put off: %s", type(error).__name__)
            time.sleep(WAIT_S)
        except Exception:  # the process's last door: one document's trouble must not end the worker
            log.exception("a document could not be worked on; its lease will run out and it is tried again")
            time.sleep(WAIT_S)


def _next_document(parts: WorkerParts) -> str | None:
    """Whose turn it is, once a call came or ``WAIT_S`` has passed.

    A call says that there is work, not which: the order is the database's, where a large submission cannot
    keep a small one waiting, and a call that was lost costs two seconds.
    """
    try:
        parts.service.dispatch.next_call(WAIT_S)
        rest_s = 0.0
    except (redis.RedisError, OSError):
        rest_s = WAIT_S
    with parts.service.store.read() as tx:
        waiting = calls.waiting(tx)
    if not waiting:
        time.sleep(rest_s)
    return waiting[0] if waiting else None


def _stop(number: int, _frame: FrameType | None) -> None:
    """Leave at once; ``read_document`` gives its document back on the way out."""
    for again in (signal.SIGTERM, signal.SIGINT):
        signal.signal(again, signal.SIG_IGN)
    raise SystemExit(0 if number == signal.SIGTERM else 130)
