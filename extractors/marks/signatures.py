"""What stands right of the signature label: a hand's writing, a name seal, typed letters or nothing.

Print of the form is one label height tall; a hand's signature reaches further up and down; a name seal
is a square frame of red ink, or of dark ink on a grey scan. The organisation's round seal may lie over all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.cells import TextTable
from extractors.form.reading import SignatureKind
from extractors.form.text import similarity, squeeze
from extractors.ink import INK_BELOW, PAPER_ABOVE
from extractors.marks.seals import FoundSeal
from extractors.marks.squares import Square, find_square
from extractors.ocr.engine import OcrEngine, Span

Mask = NDArray[np.bool_]
TYPED_HEIGHT = 1.3
"""Ink no taller than this many label heights may be print; all print measured stayed below 1.15."""
WRITTEN_HEIGHT = 1.5
"""Ink taller than this is a hand's; every signature measured was above 1.6."""
AFTER_LABEL = 1.5
"""Label heights that the bracket and the colon behind the label's last letter take."""
FRAME_EDGE = 0.15
"""How far a name seal's frame may reach beyond the square that was found, in label heights."""
REACH_UP, REACH_DOWN = 3.2, 3.0
SEAL_REACH = 5.0
"""How far up and down a signature and a name seal reach, in label heights from the middle of its line."""
SURE_SQUARE = 0.88


@dataclass(frozen=True, slots=True)
class SignatureFound:
    """``span``: where the ink stands, in pixels of the table picture."""

    kind: SignatureKind
    confidence: float
    reasons: tuple[str, ...]
    span: Span | None


def line_to_signature(
    table: TextTable,
    scanned: TextTable,
    line_span: Span,
    region: Span,
    seals: Sequence[FoundSeal],
    name: str,
    engine: OcrEngine,
) -> SignatureFound:
    """Judge the ink right of a label.

    ``line_span``: the label's printed letters; ``region``: where the signature may stand, usually the
    label's cell; ``scanned``: the table before seals were faded from its picture, which fades name seals,
    too; ``seals``: those not faded, in pixels of the table picture; ``name``: the legal representative as read
    elsewhere on the form, "" when unknown.
    """
    tall = max(8, line_span.y1 - line_span.y0)
    window = _window(line_span, region, tall)
    dark = table.grid.dark[window.y0 : window.y1, window.x0 : window.x1]
    if min(dark.shape, default=0) < tall:
        return SignatureFound(SignatureKind.NONE, 0.5, ("signature_unclear",), None)
    before = scanned.grid.dark[window.y0 : window.y1, window.x0 : window.x1]
    red = table.grid.red[window.y0 : window.y1, window.x0 : window.x1]
    grey_seals = [s for s in seals if s.colour == "grey"]
    # A pen is paler than print, and fading makes it paler still: there all that is not paper is ink.
    inked = np.where(dark != before, dark < PAPER_ABOVE, dark < INK_BELOW)
    mask = inked & ~_seal_ink(red, grey_seals, window)
    middle = (line_span.y0 + line_span.y1) / 2 - window.y0
    written = _writing(mask, middle, tall)
    square = None
    if not red.any():
        square = _name_seal(scanned.grid.dark < INK_BELOW, line_span, window, tall)
        if square is not None and not square.sure and (written is None or not square.is_around(written)):
            square = None
        if square is not None:  # a dark frame is no writing, but somebody may have signed beside it
            written = _writing(_outside(mask, square.span, round(FRAME_EDGE * tall)), middle, tall)
    if written is not None and written.y1 - written.y0 >= WRITTEN_HEIGHT * tall:
        sure = 0.9 + 0.3 * ((written.y1 - written.y0) / tall - WRITTEN_HEIGHT)
        sure = min(sure, 0.85) if grey_seals or square is not None else min(0.99, sure)
        return SignatureFound(SignatureKind.HANDWRITTEN, sure, (), _moved(written, window))
    if red.any():
        square = _name_seal(table.grid.red, line_span, window, tall)
        square = square if square is not None and square.sure else None
    if square is not None:
        sure = 0.97 if square.cover >= SURE_SQUARE else 0.85
        return SignatureFound(
            SignatureKind.NAME_SEAL, sure, ("name_seal_instead",), _moved(square.span, window)
        )
    if written is not None:
        return _low_ink(dark, written, window, tall, name, engine)
    if _hidden(grey_seals, line_span, window):
        return _under_seal(dark, middle, window, tall, name, engine)
    return SignatureFound(SignatureKind.NONE, 0.8 if grey_seals else 0.95, ("signature_absent",), None)


def _name_seal(ink: Mask, line: Span, window: Span, tall: int) -> Square | None:
    """A name seal on the label's line, in the window's pixels. It is higher than the window and keeps to no cell."""
    middle = (line.y0 + line.y1) // 2
    top, bottom = max(0, middle - round(SEAL_REACH * tall)), middle + round(SEAL_REACH * tall)
    found = find_square(ink[top:bottom, window.x0 : window.x1], tall)
    if found is None or not found.span.y0 + top < middle < found.span.y1 + top:
        return None
    down = top - window.y0
    return replace(found, span=replace(found.span, y0=found.span.y0 + down, y1=found.span.y1 + down))


