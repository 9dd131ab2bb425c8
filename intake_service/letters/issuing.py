"""Issuing a letter: it gets its number and is kept as it went out; a second issue is a new letter.

What it says is fixed in one transaction; its files are made from that afterwards, so that nobody waits for a typesetter
to write. Where a process dies in between, the first download makes them.
"""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from extractors.form.workdays import local_day
from intake_service.errors import InvalidRequestError
from intake_service.faultpoints import reach
from intake_service.letters.drafting import draft, kind_of, letter_from_json, require_sendable
from intake_service.letters.paper import MAKERS, MEDIA_TYPES, NoFontError
from intake_service.parts import Actor, Parts, Role
from intake_service.review.opening import load
from intake_service.store import audit, letters, new_id, submissions
from intake_service.store.letters import Issued

MOST_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LetterFile:
    """One form of an issued letter, to be sent."""

    path: Path
    media_type: str
    name: str
    hash: str


def issue(parts: Parts, actor: Actor, submission_id: str, kind: str) -> Issued:
    """Issue a letter of this kind about the submission as it stands. Raises NotFoundError, ConflictError, ForbiddenError."""
    actor.require(Role.CLERK if kind == "receipt" else Role.REVIEWER)
    with parts.store.write() as tx:
        review = load(tx, submissions.get(tx, submission_id, lock=True))
        require_sendable(review, kind)
        at = datetime.now(UTC)
        number = letters.next_number(tx, kind_of(kind).mark, local_day(at).year)
        content = draft(review, kind, number=number).to_json()
        issued = Issued(new_id(), submission_id, kind, number, content, at, actor.name, None, None)
        letters.insert(tx, issued)
        told = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
        detail = {"letter": issued.id, "kind": kind, "content_sha256": hashlib.sha256(told).hexdigest()}
        audit.append(tx, actor.name, "letter.issue", submission_id, detail)
    reach("letters.issued")
    for form in MAKERS:
        with suppress(NoFontError):  # said where somebody asks for the file; the letter stands
            issued = _with_file(parts, issued, form)
    return issued


def issued_letters(parts: Parts, submission_id: str) -> list[Issued]:
    """All letters of a submission, oldest first. Raises NotFoundError."""
    with parts.store.read() as tx:
        submissions.get(tx, submission_id)
        return letters.of_submission(tx, submission_id)


def letter_file(parts: Parts, submission_id: str, letter_id: str, form: str) -> LetterFile:
    """One form of an issued letter as it went out. Raises NotFoundError, InvalidRequestError, NoFontError."""
    if form not in MAKERS:
        raise InvalidRequestError("文书可以下载为 pdf 或 docx。")
    with parts.store.read() as tx:
        issued = letters.get(tx, submission_id, letter_id)
    file_hash = _hash(_with_file(parts, issued, form), form) or ""
    name = f"{issued.content['title']}{issued.number}.{form}"
    return LetterFile(parts.files.path(file_hash), MEDIA_TYPES[form], name, file_hash)


def _with_file(parts: Parts, issued: Issued, form: str) -> Issued:
    """The letter with a file of this form, made now unless it has one; of two makers the first one's stays."""
    if _hash(issued, form):
        return issued
    made = MAKERS[form](letter_from_json(issued.content))
    file_hash = parts.files.put(io.BytesIO(made), MOST_BYTES).hash
    reach("letters.made")
    with parts.store.write() as tx:
        if letters.set_file(tx, issued.id, form, file_hash):
            detail = {"letter": issued.id, "form": form, "sha256": file_hash}
            audit.append(tx, issued.issued_by, "letter.keep", issued.submission_id, detail)
        return letters.get(tx, issued.submission_id, issued.id)


def _hash(issued: Issued, form: str) -> str | None:
    found: str | None = getattr(issued, f"{form}_hash")
    return found
