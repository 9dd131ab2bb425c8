"""What stands right of the signature label: a hand's writing, a name seal, typed letters or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.cells import TextTable
from extractors.form.reading import SignatureKind
from extractors.form.text import similarity, squeeze
from extractors.marks.seals import FoundSeal
from extractors.ocr.engine import OcrEngine, Span
from extractors.pages import Gray

Mask = NDArray[np.bool_]
DARK_BELOW = 150
TYPED_HEIGHT = 1.3
"""Print of the label's size stays below this many label heights."""
WRITTEN_HEIGHT = 1.45
LEAST_INK_HEIGHT = 0.45


@dataclass(frozen=True, slots=True)
class SignatureFound:
    """``span``: where the ink stands, in pixels of the table picture."""

    kind: SignatureKind
    confidence: float
    reasons: tuple[str, ...]
    span: Span | None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A connected piece of ink in pixels of the table picture."""

    x0: int
    y0: int
    x1: int
    y1: int
    area: int


def line_to_signature(
    table: TextTable,
    line_span: Span,
    region: Span,
    inks_red: Mask,
    seals: Sequence[FoundSeal],
    name: str,
    engine: OcrEngine,
) -> SignatureFound:
    """Judge the ink right of a label.

    ``line_span``: the label's printed characters; ``region``: where the signature may stand, usually the
    label's cell; ``seals`` in pixels of the table picture; ``name``: the legal representative as read
    elsewhere on the form, "" when unknown.
    """
    tall = max(8, line_span.y1 - line_span.y0)
    square = _square_beside(line_span, seals, tall)
    if square is not None:
        return SignatureFound(SignatureKind.NAME_SEAL, 0.95, (), square)
    window = _window(line_span, region, tall)
    dark = table.grid.dark[window.y0 : window.y1, window.x0 : window.x1]
    if dark.size == 0:
        return SignatureFound(SignatureKind.NONE, 0.5, ("signature_absent",), None)
    mask = (dark < DARK_BELOW) & ~_seal_ink(inks_red, seals, window)
    pieces = _pieces(mask, window, line_span, tall)
    if not pieces:
        return SignatureFound(SignatureKind.NONE, 0.95, ("signature_absent",), None)
    span = Span(
        min(p.x0 for p in pieces), min(p.y0 for p in pieces), max(p.x1 for p in pieces), max(p.y1 for p in pieces)
    )
    return _judged(table.grid.dark, pieces, span, tall, name, engine)


def _square_beside(line: Span, seals: Sequence[FoundSeal], tall: int) -> Span | None:
    """A square seal whose centre is right of the label's start and near its height."""
    for seal in seals:
        x, y = seal.centre_px
        if seal.shape == "square" and x > line.x1 - tall and abs(y - (line.y0 + line.y1) / 2) < 3.0 * tall:
            ax, ay = seal.axes_px
            return Span(round(x - ax), round(y - ay), round(x + ax), round(y + ay))
    return None


def _window(line: Span, region: Span, tall: int) -> Span:
    """Right of the label, as high and low as a signature reaches."""
    middle = (line.y0 + line.y1) // 2
    return Span(
        line.x1 + 1, max(region.y0, middle - round(2.6 * tall)), region.x1, min(region.y1, middle + round(2.6 * tall))
    )


def _seal_ink(red: Mask, seals: Sequence[FoundSeal], window: Span) -> Mask:
    """Red ink and, for copied seals, their rims and everything in them."""
    area = red[window.y0 : window.y1, window.x0 : window.x1]
    out = cv2.dilate(area.astype(np.uint8), np.ones((3, 3), np.uint8))
    for seal in seals:
        if seal.colour == "grey":
            centre = (round(seal.centre_px[0] - window.x0), round(seal.centre_px[1] - window.y0))
            cv2.circle(out, centre, round(seal.radius_px * 1.03), 1, -1)
    return out > 0


def _pieces(mask: Mask, window: Span, line: Span, tall: int) -> list[_Piece]:
    """Pieces whose middle is on the label's line, and what is close to a tall one; no specks, no rules."""
    joined = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    middle = (line.y0 + line.y1) / 2
    out = []
    for x, y, w, h, area in stats[1:count].tolist():
        piece = _Piece(window.x0 + x, window.y0 + y, window.x0 + x + w, window.y0 + y + h, area)
        centre = (piece.y0 + piece.y1) / 2
        reaches = piece.y0 < middle + 0.3 * tall and piece.y1 > middle - 0.3 * tall
        if area < 0.02 * tall * tall or (w > 8 * tall and h < 0.3 * tall) or (w < 0.12 * tall and h > 3 * tall):
            continue
        if reaches and abs(centre - middle) < 1.3 * tall:
            out.append(piece)
    if sum(p.area for p in out) < 0.12 * tall * tall:
        return []
    return out


def _judged(
    dark: Gray, pieces: Sequence[_Piece], span: Span, tall: int, name: str, engine: OcrEngine
) -> SignatureFound:
    """Height first; where that leaves doubt, print that reads as the name is typed."""
    height = max(p.y1 - p.y0 for p in pieces) / tall
    extent = (span.y1 - span.y0) / tall
    square = _frame_like(pieces, tall)
    if square:
        return SignatureFound(SignatureKind.NAME_SEAL, 0.8, ("name_seal_in_grey",), span)
    if height >= WRITTEN_HEIGHT or extent >= 1.9:
        sure = min(0.99, 0.80 + 0.3 * (max(height, extent / 1.3) - WRITTEN_HEIGHT))
        return SignatureFound(SignatureKind.HANDWRITTEN, max(0.75, sure), (), span)
    pad = tall // 5
    crop = dark[max(0, span.y0 - pad) : span.y1 + pad, max(0, span.x0 - pad) : span.x1 + pad]
    (read,) = engine.read_lines([np.ascontiguousarray(crop)])
    alike = similarity(squeeze(read.text), squeeze(name)) if name else 0.0
    if extent <= TYPED_HEIGHT and (alike >= 0.6 or read.confidence > 0.8):
        return SignatureFound(SignatureKind.TYPED, 0.95 if alike >= 0.6 else 0.8, ("signature_typed",), span)
    if extent < LEAST_INK_HEIGHT or span.x1 - span.x0 < 0.8 * tall:
        return SignatureFound(SignatureKind.NONE, 0.7, ("signature_absent",), None)
    kind = SignatureKind.HANDWRITTEN if height > 1.2 else SignatureKind.TYPED
    return SignatureFound(kind, 0.55, ("signature_unclear",), span)


def _frame_like(pieces: Sequence[_Piece], tall: int) -> bool:
    """One square piece of 3 to 6 label heights with ink over all of it: a name seal copied in grey."""
    big = max(pieces, key=lambda p: (p.x1 - p.x0) * (p.y1 - p.y0))
    width, height = big.x1 - big.x0, big.y1 - big.y0
    return 2.6 * tall < min(width, height) and 0.8 < width / height < 1.25 and big.area > 0.2 * width * height
