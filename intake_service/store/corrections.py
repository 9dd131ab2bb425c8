"""What people changed, beside the snapshot: a log that is only added to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from intake_service.errors import OutdatedError
from intake_service.records import corrections, submissions


@dataclass(frozen=True, slots=True)
class Correction:
    """One change. ``version`` counts from 1 within a submission; ``before`` and ``after`` are JSON values."""

    version: int
    kind: str
    path: str
    before: Any
    after: Any
    by: str
    at: datetime
    reason: str = ""


def append(tx: sa.Connection, submission_id: str, seen_version: int, change: Correction) -> None:
    """Add one change made by somebody who had seen ``seen_version``.

    Raises OutdatedError when there is a newer one: of two savers exactly one wins.
    """
    done = tx.execute(
        submissions.update()
        .where(submissions.c.id == submission_id, submissions.c.version == seen_version)
        .values(version=seen_version + 1, updated_at=datetime.now(UTC))
    )
    if done.rowcount != 1:
        raise OutdatedError
    tx.execute(
        corrections.insert().values(
            submission_id=submission_id,
            version=change.version,
            kind=change.kind,
            path=change.path,
            before=json.dumps(change.before, ensure_ascii=False),
            after=json.dumps(change.after, ensure_ascii=False),
            by=change.by,
            at=change.at,
            reason=change.reason,
        )
    )


def of_submission(tx: sa.Connection, submission_id: str) -> tuple[Correction, ...]:
    """Every change, oldest first."""
    query = sa.select(corrections).where(corrections.c.submission_id == submission_id)
    return tuple(
        Correction(
            version=row["version"],
            kind=row["kind"],
            path=row["path"],
            before=json.loads(row["before"]),
            after=json.loads(row["after"]),
            by=row["by"],
            at=row["at"],
            reason=row["reason"],
        )
        for row in tx.execute(query.order_by(corrections.c.version)).mappings()
    )
