"""Answers about many submissions at once, for lists: who is alike, what the files and people are called."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from intake_service.records import corrections, documents, submissions, users


def _alike_among() -> sa.Select[Any]:
    """Of a few, which the indexes of code and bytes answer one by one; of all see ``submissions``."""
    other, file, copy = submissions.alias("other"), documents.alias("file"), documents.alias("copy")
    same_code = sa.exists().where(
        submissions.c.uscc != "",
        other.c.uscc == submissions.c.uscc,
        other.c.call == submissions.c.call,
        other.c.id != submissions.c.id,
    )
    same_bytes = sa.exists().where(
        file.c.submission_id == submissions.c.id,
        copy.c.file_hash == file.c.file_hash,
        copy.c.submission_id != submissions.c.id,
    )
    alike = sa.or_(same_code.correlate(submissions), same_bytes.correlate(submissions))
    return sa.select(submissions.c.id).where(submissions.c.id.in_(sa.bindparam("ids", expanding=True)), alike)


AMONG = _alike_among()
"""Put together once: that takes longer than asking."""
NEXT_CALL = sa.select(sa.func.min(submissions.c.call)).where(submissions.c.call > sa.bindparam("last"))


def alike(tx: sa.Connection, ids: Collection[str]) -> set[str]:
    """Those of ``ids`` that share a file's bytes, or within one call the credit code, with another submission."""
    return set(tx.execute(AMONG, {"ids": list(ids)}).scalars())


def entered_by(
    tx: sa.Connection, ids: Collection[str], paths: Collection[str]
) -> dict[tuple[str, str], set[str]]:
    """(submission, path) → who ever entered or confirmed something there; nothing where nobody did."""
    here = sa.and_(corrections.c.submission_id.in_(ids), corrections.c.path.in_(paths))
    query = sa.select(corrections.c.submission_id, corrections.c.path, corrections.c.by).distinct()
    found: dict[tuple[str, str], set[str]] = {}
    for submission, path, who in tx.execute(query.where(here, corrections.c.kind.in_(("value", "second")))):
        found.setdefault((submission, path), set()).add(who)
    return found


def calls(tx: sa.Connection) -> list[str]:
    """Every call that something was handed in for, sorted: one step in the index for each, however many came."""
    found: list[str] = []
    while (call := tx.execute(NEXT_CALL, {"last": found[-1] if found else ""}).scalar_one()) is not None:
        found.append(call)
    return found


def first_file_names(tx: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    """Submission → the name of its first file."""
    query = sa.select(documents.c.submission_id, documents.c.name)
    found = tx.execute(query.where(documents.c.submission_id.in_(ids), documents.c.position == 0))
    return {row[0]: row[1] for row in found}


def receipt_numbers(tx: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    """Submission → its receipt number; nothing for what was purged."""
    query = sa.select(submissions.c.id, submissions.c.receipt_number).where(submissions.c.id.in_(ids))
    return {row[0]: row[1] for row in tx.execute(query)}


def submission_id(tx: sa.Connection, receipt_number: str) -> str | None:
    """The submission with this receipt number, or None."""
    query = sa.select(submissions.c.id).where(submissions.c.receipt_number == receipt_number)
    return tx.execute(query).scalar_one_or_none()


def display_names(tx: sa.Connection) -> dict[str, str]:
    """User → what colleagues call that person."""
    return {row[0]: row[1] for row in tx.execute(sa.select(users.c.name, users.c.display_name))}


def shown(tx: sa.Connection, user: str | None) -> str:
    """What colleagues call one user."""
    return display_names(tx).get(user or "") or user or ""


def reviewers(tx: sa.Connection) -> list[str]:
    """Names of those who may review, by name."""
    may = sa.and_(users.c.role.in_(("reviewer", "admin")), ~users.c.disabled)
    return list(tx.execute(sa.select(users.c.name).where(may).order_by(users.c.name)).scalars())
