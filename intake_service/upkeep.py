"""Is everything there? For the watchers, and for ``intake doctor``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from intake_service.errors import ServiceError
from intake_service.parts import Parts
from intake_service.store import audit, calls, documents, submissions


def readiness(parts: Parts) -> dict[str, Any]:
    """Which parts answer. Ready means that uploads can be accepted; the queue may be down meanwhile."""
    found = {
        "database": _answers(parts.store.is_current),
        "files": _answers(parts.files.is_writable),
        "queue": parts.dispatch.is_up(),
    }
    return {"ready": found["database"] and found["files"], "parts": found}


def _answers(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (sa.exc.SQLAlchemyError, OSError, ServiceError):
        return False


def metrics(parts: Parts) -> str:
    """Counts in the Prometheus text format."""
    with parts.store.read() as tx:
        by_status = submissions.count_by_status(tx)
        waiting = documents.count_waiting(tx)
        outbox_calls, oldest_s = calls.outbox_state(tx)
    depth = parts.dispatch.depth()
    lines = ["# HELP intake_submissions Submissions by status.", "# TYPE intake_submissions gauge"]
    lines += [
        f'intake_submissions{{status="{status}"}} {count}' for status, count in sorted(by_status.items())
    ]
    gauges = {
        "intake_documents_waiting": ("Documents not read yet.", waiting),
        "intake_outbox_calls": ("Wake-up calls kept until their documents are read.", outbox_calls),
        "intake_oldest_wait_seconds": ("Age of the oldest unread document.", round(oldest_s, 1)),
        "intake_queue_up": ("Whether the queue server answers.", int(depth is not None)),
        "intake_queue_depth": ("Wake-up calls in the queue.", depth or 0),
    }
    for name, (words, value) in gauges.items():
        lines += [f"# HELP {name} {words}", f"# TYPE {name} gauge", f"{name} {value}"]
    return "\n".join(lines) + "\n"


def first_broken_audit_entry(parts: Parts) -> int | None:
    """The number of the first audit entry that was tampered with, or None."""
    with parts.store.read() as tx:
        return audit.first_broken(tx)
