"""The sides of one net of rules, mended where a side is faint, hidden, or a sheet's edge looks like one."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.components import Labels, components, places
from extractors.rules import Mask

LEAST_SIDE_PX = 20
WHOLE_SIDE = 0.9
"""Share of the net's height from which a plumb rule is a side for certain."""
FAINT_SIDE = 0.2
"""Share from which the pieces of a plumb rule beyond a whole column are what is left of the side."""
BEYOND_PX = 16
"""Level rules that reach this far beyond a plumb one cross it: it is a column, no side."""
COVERED_BEYOND = 0.8
"""Share of the way from the last rule seen to the sides' ends along which both sides must be seen."""
TRIES, NEAR_PX, MOST_SLOPE = 120, 3, 0.15
LEAST_COVER, NEARLY = 0.25, 0.85
"""Least share of a side that rules must cover, and the share of the best line's cover that is as good."""
SAME_SIDE_PX = 8
"""Two sides that differ less are one."""
SHORT_PX = 16
"""How much too short the level rules may be seen, as beside a black edge, for the side that they do not reach to be theirs."""
ENDING_SHARE, LEAST_ENDING, ENDING_TOGETHER = 0.5, 4, 0.6
"""Least share of a net's width of rules whose ends are looked at, how many it takes, and the share that must agree."""
Line = tuple[float, float]
"""Slope and offset."""
Sides = tuple[Line, Line, Line, Line]
"""Top, right, bottom and left: top and bottom as y = a*x + b, the others as x = a*y + b."""


def net_to_sides(level: Mask, plumb: Mask) -> Sides | None:
    """The sides of a net; None where one is missing.

    Top and bottom come from the level rules, left and right from the plumb ones between them, so that
    streaks above and below the table do not count; open sides end where the level rules end.
    """
    sides = _first_sides(level, plumb)
    if sides is None:
        return None
    labels, stats = components(level)
    sides = _to_the_ends(stats, plumb, sides)
    inside = _within_ends(labels, stats, plumb, sides)
    if inside is not None:
        sides = _first_sides(*inside) or sides
    return _as_far_as_the_sides(plumb, sides)


