"""Looking at a submission: its files, what the machine read, the values as they stand, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from intake_service.current import Current, active_versions
from intake_service.errors import NotFoundError
from intake_service.parts import Parts
from intake_service.rechecks import Envelope, current_checks, envelope_of, with_judgements
from intake_service.second_look import values_to_settle
from intake_service.store import audit, corrections, documents, filings, submissions
from intake_service.store.audit import AuditEntry
from intake_service.store.corrections import Correction
from intake_service.store.documents import Document
from intake_service.store.filings import Filing
from intake_service.store.submissions import Submission


@dataclass(frozen=True)
class Review:
    """Everything the review screen shows. ``reading`` is that of the document with the form, None before."""

    submission: Submission
    documents: tuple[Document, ...]
    reading: Mapping[str, Any] | None
    current: Current
    corrections: tuple[Correction, ...]
    active: frozenset[int]
    """Versions of the corrections that count (not undone)."""
    envelope: Envelope
    material_pages: Mapping[int, tuple[int, ...]]
    """Number of a material → the pages taken for it, counted over all files."""
    filing: Filing
    """What the office gave the organisation after acceptance."""
    hidden: frozenset[str] = frozenset()
    """Paths left blank because whoever looks is to enter them a second time; see ``blindness``."""

    @cached_property
    def checks(self) -> tuple[dict[str, Any], ...]:
        """The rules applied to the values as they stand, with what reviewers said of them; see ``rechecks``."""
        checks = current_checks(self.current, self.reading, self.envelope)
        checks = tuple(check for check in checks if self.hidden.isdisjoint(check["fields"]))
        return with_judgements(checks, self.corrections, self.active)


@dataclass(frozen=True, slots=True)
class History:
    """Corrections and everything else that happened, oldest first."""

    corrections: tuple[Correction, ...]
    active: frozenset[int]
    events: tuple[AuditEntry, ...]


def open_review(parts: Parts, submission_id: str) -> Review:
    """What is known of one submission at this moment. Raises NotFoundError."""
    with parts.store.read() as tx:
        return load(tx, submissions.get(tx, submission_id))


def reading(parts: Parts, submission_id: str, document_id: str | None = None) -> dict[str, Any]:
    """The snapshot of a file, by default of the one with the form, else of the first that was read.

    Raises NotFoundError when nothing was read yet.
    """
    with parts.store.read() as tx:
        submission = submissions.get(tx, submission_id)
        files = [document.id for document in documents.of_submission(tx, submission_id)]
        wanted = [document_id] if document_id else [submission.form_document_id or "", *files]
        for each in wanted:
            if each in files and (found := documents.reading_of(tx, each)) is not None:
                return found
    raise NotFoundError("还没有读完，或文件无法读取。请看状态。")


def history(parts: Parts, submission_id: str) -> History:
    """Who did what, when, from, to and why."""
    with parts.store.read() as tx:
        submissions.get(tx, submission_id)
        changes = corrections.of_submission(tx, submission_id)
        events = tuple(audit.of_subject(tx, submission_id))
    return History(changes, frozenset(active_versions(changes)), events)


def load(tx: sa.Connection, submission: Submission) -> Review:
    """All of one submission, read in the transaction of the caller."""
    form, files = submission.form_document_id, documents.of_submission(tx, submission.id)
    reading = documents.form_reading(tx, submission.id, form) if form else None
    changes = corrections.of_submission(tx, submission.id)
    current = values_to_settle(reading, changes, submission.id)
    material_pages = _material_pages(tx, files)
    return Review(
        submission=submission,
        documents=tuple(files),
        reading=reading,
        current=current,
        corrections=changes,
        active=frozenset(active_versions(changes)),
        envelope=envelope_of(tx, submission, current, material_pages),
        material_pages=material_pages,
        filing=filings.get(tx, submission.id),
    )


def _material_pages(tx: sa.Connection, files: Sequence[Document]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    before = 0
    for file in files:
        for material in (documents.reading_of(tx, file.id) or {}).get("materials", ()):
            pages = (before + page for page in material["pages"])
            found[material["number"]] = (*found.get(material["number"], ()), *pages)
        before += file.pages_total or 0
    return found
