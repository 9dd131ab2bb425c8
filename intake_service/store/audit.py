"""The audit trail: only added to, each entry sealed by a hash over itself and the one before.

``hash = SHA-256(previous hash, number, time, actor, action, subject, detail)`` over a canonical JSON list,
so a changed, removed or re-ordered entry breaks every later link.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from intake_service.records import audit, counters
from intake_service.store.counting import locked_counter, set_counter

GENESIS = "0" * 64
INSERT = audit.insert()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing somebody did."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


def append(tx: sa.Connection, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> None:
    """Add one entry. ``detail`` holds ids, codes and counts, never personal data."""
    number, previous = locked_counter(tx, "audit")
    number, previous = number + 1, previous or GENESIS
    at = datetime.now(UTC)
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    digest = _digest(previous, number, at, actor, action, subject, text)
    entry = {
        "number": number, "at": at, "actor": actor, "action": action, "subject": subject,
        "detail": text, "previous_hash": previous, "hash": digest,
    }  # fmt: skip
    tx.execute(INSERT, entry)
    set_counter(tx, "audit", number, digest)


def of_subject(tx: sa.Connection, subject: str) -> list[AuditEntry]:
    """What happened to one submission, user or token, oldest first."""
    return _entries(tx, sa.select(audit).where(audit.c.subject == subject).order_by(audit.c.number))


def latest(tx: sa.Connection, limit: int = 200, before: int | None = None, **wanted: str) -> list[AuditEntry]:
    """The newest entries, newest first; ``before`` is the number to go on from, ``wanted`` columns and their values."""
    query = sa.select(audit).order_by(audit.c.number.desc()).limit(limit)
    query = query.where(*(audit.c[name] == value for name, value in wanted.items() if value))
    return _entries(tx, query if before is None else query.where(audit.c.number < before))


def first_broken(tx: sa.Connection) -> int | None:
    """The number of the first entry whose seal does not fit, or None when the whole chain holds."""
    previous, expected = GENESIS, 1
    for row in tx.execute(sa.select(audit).order_by(audit.c.number)).mappings():
        sealed = _digest(
            previous, row["number"], row["at"], row["actor"], row["action"], row["subject"], row["detail"]
        )
        if row["number"] != expected or row["previous_hash"] != previous or row["hash"] != sealed:
            return expected
        previous, expected = row["hash"], expected + 1
    # The counter knows the end: without it, a trail that was cut short or whose last entry was rewritten would fit.
    last = tx.execute(sa.select(counters).where(counters.c.name == "audit")).mappings().one_or_none()
    count, seal = (last["value"], last["word"] or GENESIS) if last is not None else (0, GENESIS)
    if count != expected - 1:
        return expected
    return None if seal == previous else count


def _entries(tx: sa.Connection, query: sa.Select[Any]) -> list[AuditEntry]:
    return [
        AuditEntry(
            row["number"], row["at"], row["actor"], row["action"], row["subject"], json.loads(row["detail"])
        )
        for row in tx.execute(query).mappings()
    ]


def _digest(previous: str, number: int, at: datetime, *words: str) -> str:
    sealed = json.dumps([previous, number, at.astimezone(UTC).isoformat(), *words], ensure_ascii=False)
    return hashlib.sha256(sealed.encode()).hexdigest()
