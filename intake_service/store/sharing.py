"""Who else gives the same telephone: one applicant under several names, or one agent for many."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from intake_service.records import submissions

LEAST_DIGITS = 7
"""Shorter numbers are extensions or torsos, which many share."""


def same_telephone(tx: sa.Connection, submission_id: str, call: str, numbers: Sequence[str]) -> list[str]:
    """Receipt numbers of other submissions of the call in whose telephone one of these numbers stands, oldest first."""
    phone = sa.func.replace(sa.func.replace(submissions.c.contact_phone, "-", ""), " ", "")
    digits = [plain for number in numbers if len(plain := number.replace("-", "")) >= LEAST_DIGITS]
    if not digits:
        return []
    query = sa.select(submissions.c.receipt_number).where(
        submissions.c.call == call,
        submissions.c.id != submission_id,
        sa.or_(*(phone.contains(number, autoescape=True) for number in digits)),
    )
    return list(tx.execute(query.order_by(submissions.c.id)).scalars())
