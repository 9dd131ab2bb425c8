"""Reading a field again where a reviewer drew a box. What comes back is a candidate; nothing is changed by it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from extractors.form.layout import default_layout
from intake_service import pages
from intake_service.at_once import AtOnce
from intake_service.errors import InvalidRequestError, NotFoundError
from intake_service.parts import Actor, Parts, Role
from intake_service.store import documents, submissions

LEAST_SIDE = 0.002
"""Of a box, as a share of the page: less holds no character."""
TICKED = frozenset({"checkboxes"})
"""Kinds that are chosen, not read."""


@dataclass(frozen=True, slots=True)
class Place:
    """A box that somebody drew: ``page`` from 1 within its file, ``box`` in fractions of the page as displayed."""

    document: str
    page: int
    box: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """As corrections keep it."""
        return asdict(self)


def drawn_place(parts: Parts, actor: Actor, submission_id: str, number: int, untrusted_box: object) -> Place:
    """The place of a box that a reviewer drew on page ``number`` of the submission, counted over all its files.

    Raises NotFoundError for a page without a picture, InvalidRequestError for what is no box.
    """
    actor.require(Role.REVIEWER)
    ref = next((ref for ref in pages.list_pages(parts, submission_id) if ref.number == number), None)
    if ref is None:
        raise NotFoundError("这一页还没有图像。")
    return Place(ref.document_id, ref.document_page, _box(untrusted_box))


def reread(
    parts: Parts, at_once: AtOnce, actor: Actor, submission_id: str, path: str, place: Place
) -> Mapping[str, Any]:
    """The field at ``path`` as the reader sees it at ``place``, as one field of ``intake.reading/1``.

    Raises InvalidRequestError for a field that is not read, QueueFullError when no worker is free, ExtractionError
    subclasses for a file that cannot be opened.
    """
    actor.require(Role.REVIEWER)
    kind = default_layout().kinds.get(path.rsplit(".", 1)[-1])
    if kind is None or kind in TICKED:
        raise InvalidRequestError("这一栏不能框选重读，请直接选择。")
    with parts.store.read() as tx:
        files = documents.of_submission(tx, submissions.get(tx, submission_id).id)
        document = next(each for each in files if each.id == place.document)
        known = documents.reading_of(tx, document.id) or {}
    page: dict[str, Any] = next((each for each in known.get("pages", ()) if each["number"] == place.page), {})
    region = {
        "page": place.page, "box": place.box, "kind": kind,
        "rotation": page.get("rotation", 0), "skew_deg": page.get("skew_deg", 0.0),
    }  # fmt: skip
    return at_once.reread(document.file_hash, document.name, region)


def _box(untrusted: object) -> tuple[float, ...]:
    """Left, top, right, bottom in page fractions. Raises InvalidRequestError."""
    if not isinstance(untrusted, Sequence) or len(untrusted) != 4:
        raise InvalidRequestError("框选的位置有误。")
    if not all(isinstance(each, int | float) and math.isfinite(each) for each in untrusted):
        raise InvalidRequestError("框选的位置有误。")
    x0, y0, x1, y1 = (min(1.0, max(0.0, round(float(each), 5))) for each in untrusted)
    if x1 - x0 < LEAST_SIDE or y1 - y0 < LEAST_SIDE:
        raise InvalidRequestError("框得太小，看不清字。请框住整个内容。")
    return (x0, y0, x1, y1)
