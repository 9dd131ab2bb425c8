"""The audit trail, to look at: who did what, and whether the chain of seals still holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from intake_service import upkeep
from intake_service.parts import Actor, Parts, Role
from intake_service.store import audit, lookups
from intake_service.store.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to show: by user, by action, by subject (a receipt number, or what the trail calls it)."""

    who: str = ""
    action: str = ""
    subject: str = ""


def latest(
    parts: Parts, actor: Actor, limit: int = 30, before: int | None = None, wanted: Wanted | None = None
) -> list[AuditEntry]:
    """The newest entries, newest first; ``before`` is the number to go on from. Administrators only."""
    actor.require(Role.ADMIN)
    chosen = wanted or Wanted()
    with parts.store.read() as tx:
        subject = lookups.submission_id(tx, chosen.subject) or chosen.subject
        return audit.latest(tx, limit, before, actor=chosen.who, action=chosen.action, subject=subject)


def receipt_numbers(parts: Parts, subjects: Collection[str]) -> dict[str, str]:
    """Subject → receipt number, for those of the subjects that are submissions which are still kept."""
    with parts.store.read() as tx:
        return lookups.receipt_numbers(tx, subjects)


def first_broken(parts: Parts, actor: Actor) -> int | None:
    """The number of the first entry that was tampered with, None when all hold. Administrators only."""
    actor.require(Role.ADMIN)
    return upkeep.first_broken_audit_entry(parts)
