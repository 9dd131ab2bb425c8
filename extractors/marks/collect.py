"""All marks of a form: where the labels stand, which seal belongs to which, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from extractors.cells import TextTable, cell_span
from extractors.form.layout import Layout, MarkPlace
from extractors.form.reading import Marks, Part, SealReading, SignatureReading, Status
from extractors.form.text import fold, normal_label
from extractors.ink import page_to_inks
from extractors.lines import TextLine
from extractors.marks.places import Placed, find_words, line_to_places, pitch_of, rows_of
from extractors.marks.ringtext import SealText, match_seal, read_seal
from extractors.marks.seals import FoundSeal, find_seals
from extractors.marks.signatures import line_to_signature
from extractors.matching import LabelledForm, Piece
from extractors.ocr.engine import LineText, OcrEngine, Span
from extractors.straighten import pixels_to_box

SIGNATURE_AUTO, SEAL_AUTO = 0.9, 0.5
BUREAU = ("人力资源和社会保障局", "人力资源社会保障局")
DATE_LINE = ("年月日",)
LABEL_ERRORS = 0.34
FAR_RADII = 2.6
"""A seal whose centre is farther than this many radii from its label belongs to something else."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A printed label: its span in the table picture and the cell it stands in."""

    piece: Piece
    span: Span


@dataclass(frozen=True, slots=True)
class _PageSeal:
    """A seal of one page; ``centre``, ``axes`` in pixels of ``table``'s picture."""

    table: TextTable
    seal: FoundSeal
    placed: FoundSeal


def form_to_marks(form: LabelledForm, org_name: str, layout: Layout, engine: OcrEngine) -> Marks:
    """Find and judge the signature and the seals of sections 四 and 五. Doubt goes to a person, nothing is guessed."""
    places = {place.mark: (place, section.id) for section in layout.sections for place in section.marks}
    pieces = {section: form.sections.get(section, ()) for _, section in places.values()}
    anchors: dict[str, _Anchor | None] = {}
    for section in layout.sections:
        anchors |= _find_labels(form.sections.get(section.id, ()), section.marks, engine) if section.marks else {}
    tables = {id(p.table): p.table for group in pieces.values() for p in group}
    seals = [seal for table in tables.values() for seal in _seals_of(table)]
    owners = _assigned(seals, anchors, pieces["commitment"], pieces["authority"])
    name = "".join(p.text for p in form.fields.get("legal_representative", ()))
    bureaus = _bureau_names(form, layout)
    return Marks(
        _signature(pieces["commitment"], anchors["legal_rep_signature"], seals, name, engine),
        _seal_reading(owners[0], pieces["commitment"], anchors["org_seal"], places["org_seal"][0], (org_name,), engine),
        _authority_reading(owners[1], pieces["authority"], anchors["authority_seal"], places["authority_seal"][0], bureaus, engine),
    )


def _find_labels(
    pieces: Sequence[Piece], marks: Sequence[MarkPlace], engine: OcrEngine
) -> dict[str, _Anchor | None]:
    """Where each mark's label is printed, in the lines as cut and read before, or else as the engine finds them."""
    found: dict[str, _Anchor | None] = {}
    cut = [(p, *pair) for p in pieces for pair in zip(p.cell.lines, p.cell.texts, strict=False)]
    for mark in marks:
        found[mark.mark] = _find_label(cut, mark.texts)
    if any(anchor is None for anchor in found.values()):
        again = [(p, *pair) for p in pieces for pair in _lines_found(p, engine)]
        for mark in marks:
            found[mark.mark] = found[mark.mark] or _find_label(again, mark.texts)
    return found


def _lines_found(piece: Piece, engine: OcrEngine) -> list[tuple[TextLine, LineText]]:
    """Lines by the engine's own search: large signatures and copied seals join the lines of a cut."""
    c = piece.cell.cell
    crop = np.ascontiguousarray(piece.table.grid.dark[c.y0 : c.y1, c.x0 : c.x1])
    lines = [
        TextLine(crop[s.y0 : s.y1, s.x0 : s.x1], Span(c.x0 + s.x0, c.y0 + s.y0, c.x0 + s.x1, c.y0 + s.y1))
        for s in engine.find_lines(crop)
        if s.y1 - s.y0 >= 8 and s.x1 - s.x0 >= 8
    ]
    return list(zip(lines, engine.read_lines([line.picture for line in lines], quick=True), strict=True))


