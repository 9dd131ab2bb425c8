"""Numbers that go up by one without gaps, however many processes ask."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from intake_service.records import counters

# Statements of every upload, made once: see ``store.submissions``.
NAMED = counters.c.name == sa.bindparam("which")
LOCKED = sa.select(counters.c.value, counters.c.word).where(NAMED).with_for_update()
SET = counters.update().where(NAMED).values(value=sa.bindparam("to_value"), word=sa.bindparam("to_word"))


def locked_counter(tx: sa.Connection, name: str) -> tuple[int, str]:
    """The value and word of a counter (0 and "" at first), locked until the transaction ends."""
    found = tx.execute(LOCKED, {"which": name}).one_or_none()
    if found is None:
        # Of two first callers the second waits here for the first, and then finds its row.
        new = "INSERT INTO counters (name, value, word) VALUES (:name, 0, '') ON CONFLICT (name) DO NOTHING"
        tx.execute(sa.text(new), {"name": name})
        found = tx.execute(LOCKED, {"which": name}).one()
    return found.value, found.word


def set_counter(tx: sa.Connection, name: str, value: int, word: str) -> None:
    """Change a counter that this transaction has locked."""
    tx.execute(SET, {"which": name, "to_value": value, "to_word": word})


def next_value(tx: sa.Connection, name: str) -> int:
    """The next number of a counter, from 1; a transaction that fails leaves no gap."""
    value, word = locked_counter(tx, name)
    set_counter(tx, name, value + 1, word)
    return value + 1


def next_receipt_number(tx: sa.Connection, today: date) -> str:
    """The next receipt number of the year: ``2020-000123``."""
    return f"{today.year}-{next_value(tx, f'receipt-{today.year}'):06d}"
