"""A submission's paper as one PDF that can be searched: what came, under a layer of the values as they stand now.

Made anew each time by a worker's fenced reader, because values change and uploads are opened nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import IO, Any

from intake_service.at_once import AtOnce
from intake_service.current import Current
from intake_service.errors import NotFoundError
from intake_service.parts import Actor, Parts
from intake_service.review import open_review
from intake_service.store import audit, documents

NOWHERE = (0.02, 0.004, 0.98, 0.012)
"""Above the print of the form's first page: where a value is found that a person knew and no place is known of."""


@dataclass(frozen=True, slots=True)
class Made:
    """A PDF to send; its file has no name any longer and is gone when ``stream`` is closed."""

    stream: IO[bytes]
    name: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a value: in which file, on which page of it (from 1), in which box, what."""

    document: str
    page: int
    box: Sequence[float]
    text: str


def searchable(
    parts: Parts, at_once: AtOnce, actor: Actor, submission_id: str, document_id: str | None = None
) -> Made:
    """All files of a submission, or the one named, as one PDF. The download is put on record.

    Raises NotFoundError, QueueFullError when no worker is free, ExtractionError subclasses for a file that cannot be
    opened.
    """
    opened = open_review(parts, submission_id)
    chosen = [document for document in opened.documents if document_id in (None, document.id)]
    if not chosen:
        raise NotFoundError
    form = opened.submission.form_document_id or opened.documents[0].id
    pieces = list(_pieces(opened.current, form))
    with parts.store.read() as tx:
        readings = {document.id: documents.reading_of(tx, document.id) or {} for document in chosen}
    papers = [
        {
            "hash": document.file_hash,
            "name": document.name,
            "turns": {
                page["number"]: page.get("rotation", 0) for page in readings[document.id].get("pages", ())
            },
            "words": _words(each for each in pieces if each.document == document.id),
        }
        for document in chosen
    ]
    stream = at_once.make_searchable(papers)
    with parts.store.write() as tx:
        audit.append(tx, actor.name, "document.searchable", submission_id, {"document": document_id})
    return Made(stream, f"{opened.submission.receipt_number}.pdf")


def _words(pieces: Iterator[_Piece]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for piece in pieces:
        found.setdefault(piece.page, []).append([piece.text, list(piece.box)])
    return found


def _pieces(current: Current, form: str) -> Iterator[_Piece]:
    for cell in current.cells():
        places = [place for place in cell.pieces if place.get("box") and place.get("page")]
        for place, text in zip(places, _shared_out(cell.text, places), strict=True):
            yield _Piece(place.get("document", form), place["page"], place["box"], text)
        if not places:
            yield _Piece(form, 1, NOWHERE, cell.text)
    for mark in current.marks.values():
        if mark.verdict.get("text") and mark.verdict.get("box"):
            yield _Piece(form, mark.verdict["page"], mark.verdict["box"], mark.verdict["text"])


def _shared_out(text: str, places: Sequence[Mapping[str, Any]]) -> list[str]:
    """A text that stands in several boxes, cut by their sizes: where a page ends in it nobody wrote down."""
    sizes = [(x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (place["box"] for place in places)]
    whole, ends, reached = sum(sizes) or 1.0, [0], 0.0
    for size in sizes:
        reached += size
        ends.append(round(len(text) * reached / whole))
    return [text[start:end] for start, end in pairwise(ends)]
