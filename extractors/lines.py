"""A cell's ink → pictures of its text lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.components import components
from extractors.ink import INK_BELOW
from extractors.ocr.engine import Span
from extractors.open_sides import runs_on
from extractors.pages import Gray
from extractors.rests import NEAR_EDGE_PX, without_rests

LOW_LINE_PX = 32
"""Two lines of the smallest print together are higher than this; pieces of one faint line are not."""
FAR_HEIGHTS, CRUMB_SHARE, CRUMB_WIDTH = 0.7, 0.05, 0.5
"""Ink of less than this share of the line's height squared and this many heights wide, so far from text, is dirt."""
DOT_SHARE = 0.4
"""What is smaller than this share of its cell's highest line both ways, on a line of its own, is dirt."""
DOTTED_SHARE = 0.2
"""Share of a low line's width that must be inked; what is less are dots with paper between, while a dash is all ink."""
SPLIT_HEIGHTS = 1.0
GROUP_HEIGHTS = 0.25
"""Paper between two groups of ink, in heights of their picture."""
CLIPPED_PX = 1
LEAST_INK_PX = 9
"""A cell with fewer dark pixels than this, beyond specks, is empty."""
SPECK_PX = 5
PALE_BELOW, LEAST_PALE_PX, PALE_SPECK_PX = 195, 40, 8
"""The same for pale ink; what shines through from the other side stays above."""
PALE_ONE_PX = 20
"""A pale 1 in small print: as little ink, in one piece as high as a line."""
LOWEST_PALE_PX, HIGHEST_PALE_PX, NEAR_BAND_PX = 12, 60, 3
"""Heights of lines that are pale all along, and how near to dark ones pale ink belongs to these."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line: its picture with white around it, and where it stands in the table picture, in pixels.

    ``clipped``: ink runs on beyond the left or right side of its region, where no rule stands at the latest, or went
    with a rule above or below it.
    """

    picture: Gray
    span: Span
    clipped: bool = False


def cut_lines(dark: Gray, region: Span) -> tuple[TextLine, ...]:
    """The lines of a region from top to bottom; empty where it holds no ink but specks and rests of rules.

    Dark ink tells where lines are. Paler ink makes them longer and adds lines where no dark one stands: print
    fades along a line, and what is pale must not count as blank.
    """
    area = dark[region.y0 : region.y1, region.x0 : region.x1]
    if area.size == 0 or area.min() >= PALE_BELOW:
        return ()
    clean, doubtful = without_rests(area)
    mask = _ink_mask(clean, INK_BELOW, LEAST_INK_PX)
    pale = _ink_mask(clean, PALE_BELOW, LEAST_PALE_PX, speck_px=PALE_SPECK_PX) | mask
    dark_bands = _bands(mask)
    bands = sorted([*dark_bands, *_pale_bands(pale, dark_bands)])
    edges = [0, *(y for band in bands for y in band), clean.shape[0]]
    lines = []
    for k, (top, bottom) in enumerate(bands):
        ends = _ends(pale[top:bottom])
        if ends is None:
            continue
        left, right = ends
        if (right - left) < 3 and (bottom - top) < 6:
            continue
        line = _line(clean, (left, top, right, bottom), region, free=(edges[2 * k], edges[2 * k + 3]))
        clipped = doubtful or left <= CLIPPED_PX or right >= mask.shape[1] - CLIPPED_PX
        clipped = clipped or runs_on(dark, region, line.span)
        lines.append(replace(line, clipped=clipped))
    return _without_dots(lines)


