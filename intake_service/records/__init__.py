"""The tables. Only ``intake_service.store`` uses them.

Portable between SQLite and PostgreSQL: ids are text made by us, JSON is text, times are UTC.

Nothing is ever updated in ``readings``, ``corrections`` and ``audit``: they are only added to.
"""

from __future__ import annotations

from intake_service.records.doors import (
    deliveries,
    idempotency_keys,
    login_failures,
    sessions,
    tokens,
    users,
    webhooks,
)
from intake_service.records.paper import (
    corrections,
    documents,
    filings,
    letters,
    page_results,
    persons,
    readings,
    search_texts,
    second_looks,
    submissions,
)
from intake_service.records.running import audit, certificates, counters, outbox, processes, totals
from intake_service.records.shape import metadata

__all__ = [
    "audit",
    "certificates",
    "corrections",
    "counters",
    "deliveries",
    "documents",
    "filings",
    "idempotency_keys",
    "letters",
    "login_failures",
    "metadata",
    "outbox",
    "page_results",
    "persons",
    "processes",
    "readings",
    "search_texts",
    "second_looks",
    "sessions",
    "submissions",
    "tokens",
    "totals",
    "users",
    "webhooks",
]
