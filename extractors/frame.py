"""The frame of a page's table: four corners from the rules that form its sides."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.rules import Mask

LEAST_TABLE_SHARE = 0.35
"""A table narrower than this share of the page's width is not the form's."""
JOINED_PX = 25
"""Gaps in rules, as creases tear them, up to this width keep a table in one piece (half-size pixels)."""
MOST_NETS = 3
"""Nets of rules looked at, by their weight: on a photograph the sheet's edge is one too."""
LEAST_SIDE_PX, LEAST_SIDE_SHARE = 20, 0.2
Points = NDArray[Any]
"""float64 (n, 2), pixels as x, y."""


def table_corners(level: Mask, plumb: Mask) -> Points | None:
    """Corners (4, 2) of the heaviest net of rules that is a table, from the top left clockwise."""
    rules = level | plumb
    joined = cv2.morphologyEx(
        rules.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((JOINED_PX, JOINED_PX), np.uint8)
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    weights = np.bincount(labels[rules], minlength=count)
    weights[0] = 0
    for best in np.argsort(-weights)[:MOST_NETS]:
        x, y, width, height, _ = stats[best].tolist()
        if width < LEAST_TABLE_SHARE * rules.shape[1] or height < 60:
            continue
        inside = labels[y : y + height, x : x + width] == best
        corners = _net_corners(
            inside & level[y : y + height, x : x + width], inside & plumb[y : y + height, x : x + width]
        )
        if corners is not None:
            shifted: Points = corners + np.array([x, y])
            return shifted
    return None


def corners_from_sides(plumb: Mask) -> Points | None:
    """Corners of a table whose level rules are too faint to be seen: the ends of its outer two plumb rules."""
    height, width = plumb.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(plumb.astype(np.uint8))
    long = [i for i in range(1, len(stats)) if stats[i, cv2.CC_STAT_HEIGHT] > LEAST_SIDE_SHARE * height]
    if len(long) < 2:
        return None
    ends = []
    for side in (min(long, key=lambda i: stats[i, 0]), max(long, key=lambda i: stats[i, 0])):
        rows, columns = np.nonzero(labels == side)
        first, last = rows.min(), rows.max()
        ends.append([(float(columns[rows == y].mean()), float(y)) for y in (first, last)])
    (left_top, left_bottom), (right_top, right_bottom) = ends
    found = np.array([left_top, right_top, right_bottom, left_bottom], np.float64)
    wide = right_top[0] - left_top[0] > LEAST_TABLE_SHARE * width
    return found if wide and _plausible(found) else None


def _net_corners(level: Mask, plumb: Mask) -> Points | None:
    """Corners of one net; None for what is no table: sides missing, or sides that form no rectangle.

    Top and bottom come from the level rules, left and right from the plumb ones between them, so that
    streaks above and below the table do not count; open sides end where the level rules end.
    """
    height, width = level.shape
    top, bottom = _side(level.T), _side(level.T[:, ::-1])
    if top is None or bottom is None:
        return None
    bottom = (-bottom[0], height - 1 - bottom[1])
    first = max(0, int(min(top[1], top[0] * width + top[1])))
    last = min(height, int(max(bottom[1], bottom[0] * width + bottom[1])) + 1)
    sides = []
    for flip in (1, -1):
        side = _side(plumb[first:last, ::flip]) or _side(level[first:last, ::flip])
        if side is None:
            return None
        a, b = side[0], side[1] - side[0] * first
        sides.append((a, b) if flip == 1 else (-a, width - 1 - b))
    left, right = sides
    corners = [_crossing(left, top), _crossing(right, top), _crossing(right, bottom), _crossing(left, bottom)]
    found = np.array(corners, np.float64)
    return found if _plausible(found) else None


def _side(net: Mask) -> tuple[float, float] | None:
    """The left edge of a net as x = a*y + b: the line through most first pixels of its rows."""
    has = net.any(axis=1)
    ys = np.flatnonzero(has)
    if ys.size < LEAST_SIDE_PX:
        return None
    xs = net[ys].argmax(axis=1)
    rng = np.random.default_rng(7)
    best: tuple[int, float, float] = (-1, 0.0, 0.0)
    for _ in range(120):
        i, j = rng.integers(0, ys.size, 2)
        if abs(int(ys[i]) - int(ys[j])) < net.shape[0] // 6:
            continue
        slope = (xs[i] - xs[j]) / (ys[i] - ys[j])
        if abs(slope) > 0.15:
            continue
        offset = xs[i] - slope * ys[i]
        inliers = int((np.abs(xs - slope * ys - offset) < 3.0).sum())
        best = max(best, (inliers, float(slope), float(offset)))
    if best[0] < 0.15 * ys.size:
        return None
    near = np.abs(xs - best[1] * ys - best[2]) < 3.0
    slope, offset = np.polyfit(ys[near], xs[near], 1)
    return float(slope), float(offset)


def _crossing(upright: tuple[float, float], level: tuple[float, float]) -> tuple[float, float]:
    """Where x = a*y + b meets y = c*x + d."""
    (a, b), (c, d) = upright, level
    x = (a * d + b) / (1 - a * c)
    return x, c * x + d


def _plausible(corners: Points) -> bool:
    top, right, bottom, left = (np.linalg.norm(corners[i] - corners[(i + 1) % 4]) for i in range(4))
    return bool(min(top, bottom) > 0.7 * max(top, bottom) and min(left, right) > 0.7 * max(left, right) - 20)
