"""What people search for: number, name, code, telephone, sender and tracking number of a submission as one folded text.

A table of its own, so that a search reads this much of each submission and not all of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from intake_service.records import search_texts, submissions

COLUMNS = ("receipt_number", "org_name", "uscc", "contact_phone", "sender", "tracking_number")
INSERT = search_texts.insert()
KEPT = sa.select(*(submissions.c[name] for name in COLUMNS)).where(submissions.c.id == sa.bindparam("which"))


def folded(text: str) -> str:
    """Without case and width: what is searched, and what is searched for."""
    return unicodedata.normalize("NFKC", text).casefold()


def text_of(values: Mapping[str, Any]) -> str:
    """A line for each column; a telephone stands there once more without its dashes."""
    lines = [*(values.get(name) or "" for name in COLUMNS), bare(values.get("contact_phone") or "")]
    return folded("\n".join(" ".join(line.split()) for line in lines))


def bare(phone: str) -> str:
    """A telephone as people dial it."""
    return phone.replace("-", "").replace(" ", "")


def begin(tx: sa.Connection, values: Mapping[str, Any]) -> None:
    """The text of a submission that was just registered with these columns."""
    tx.execute(INSERT, {"submission_id": values["id"], "text": text_of(values)})


def refresh(tx: sa.Connection, submission_id: str, changed: Mapping[str, Any]) -> None:
    """Bring the text up to date where one of ``changed`` stands in it."""
    if changed.keys().isdisjoint(COLUMNS):
        return
    row = tx.execute(KEPT, {"which": submission_id}).mappings().one_or_none()
    if row is not None:
        text = text_of(dict(row))
        other = sa.and_(search_texts.c.submission_id == submission_id, search_texts.c.text != text)
        tx.execute(search_texts.update().where(other).values(text=text))


def holding(words: str) -> sa.Select[Any]:
    """Ids of the submissions in whose text every one of the words stands."""
    found = [_stands(word) for word in folded(words).split()]
    return sa.select(search_texts.c.submission_id).where(*found)


def _stands(word: str) -> sa.ColumnElement[bool]:
    plain = search_texts.c.text.contains(word, autoescape=True)
    if not word.replace("-", "").isdigit() or "-" not in word:
        return plain
    return sa.or_(plain, search_texts.c.text.contains(bare(word), autoescape=True))
