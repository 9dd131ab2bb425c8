"""All tables as plain rows and back, for backup and restore."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from intake_service.records import documents, letters, metadata, page_results

LEFT_OUT = frozenset({"sessions", "login_failures", "processes"})
"""Not worth keeping: whoever comes back after a restore logs in again, and processes say themselves that they run."""
AT_ONCE = 500


def table_names() -> list[str]:
    """Every table that is kept, those that others refer to first."""
    return [table.name for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def lines(tx: sa.Connection, name: str) -> Iterator[bytes]:
    """One table as JSON Lines: first the names of the columns, then a list for each row; times in ISO 8601, UTC."""
    table = metadata.tables[name]
    yield _line([column.name for column in table.columns])
    query = sa.select(table).order_by(*table.primary_key.columns)
    for row in tx.execute(query.execution_options(yield_per=AT_ONCE)):
        yield _line([value.isoformat() if isinstance(value, datetime) else value for value in row])


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def load(tx: sa.Connection, name: str, rows: Iterable[bytes]) -> int:
    """Fill a table, emptied first of what the migration put there, from ``lines``; returns how many rows.

    The table is taken as the database has it, so that a backup of an older shape can be loaded before it is migrated.
    Raises ValueError, KeyError or sqlalchemy.exc.DatabaseError for lines that do not fit.
    """
    table = sa.Table(name, sa.MetaData(), autoload_with=tx)
    tx.execute(table.delete())
    given = iter(rows)
    columns = [table.columns[column] for column in json.loads(next(given))]
    count, batch = 0, []
    for line in given:
        values = zip(columns, json.loads(line), strict=True)
        batch.append({column.name: _value(column, value) for column, value in values})
        count += 1
        if len(batch) == AT_ONCE:
            tx.execute(table.insert(), batch)
            batch = []
    if batch:
        tx.execute(table.insert(), batch)
    return count


def _value(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(column.type, sa.DateTime) and value is not None:
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    return bool(value) if isinstance(column.type, sa.Boolean) and value is not None else value


def is_empty(tx: sa.Connection) -> bool:
    """Whether nothing was handed in yet and nobody has an account."""
    names = ("submissions", "users", "audit")
    return not any(tx.execute(sa.select(metadata.tables[name]).limit(1)).first() for name in names)


def file_hashes(tx: sa.Connection) -> list[str]:
    """Every file that the tables name: originals, pictures and covers of pages, letters."""
    columns = (
        documents.c.file_hash, page_results.c.picture_hash, page_results.c.cover_hash, letters.c.pdf_hash,
        letters.c.docx_hash,
    )  # fmt: skip
    return sorted({found for column in columns for found in tx.execute(sa.select(column)).scalars() if found})
