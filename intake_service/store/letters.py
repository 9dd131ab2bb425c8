"""Letters as they were issued; nothing of them changes but the names of their files, which are set once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake_service.errors import NotFoundError
from intake_service.records import letters
from intake_service.store import counting


@dataclass(frozen=True, slots=True)
class Issued:
    """One letter. ``content`` is all that stands on it; the hashes name its files, None until they are made."""

    id: str
    submission_id: str
    kind: str
    number: str
    content: Mapping[str, Any]
    issued_at: datetime
    issued_by: str
    pdf_hash: str | None
    docx_hash: str | None


def next_number(tx: sa.Connection, mark: str, year: int) -> str:
    """The next number of a kind and year, as ``补〔2020〕12号``."""
    return f"{mark}〔{year}〕{counting.next_value(tx, f'letter-{mark}-{year}')}号"


def insert(tx: sa.Connection, letter: Issued) -> None:
    """Keep a new one."""
    content = json.dumps(letter.content, ensure_ascii=False, sort_keys=True)
    values = {name: getattr(letter, name) for name in Issued.__slots__}
    tx.execute(letters.insert().values({**values, "content": content}))


def get(tx: sa.Connection, submission_id: str, letter_id: str) -> Issued:
    """One letter of a submission. Raises NotFoundError."""
    query = sa.select(letters).where(letters.c.id == letter_id, letters.c.submission_id == submission_id)
    row = tx.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFoundError("找不到这份文书。")
    return _to_issued(row)


def of_submission(tx: sa.Connection, submission_id: str) -> list[Issued]:
    """All letters of a submission, oldest first."""
    query = sa.select(letters).where(letters.c.submission_id == submission_id)
    return [
        _to_issued(row) for row in tx.execute(query.order_by(letters.c.issued_at, letters.c.id)).mappings()
    ]


def set_file(tx: sa.Connection, letter_id: str, form: str, file_hash: str) -> bool:
    """Name the file of one form, ``pdf`` or ``docx``; False when it has one already, which stays."""
    column = letters.c[f"{form}_hash"]
    done = tx.execute(
        letters.update().where(letters.c.id == letter_id, column.is_(None)).values({column.name: file_hash})
    )
    return done.rowcount == 1


def submission_of_number(tx: sa.Connection, number: str) -> str | None:
    """The id of the submission a letter was about, by the letter's number."""
    found: str | None = tx.execute(
        sa.select(letters.c.submission_id).where(letters.c.number == number)
    ).scalar_one_or_none()
    return found


def _to_issued(row: sa.RowMapping) -> Issued:
    return Issued(**{**row, "content": json.loads(row["content"])})
