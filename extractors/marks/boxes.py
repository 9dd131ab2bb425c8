"""How much ink stands in and beside each of a few check boxes, compared with one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr.engine import Span
from extractors.pages import Gray

Darkness = NDArray[np.float32]
"""Shape (height, width), 0 paper .. 1 as dark as the words around."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Where one box must stand: the paper between two words, in two pieces when a line ends between them."""

    pieces: tuple[Span, ...]
    pitch: float
    """Distance between neighbouring characters, px."""


@dataclass(frozen=True, slots=True)
class _Outline:
    """Bounding box of the ink in a gap, px of the table picture; ``piece`` is the part of the gap it is in."""

    piece: Span
    x: float
    y: float
    width: float
    height: float
    pitch: float

    @property
    def squarish(self) -> bool:
        side = max(self.width, self.height)
        return 0.4 * self.pitch < side < 1.15 * self.pitch and 0.78 < self.width / max(1.0, self.height) < 1.28


@dataclass(frozen=True, slots=True)
class BoxInk:
    """``inside``: ink in the middle of the box; ``loose``: ink in the gap that is not the outline; shares of its area."""

    inside: float
    loose: float
    seen: bool
    """Whether the box's own square outline was seen."""
    where: Span


def gaps_to_ink(dark: Gray, gaps: Sequence[Gap]) -> tuple[BoxInk, ...]:
    """Measure every gap on the same scale. ``dark``: the table picture with all inks dark."""
    level = _ink_level(dark, gaps)
    outlines = [max((_outline(dark, piece, gap.pitch, level) for piece in gap.pieces), key=_size) for gap in gaps]
    side, left, middle = _typical(outlines, gaps[0].pitch)
    out = []
    for outline in outlines:
        usual = outline.squarish and abs(max(outline.width, outline.height) - side) < 0.2 * side
        expected = (outline.piece.x0 + left, _centre_y(outline.piece) + middle - side / 2)
        corner = (outline.x, outline.y) if usual else _fitted(dark, expected, side, level)
        out.append(_measured(dark, outline.piece, corner, side, level, gaps[0].pitch))
    return tuple(out)


