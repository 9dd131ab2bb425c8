"""Level rules that a scan lost: where they crossed, the plumb rules are thicker still, all at the same height.

A fax or a scan in black and white may drop every thin level rule and keep the plumb ones, because the scanner
steps down the page and sees across it. Ink spreads where two rules cross, and that much stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.components import components, places
from extractors.ink import INK_BELOW
from extractors.pages import Gray
from extractors.rules import Mask, share_along

LEAST_RULES, LEAST_ODDS = 3, 5.0
"""Plumb rules that must pass a height, and the logarithm of the odds that a rule crossed them there."""
SEEN_AT_RULE = 0.9
"""How often a plumb rule is thicker where a level one crosses it; elsewhere as often as it is frayed."""
SEEN_ODDS = 8.0
"""The same logarithm for a level rule that is seen all over; for pieces of it their share."""
LEAST_RULE_PX, JOINED_PX, MOST_ROUGH_PX = 100, 21, 2.0
BESIDE_PX, USUAL_PX = 6, 51
"""How far beside a rule's middle ink counts as its own, and the length of rule whose usual thickness is compared."""
LEAST_MORE = 2
"""Pixels more than usual, on three rows together, for a knot."""
TALL_PX, MOST_CROSSING = 7, 0.02
"""What is higher is writing; where it crosses more than this share of a height, no rule was."""
APART_PX, INSIDE_PX = 30, 12
Rule = tuple[int, NDArray[np.int64]]
"""A plumb rule: its top and, for every row from there down, its middle."""


def knots(dark: Gray, level: Mask, plumb: Mask, frame: tuple[int, int, int, int]) -> list[int]:
    """Heights of a table's picture at which its plumb rules have knots, top to bottom.

    ``dark``: uint8 (h, w), paper near 255; ``level`` and ``plumb``: bool (h, w), what is seen
    of the rules; ``frame``: left, top, right and bottom.
    """
    left, first, right, last = frame
    sides = [(first, np.full(last - first, x)) for x in (left, right)]
    inner = [rule for rule in _plumb_rules(plumb) if left + INSIDE_PX < rule[1].mean() < right - INSIDE_PX]
    tall = cv2.dilate(level.view(np.uint8), np.ones((5, 1), np.uint8))
    odds = SEEN_ODDS * share_along(tall[:, left:right], 1)
    present = np.zeros(odds.shape, int)
    for top, middles in (*sides, *inner):
        rows = slice(top, top + middles.size)
        thicker = _thicker((_beside(dark, top, middles) < INK_BELOW).sum(axis=1))
        often = np.clip(thicker.mean(), 1 - SEEN_AT_RULE, SEEN_AT_RULE)
        odds[rows] += np.log(np.where(thicker, SEEN_AT_RULE / often, (1 - SEEN_AT_RULE) / (1 - often)))
        present[rows] += 1
    found = _strongest(np.where((present >= LEAST_RULES) & (odds >= LEAST_ODDS), odds, 0.0))
    inside = (y for y in found if first + APART_PX <= y <= last - APART_PX)
    return [y for y in inside if _crossing(dark, y, frame, (*sides, *inner)) < MOST_CROSSING]


def _beside(dark: Gray, top: int, middles: NDArray[np.int64]) -> Gray:
    """A rule's own columns, its middle the same on every row."""
    near = np.clip(middles[:, None] + np.arange(-BESIDE_PX, BESIDE_PX + 1), 0, dark.shape[1] - 1)
    return np.asarray(np.take_along_axis(dark[top : top + middles.size], near, axis=1))


def _crossing(dark: Gray, y: int, frame: tuple[int, int, int, int], rules: Sequence[Rule]) -> float:
    """The share of a height at which writing crosses it, the plumb rules left out."""
    strip = (dark[max(0, y - TALL_PX) : y + TALL_PX + 1] < INK_BELOW).astype(np.uint8)
    tall = cv2.morphologyEx(strip, cv2.MORPH_OPEN, np.ones((TALL_PX, 1), np.uint8))[min(y, TALL_PX)]
    for top, middles in rules:
        if top <= y < top + middles.size:
            middle = middles[y - top]
            tall[max(0, middle - BESIDE_PX) : middle + BESIDE_PX + 1] = 0
    return float(tall[frame[0] : frame[2]].mean())


def _thicker(widths: NDArray[np.int64]) -> Mask:
    """Where a rule is thicker than around, by its inked pixels on each row."""
    three = np.convolve(widths, np.ones(3, int), "same").astype(np.uint8)[:, None]
    more = (three.astype(int) - cv2.medianBlur(three, USUAL_PX))[:, 0] >= LEAST_MORE
    return np.asarray(np.convolve(more, np.ones(3, int), "same") > 0)


def _plumb_rules(plumb: Mask) -> list[Rule]:
    joined = cv2.morphologyEx(plumb.view(np.uint8), cv2.MORPH_CLOSE, np.ones((JOINED_PX, 1), np.uint8))
    labels, stats = components(joined)
    found = []
    for rule, (x, y, wide, high, _) in enumerate(stats[1:].tolist(), 1):
        if high < LEAST_RULE_PX:
            continue
        rows, columns = places(labels[y : y + high, x : x + wide] == rule)
        slope, offset = np.polyfit(rows, columns + x, 1)
        if np.abs(slope * rows + offset - columns - x).mean() > MOST_ROUGH_PX:
            continue
        found.append((y, np.rint(slope * np.arange(high) + offset).astype(np.int64)))
    return found


def _strongest(votes: NDArray[np.float64]) -> list[int]:
    """The heights with most votes, none of them near another."""
    left, found = votes.copy(), []
    while left.any():
        best = int(left.argmax())
        run = best
        while run + 1 < left.size and left[run + 1] == left[best]:
            run += 1
        found.append((best + run) // 2)
        left[max(0, best - APART_PX) : run + APART_PX] = 0
    return sorted(found)
