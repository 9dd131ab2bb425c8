"""Pages of documents that are done: their pictures, and what spares looking at them again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from intake_service.records import page_results


def keep(
    tx: sa.Connection,
    document_id: str,
    number: int,
    picture_hash: str,
    cover_hash: str | None = None,
    *,
    kept: Mapping[str, Any] | None = None,
) -> None:
    """Store one page's picture, its cover, and what spares looking at it again; a second try's replace the first's.

    The cover lies over the picture and hides the printed form; None for a page that is no part of it.
    """
    where = (page_results.c.document_id == document_id, page_results.c.number == number)
    tx.execute(page_results.delete().where(*where))
    tx.execute(
        page_results.insert().values(
            document_id=document_id,
            number=number,
            picture_hash=picture_hash,
            cover_hash=cover_hash,
            kept=None if kept is None else json.dumps(kept),
            created_at=datetime.now(UTC),
        )
    )


def kept_of(tx: sa.Connection, document_id: str) -> list[dict[str, Any]]:
    """What was kept of the pages that are done, for a reading that goes on behind them."""
    query = sa.select(page_results.c.kept).where(
        page_results.c.document_id == document_id, page_results.c.kept.is_not(None)
    )
    return [json.loads(text) for text in tx.execute(query.order_by(page_results.c.number)).scalars()]


def forget(tx: sa.Connection, document_id: str) -> None:
    """Let the next reading begin at the first page; the pictures stay until it has new ones."""
    tx.execute(page_results.update().where(page_results.c.document_id == document_id).values(kept=None))


def pictures(tx: sa.Connection, document_id: str) -> dict[int, str]:
    """Page number (from 1) to the hash of its picture."""
    return _page_files(tx, document_id, page_results.c.picture_hash)


def covers(tx: sa.Connection, document_id: str) -> dict[int, str]:
    """Page number (from 1) to the hash of its cover, for the pages of the form."""
    return _page_files(tx, document_id, page_results.c.cover_hash)


def _page_files(tx: sa.Connection, document_id: str, column: sa.Column[Any]) -> dict[int, str]:
    query = sa.select(page_results.c.number, column).where(
        page_results.c.document_id == document_id, column.is_not(None)
    )
    return {row.number: row[1] for row in tx.execute(query.order_by(page_results.c.number))}