def _typical(outlines: Sequence[_Outline], pitch: float) -> tuple[float, float, float]:
    """Side of the boxes, where they start in their gaps and how far their middle is from the line's, px."""
    squares = sorted((o for o in outlines if o.squarish), key=lambda o: o.width)
    if not squares:
        return 0.8 * pitch, 0.12 * pitch, 0.0
    side = squares[(len(squares) - 1) // 2].width
    alike = [o for o in squares if abs(o.width - side) < 0.2 * side]
    left = float(np.median([o.x - o.piece.x0 for o in alike]))
    return side, left, float(np.median([o.y + o.height / 2 - _centre_y(o.piece) for o in alike]))


def _ink_level(dark: Gray, gaps: Sequence[Gap]) -> float:
    """Grey value of this cell's ink, from the gaps and what is around them."""
    spans = [p for g in gaps for p in g.pieces]
    area = dark[
        max(0, min(s.y0 for s in spans)) : max(s.y1 for s in spans),
        max(0, min(s.x0 for s in spans)) : max(s.x1 for s in spans),
    ]
    return min(170.0, float(np.percentile(area, 2))) if area.size else 60.0


def _darkness(dark: Gray, span: Span, level: float) -> Darkness:
    area = dark[max(0, span.y0) : max(0, span.y1), max(0, span.x0) : max(0, span.x1)].astype(np.float32)
    if area.size == 0:
        return np.zeros((1, 1), np.float32)
    return np.clip((250.0 - area) / (250.0 - level), 0.0, 1.0)


def _outline(dark: Gray, piece: Span, pitch: float, level: float) -> _Outline:
    """The first ink of a piece, a character wide."""
    kept = [box for box, _ in _own_ink((_darkness(dark, piece, level) > 0.45).astype(np.uint8), pitch)]
    if not kept:
        return _Outline(piece, piece.x0, piece.y0, 0.0, 0.0, pitch)
    start = min(k[0] for k in kept)
    near = [k for k in kept if k[0] < start + 0.8 * pitch]
    x0, y0 = min(k[0] for k in near), min(k[1] for k in near)
    x1, y1 = max(k[2] for k in near), max(k[3] for k in near)
    return _Outline(piece, piece.x0 + x0, piece.y0 + y0, float(x1 - x0), float(y1 - y0), pitch)


def _own_ink(mask: NDArray[np.uint8], pitch: float) -> list[tuple[tuple[int, int, int, int], NDArray[np.bool_]]]:
    """Pieces of ink (box, mask) but for specks, rules, and what reaches in from the characters at either end."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    out = []
    for i in range(1, count):
        x, y, w, h, area = stats[i].tolist()
        at_end = x == 0 or x + w == mask.shape[1]
        at_side = y == 0 or y + h == mask.shape[0]
        if area < 0.004 * pitch * pitch or (at_end and w < 0.22 * pitch) or (at_side and h < 0.18 * pitch):
            continue
        if w < 0.2 * pitch and h > 0.95 * pitch:
            continue
        out.append(((x, y, x + w, y + h), labels == i))
    return out


def _size(outline: _Outline) -> float:
    return outline.width * outline.height


def _centre_y(span: Span) -> float:
    return (span.y0 + span.y1) / 2


def _fitted(dark: Gray, corner: tuple[float, float], side: float, level: float) -> tuple[float, float]:
    """The corner near ``corner`` where a hollow square of this side covers most ink, under a tick perhaps."""
    reach = max(2, round(0.35 * side))
    size = max(6, round(side))
    window = Span(
        round(corner[0]) - reach, round(corner[1]) - reach, round(corner[0]) + size + reach, round(corner[1]) + size + reach
    )
    area = _darkness(dark, window, level)
    if area.shape[0] <= size or area.shape[1] <= size:
        return corner
    line = max(1, round(size / 10))
    frame = np.zeros((size, size), np.float32)
    cv2.rectangle(frame, (0, 0), (size - 1, size - 1), 1.0, line)
    answer = cv2.matchTemplate(area, frame / frame.sum(), cv2.TM_CCORR)
    yy, xx = np.mgrid[: answer.shape[0], : answer.shape[1]]
    answer = answer - 0.004 * np.hypot(yy - reach, xx - reach)
    best = np.unravel_index(int(answer.argmax()), answer.shape)
    return float(max(0, window.x0) + best[1]), float(max(0, window.y0) + best[0])


def _measured(
    dark: Gray, piece: Span, corner: tuple[float, float], side: float, level: float, pitch: float
) -> BoxInk:
    """Ink in the middle of the outline, and all ink of the gap that is not the outline, if there is one."""
    x, y = corner
    core = Span(round(x + 0.25 * side), round(y + 0.25 * side), round(x + 0.75 * side), round(y + 0.75 * side))
    inside = float(_darkness(dark, core, level).mean())
    darkness = _darkness(dark, piece, level)
    rest = np.zeros(darkness.shape, np.float32)
    for _, mask in _own_ink((darkness > 0.4).astype(np.uint8), pitch):
        rest[mask] = darkness[mask]
    frame = np.zeros(rest.shape, np.uint8)
    x0, y0 = round(x) - piece.x0, round(y) - piece.y0
    x1, y1 = round(x + side) - piece.x0 - 1, round(y + side) - piece.y0 - 1
    seen = _frame_cover(darkness, (x0, y0, x1, y1)) > 0.6
    if seen:
        cv2.rectangle(frame, (x0, y0), (x1, y1), 1, 2 * max(1, round(0.1 * side)) + 1)
    loose = float(rest[frame == 0].sum()) / (side * side)
    return BoxInk(inside, loose, seen, Span(round(x), round(y), round(x + side), round(y + side)))


def _frame_cover(darkness: Darkness, frame: tuple[int, int, int, int]) -> float:
    """Share of ink along the least inked side of a square outline, a pixel of play allowed."""
    height, width = darkness.shape
    x0, y0, x1, y1 = (min(max(v, 0), limit - 1) for v, limit in zip(frame, (width, height, width, height), strict=True))
    if x1 - x0 < 4 or y1 - y0 < 4:
        return 0.0
    inked = darkness > 0.3
    sides = (
        inked[max(0, y0 - 1) : y0 + 2, x0:x1].any(axis=0),
        inked[max(0, y1 - 1) : y1 + 2, x0:x1].any(axis=0),
        inked[y0:y1, max(0, x0 - 1) : x0 + 2].any(axis=1),
        inked[y0:y1, max(0, x1 - 1) : x1 + 2].any(axis=1),
    )
    return min(float(side.mean()) for side in sides)
