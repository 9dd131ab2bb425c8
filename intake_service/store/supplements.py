"""Papers that come later join their submission as a further round; what came before stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from intake_service.errors import ConflictError, NotFoundError
from intake_service.records import submissions as table
from intake_service.store import documents, letters, submissions
from intake_service.store.states import SUPPLEMENTED, Move


@dataclass(frozen=True, slots=True)
class Place:
    """Where new files stand: the first one's position, their round, and the submission's version when they came."""

    submission_id: str
    position: int = 0
    round: int = 0
    base_version: int = 0


def join(tx: sa.Connection, number: str, received_at: datetime) -> Place:
    """Make room for a further round in the submission with this receipt number, or with a letter of this number.

    The time for an answer begins anew, a decision to return it is over, and nobody holds it any longer.
    Raises NotFoundError, ConflictError where the matter was decided for good.
    """
    submission = submissions.get(tx, _named(tx, number), lock=True)
    if submission.status not in SUPPLEMENTED:
        raise ConflictError(
            f"收件编号 {submission.receipt_number} 的件已经办结，补正材料不能并入。请按新件收下。"
        )
    files = documents.of_submission(tx, submission.id)
    submissions.move(
        tx, submission, Move.SUPPLEMENT, due_from=received_at, decided_by=None, decided_at=None, decision=None,
        claimed_by=None, claim_expires_at=None,
    )  # fmt: skip
    return Place(
        submission.id,
        max(file.position for file in files) + 1,
        max(file.round for file in files) + 1,
        submission.version,
    )


def _named(tx: sa.Connection, number: str) -> str:
    by_receipt = tx.execute(
        sa.select(table.c.id).where(table.c.receipt_number == number)
    ).scalar_one_or_none()
    found = by_receipt or letters.submission_of_number(tx, number)
    if found is None:
        raise NotFoundError(
            f"没有收件编号或文书编号是“{number}”的件，没有收下。请核对编号，或不填编号按新件收下。"
        )
    return str(found)
