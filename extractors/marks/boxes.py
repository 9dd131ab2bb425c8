"""How much ink stands in and beside each of a few check boxes, compared with one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.marks.spilling import to_own_lines, without_other_lines
from extractors.ocr.engine import Span
from extractors.pages import Gray

FRAME_COVER = 0.72
"""A square with this much ink along each of its sides is a box's outline."""
FAINT_MEAN, FAINT_PLAY = 0.5, 0.15
"""Of a box that lost a side, the mean ink along its sides, where it is as large as the others', give or take a share."""
BESIDE, PALEST, SHORTEST = 0.35, 0.2, 0.5
"""How far around a box a tick's ink counts, in sides; darkness that is not yet more than the others' ink; length of
the shortest stroke, in sides."""
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
        return (
            0.4 * self.pitch < side < 1.15 * self.pitch and 0.78 < self.width / max(1.0, self.height) < 1.28
        )


@dataclass(frozen=True, slots=True)
class BoxInk:
    """``inside``: ink in the middle of the box; ``loose``: ink in the gap that is not the outline; shares of its area.

    ``more``: ink in and around the box that most of the other boxes have not in that place, also in shares.
    """

    inside: float
    loose: float
    more: float
    seen: bool
    """Whether the box's own square outline was seen."""
    where: Span


