"""How a try to read a document ends when it does not end well."""

from __future__ import annotations

import sqlalchemy as sa

from extractors.errors import ExtractionError, ProcessingCrashedError, ReadingTimeoutError, ResourceLimitError
from intake_service import counted
from intake_service.faultpoints import reach
from intake_service.store import State, audit, documents, totals
from intake_service.store.documents import Document
from intake_service.store.settling import settle

CRASHES = (ProcessingCrashedError, ReadingTimeoutError, ResourceLimitError)
"""Ends that may be the machine's fault: tried again, then quarantined. Any other refusal is final."""

LOST_READERS = 5
"""A worker that died itself is not the document's fault, which only the fenced child opens. Even so, a document that
has seen this many times ``max_attempts`` readers go is set aside."""

BACK_OFF_S = (2.0, 8.0, 30.0)


def end_in_error(
    tx: sa.Connection,
    document: Document,
    error: ExtractionError,
    max_attempts: int,
) -> None:
    """Store how a try ended: again later, quarantined after too many crashes, or failed for good."""
    if not isinstance(error, CRASHES):
        ended = documents.fail(tx, document, State.FAILED, error.code, error.message)
    elif document.crashes + 1 >= max_attempts:
        ended = documents.fail(tx, document, State.QUARANTINED, error.code, error.message)
    else:
        wait_s = BACK_OFF_S[min(document.crashes, len(BACK_OFF_S) - 1)]
        ended = documents.put_off(tx, document, error.code, error.message, wait_s)
    reach("job.failing")
    if ended:
        _tell(tx, document, error)


def take_back(tx: sa.Connection, document: Document, max_attempts: int, *, run_out: bool) -> bool:
    """End the try of a reader that is gone; the next one need not wait. False when somebody else was faster.

    ``run_out``: all that is known of the reader is that its lease has run out, which must still be so.
    """
    if not documents.is_still_leased(tx, document, run_out=run_out):
        return False
    error = ProcessingCrashedError()
    if document.attempts >= max_attempts * LOST_READERS:
        documents.fail(tx, document, State.QUARANTINED, error.code, error.message)
    else:
        documents.put_off(tx, document, error.code, error.message, 0.0, crashed=False)
    _tell(tx, document, error)
    return True


def _tell(tx: sa.Connection, document: Document, error: ExtractionError) -> None:
    totals.add(tx, counted.of_failure(error.code))
    state = settle(tx, document.submission_id)
    detail = {"document": document.id, "code": error.code, "try": document.attempts, "state": state}
    audit.append(tx, "system", "document.read_failed", document.submission_id, detail)
