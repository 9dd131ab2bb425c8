"""The ruled lines of a page: a small net finds where they run; how paper bends them follows from their course.

The net was trained on drawn pages whose rules are thick, thin, faint, dotted, broken and double, under all that
paper and scanners do (``tests/training``). It leaves out what only looks like a rule: streaks, creases, the edge
of a sheet, what shines through from the back, strokes of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.components import components, places
from extractors.nets import model_session
from extractors.pages import Gray

MODEL = Path(__file__).parent / "models" / "rules.onnx"
SIDE_MULTIPLE = 16
RULE_SHARE, FAINT_SHARE = 0.5, 0.1
"""Probability from which a pixel counts as rule, and from which it does where it joins such pixels."""
RULE_ABOVE, FAINT_ABOVE = int(255 * RULE_SHARE), int(255 * FAINT_SHARE)
"""The same as grey values: whole numbers are compared several times faster."""
USUAL_SHARE, SHINING_SHARE = 0.6, 0.38
"""The depth that this share of all rules' ink does not exceed is usual; what has less than the second share shines through."""
BENDS = 25
"""Places along a rule at which its height is taken."""
EVERY_PX = 3
"""One column of so many is enough to follow a level rule."""
WHOLE_RULE_SHARE, SEEN_RULE_SHARE, MOST_ROUGH_PX = 0.85, 0.7, 3.5
LEAST_BEND_PX, MOST_BEND_PX = 2.0, 40.0
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rules:
    """Where rules run: uint8 (h / 2, w / 2), 255 where it is certain. ``level`` and ``plumb`` ones apart."""

    level: Gray
    plumb: Gray


class RuleFinder:
    """The net, loaded once."""

    def __init__(self, model: Path = MODEL) -> None:
        self._session = model_session(model)

    def find(self, dark: Gray) -> Rules:
        """Rules of an upright page of about 200 dpi; ``dark``: uint8 (h, w), paper near 255."""
        height, width = dark.shape
        below, right = -height % SIDE_MULTIPLE, -width % SIDE_MULTIPLE
        whole = cv2.copyMakeBorder(dark, 0, below, 0, right, cv2.BORDER_CONSTANT, value=255)
        ink = cv2.bitwise_not(whole).astype(np.float32)
        np.multiply(ink, np.float32(1 / 255), out=ink)
        parts: NDArray[np.float32] = self._session.run(None, {"ink": ink[None, None]})[0][0]
        np.multiply(parts, np.float32(255), out=parts)
        level, plumb = parts_to_planes(parts.astype(np.uint8))
        high, wide = (height + 1) // 2, (width + 1) // 2
        return Rules(level[:high, :wide], plumb[:high, :wide])