def _without_dots(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """The lines but dots of dirt above or below others: one alone, or several in a row with nothing between."""
    tallest = max((line.span.y1 - line.span.y0 for line in lines), default=0)
    return tuple(line for line in lines if not _is_dots(line, DOT_SHARE * tallest))


def _is_dots(line: TextLine, small_px: float) -> bool:
    wide, high = line.span.x1 - line.span.x0, line.span.y1 - line.span.y0
    if high >= small_px:
        return False
    inked = (line.picture < INK_BELOW).any(axis=0).sum()
    return bool(wide < small_px or inked < DOTTED_SHARE * wide)


def _pale_bands(pale: NDArray[np.bool_], bands: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Lines of pale ink alone, apart from the ``bands`` of dark ones; what is too low or too high is no text."""
    rest = pale.copy()
    for top, bottom in bands:
        rest[max(0, top - NEAR_BAND_PX) : bottom + NEAR_BAND_PX] = False
    return [
        (a, b)
        for a, b in _bands(rest)
        if LOWEST_PALE_PX <= b - a <= HIGHEST_PALE_PX and _is_pale_text(rest[a:b], alone=not bands)
    ]


def _is_pale_text(band: NDArray[np.bool_], *, alone: bool) -> bool:
    """Enough ink for a line, or in a cell without another for a 1 away from its sides, where rules leave as much."""
    ink = int(band.sum())
    inside = band[:, NEAR_EDGE_PX:-NEAR_EDGE_PX]
    return ink >= LEAST_PALE_PX or (alone and ink >= PALE_ONE_PX and int(inside.sum()) == ink)


def _ends(band: NDArray[np.bool_]) -> tuple[int, int] | None:
    """Left and right of a line's text, without crumbs of dirt that stand far from it."""
    height = band.shape[0]
    words: list[list[int]] = []
    for a, b in _runs(np.asarray(band.any(axis=0))):
        ink = int(band[:, a:b].sum())
        if words and a - words[-1][1] < FAR_HEIGHTS * height:
            words[-1][1], words[-1][2] = b, words[-1][2] + ink
        else:
            words.append([a, b, ink])
    while len(words) > 1 and _is_crumb(words[0], height):
        words.pop(0)
    while len(words) > 1 and _is_crumb(words[-1], height):
        words.pop()
    return (words[0][0], words[-1][1]) if words else None


def _is_crumb(word: Sequence[int], height: int) -> bool:
    """Whether left, right and ink in pixels are those of dirt. A character of one level stroke is little ink, but wide."""
    left, right, ink = word
    return ink < CRUMB_SHARE * height * height and right - left < CRUMB_WIDTH * height


def span_to_line(dark: Gray, span: Span) -> TextLine:
    """A line whose place is known already."""
    height, width = dark.shape
    return _line(
        dark, (max(0, span.x0), max(0, span.y0), min(width, span.x1), min(height, span.y1)), Span(0, 0, 0, 0)
    )


def narrowed(picture: Gray, share: float) -> Gray:
    """A line's picture at a share of its width, as high as before."""
    width = max(1, round(picture.shape[1] * share))
    return cv2.resize(picture, (width, picture.shape[0]), interpolation=cv2.INTER_AREA)


def ink_groups(picture: Gray) -> tuple[tuple[int, int], ...]:
    """Left and right, in pixels, of each group of ink, pale ink too but specks, with paper before the next, in a picture."""
    groups: list[tuple[int, int]] = []
    for a, b in _runs(np.asarray(_ink_mask(picture, PALE_BELOW, 0, speck_px=PALE_SPECK_PX).any(axis=0))):
        if groups and a - groups[-1][1] < GROUP_HEIGHTS * picture.shape[0]:
            groups[-1] = (groups[-1][0], b)
        else:
            groups.append((a, b))
    return tuple(groups)


def split_line(dark: Gray, line: TextLine) -> tuple[TextLine, ...]:
    """A line cut where nothing is written for more than its own height."""
    span = line.span
    inked = (dark[span.y0 : span.y1, span.x0 : span.x1] < INK_BELOW).any(axis=0)
    parts: list[list[int]] = []
    for a, b in _runs(np.asarray(inked)):
        if parts and a - parts[-1][1] < SPLIT_HEIGHTS * (span.y1 - span.y0):
            parts[-1][1] = b
        else:
            parts.append([a, b])
    if len(parts) < 2:
        return (line,)
    return tuple(span_to_line(dark, Span(span.x0 + a, span.y0, span.x0 + b, span.y1)) for a, b in parts)


def _line(
    clean: Gray, box: tuple[int, int, int, int], region: Span, free: tuple[int, int] | None = None
) -> TextLine:
    """The picture of a box with some paper around it.

    ``free``: the rows between its neighbours; what lies beyond is theirs, and a foot of theirs over a dash
    makes 二 of it.
    """
    left, top, right, bottom = box
    pad = max(3, round(0.14 * (bottom - top)))
    above, below = free or (0, clean.shape[0])
    y0, y1 = max(min(above, top), top - pad), min(max(below, bottom), bottom + pad)
    x0, x1 = max(0, left - pad), min(clean.shape[1], right + pad)
    picture = cv2.copyMakeBorder(
        clean[y0:y1, x0:x1],
        pad - (top - y0),
        pad - (y1 - bottom),
        2 * pad - (left - x0),
        2 * pad - (x1 - right),
        cv2.BORDER_CONSTANT,
        value=255,
    )
    span = Span(region.x0 + left, region.y0 + top, region.x0 + right, region.y0 + bottom)
    return TextLine(picture, span)


def _ink_mask(clean: Gray, ink_below: int, least_px: int, *, speck_px: int = SPECK_PX) -> NDArray[np.bool_]:
    """Pixels darker than a grey value, without specks (components of fewer pixels than a full stop)."""
    mask: NDArray[np.bool_] = clean < ink_below
    kept = np.zeros(clean.shape, bool)
    x, y, wide, high = cv2.boundingRect(mask.view(np.uint8))
    if not wide:
        return kept
    labels, stats = components(mask[y : y + high, x : x + wide])
    sizes = stats[:, cv2.CC_STAT_AREA]
    keep = sizes >= speck_px
    keep[0] = False
    tall = keep & (stats[:, cv2.CC_STAT_HEIGHT] >= LOWEST_PALE_PX)
    if int(sizes[keep].sum()) >= least_px or bool((tall & (sizes >= PALE_ONE_PX)).any()):
        kept[y : y + high, x : x + wide] = keep[labels]
    return kept


def _bands(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Top and bottom of each text line: runs of inked rows, crumbs joined to neighbours, tall ones split."""
    profile = mask.sum(axis=1).astype(np.float32)
    runs = _runs(profile > 0)
    if not runs:
        return []
    tall = max(b - a for a, b in runs)
    heights = sorted(b - a for a, b in runs if b - a >= 0.5 * min(tall, 40))
    typical = float(heights[len(heights) // 2])
    if len(heights) > 2:
        typical = min(typical, heights[len(heights) // 3] * 1.4)
    joined = _joined(runs, typical)
    out: list[tuple[int, int]] = []
    for a, b in joined:
        out += _split(profile, a, b, max(14.0, min(typical, 60.0)))
    return [(a, b) for a, b in out if b - a >= 4]


def _joined(runs: Sequence[tuple[int, int]], typical: float) -> list[tuple[int, int]]:
    """Runs of one line made one, the nearest first: the 口 of a 员 that is alone on its line is no foot of the line above."""
    out = list(runs)
    while True:
        gaps = [
            (below[0] - above[1], k)
            for k, (above, below) in enumerate(pairwise(out))
            if _one_line(above, below, typical)
        ]
        if not gaps:
            return out
        _, k = min(gaps)
        out[k : k + 2] = [(out[k][0], out[k + 1][1])]


def _one_line(above: tuple[int, int], below: tuple[int, int], typical: float) -> bool:
    """Whether two runs are one line: together no higher than one, or a crumb close to its neighbour."""
    if below[1] - above[0] <= max(1.35 * typical, LOW_LINE_PX):
        return True
    crumb = min(below[1] - below[0], above[1] - above[0]) < 0.35 * typical
    return crumb and below[0] - above[1] < 0.35 * typical


def _split(profile: NDArray[np.float32], a: int, b: int, typical: float) -> list[tuple[int, int]]:
    """Cut a band that holds two or more lines at its emptiest rows."""
    count = round((b - a) / (1.45 * typical))
    if count < 2 or b - a < 2.1 * typical:
        return [(a, b)]
    cuts = [a]
    for k in range(1, count):
        ideal = a + (b - a) * k / count
        low, high = int(ideal - 0.35 * typical), int(ideal + 0.35 * typical)
        window = profile[low:high]
        if window.size == 0 or window.min() > 0.35 * profile[a:b].mean():
            return [(a, b)]
        cuts.append(low + int(window.argmin()))
    cuts.append(b)
    return list(pairwise(cuts))


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
