"""Who else gives the same telephone or names the same person: one applicant under several names, or one agent for many."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from intake_service.records import persons, submissions
from intake_service.store import searching

LEAST_DIGITS = 7
"""Shorter numbers are extensions or torsos, which many share."""
NAME_LENGTHS = range(2, 41)
"""Characters of a name that is compared: a lone character is a rest of one."""


def same_telephone(tx: sa.Connection, submission_id: str, call: str, numbers: Sequence[str]) -> list[str]:
    """Receipt numbers of other submissions of the call in whose telephone one of these numbers stands, oldest first."""
    phone = sa.func.replace(sa.func.replace(submissions.c.contact_phone, "-", ""), " ", "")
    digits = [plain for number in numbers if len(plain := number.replace("-", "")) >= LEAST_DIGITS]
    if not digits:
        return []
    somewhere = sa.or_(*(submissions.c.id.in_(searching.holding(number)) for number in digits))
    query = sa.select(submissions.c.receipt_number).where(
        somewhere,  # a search first, which is quick, then whether it stands in the telephone
        submissions.c.call == call,
        submissions.c.id != submission_id,
        sa.or_(*(phone.contains(number, autoescape=True) for number in digits)),
    )
    return list(tx.execute(query.order_by(submissions.c.id)).scalars())


def note_persons(tx: sa.Connection, submission_id: str, names: Mapping[str, str]) -> None:
    """Keep who stands in an application: field → name as written. What cannot be a name is left out."""
    squeezed = {field: squeezed_name(name) for field, name in names.items()}
    now = {field: name for field, name in squeezed.items() if len(name) in NAME_LENGTHS}
    mine = persons.c.submission_id == submission_id
    kept = {row.field: row.name for row in tx.execute(sa.select(persons).where(mine))}
    if now == kept:
        return
    tx.execute(persons.delete().where(mine))
    if now:
        tx.execute(
            persons.insert(),
            [{"submission_id": submission_id, "field": f, "name": n} for f, n in now.items()],
        )


def same_name(tx: sa.Connection, submission_id: str, call: str, name: str) -> list[str]:
    """Receipt numbers of other submissions of the call that name somebody called so, in whichever field, oldest first."""
    wanted = squeezed_name(name)
    if len(wanted) not in NAME_LENGTHS:
        return []
    query = (
        sa.select(submissions.c.receipt_number, submissions.c.id)
        .join(persons, persons.c.submission_id == submissions.c.id)
        .where(persons.c.name == wanted, submissions.c.call == call, submissions.c.id != submission_id)
        .distinct()
    )
    return [row.receipt_number for row in tx.execute(query.order_by(submissions.c.id))]


def squeezed_name(name: str) -> str:
    """A name without what is written differently each time: width, spaces, dots between its parts."""
    return "".join(c for c in unicodedata.normalize("NFKC", name) if c.isalpha())
