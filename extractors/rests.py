"""Rests of a cell's rules told from strokes of what is written in it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.components import components
from extractors.pages import Gray

INKED_BELOW = 190
EDGE_PX, NEAR_EDGE_PX = 6, 10
"""How far rests of a thick or bent rule may reach into a cell."""
EDGE_COVER = 0.6
"""Share of a cell's side that a rest of its rule covers; strokes cover less."""
AT_EDGE_PX, THIN_PX = 2, 5
LEAST_TEXT_PX, USUAL_TEXT_PX = 12, 45
"""Height from which a piece that reaches the edge is text that does; height of large text."""
SHORTEST_STROKE, WIDEST_STROKE, FAREST_STROKE, UNDER_STROKE = 0.35, 1.2, 0.8, 0.6
"""A level stroke's width and its distance from the next, in heights of the text; share of the narrower that they overlap."""
BROKEN_RULE, BESIDE_PX = 2, 4
"""Rests over nothing from which the rule along an edge has come apart, so that others may lie over signs."""
EVEN = 0.15
"""How far, in its own height, an upright stroke's ends may lie from those of the sign beside it."""


def without_rests(area: Gray) -> tuple[Gray, bool]:
    """White out rests of the rules around a region: inked edges first, then thin pieces that lie along them.

    ``area``: grey values (h, w), dark on light, as is the region that comes back, with whether one of the pieces might
    have been a stroke; then what is read must be looked at. Kept are thin pieces that are strokes: an upright one that
    stands on the edge (a pen's 1 that reaches the rule above it) or beside signs as high, and a level one over or under
    another where the text itself reaches the edge (the first of 三, the last of 二).
    """
    inked = area < INKED_BELOW
    dark = inked.copy()
    for side in (dark, dark[::-1], dark.T, dark.T[::-1]):
        for depth in range(min(EDGE_PX, side.shape[0])):
            if np.count_nonzero(side[depth]) / side.shape[1] > EDGE_COVER:
                side[: depth + 2] = False
    clean = np.where(inked ^ dark, np.uint8(255), area)
    labels, stats = components(dark)
    height, width = area.shape
    # The same from below, so that one test serves the upper and the lower edge.
    turned = stats.copy()
    turned[:, 1] = height - stats[:, 1] - stats[:, 3]
    upper, lower = _rests_along_top(stats[1:]), _rests_along_top(turned[1:])
    doubtful = any(
        _may_be_stroke(of, i) for of, rests in ((stats[1:], upper), (turned[1:], lower)) for i in rests
    )
    for i, (x, y, w, h, _) in enumerate(stats[1:].tolist(), 1):
        along_side = (x <= AT_EDGE_PX or x + w >= width - AT_EDGE_PX) and (
            w < THIN_PX or (w <= THIN_PX and h >= LEAST_TEXT_PX)
        )
        near_side = (
            w <= THIN_PX and h >= 0.5 * height and (x <= NEAR_EDGE_PX or x + w >= width - NEAR_EDGE_PX)
        )
        upright = along_side or (near_side and not _is_upright_sign(stats[1:], i - 1, area.shape))
        if upright or i - 1 in upper or i - 1 in lower:
            grown = cv2.dilate(
                (labels[y : y + h, x : x + w] == i).astype(np.uint8), np.ones((3, 3), np.uint8)
            )
            clean[y : y + h, x : x + w][grown > 0] = 255
    return clean, doubtful


def _rests_along_top(stats: NDArray[np.int32]) -> frozenset[int]:
    """Which pieces are rests of the rule along the upper edge; where several lie over nothing, all the thin ones there."""
    thin = [
        i
        for i, (_, y, w, h) in enumerate(stats[:, :4].tolist())
        if y <= AT_EDGE_PX and (h < THIN_PX or (h <= THIN_PX and w >= LEAST_TEXT_PX))
    ]
    lonely = sum(_over_nothing(stats, i) for i in thin)
    if lonely >= BROKEN_RULE:
        return frozenset(thin)
    return frozenset(i for i in thin if not _is_first_stroke(stats, i))


def _may_be_stroke(stats: NDArray[np.int32], i: int) -> bool:
    """Whether a rest is as wide as a stroke of the text in the region and has another one close below it."""
    wide, tallest = int(stats[i, 2]), int(stats[:, 3].max())
    low, high = SHORTEST_STROKE * min(tallest, USUAL_TEXT_PX), WIDEST_STROKE * min(tallest, USUAL_TEXT_PX)
    return low <= wide <= high and bool(_below(stats, i).any())


def _over_nothing(stats: NDArray[np.int32], i: int) -> bool:
    """Whether no text stands above, below or close beside a level piece: the foot of a 级 is no such piece."""
    x, _, w, _ = stats[i, :4].tolist()
    left, _, wide, high = stats[:, :4].T
    return not ((high >= LEAST_TEXT_PX) & (left < x + w + BESIDE_PX) & (left + wide > x - BESIDE_PX)).any()


def _below(stats: NDArray[np.int32], i: int) -> NDArray[np.bool_]:
    """Which pieces lie below a level piece and overlap it, no farther than a stroke from the next."""
    x, y, w, h = stats[i, :4].tolist()
    left, top, wide, high = stats[:, :4].T
    size = max(LEAST_TEXT_PX, int(high.max()))
    overlap = np.minimum(left + wide, x + w) - np.maximum(left, x)
    near = (top > y + h) & (top - y - h <= FAREST_STROKE * size)
    return np.asarray(near & (overlap >= UNDER_STROKE * np.minimum(wide, w)))


def _is_first_stroke(stats: NDArray[np.int32], i: int) -> bool:
    """Whether a level piece at the upper edge is a sign's first stroke: text reaches the edge, another stroke follows."""
    _, y, w, h = stats[i, :4].tolist()
    _, top, wide, high = stats[:, :4].T
    text = (top <= y + h + AT_EDGE_PX) & (high >= LEAST_TEXT_PX) & (wide > THIN_PX)
    if not text.any():
        return False
    size = int(high[text].max())
    return SHORTEST_STROKE * size <= w <= WIDEST_STROKE * size and bool(_below(stats, i).any())


def _is_upright_sign(stats: NDArray[np.int32], i: int, shape: tuple[int, ...]) -> bool:
    """Whether a thin upright piece, with paper all around it, stands beside a sign as high as it is: a 1, no rule."""
    x, y, w, h = stats[i, :4].tolist()
    height, width = shape
    if min(x, width - x - w) <= EDGE_PX or min(y, height - y - h) <= AT_EDGE_PX:
        return False
    left, top, wide, high = stats[:, :4].T
    apart = np.maximum(left - (x + w), x - (left + wide))
    even = (abs(top - y) <= EVEN * h) & (abs(top + high - y - h) <= EVEN * h)
    return bool((even & (wide > THIN_PX) & (apart > 0) & (apart <= h)).any())
