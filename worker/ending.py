"""How a try to read a document ends when it does not end well."""

from __future__ import annotations

import sqlalchemy as sa

from extractors.errors import ExtractionError, ProcessingCrashedError, ReadingTimeoutError, ResourceLimitError
from intake_service.faultpoints import reach
from intake_service.store import State, audit, documents
from intake_service.store.documents import Document
from intake_service.store.settling import settle

CRASHES = (ProcessingCrashedError, ReadingTimeoutError, ResourceLimitError)
"""Ends that may be the machine's fault: tried again, then quarantined. Any other refusal is final."""

BACK_OFF_S = (2.0, 8.0, 30.0)


def end_in_error(
    tx: sa.Connection,
    document: Document,
    error: ExtractionError,
    max_attempts: int,
    *,
    abandoned: bool = False,
) -> None:
    """Store how a try ended: again later, quarantined after too many crashes, or failed for good.

    ``abandoned`` says that the reader itself is gone: only if its lease has run out by now, and the
    next reader need not wait.
    """
    if abandoned and not documents.is_abandoned(tx, document):
        return
    if not isinstance(error, CRASHES):
        ended = documents.fail(tx, document, State.FAILED, error.code, error.message)
    elif document.attempts >= max_attempts:
        ended = documents.fail(tx, document, State.QUARANTINED, error.code, error.message)
    else:
        wait_s = 0.0 if abandoned else BACK_OFF_S[min(document.attempts, len(BACK_OFF_S)) - 1]
        ended = documents.put_off(tx, document, error.code, error.message, wait_s)
    reach("job.failing")
    if ended:
        state = settle(tx, document.submission_id)
        detail = {"document": document.id, "code": error.code, "try": document.attempts, "state": state}
        audit.append(tx, "system", "document.read_failed", document.submission_id, detail)
