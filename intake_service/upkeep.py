"""Is everything there? For the watchers, and for ``intake doctor``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from intake_service import presence
from intake_service.errors import ServiceError
from intake_service.parts import Parts
from intake_service.store import audit, documents
from intake_service.store.counting import locked_counter

NEEDED = ("database", "files", "room", "backlog")
"""Without one of them an upload is refused."""


def readiness(parts: Parts) -> dict[str, Any]:
    """Which parts do their work. Ready means that an upload would be accepted now; queue and workers may be down meanwhile."""
    found = {
        "database": _answers(parts.store.is_current) and _answers(lambda: _takes_writes(parts)),
        "files": _answers(parts.files.is_writable),
        "room": _answers(lambda: parts.files.free_bytes() >= parts.settings.min_free_mb * 1024**2),
        "backlog": _answers(lambda: _has_place(parts)),
        "queue": parts.dispatch.is_up(),
        "workers": _answers(lambda: presence.backlog(parts).workers > 0),
    }
    return {"ready": all(found[part] for part in NEEDED), "parts": found}


def _takes_writes(parts: Parts) -> bool:
    """A database may answer questions and take nothing: a full disk, a replica that follows another."""
    with parts.store.write() as tx:
        locked_counter(tx, "readiness")
    return True


def _has_place(parts: Parts) -> bool:
    with parts.store.read() as tx:
        return documents.count_waiting(tx) < parts.settings.max_waiting


def _answers(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (sa.exc.SQLAlchemyError, OSError, ServiceError):
        return False


def first_broken_audit_entry(parts: Parts) -> int | None:
    """The number of the first audit entry that was tampered with, or None."""
    with parts.store.read() as tx:
        return audit.first_broken(tx)