def _find_label(lines: Sequence[tuple[Piece, TextLine, LineText]], texts: Sequence[str]) -> _Anchor | None:
    """The line that holds one of the label's wordings, and the span of the label's own characters."""
    wanted = list(dict.fromkeys(normal_label(t) for t in texts))
    best: tuple[float, _Anchor] | None = None
    for piece, line, text in lines:
        places = [p for p in line_to_places(line, text, 0) if normal_label(p.char)]
        hit = find_words(places, wanted, LABEL_ERRORS)
        if hit is not None and (best is None or hit[1] < best[0]):
            best = (hit[1], _Anchor(piece, _printed_span(piece, line, places, hit[0])))
    return best[1] if best else None


def _printed_span(piece: Piece, line: TextLine, places: Sequence[Placed], where: range) -> Span:
    """Around the label's printed characters only, whatever else shares their line."""
    own = [places[i] for i in where]
    pitch = pitch_of(own, 0.9 * (line.span.y1 - line.span.y0))
    middle, height = rows_of(piece.table.grid.dark, own, line, 0, pitch)
    half = min(0.55 * pitch, 0.5 * height)
    return Span(
        max(line.span.x0, round(own[0].x - 0.5 * pitch)),
        round(middle - half),
        min(line.span.x1, round(own[-1].x + 0.55 * pitch)),
        round(middle + half) + 1,
    )


def _seals_of(table: TextTable) -> list[_PageSeal]:
    """The page's seals, also in pixels of the table picture."""
    found = find_seals(table.page.rgb, page_to_inks(table.page.rgb), table.grid.width)
    back = np.linalg.inv(table.grid.to_page)
    out = []
    for seal in found:
        (cx, cy), (ax, ay) = seal.centre_px, seal.axes_px
        points = np.array([[[cx, cy]], [[cx + ax, cy]], [[cx, cy + ay]]], np.float64)
        centre, right, down = cv2.perspectiveTransform(points, back)[:, 0]
        axes = (float(np.hypot(*(right - centre))), float(np.hypot(*(down - centre))))
        out.append(_PageSeal(table, seal, replace(seal, centre_px=(float(centre[0]), float(centre[1])), axes_px=axes)))
    return out


def _assigned(
    seals: Sequence[_PageSeal], anchors: dict[str, _Anchor | None], commitment: Sequence[Piece], authority: Sequence[Piece]
) -> tuple[_PageSeal | None, _PageSeal | None]:
    """The round seal nearest to each label, no seal for both."""
    costs = []
    for which, mark, pieces in ((0, "org_seal", commitment), (1, "authority_seal", authority)):
        for seal in seals:
            cost = _cost(seal, anchors[mark], pieces)
            if cost < FAR_RADII:
                costs.append((cost, which, seal))
    owners: list[_PageSeal | None] = [None, None]
    for _, which, seal in sorted(costs, key=lambda c: c[0]):
        if owners[which] is None and seal not in owners:
            owners[which] = seal
    return owners[0], owners[1]


def _cost(seal: _PageSeal, anchor: _Anchor | None, pieces: Sequence[Piece]) -> float:
    """Distance from the label in radii; less inside the section's cell, more outside it."""
    x, y = seal.placed.centre_px
    cells = [p.cell.cell for p in pieces if p.table is seal.table]
    inside = any(c.y0 <= y <= c.y1 for c in cells)
    if anchor is not None and anchor.piece.table is seal.table:
        dx = max(0.0, anchor.span.x0 - x, x - anchor.span.x1 - 2 * seal.placed.radius_px)
        dy = abs(y - (anchor.span.y0 + anchor.span.y1) / 2)
        return float(np.hypot(dx, dy)) / seal.placed.radius_px + (0.0 if inside else 0.5)
    if not cells:
        return 99.0
    return 1.5 if inside else 1.0 + min(min(abs(y - c.y0), abs(y - c.y1)) for c in cells) / seal.placed.radius_px


