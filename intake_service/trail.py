"""The audit trail, to look at: who did what, and whether the chain of seals still holds."""

from __future__ import annotations

from collections.abc import Iterable

from intake_service import upkeep
from intake_service.parts import Actor, Parts, Role
from intake_service.store import audit, lookups
from intake_service.store.audit import AuditEntry


def latest(parts: Parts, actor: Actor, limit: int = 30, before: int | None = None) -> list[AuditEntry]:
    """The newest entries, newest first; ``before`` is the number to go on from. Administrators only."""
    actor.require(Role.ADMIN)
    with parts.store.read() as tx:
        return audit.latest(tx, limit, before)


def receipt_numbers(parts: Parts, entries: Iterable[AuditEntry]) -> dict[str, str]:
    """Subject → receipt number, for those of the entries that speak of a submission which is still kept."""
    with parts.store.read() as tx:
        return lookups.receipt_numbers(tx, {entry.subject for entry in entries})


def first_broken(parts: Parts, actor: Actor) -> int | None:
    """The number of the first entry that was tampered with, None when all hold. Administrators only."""
    actor.require(Role.ADMIN)
    return upkeep.first_broken_audit_entry(parts)