def _outside(mask: Mask, span: Span, edge: int) -> Mask:
    out = mask.copy()
    out[max(0, span.y0 - edge) : span.y1 + edge, max(0, span.x0 - edge) : span.x1 + edge] = False
    return out


def _hidden(grey_seals: Sequence[FoundSeal], line: Span, window: Span) -> bool:
    """Whether a copied seal, in whose disc nothing can be told apart, lies over the label's line."""
    middle = (line.y0 + line.y1) / 2
    return any(
        abs(seal.centre_px[1] - middle) < seal.radius_px and seal.centre_px[0] + seal.radius_px > window.x0
        for seal in grey_seals
    )


def _under_seal(
    dark: NDArray[np.uint8], middle: float, window: Span, tall: int, name: str, engine: OcrEngine
) -> SignatureFound:
    """What stands under a seal as dark as print: the typed name if it is read there, else unknown."""
    top, bottom = max(0, round(middle - 0.8 * tall)), round(middle + 0.8 * tall)
    crop = np.ascontiguousarray(dark[top:bottom])
    (read,) = engine.read_lines([crop]) if name and crop.size else (None,)
    typed = read is not None and squeeze(name) in squeeze(read.text)
    kind = SignatureKind.TYPED if typed else SignatureKind.NONE
    span = Span(window.x0, window.y0 + top, window.x1, window.y0 + bottom) if typed else None
    return SignatureFound(kind, 0.6 if typed else 0.5, ("signature_unclear",), span)


def _window(line: Span, region: Span, tall: int) -> Span:
    """Right of the label, as high and low as a signature or a name seal reaches."""
    middle = (line.y0 + line.y1) // 2
    return Span(
        min(line.x1 + round(AFTER_LABEL * tall), region.x1),
        max(region.y0, middle - round(REACH_UP * tall)),
        region.x1,
        min(region.y1, middle + round(REACH_DOWN * tall)),
    )


def _seal_ink(red: Mask, grey_seals: Sequence[FoundSeal], window: Span) -> Mask:
    """Red ink and, for copied seals, all that is inside their rims: it cannot be told apart."""
    out = cv2.dilate(red.astype(np.uint8), np.ones((3, 3), np.uint8))
    for seal in grey_seals:
        centre = (round(seal.centre_px[0] - window.x0), round(seal.centre_px[1] - window.y0))
        cv2.circle(out, centre, round(seal.radius_px * 1.04), 1, -1)
    return out > 0


def _writing(mask: Mask, middle: float, tall: int) -> Span | None:
    """The ink on the label's line: pieces that cross it, without specks, rules and the lines above and below."""
    joined = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    kept = []
    inked = 0
    for x, y, w, h, area in stats[1:count].tolist():
        at_right = x + w >= mask.shape[1] - 2
        rule = (
            (w > 8 * tall and h < 0.35 * tall)
            or (h > 3 * tall and w < 0.25 * tall)
            or (at_right and w < 0.5 * tall)
        )
        crosses = y < middle + 0.35 * tall and y + h > middle - 0.35 * tall
        if rule or not crosses or area < 0.015 * tall * tall or abs(y + h / 2 - middle) > 1.4 * tall:
            continue
        kept.append((x, y, x + w, y + h))
        inked += area
    if inked < 0.12 * tall * tall:
        return None
    return Span(
        min(k[0] for k in kept), min(k[1] for k in kept), max(k[2] for k in kept), max(k[3] for k in kept)
    )


def _low_ink(
    dark: NDArray[np.uint8], ink: Span, window: Span, tall: int, name: str, engine: OcrEngine
) -> SignatureFound:
    """Ink of the print's own height: the typed name, rests of punctuation, or a small signature."""
    height, width = (ink.y1 - ink.y0) / tall, (ink.x1 - ink.x0) / tall
    if width < 0.9:
        return SignatureFound(SignatureKind.NONE, 0.9, ("signature_absent",), None)
    pad = tall // 5
    crop = dark[max(0, ink.y0 - pad) : ink.y1 + pad, max(0, ink.x0 - pad) : ink.x1 + pad]
    (read,) = engine.read_lines([np.ascontiguousarray(crop)])
    alike = similarity(squeeze(read.text), squeeze(name)) if name else 0.0
    span = _moved(ink, window)
    if height <= TYPED_HEIGHT and (alike >= 0.5 or read.confidence > 0.8):
        return SignatureFound(SignatureKind.TYPED, 0.95 if alike >= 0.5 else 0.8, ("signature_typed",), span)
    kind = SignatureKind.HANDWRITTEN if height > TYPED_HEIGHT else SignatureKind.TYPED
    return SignatureFound(kind, 0.55, ("signature_unclear",), span)


def _moved(span: Span, window: Span) -> Span:
    return Span(span.x0 + window.x0, span.y0 + window.y0, span.x1 + window.x0, span.y1 + window.y0)