def gaps_to_ink(dark: Gray, gaps: Sequence[Gap]) -> tuple[BoxInk, ...]:
    """Measure every gap on the same scale. ``dark``: the table picture with all inks dark."""
    level = _ink_level(dark, gaps)
    pitch = gaps[0].pitch
    pieces = to_own_lines([gap.pieces for gap in gaps])
    inks = without_other_lines(dark, pieces, level)
    outlines = [
        [_outline(ink, piece, pitch, level) for piece in own] for ink, own in zip(inks, pieces, strict=True)
    ]
    largest = [max(each, key=_size) for each in outlines]
    squares = sorted(o.width for o in largest if o.squarish)
    usual = squares[(len(squares) - 1) // 2] if squares else 0.0
    sides = usual * np.linspace(0.88, 1.12, 7) if usual else pitch * np.linspace(0.45, 1.0, 10)
    boxes = [_best_box(ink, each, level, sides) for ink, each in zip(inks, outlines, strict=True)]
    for k, (_, fit) in enumerate(boxes):
        # A tick that hangs together with another line's box must not take that box, ticked or not, out of sight.
        whole = _best_box(dark, outlines[k], level, sides)
        if fit.cover < FRAME_COVER <= whole[1].cover:
            inks[k], boxes[k] = dark, whole
    boxes = _with_faint(boxes)
    found = [fit for _, fit in boxes if fit.cover >= FRAME_COVER]
    side = float(np.median([f.side for f in found])) if found else usual or 0.8 * pitch
    left = float(np.median([f.x for f in found])) if found else 0.12 * pitch
    windows = [
        _window(_darkness(ink, o.piece, level), fit, side) if fit.cover >= FRAME_COVER else None
        for ink, (o, fit) in zip(inks, boxes, strict=True)
    ]
    out = []
    for ink, (outline, fit), more in zip(inks, boxes, _more_than_others(windows, side), strict=True):
        seen = fit.cover >= FRAME_COVER
        tall = outline.piece.y1 - outline.piece.y0
        frame = fit if seen else Fit(left, (tall - side) / 2, side, 0.0)
        out.append(_measured(ink, outline.piece, frame, level, pitch, seen=seen, more=more))
    return tuple(out)


def _best_box(
    dark: Gray, outlines: Sequence[_Outline], level: float, sides: NDArray[np.float64]
) -> tuple[_Outline, Fit]:
    """Of a gap in two pieces the one with a box in it; where neither has one, the one with more ink."""
    fits = [best_frame(_darkness(dark, outline.piece, level), sides) for outline in outlines]
    pairs = list(zip(outlines, fits, strict=True))
    whole = [pair for pair in pairs if pair[1].cover >= FRAME_COVER]
    return (
        max(whole, key=lambda pair: pair[1].cover) if whole else max(pairs, key=lambda pair: _size(pair[0]))
    )


def _with_faint(boxes: Sequence[tuple[_Outline, Fit]]) -> list[tuple[_Outline, Fit]]:
    """Boxes that lost a side counted as seen where they are as large as the whole ones, or as at least one like them."""
    whole = [fit.side for _, fit in boxes if fit.cover >= FRAME_COVER]
    like = sorted(whole or [fit.side for _, fit in boxes if fit.mean >= FAINT_MEAN])
    if len(like) < 2:
        return list(boxes)
    usual = like[len(like) // 2]

    def seen(fit: Fit) -> bool:
        return fit.mean >= FAINT_MEAN and abs(fit.side - usual) <= FAINT_PLAY * usual

    return [(o, replace(fit, cover=max(fit.cover, FRAME_COVER)) if seen(fit) else fit) for o, fit in boxes]


def _window(darkness: Darkness, fit: Fit, side: float) -> Darkness:
    """The box and a little around it, in the same place and size for every box; paper beyond the gap."""
    pad = round(BESIDE * side)
    size = round(side) + 2 * pad
    padded = np.pad(darkness, ((pad, size), (pad, size)))
    # Frames that differ in size by a pixel are laid centre on centre.
    x, y = (round(at + (fit.side - side) / 2) for at in (fit.x, fit.y))
    return np.asarray(padded[max(0, y) : max(0, y) + size, max(0, x) : max(0, x) + size], np.float32)


def _more_than_others(windows: Sequence[Darkness | None], side: float) -> list[float]:
    """Ink of each window that the median of the others, a pixel wider, has not; 0 where there are too few others."""
    out = []
    for i, window in enumerate(windows):
        others = [w for k, w in enumerate(windows) if k != i and w is not None]
        if window is None or len(others) < 2:
            out.append(0.0)
            continue
        usual = np.median(np.stack(others), axis=0).astype(np.float32)
        usual = np.asarray(cv2.dilate(usual, np.ones((3, 3), np.uint8)), np.float32)
        excess = np.asarray(np.clip(window - usual - PALEST, 0.0, 1.0), np.float32)
        out.append(_strokes(excess, SHORTEST * side) / (side * side))
    return out


def _strokes(ink: Darkness, shortest: float) -> float:
    """Sum of the ink in pieces at least so long one way: specks are no tick, however dark."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    return sum(
        float(ink[labels == i].sum()) for i in range(1, count) if max(stats[i, 2], stats[i, 3]) >= shortest
    )


@dataclass(frozen=True, slots=True)
class Fit:
    """A square in a gap's own pixels; ``cover``: ink along its least inked side, 0..1."""

    x: float
    y: float
    side: float
    cover: float
    mean: float = 0.0
    """Ink along all four sides, 0..1."""


def best_frame(
    darkness: Darkness, sides: NDArray[np.float64], play: int = 1, *, largest: bool = False
) -> Fit:
    """The square whose four sides are inked best, under a tick perhaps, ``play`` pixels off at most.

    Of squares as good as each other, as there are in an inked field, the smallest or ``largest``.
    """
    size = 2 * play + 1
    inked = cv2.dilate((darkness > 0.3).astype(np.uint8), np.ones((size, size), np.uint8)).astype(np.float32)
    best, best_worth = Fit(0.0, 0.0, float(sides[0]), 0.0), 0.0
    inked_sums, dark_sums = _running_sums(inked), _running_sums(darkness)
    for side in sorted({max(5, round(s)) for s in sides.tolist()}, reverse=largest):
        if side > min(inked.shape):
            continue
        cover = np.minimum.reduce(_side_covers(inked_sums, side))
        top, bottom, left, right = _side_covers(dark_sums, side)
        mean = 0.25 * (top + bottom + left + right)
        worth = cover + 0.5 * mean
        y, x = np.unravel_index(int(worth.argmax()), worth.shape)
        if worth[y, x] > best_worth:
            best_worth = float(worth[y, x])
            best = Fit(float(x), float(y), float(side), float(cover[y, x]), float(mean[y, x]))
    return best


def _running_sums(ink: Darkness) -> tuple[Darkness, Darkness]:
    """Sums of the ink left of each place and above it, with a zero in front: (h, w + 1) and (h + 1, w)."""
    height, width = ink.shape
    across, down = np.zeros((height, width + 1), np.float32), np.zeros((height + 1, width), np.float32)
    np.cumsum(ink, axis=1, out=across[:, 1:])
    np.cumsum(ink, axis=0, out=down[1:])
    return across, down


def _side_covers(sums: tuple[Darkness, Darkness], side: int) -> list[Darkness]:
    """Mean ink along the top, bottom, left and right side of the square at every place."""
    across, down = sums
    row = np.asarray((across[:, side:] - across[:, :-side]) / side, np.float32)
    column = np.asarray((down[side:] - down[:-side]) / side, np.float32)
    rows, columns = row.shape[0] - side + 1, column.shape[1] - side + 1
    return [row[:rows], row[side - 1 :], column[:, :columns], column[:, side - 1 :]]


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
    return np.asarray(np.clip((250.0 - area) / (250.0 - level), 0.0, 1.0), np.float32)


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


def _own_ink(
    mask: NDArray[np.uint8], pitch: float
) -> list[tuple[tuple[int, int, int, int], NDArray[np.bool_]]]:
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


def _measured(
    dark: Gray, piece: Span, frame: Fit, level: float, pitch: float, *, seen: bool, more: float
) -> BoxInk:
    """Ink in the middle of the outline, and all ink of the gap that is not the outline, if there is one."""
    darkness = _darkness(dark, piece, level)
    side = frame.side
    x0, y0, x1, y1 = (round(v) for v in (frame.x, frame.y, frame.x + side - 1, frame.y + side - 1))
    core = darkness[
        max(0, round(y0 + 0.25 * side)) : round(y0 + 0.75 * side),
        max(0, round(x0 + 0.25 * side)) : round(x0 + 0.75 * side),
    ]
    inside = float(core.mean()) if core.size else 0.0
    rest = np.zeros(darkness.shape, np.float32)
    for _, mask in _own_ink((darkness > 0.4).astype(np.uint8), pitch):
        rest[mask] = darkness[mask]
    outline = np.zeros(rest.shape, np.uint8)
    if seen:
        cv2.rectangle(outline, (x0, y0), (x1, y1), 1, 2 * max(1, round(0.12 * side)) + 1)
    loose = float(rest[outline == 0].sum()) / (side * side)
    return BoxInk(
        inside, loose, more, seen, Span(piece.x0 + x0, piece.y0 + y0, piece.x0 + x1 + 1, piece.y0 + y1 + 1)
    )
