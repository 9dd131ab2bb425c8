"""Which workers and folder watchers are at work, told by themselves every few seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake_service.records import processes

FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Process:
    """One process. ``role`` is worker or watch; ``report`` is what it says of itself."""

    name: str
    role: str
    started_at: datetime
    seen_at: datetime
    report: dict[str, Any]


def beat(tx: sa.Connection, name: str, role: str, report: Mapping[str, object]) -> None:
    """Note that this process is alive, and what it says; forget those that have been silent for a day."""
    now, text = datetime.now(UTC), json.dumps(report, ensure_ascii=False)
    mine = processes.c.name == name
    done = tx.execute(processes.update().where(mine).values(seen_at=now, report=text))
    if done.rowcount == 0:
        tx.execute(processes.delete().where(processes.c.seen_at < now - FORGET_AFTER))
        tx.execute(processes.insert().values(name=name, role=role, started_at=now, seen_at=now, report=text))


def leave(tx: sa.Connection, name: str) -> None:
    """The process ends."""
    tx.execute(processes.delete().where(processes.c.name == name))


def known(tx: sa.Connection) -> list[Process]:
    """Every process that was there within a day, the latest seen first."""
    rows = tx.execute(sa.select(processes).order_by(processes.c.seen_at.desc())).mappings()
    return [Process(**{**row, "report": json.loads(row["report"])}) for row in rows]