def parts_to_planes(parts: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Shape (8, h, w), four for every second pixel of every second row of two planes → the planes (2, 2 h, 2 w)."""
    count, height, width = parts.shape
    planes = np.empty((count // 4, height, 2, width, 2), np.uint8)
    for i, part in enumerate(parts):
        planes[i // 4, :, i // 2 % 2, :, i % 2] = part
    return planes.reshape(count // 4, 2 * height, 2 * width)


def without_shining(rules: Rules, dark: Gray) -> Rules:
    """Without pieces much paler than most: the other side's rules shine through a thin sheet, as dark as 0.24 of its own.

    ``dark``: the page that ``rules`` were found on.
    """
    high, wide = rules.level.shape
    half = cv2.resize(cv2.erode(dark, np.ones((3, 3), np.uint8)), (wide, high), interpolation=cv2.INTER_AREA)
    pieces = []
    for probable in (rules.level, rules.plumb):
        mask = to_mask(probable)
        count, labels = cv2.connectedComponents(mask.view(np.uint8))
        here = np.flatnonzero(mask)
        own = labels.ravel()[here]
        sizes = np.bincount(own, minlength=count)
        means = np.bincount(own, 255.0 - half.ravel()[here], minlength=count) / np.maximum(sizes, 1)
        pieces.append((here, own, sizes, means))
    sizes = np.concatenate([s[1:] for *_, s, _ in pieces])
    means = np.concatenate([m[1:] for *_, m in pieces])
    if not sizes.size:
        return rules
    order = np.argsort(means)
    usual = means[order][np.searchsorted(np.cumsum(sizes[order]), USUAL_SHARE * sizes.sum())]
    if means.min() >= SHINING_SHARE * usual:
        return rules
    level, plumb = rules.level.copy(), rules.plumb.copy()
    for (here, own, _, means), kept in zip(pieces, (level, plumb), strict=True):
        kept.ravel()[here[(means < SHINING_SHARE * usual)[own]]] = 0
    return Rules(level, plumb)


def to_mask(probable: Gray) -> Mask:
    """The pixels that count as rule for certain."""
    return np.asarray(probable > RULE_ABOVE)


def to_faint_mask(probable: Gray) -> Mask:
    """The same by two thresholds (Canny 1986): faint rules are certain only here and there."""
    mask: Mask = probable > FAINT_ABOVE
    count, labels = cv2.connectedComponents(mask.view(np.uint8))
    here = np.flatnonzero(mask)
    own = labels.ravel()[here]
    certain = np.zeros(count, bool)
    certain[own[probable.ravel()[here] > RULE_ABOVE]] = True
    mask.ravel()[here] = certain[own]
    return mask


def share_along(mask: NDArray[Any], axis: int) -> NDArray[np.float64]:
    """The share of each column (``axis`` 0) or row (1) that a mask covers. ``mask``: bool or uint8 0 or 1, (h, w).

    The same as its mean in a tenth of the time.
    """
    sums = cv2.reduce(mask.view(np.uint8), axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    shares: NDArray[np.float64] = sums.ravel() / mask.shape[axis]
    return shares


def long_pieces(rules: Mask, along: int, least_px: float) -> Mask:
    """The connected pieces that reach over at least ``least_px`` along their direction (0 level, 1 plumb)."""
    labels, stats = components(rules)
    long = stats[:, cv2.CC_STAT_WIDTH if along == 0 else cv2.CC_STAT_HEIGHT] >= least_px
    kept = rules.copy()
    kept[rules] = long[labels[rules]]
    return kept


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
    between = np.zeros((BENDS, across.size), np.float32)
    between[low, np.arange(across.size)] = low + 1 - across
    between[low + 1, np.arange(across.size)] = across - low
    bend: NDArray[Any] = at_places.astype(np.float32) @ between
    return bend


def _whole_rules(horizontal: Mask, width: int, xs: NDArray[Any]) -> list[NDArray[Any]]:
    """Heights at ``xs`` of every rule that crosses the table, from the top; what is no smooth curve is text."""
    long = long_pieces(np.ascontiguousarray(horizontal[:, ::EVERY_PX]), 0, width // 12 / EVERY_PX)
    width, xs = width // EVERY_PX, xs / EVERY_PX
    joined = cv2.morphologyEx(
        long.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 60 // EVERY_PX + 1), np.uint8)
    )
    labels, stats = components(joined)
    found = []
    for i in range(1, len(stats)):
        _, top, wide, high, _ = stats[i].tolist()
        if wide < WHOLE_RULE_SHARE * width or high > 2 * MOST_BEND_PX:
            continue
        rows, columns = places((labels[top : top + high] == i) & long[top : top + high])
        # The middles of the rule, weighed by its thickness, give the same curve as all its pixels.
        thickness = np.bincount(columns)
        seen = np.flatnonzero(thickness)
        if seen.size < SEEN_RULE_SHARE * wide:
            continue
        middles = np.bincount(columns, rows)[seen] / thickness[seen] + top
        curve = np.poly1d(np.polyfit(seen, middles, 4, w=np.sqrt(thickness[seen])))
        off = np.abs(curve(np.arange(thickness.size))[columns] - rows - top)
        if np.percentile(off, 90) < MOST_ROUGH_PX:
            found.append(curve(xs))
    return sorted(found, key=lambda heights: float(np.median(heights)))
