"""What became of values that were looked at although the machine was sure of them; see ``intake_service.second_look``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from intake_service.records import second_looks


def note(tx: sa.Connection, submission_id: str, outcomes: Mapping[str, bool | None]) -> None:
    """Note the outcomes of one submission, in place of what was noted of it before."""
    tx.execute(second_looks.delete().where(second_looks.c.submission_id == submission_id))
    now = datetime.now(UTC)
    if outcomes:
        rows = [
            {"submission_id": submission_id, "path": path, "stood": stood, "at": now}
            for path, stood in outcomes.items()
        ]
        tx.execute(second_looks.insert(), rows)


def counted(
    tx: sa.Connection, since: datetime | None = None, before: datetime | None = None
) -> list[tuple[str, bool | None, int]]:
    """Path, whether the machine's word stood (None: nobody looked), how often, of what was noted in that time."""
    query = sa.select(second_looks.c.path, second_looks.c.stood, sa.func.count())
    if since is not None:
        query = query.where(second_looks.c.at >= since)
    if before is not None:
        query = query.where(second_looks.c.at < before)
    found = tx.execute(query.group_by(second_looks.c.path, second_looks.c.stood))
    return [(path, stood, count) for path, stood, count in found]
