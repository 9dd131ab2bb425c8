"""The ruled lines of a page: where they run, and how paper curl bends them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.pages import Gray

RULE_THICKNESS_PX = 15
LONG_H_SHARE = 0.04
LONG_V_PX = 22
LEAST_RULE_DEPTH = 5.0
SHINING_SHARE = 0.3
STREAK_SHARE = 0.97
BENDS = 25
"""Places along a rule at which its height is taken."""
WHOLE_RULE_SHARE, SEEN_RULE_SHARE, MOST_ROUGH_PX = 0.85, 0.7, 3.5
LEAST_BEND_PX, MOST_BEND_PX = 2.0, 40.0
Mask = NDArray[np.bool_]


def find_rules(dark: Gray, shrink: int = 1) -> tuple[Mask, Mask]:
    """Masks of horizontal and vertical rules, by black-hat across and opening along the direction.

    ``shrink``: how many times smaller than the working size the picture is.
    """
    length = max(30 // shrink, round(LONG_H_SHARE * dark.shape[1]))
    thick, bridge = RULE_THICKNESS_PX // shrink | 1, 7 // shrink | 1
    masks = []
    for along, span in ((0, length), (1, LONG_V_PX // shrink)):
        across = (1, thick) if along == 0 else (thick, 1)
        line = (span, 1) if along == 0 else (1, span)
        gap = (bridge, 1) if along == 0 else (1, bridge)
        hat = cv2.morphologyEx(dark, cv2.MORPH_BLACKHAT, cv2.getStructuringElement(cv2.MORPH_RECT, across))
        hat = cv2.morphologyEx(hat, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, gap))
        hat = cv2.dilate(hat, cv2.getStructuringElement(cv2.MORPH_RECT, (1, 3) if along == 0 else (3, 1)))
        kept = cv2.morphologyEx(hat, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, line))
        longer = (3 * span, 1) if along == 0 else (1, 3 * span)
        strong = cv2.morphologyEx(kept, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, longer))
        masks.append(_without_streaks(kept > _rule_level(kept, strong), along))
    return masks[0], masks[1]


def _without_streaks(rules: Mask, along: int) -> Mask:
    """Take out what runs over the whole page: a scanner's streak or a fold, never a table's rule."""
    return rules & ~long_pieces(rules, along, STREAK_SHARE * rules.shape[1 - along])


def unbroken(rules: Mask, along: int, least_px: int) -> Mask:
    """What runs on without a gap for ``least_px``: text that clings to a rule falls off."""
    line = (least_px, 1) if along == 0 else (1, max(12, least_px // 2))
    kept = cv2.morphologyEx(rules.astype(np.uint8), cv2.MORPH_OPEN, np.ones(line[::-1], np.uint8))
    return np.asarray(kept > 0)


def long_pieces(rules: Mask, along: int, least_px: float) -> Mask:
    """The connected pieces that reach over at least ``least_px`` along their direction."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(rules.astype(np.uint8))
    long = stats[:, cv2.CC_STAT_WIDTH if along == 0 else cv2.CC_STAT_HEIGHT] >= least_px
    long[0] = False
    kept: Mask = long[labels]
    return kept


def _rule_level(response: Gray, strong: Gray) -> float:
    """Above the paper's own grain, and above what shines through from the back.

    ``strong``: the response of long rules alone. A faint copy has no strong ones, so its rules count.
    """
    seen = strong[strong > LEAST_RULE_DEPTH]
    typical = float(np.percentile(seen, 75)) if seen.size > 200 else 0.0
    grain = 2.5 * float(np.median(response)) + 3.0
    return max(LEAST_RULE_DEPTH, grain, SHINING_SHARE * typical)


def bend_of(horizontal: Mask, frame: tuple[int, int, int, int]) -> NDArray[Any] | None:
    """How far each pixel row of a table is bent: float32 (height, width) to add to y; None where it is flat.

    Taken from the rules that cross the whole table as smooth curves, and between them by interpolation.
    """
    x0, y0, x1, y1 = frame
    xs = np.linspace(x0 + 6, x1 - 6, BENDS)
    heights, bends = [float(y0)], [np.zeros(BENDS)]
    for curve in _whole_rules(horizontal, x1 - x0, xs):
        level = float(np.median(curve))
        if level - heights[-1] > 14 and level < y1 - 14:
            heights.append(level)
            bends.append(curve - level)
    heights.append(float(y1))
    bends.append(np.zeros(BENDS))
    if max(float(np.abs(b).max()) for b in bends) < LEAST_BEND_PX:
        return None
    ys = np.arange(horizontal.shape[0])
    at_places = np.stack([np.interp(ys, heights, column) for column in np.array(bends).T], axis=1)
    across = np.clip((np.arange(horizontal.shape[1]) - xs[0]) / (xs[-1] - xs[0]) * (BENDS - 1), 0, BENDS - 1)
    low = np.minimum(across.astype(int), BENDS - 2)
    part = across - low
    bend: NDArray[Any] = (at_places[:, low] * (1 - part) + at_places[:, low + 1] * part).astype(np.float32)
    return bend


def _whole_rules(horizontal: Mask, width: int, xs: NDArray[Any]) -> list[NDArray[Any]]:
    """Heights at ``xs`` of every rule that crosses the table, from the top; what is no smooth curve is text."""
    long = long_pieces(horizontal, 0, width // 12)
    joined = cv2.morphologyEx(long.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 61), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    found = []
    for i in range(1, count):
        _, top, wide, high, _ = stats[i].tolist()
        if wide < WHOLE_RULE_SHARE * width or high > 2 * MOST_BEND_PX:
            continue
        rows, columns = np.nonzero((labels[top : top + high] == i) & long[top : top + high])
        if np.unique(columns).size < SEEN_RULE_SHARE * wide:
            continue
        curve = np.poly1d(np.polyfit(columns, rows + top, 4))
        off = np.abs(curve(columns) - rows - top)
        if np.percentile(off, 90) < MOST_ROUGH_PX:
            found.append(curve(xs))
    return sorted(found, key=lambda heights: float(np.median(heights)))
