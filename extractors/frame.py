"""The frame of a page's table: four corners from the rules that form its sides."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.rules import Mask, Rules, to_faint_mask, to_mask

LEAST_TABLE_SHARE = 0.35
"""A table narrower than this share of the page's width is not the form's."""
JOINED_PX = 25
"""Gaps in rules, as creases tear them, up to this width keep a table in one piece (half-size pixels)."""
LONG_GAP_PX = 81
"""The same along a rule's own direction, where faint print leaves it out."""
MOST_NETS = 8
"""Nets of rules looked at, by their weight."""
LEAST_HEIGHT_PX, LEAST_SIDE_PX = 36, 20
WHOLE_SIDE = 0.9
"""Share of the net's height from which a plumb rule is a side for certain."""
FAINT_SIDE = 0.2
"""Share from which the pieces of a plumb rule beyond a whole column are what is left of the side."""
BEYOND_PX = 16
"""Level rules that reach this far beyond a plumb one cross it: it is a column, no side."""
COVERED_BEYOND = 0.8
"""Share of the way from the last rule seen to the sides' ends along which both sides must be seen."""
LEAST_PLUMB = 3
"""Plumb rules from which a table is one without any level rules."""
TRIES, NEAR_PX, MOST_SLOPE = 120, 3, 0.15
LEAST_COVER, NEARLY = 0.25, 0.85
"""Least share of a side that rules must cover, and the share of the best line's cover that is as good."""
SAME_SIDE_PX = 8
"""Two frames whose corners differ less on a side have that side in common."""
ENDING_SHARE, LEAST_ENDING, ENDING_TOGETHER = 0.5, 4, 0.6
"""Least share of a net's width of rules whose ends are looked at, how many it takes, and the share that must agree."""
Points = NDArray[Any]
"""float64 (n, 2), pixels as x, y."""
OUTWARD = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
"""The direction out of a frame at each of its corners."""
Line = tuple[float, float]
"""Slope and offset."""


def page_frames(rules: Rules) -> list[Points]:
    """The frames of a page's tables, as ``table_frames``, in pixels of the rules' masks.

    Faint rules may reveal a table or make one longer or wider; what they join otherwise, as a table to the
    edge of its sheet, stays apart.
    """
    certain = table_frames(to_mask(rules.level), to_mask(rules.plumb))
    found = []
    for faint in table_frames(to_faint_mask(rules.level), to_faint_mask(rules.plumb)):
        inside = [frame for frame in certain if _holds(faint, frame)]
        if not inside or (len(inside) == 1 and _grown(inside[0], faint)):
            found.append(faint)
    found += [frame for frame in certain if not any(_holds(faint, frame) for faint in found)]
    if not found:
        alone = _plumb_frame(to_faint_mask(rules.plumb))
        found = [] if alone is None else [alone]
    return _in_reading_order(found, rules.level.shape[1])