def _signature(
    pieces: Sequence[Piece], anchor: _Anchor | None, seals: Sequence[_PageSeal], name: str, engine: OcrEngine
) -> SignatureReading:
    if not pieces:
        return SignatureReading(reasons=("section_not_found",))
    if anchor is None:
        return SignatureReading(status=Status.REVIEW, reasons=("label_not_found",))
    table = anchor.piece.table
    near = [s.placed for s in seals if s.table is table]
    region = cell_span(anchor.piece.cell.cell)
    found = line_to_signature(table, anchor.span, region, table.grid.red, near, name, engine)
    part = Part(table.page.number, table.span_to_box(found.span or anchor.span))
    auto = found.confidence >= SIGNATURE_AUTO and not found.reasons
    return SignatureReading(found.kind, found.confidence, Status.AUTO if auto else Status.REVIEW, found.reasons, part)


def _seal_reading(
    found: _PageSeal | None,
    pieces: Sequence[Piece],
    anchor: _Anchor | None,
    place: MarkPlace,
    expected: Sequence[str],
    engine: OcrEngine,
) -> SealReading:
    """The seal as the contract tells it. ``expected``: names any of which it may bear."""
    if not pieces:
        return SealReading(reasons=("section_not_found",))
    if found is None:
        part = Part(anchor.piece.table.page.number, anchor.piece.table.span_to_box(anchor.span)) if anchor else None
        return SealReading(confidence=0.9, status=Status.REVIEW, reasons=("seal_absent",), part=part)
    read = read_seal(found.table.page.rgb, found.seal, engine)
    matches = _match_any(read, expected)
    reasons = _seal_reasons(found, matches)
    covers = (place.place,) if place.place and anchor is not None and _covers(found, anchor) else ()
    if place.place and not covers:
        reasons = (*reasons, "seal_beside_its_line")
    return SealReading(
        present=True,
        text=read.text,
        number=read.number,
        matches=matches,
        confidence=round(read.confidence if matches is not None else 0.5 * read.confidence, 5),
        status=Status.REVIEW if reasons else Status.AUTO,
        reasons=reasons,
        part=_part(found),
        covers=covers,
    )


def _match_any(read: SealText, expected: Sequence[str]) -> bool | None:
    answers = [match_seal(read.text, read.confidence, name) for name in expected if name]
    if True in answers:
        return True
    return False if answers and all(a is False for a in answers) else None


def _seal_reasons(found: _PageSeal, matches: bool | None) -> tuple[str, ...]:
    out = []
    if matches is None:
        out.append("seal_unreadable")
    if matches is False:
        out.append("seal_of_another")
    if found.seal.colour == "grey":
        out.append("seal_not_red")
    return tuple(out)


def _authority_reading(
    found: _PageSeal | None,
    pieces: Sequence[Piece],
    anchor: _Anchor | None,
    place: MarkPlace,
    expected: Sequence[str],
    engine: OcrEngine,
) -> SealReading:
    if pieces and found is None and not _has_opinion(pieces):
        return SealReading(confidence=0.9, status=Status.BLANK)
    return _seal_reading(found, pieces, anchor, place, expected, engine)


def _has_opinion(pieces: Sequence[Piece]) -> bool:
    """Whether anything but the printed heading, 公章 and 年 月 日 is written in section 五."""
    text = normal_label("".join(p.text for p in pieces))
    for printed in ("五市州人力资源社会保障局意见", "公章", "年", "月", "日"):
        text = text.replace(printed, "")
    return len(text) >= 4


def _bureau_names(form: LabelledForm, layout: Layout) -> tuple[str, ...]:
    del form, layout
    return ()


def _covers(found: _PageSeal, anchor: _Anchor) -> bool:
    """Whether the seal's disc touches the label's line, right of the label's start."""
    (x, y), (ax, ay) = found.placed.centre_px, found.placed.axes_px
    middle = (anchor.span.y0 + anchor.span.y1) / 2
    return found.table is anchor.piece.table and abs(y - middle) < ay and x + ax > anchor.span.x0


def _part(found: _PageSeal) -> Part:
    (x, y), (ax, ay) = found.seal.centre_px, found.seal.axes_px
    corners = np.array([[x - ax, y - ay], [x + ax, y - ay], [x + ax, y + ay], [x - ax, y + ay]], np.float64)
    page = found.table.page
    return Part(page.number, pixels_to_box(corners, page.to_turned, page.turned.shape))
