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
        # Two first callers: on PostgreSQL the second waits here, then fails on the key and is retried
        # by nobody, so the migration inserts the counters that are needed at once.
        tx.execute(counters.insert().values(name=name, value=0, word=""))
        return 0, ""
    return found.value, found.word


def next_receipt_number(tx: sa.Connection, today: date) -> str:
    """The next receipt number of the year: ``2020-000123``."""
    name = f"receipt-{today.year}"
    value, _word = locked_counter(tx, name)
    tx.execute(counters.update().where(counters.c.name == name).values(value=value + 1))
    return f"{today.year}-{value + 1:06d}"