def _first_sides(level: Mask, plumb: Mask) -> Sides | None:
    """The outermost rules; None where a side is missing."""
    height, width = level.shape
    top, bottom = net_side(level.T[:, : height // 2 + 1]), net_side(level.T[:, ::-1][:, : height // 2 + 1])
    if top is None or bottom is None:
        return None
    bottom = (-bottom[0], height - 1 - bottom[1])
    first = max(0, int(min(top[1], top[0] * width + top[1])))
    last = min(height, int(max(bottom[1], bottom[0] * width + bottom[1])) + 1)
    found = []
    for flip in (1, -1):
        # In the outer half only: where a side is faint, the other one would be the first rule met.
        side = net_side(plumb[first:last, ::flip][:, : width // 2]) or net_side(level[first:last, ::flip])
        if side is None:
            return None
        a, b = side[0], side[1] - side[0] * first
        found.append((a, b) if flip == 1 else (-a, width - 1 - b))
    return top, found[1], bottom, found[0]


def _to_the_ends(stats: NDArray[np.int32], plumb: Mask, sides: Sides) -> Sides:
    """The sides, left and right moved out to where most level rules end, should these cross what was taken for a side.

    Where a side is faint, the column next to it is the fullest plumb rule; a column ends where rows of one cell
    begin, a side does not.
    """
    wide = stats[1:][stats[1:, cv2.CC_STAT_WIDTH] > ENDING_SHARE * plumb.shape[1]].astype(np.float64)
    if wide.shape[0] < LEAST_ENDING:
        return sides
    top, right, bottom, left = sides
    middles = wide[:, 1] + wide[:, 3] / 2
    moved = []
    for (slope, offset), ends, sign in ((left, wide[:, 0], -1), (right, wide[:, 0] + wide[:, 2], 1)):
        away = sign * (ends - slope * middles - offset)
        beyond = away > BEYOND_PX
        if beyond.sum() < max(LEAST_ENDING, ENDING_TOGETHER * beyond.size):
            moved.append((slope, offset))
            continue
        a, b = np.polyfit(middles[beyond], ends[beyond], 1)
        agreed = np.abs(a * middles + b - ends) < SAME_SIDE_PX
        if agreed.sum() < max(LEAST_ENDING, ENDING_TOGETHER * beyond.size):
            moved.append((slope, offset))
        elif _cover(plumb, (slope, offset)) <= WHOLE_SIDE:
            moved.append((float(a), float(b)))
        else:
            # Where rows alone stand on a page the column next to a faint side is whole, too.
            reach = range(BEYOND_PX, int(np.median(away)) + SAME_SIDE_PX)
            places = [offset + sign * step for step in reach]
            covers = np.array([_cover(plumb, (slope, place)) for place in places])
            best = round(float(np.flatnonzero(covers == covers.max()).mean()))
            moved.append((slope, places[best]) if covers[best] >= FAINT_SIDE else (slope, offset))
    return top, moved[1], bottom, moved[0]


def _cover(plumb: Mask, line: Line) -> float:
    """The share of the net's height on which a plumb rule is seen along the line x = a*y + b."""
    rows = np.arange(plumb.shape[0])
    middles = np.rint(line[0] * rows + line[1]).astype(int)
    near = np.clip(middles[:, None] + np.arange(-NEAR_PX, NEAR_PX + 1), 0, plumb.shape[1] - 1)
    return float(plumb[rows[:, None], near].any(axis=1).mean())


def _as_far_as_the_sides(plumb: Mask, sides: Sides) -> Sides:
    """The sides, top and bottom moved out to where both others end together: a thick or faint last rule was not seen."""
    top, right, bottom, left = sides
    ys, xs = places(plumb)
    moved = []
    for (slope, offset), sign in ((top, -1), (bottom, 1)):
        ends = []
        for a, b in (left, right):
            here = ys[np.abs(a * ys + b - xs) < NEAR_PX]
            beyond = np.unique(here[sign * (here - slope * (a * here + b) - offset) > 0])
            end = (beyond.max() if sign > 0 else beyond.min()) if beyond.size else 0
            covered = (
                beyond.size >= COVERED_BEYOND * (np.ptp(beyond) + 1) if beyond.size > BEYOND_PX else False
            )
            ends.append((a * end + b, float(end), bool(covered)))
        (x0, y0, seen), (x1, y1, seen_too) = ends
        together = seen and seen_too and abs((y1 - y0) - slope * (x1 - x0)) < SAME_SIDE_PX
        new = (y1 - y0) / (x1 - x0) if together else slope
        moved.append((new, y0 - new * x0) if together else (slope, offset))
    return moved[0], right, moved[1], left


def _within_ends(
    labels: Labels, stats: NDArray[np.int32], plumb: Mask, sides: Sides
) -> tuple[Mask, Mask] | None:
    """The rules inside the sides at which the level rules end, where these lie farther in; else None.

    A sheet's edge looks like a side when the desk is darker, but no rule of the table reaches it.
    """
    lefts, tops, widths, heights = stats.T[:4].astype(np.float64)
    middles = tops + heights / 2
    wide = widths > ENDING_SHARE * plumb.shape[1]
    wide[0] = False
    _, right, _, left = sides
    inward = np.stack(
        [lefts - (left[0] * middles + left[1]), right[0] * middles + right[1] - (lefts + widths)]
    )
    if wide.sum() < LEAST_ENDING:
        return None
    usual = np.median(inward[:, wide], axis=1)
    agreed = (np.abs(inward[:, wide] - usual[:, None]) < SAME_SIDE_PX).sum(axis=1)
    together = agreed >= max(LEAST_ENDING, ENDING_TOGETHER * wide.sum())
    if not ((usual > SHORT_PX) & together).any():
        return None
    bounds = np.where(together, np.maximum(usual, 0.0), 0.0) - SAME_SIDE_PX
    kept = np.asarray((inward >= bounds[:, None]).all(axis=0))
    kept[0] = False
    ys, xs = places(plumb)
    in_from_left, in_from_right = xs - (left[0] * ys + left[1]), right[0] * ys + right[1] - xs
    inner = np.zeros_like(plumb)
    inner[ys, xs] = (in_from_left >= bounds[0]) & (in_from_right >= bounds[1])
    return np.asarray(kept[labels]), inner


def net_side(net: Mask) -> Line | None:
    """The left edge of a net as x = a*y + b: the outermost line that its rules cover nearly as well as any.

    Lines are drawn through two first pixels of rows, taken at random; a stray piece beside the table, as a
    streak leaves it, covers little of its line.
    """
    net = np.ascontiguousarray(net)
    ys = np.flatnonzero(net.any(axis=1))
    if ys.size < LEAST_SIDE_PX:
        return None
    xs = net[ys].argmax(axis=1)
    thick = cv2.dilate(net.view(np.uint8), np.ones((1, 2 * NEAR_PX + 1), np.uint8))
    rows = np.arange(ys[0], ys[-1] + 1)
    first, second = np.random.default_rng(7).integers(0, ys.size, (TRIES, 2)).T
    apart = np.abs(ys[first] - ys[second]) >= max(1, net.shape[0] // 6)
    first, second = first[apart], second[apart]
    slopes = (xs[first] - xs[second]) / (ys[first] - ys[second])
    offsets = xs[first] - slopes * ys[first]
    level = np.abs(slopes) <= MOST_SLOPE
    slopes, offsets = slopes[level], offsets[level]
    columns = np.clip(np.rint(slopes[:, None] * rows + offsets[:, None]).astype(int), 0, net.shape[1] - 1)
    covers = thick[rows, columns].mean(axis=1)
    if covers.size == 0 or covers.max() < LEAST_COVER:
        return None
    middles = slopes * rows.mean() + offsets
    outermost = np.where(covers >= NEARLY * covers.max(), middles, np.inf).argmin()
    slope, offset = slopes[outermost], offsets[outermost]
    y, x = places(net)
    near = np.abs(x - slope * y - offset) < NEAR_PX
    slope, offset = np.polyfit(y[near], x[near], 1)
    return float(slope), float(offset)
