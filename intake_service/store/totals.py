"""Sums that only grow, over all processes and restarts, by the name under which the watchers see them."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from intake_service.records import totals

ADD = (
    "INSERT INTO totals (name, value) VALUES (:name, :value) "
    "ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value"
)


def add(tx: sa.Connection, amounts: Mapping[str, float]) -> None:
    """Add each amount to the sum of its name, which begins at 0."""
    rows = [{"name": name, "value": value} for name, value in sorted(amounts.items()) if value]
    if rows:
        tx.execute(sa.text(ADD), rows)


def known(tx: sa.Connection) -> dict[str, float]:
    """Every sum by its name."""
    return {row.name: row.value for row in tx.execute(sa.select(totals))}
