"""Answers about many submissions at once, for lists: who is alike, what the files and people are called."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from intake_service.records import documents, submissions, users


def _alike_queries() -> tuple[sa.Select[Any], ...]:
    ids: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
    mine, other = submissions.alias("mine"), submissions.alias("other")
    file, copy = documents.alias("file"), documents.alias("copy")
    same_code = sa.and_(other.c.uscc == mine.c.uscc, other.c.call == mine.c.call, other.c.id != mine.c.id)
    same_bytes = sa.and_(copy.c.file_hash == file.c.file_hash, copy.c.submission_id != file.c.submission_id)
    return (
        sa.select(mine.c.id).join(other, same_code).where(mine.c.id.in_(ids), mine.c.uscc != "").distinct(),
        sa.select(file.c.submission_id)
        .join(copy, same_bytes)
        .where(file.c.submission_id.in_(ids))
        .distinct(),
    )


ALIKE = _alike_queries()
"""Put together once: that takes longer than asking."""


def alike(tx: sa.Connection, ids: Collection[str]) -> set[str]:
    """Those of ``ids`` that share a file's bytes, or within one call the credit code, with another submission."""
    return {row[0] for query in ALIKE for row in tx.execute(query, {"ids": list(ids)})}


def first_file_names(tx: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    """Submission → the name of its first file."""
    query = sa.select(documents.c.submission_id, documents.c.name)
    found = tx.execute(query.where(documents.c.submission_id.in_(ids), documents.c.position == 0))
    return {row[0]: row[1] for row in found}


def receipt_numbers(tx: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    """Submission → its receipt number; nothing for what was purged."""
    query = sa.select(submissions.c.id, submissions.c.receipt_number).where(submissions.c.id.in_(ids))
    return {row[0]: row[1] for row in tx.execute(query)}


def display_names(tx: sa.Connection) -> dict[str, str]:
    """User → what colleagues call that person."""
    return {row[0]: row[1] for row in tx.execute(sa.select(users.c.name, users.c.display_name))}