def _plumb_frame(plumb: Mask) -> Points | None:
    """The corners of a table of which only the plumb rules are left: it reaches as far as its sides do."""
    closed = _closed(plumb, LONG_GAP_PX, 1).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed)
    long = stats[:, cv2.CC_STAT_HEIGHT] >= LEAST_HEIGHT_PX
    long[0] = False
    if long.sum() < LEAST_PLUMB:
        return None
    kept = plumb & long[labels]
    left, right = _side(kept[:, : kept.shape[1] // 2]), _side(kept[:, ::-1][:, : kept.shape[1] // 2])
    if left is None or right is None:
        return None
    right = (-right[0], kept.shape[1] - 1 - right[1])
    # The level rules stood at right angles to the sides.
    slope = (left[0] + right[0]) / 2
    ys, xs = np.nonzero(kept)
    near = [np.abs(a * ys + b - xs) < NEAR_PX for a, b in (left, right)]
    down = (ys + slope * xs)[near[0] | near[1]]
    top, bottom = (-slope, float(down.min())), (-slope, float(down.max()))
    corners = [_crossing(left, top), _crossing(right, top), _crossing(right, bottom), _crossing(left, bottom)]
    found = np.array(corners, np.float64)
    wide = found[1, 0] - found[0, 0] >= LEAST_TABLE_SHARE * plumb.shape[1]
    return found if wide and _plausible(found) else None


def _grown(frame: Points, larger: Points) -> bool:
    """Whether the larger frame has the left and right, or the top and bottom side of the other, and cuts nothing off."""
    near = np.abs(frame - larger) < SAME_SIDE_PX
    outward = (larger - frame) * OUTWARD
    return bool((near[:, 0].all() or near[:, 1].all()) and (outward > -SAME_SIDE_PX).all())


def table_frames(level: Mask, plumb: Mask) -> list[Points]:
    """Corners (4, 2), from the top left clockwise, of every net of rules that is a table, in reading order."""
    rules = level | plumb
    along = _closed(level, 1, LONG_GAP_PX) | _closed(plumb, LONG_GAP_PX, 1)
    joined = _closed(along | rules, JOINED_PX, JOINED_PX).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    weights = np.bincount(labels[rules], minlength=count)
    weights[0] = 0
    frames: list[Points] = []
    for net in np.argsort(-weights)[:MOST_NETS]:
        x, y, width, height, _ = stats[net].tolist()
        if weights[net] == 0 or width < LEAST_TABLE_SHARE * rules.shape[1] or height < LEAST_HEIGHT_PX:
            continue
        inside = labels[y : y + height, x : x + width] == net
        corners = _net_corners(
            inside & level[y : y + height, x : x + width], inside & plumb[y : y + height, x : x + width]
        )
        if corners is None:
            continue
        placed = corners + np.array([x, y])
        if not any(_holds(frame, placed) for frame in frames):
            frames.append(placed)
    return _in_reading_order(frames, rules.shape[1])


def _closed(mask: Mask, high: int, wide: int) -> Mask:
    """Gaps up to the size closed; nothing is lost at the picture's edges."""
    bordered = cv2.copyMakeBorder(
        mask.astype(np.uint8), *((max(high, wide),) * 4), cv2.BORDER_CONSTANT, value=0
    )
    closed = cv2.morphologyEx(bordered, cv2.MORPH_CLOSE, np.ones((high, wide), np.uint8))
    edge = max(high, wide)
    return np.asarray(closed[edge:-edge, edge:-edge] > 0)


def _holds(frame: Points, other: Points) -> bool:
    """Whether the middle of the other lies inside the frame."""
    x, y = other.mean(axis=0)
    return cv2.pointPolygonTest(frame.astype(np.float32), (float(x), float(y)), measureDist=False) > 0


def _in_reading_order(frames: list[Points], page_width: int) -> list[Points]:
    """Two pages copied side by side are read left before right; a table that crosses the middle counts as left."""
    return sorted(frames, key=lambda f: (bool(f[:, 0].min() > 0.48 * page_width), float(f[:, 1].min())))


def _net_corners(level: Mask, plumb: Mask) -> Points | None:
    """Corners of one net; None for what is no table: sides missing, or sides that form no rectangle.

    Top and bottom come from the level rules, left and right from the plumb ones between them, so that
    streaks above and below the table do not count; open sides end where the level rules end.
    """
    sides = _net_sides(level, plumb)
    if sides is None:
        return None
    sides = _to_the_ends(level, plumb, sides)
    inside = _within_ends(level, plumb, sides)
    if inside is not None:
        sides = _net_sides(*inside) or sides
    sides = _as_far_as_the_sides(plumb, sides)
    top, right, bottom, left = sides
    corners = [_crossing(left, top), _crossing(right, top), _crossing(right, bottom), _crossing(left, bottom)]
    found = np.array(corners, np.float64)
    return found if _plausible(found) else None


def _net_sides(level: Mask, plumb: Mask) -> tuple[Line, Line, Line, Line] | None:
    """Top, right, bottom and left: top and bottom as y = a*x + b, the others as x = a*y + b."""
    height, width = level.shape
    top, bottom = _side(level.T[:, : height // 2 + 1]), _side(level.T[:, ::-1][:, : height // 2 + 1])
    if top is None or bottom is None:
        return None
    bottom = (-bottom[0], height - 1 - bottom[1])
    first = max(0, int(min(top[1], top[0] * width + top[1])))
    last = min(height, int(max(bottom[1], bottom[0] * width + bottom[1])) + 1)
    found = []
    for flip in (1, -1):
        # In the outer half only: where a side is faint, the other one would be the first rule met.
        side = _side(plumb[first:last, ::flip][:, : width // 2]) or _side(level[first:last, ::flip])
        if side is None:
            return None
        a, b = side[0], side[1] - side[0] * first
        found.append((a, b) if flip == 1 else (-a, width - 1 - b))
    return top, found[1], bottom, found[0]


def _to_the_ends(
    level: Mask, plumb: Mask, sides: tuple[Line, Line, Line, Line]
) -> tuple[Line, Line, Line, Line]:
    """The sides, left and right moved out to where most level rules end, should these cross what was taken for a side.

    Where a side is faint, the column next to it is the fullest plumb rule; a column ends where rows of one cell
    begin, a side does not.
    """
    _, _, stats, _ = cv2.connectedComponentsWithStats(level.astype(np.uint8))
    wide = stats[1:][stats[1:, cv2.CC_STAT_WIDTH] > ENDING_SHARE * level.shape[1]].astype(np.float64)
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


def _as_far_as_the_sides(plumb: Mask, sides: tuple[Line, Line, Line, Line]) -> tuple[Line, Line, Line, Line]:
    """The sides, top and bottom moved out to where both others end together: a thick or faint last rule was not seen."""
    top, right, bottom, left = sides
    ys, xs = np.nonzero(plumb)
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


def _within_ends(level: Mask, plumb: Mask, sides: tuple[Line, Line, Line, Line]) -> tuple[Mask, Mask] | None:
    """The rules inside the sides at which the level rules end, where these lie farther in; else None.

    A sheet's edge looks like a side when the desk is darker, but no rule of the table reaches it.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(level.astype(np.uint8))
    lefts, tops, widths, heights = stats.T[:4].astype(np.float64)
    middles = tops + heights / 2
    wide = widths > ENDING_SHARE * level.shape[1]
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
    if not ((usual > SAME_SIDE_PX) & together).any():
        return None
    bounds = np.where(together, np.maximum(usual, 0.0), 0.0) - SAME_SIDE_PX
    kept = np.asarray((inward >= bounds[:, None]).all(axis=0))
    kept[0] = False
    ys, xs = np.nonzero(plumb)
    in_from_left, in_from_right = xs - (left[0] * ys + left[1]), right[0] * ys + right[1] - xs
    inner = np.zeros_like(plumb)
    inner[ys, xs] = (in_from_left >= bounds[0]) & (in_from_right >= bounds[1])
    return np.asarray(kept[labels]), inner


def _side(net: Mask) -> Line | None:
    """The left edge of a net as x = a*y + b: the outermost line that its rules cover nearly as well as any.

    Lines are drawn through two first pixels of rows, taken at random; a stray piece beside the table, as a
    streak leaves it, covers little of its line.
    """
    ys = np.flatnonzero(net.any(axis=1))
    if ys.size < LEAST_SIDE_PX:
        return None
    xs = net[ys].argmax(axis=1)
    thick = cv2.dilate(net.astype(np.uint8), np.ones((1, 2 * NEAR_PX + 1), np.uint8))
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
    y, x = np.nonzero(net)
    near = np.abs(x - slope * y - offset) < NEAR_PX
    slope, offset = np.polyfit(y[near], x[near], 1)
    return float(slope), float(offset)


def _crossing(upright: Line, level: Line) -> tuple[float, float]:
    """Where x = a*y + b meets y = c*x + d."""
    (a, b), (c, d) = upright, level
    x = (a * d + b) / (1 - a * c)
    return x, c * x + d


def _plausible(corners: Points) -> bool:
    top, right, bottom, left = (np.linalg.norm(corners[i] - corners[(i + 1) % 4]) for i in range(4))
    return bool(min(top, bottom) > 0.7 * max(top, bottom) and min(left, right) > 0.7 * max(left, right) - 20)
