"""Personal data is kept as long as it must be, then removed with a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from intake_service.errors import NotFoundError
from intake_service.parts import Actor, Parts, Role
from intake_service.store import purging
from intake_service.store.purging import Certificate

AT_ONCE = 100
"""Submissions a transaction, and a certificate."""


def expired(parts: Parts, days: int, limit: int = 100_000) -> list[str]:
    """Receipt numbers of the submissions that were decided more than ``days`` days ago."""
    with parts.store.read() as tx:
        return [number for _id, number in purging.expired(tx, _before(days), limit)]


@dataclass(frozen=True, slots=True)
class Kept:
    """A decided submission, and when it is to be removed (None: never by itself)."""

    id: str
    receipt_number: str
    decided_at: datetime
    remove_at: datetime | None


def next_to_go(parts: Parts, actor: Actor, limit: int = 10) -> list[Kept]:
    """What was decided first and is removed first. Administrators only."""
    actor.require(Role.ADMIN)
    days = parts.settings.retention_days
    with parts.store.read() as tx:
        return [
            Kept(submission_id, number, decided_at, decided_at + timedelta(days=days) if days else None)
            for submission_id, number, decided_at in purging.longest_decided(tx, limit)
        ]


def certificates(parts: Parts, actor: Actor, limit: int = 50) -> list[Certificate]:
    """The newest certificates of removal. Administrators only."""
    actor.require(Role.ADMIN)
    with parts.store.read() as tx:
        return purging.certificates(tx, limit)


def certificate(parts: Parts, actor: Actor, number: int) -> Certificate:
    """One certificate. Administrators only. Raises NotFoundError."""
    actor.require(Role.ADMIN)
    with parts.store.read() as tx:
        found = purging.certificate(tx, number)
    if found is None:
        raise NotFoundError("没有这份销毁证明。")
    return found


def purge(parts: Parts, actor: Actor, days: int) -> list[Certificate]:
    """Remove them: originals, pictures, readings, corrections, register; returns the sealed certificates.

    Undecided submissions are never removed. What an earlier purge could not finish is finished first.
    A file that was handed in again within the hour stays until the next purge, and its certificate unsealed.
    """
    actor.require(Role.ADMIN)
    sealed = _finish(parts, actor)
    while True:
        with parts.store.read() as tx:
            due = purging.expired(tx, _before(days), AT_ONCE)
        if not due:
            return sealed
        with parts.store.write() as tx:
            purging.lock(tx)
            # Asked again: somebody may have re-opened one meanwhile.
            ids = [submission_id for submission_id, _number in purging.expired(tx, _before(days), AT_ONCE)]
            if ids:
                purging.remove(tx, ids, actor.name, days)
        sealed += _finish(parts, actor)


def _before(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def _finish(parts: Parts, actor: Actor) -> list[Certificate]:
    """Remove the files of unsealed certificates and seal them."""
    with parts.store.read() as tx:
        found = purging.unsealed(tx)
    sealed = []
    for certificate in found:
        gone, shared = True, []
        for file_hash in certificate.files:
            with parts.store.write() as tx:
                purging.lock(tx)
                if purging.is_wanted(tx, file_hash):
                    shared.append(file_hash)
                else:
                    gone &= parts.files.forget(file_hash)
        if gone:
            parts.store.overwrite_deleted()
            with parts.store.write() as tx:
                sealed.append(purging.seal(tx, certificate, shared, actor.name))
    return sealed
