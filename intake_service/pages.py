"""Page pictures and originals, as files to send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from intake_service.errors import NotFoundError
from intake_service.parts import Actor, Parts
from intake_service.store import audit, documents, page_files, submissions


@dataclass(frozen=True, slots=True)
class Sendable:
    """A file to send: where it lies, its name for the receiver, its media type."""

    path: Path
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class PageRef:
    """One page of a submission: number over all files (from 1), its file, its number in that file (from 1).

    ``covered``: there is what hides the printed form on it, see ``page_cover``.
    """

    number: int
    document_id: str
    document_page: int
    covered: bool = False


def list_pages(parts: Parts, submission_id: str) -> list[PageRef]:
    """The pages of all files in order, as far as their pictures exist."""
    with parts.store.read() as tx:
        found = [
            (document.id, number, number in covers)
            for document in documents.of_submission(tx, submission_id)
            for covers in [page_files.covers(tx, document.id)]
            for number in page_files.pictures(tx, document.id)
        ]
    return [PageRef(index, *page) for index, page in enumerate(found, start=1)]


def page_picture(parts: Parts, submission_id: str, number: int, document_id: str | None = None) -> Sendable:
    """The upright picture (PNG, re-encoded by us) of a page of a file, by default of the file with the form.

    ``number`` counts from 1 within that file, as the reading's boxes do. Raises NotFoundError.
    """
    return _of_page(parts, submission_id, number, document_id, page_files.pictures, "这一页还没有图像。")


def page_cover(parts: Parts, submission_id: str, number: int, document_id: str | None = None) -> Sendable:
    """What lies over a page's picture to hide the printed form: PNG, paper's colour or transparent.

    It shows the same page in another size. Raises NotFoundError, as for a page that is no part of the form.
    """
    return _of_page(
        parts, submission_id, number, document_id, page_files.covers, "这一页没有可隐去的表格底稿。"
    )


def _of_page(
    parts: Parts,
    submission_id: str,
    number: int,
    document_id: str | None,
    kind: Callable[[sa.Connection, str], dict[int, str]],
    lacking: str,
) -> Sendable:
    with parts.store.read() as tx:
        submission = submissions.get(tx, submission_id)
        files = documents.of_submission(tx, submission_id)
        wanted = document_id or submission.form_document_id or files[0].id
        if wanted not in {document.id for document in files}:
            raise NotFoundError
        file_hash = kind(tx, wanted).get(number)
    if file_hash is None:
        raise NotFoundError(lacking)
    return Sendable(parts.files.path(file_hash), f"{number:04d}.png", "image/png")


def original(parts: Parts, actor: Actor, submission_id: str, document_id: str | None = None) -> Sendable:
    """An uploaded file as it came, by default the first. The download is put on record. Raises NotFoundError."""
    with parts.store.write() as tx:
        files = documents.of_submission(tx, submissions.get(tx, submission_id).id)
        chosen = next((d for d in files if document_id in (None, d.id)), None)
        if chosen is None:
            raise NotFoundError
        audit.append(tx, actor.name, "document.download", submission_id, {"document": chosen.id})
    return Sendable(parts.files.path(chosen.file_hash), chosen.name, chosen.media_type)
