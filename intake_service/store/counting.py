"""Numbers that go up by one without gaps, however many processes ask."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from intake_service.records import counters


def locked_counter(tx: sa.Connection, name: str) -> tuple[int, str]:
    """The value and word of a counter (0 and "" at first), locked until the transaction ends."""
    query = sa.select(counters.c.value, counters.c.word).where(counters.c.name == name).with_for_update()
    found = tx.execute(query).one_or_none()
    if found is None:
        # Of two first callers the second waits here for the first, and then finds its row.
        new = "INSERT INTO counters (name, value, word) VALUES (:name, 0, '') ON CONFLICT (name) DO NOTHING"
        tx.execute(sa.text(new), {"name": name})
        found = tx.execute(query).one()
    return found.value, found.word


def next_value(tx: sa.Connection, name: str) -> int:
    """The next number of a counter, from 1; a transaction that fails leaves no gap."""
    value, _word = locked_counter(tx, name)
    tx.execute(counters.update().where(counters.c.name == name).values(value=value + 1))
    return value + 1


def next_receipt_number(tx: sa.Connection, today: date) -> str:
    """The next receipt number of the year: ``2020-000123``."""
    return f"{today.year}-{next_value(tx, f'receipt-{today.year}'):06d}"
