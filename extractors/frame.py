"""The frame of a page's table: four corners from the rules that form its sides."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.components import components, places
from extractors.rules import Mask, Rules, to_faint_mask, to_mask
from extractors.sides import NEAR_PX, SAME_SIDE_PX, Line, net_side, net_to_sides

LEAST_TABLE_SHARE = 0.35
"""A table narrower than this share of the page's width is not the form's."""
JOINED_PX = 25
"""Gaps in rules, as creases tear them, up to this width keep a table in one piece (half-size pixels)."""
LONG_GAP_PX = 81
"""The same along a rule's own direction, where faint print leaves it out."""
MOST_NETS = 8
"""Nets of rules looked at, by their weight."""
LEAST_HEIGHT_PX = 36
LEAST_PLUMB = 3
"""Plumb rules from which a table is one without any level rules."""
Points = NDArray[Any]
"""float64 (n, 2), pixels as x, y."""
OUTWARD = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
"""The direction out of a frame at each of its corners."""


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
    closed = _closed(plumb, LONG_GAP_PX, 1)
    labels, stats = components(closed)
    long = stats[:, cv2.CC_STAT_HEIGHT] >= LEAST_HEIGHT_PX
    long[0] = False
    if long.sum() < LEAST_PLUMB:
        return None
    kept = plumb & long[labels]
    left, right = net_side(kept[:, : kept.shape[1] // 2]), net_side(kept[:, ::-1][:, : kept.shape[1] // 2])
    if left is None or right is None:
        return None
    right = (-right[0], kept.shape[1] - 1 - right[1])
    # The level rules stood at right angles to the sides.
    slope = (left[0] + right[0]) / 2
    ys, xs = places(kept)
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
    joined = _closed(along | rules, JOINED_PX, JOINED_PX)
    labels, stats = components(joined)
    weights = np.bincount(labels[rules], minlength=len(stats))
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
    edge = max(high, wide)
    bordered = cv2.copyMakeBorder(mask.view(np.uint8), *((edge,) * 4), cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(bordered, cv2.MORPH_CLOSE, np.ones((high, wide), np.uint8))
    return np.asarray(closed[edge:-edge, edge:-edge] > 0)


def _holds(frame: Points, other: Points) -> bool:
    """Whether the middle of the other lies inside the frame."""
    x, y = other.mean(axis=0)
    return cv2.pointPolygonTest(frame.astype(np.float32), (float(x), float(y)), measureDist=False) > 0


def _in_reading_order(frames: list[Points], page_width: int) -> list[Points]:
    """Two pages copied side by side are read left before right; a table that crosses the middle counts as left."""
    return sorted(frames, key=lambda f: (bool(f[:, 0].min() > 0.48 * page_width), float(f[:, 1].min())))


def _net_corners(level: Mask, plumb: Mask) -> Points | None:
    """Corners of one net; None for what is no table: sides missing, or sides that form no rectangle."""
    sides = net_to_sides(level, plumb)
    if sides is None:
        return None
    top, right, bottom, left = sides
    corners = [_crossing(left, top), _crossing(right, top), _crossing(right, bottom), _crossing(left, bottom)]
    found = np.array(corners, np.float64)
    return found if _plausible(found) else None


def _crossing(upright: Line, level: Line) -> tuple[float, float]:
    """Where x = a*y + b meets y = c*x + d."""
    (a, b), (c, d) = upright, level
    x = (a * d + b) / (1 - a * c)
    return x, c * x + d


def _plausible(corners: Points) -> bool:
    top, right, bottom, left = (np.linalg.norm(corners[i] - corners[(i + 1) % 4]) for i in range(4))
    return bool(min(top, bottom) > 0.7 * max(top, bottom) and min(left, right) > 0.7 * max(left, right) - 20)
