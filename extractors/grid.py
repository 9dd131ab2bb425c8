"""Ruled lines → cells. Each table is found by its net of rules, warped to a rectangle and cut where rules cross it.

Cutting goes from the whole table to its rows, from a row to its columns, and on inside a cell while rules
divide it, which also covers merged cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.frame import Points, page_frames
from extractors.grouping import grouped
from extractors.ink import INK_BELOW, Inks, strengthened
from extractors.knots import knots
from extractors.pages import Gray
from extractors.rules import (
    Mask,
    RuleFinder,
    Rules,
    bend_of,
    share_along,
    to_faint_mask,
    to_mask,
    without_shining,
)
from extractors.straighten import Homography

MARGIN_PX = 40
"""Paper kept around the warped table."""
ROW_COVER, COLUMN_COVER, WEAK_COLUMN_COVER, INNER_COVER = 0.7, 0.75, 0.55, 0.8
"""Share of a table's width, a row's height or a cell's width along which a rule must be seen to cut it.

A column that other rows of the table have needs only the weak share, or may be faint.
"""
INKED_COLUMN, HINTED_COLUMN = 0.95, 0.25
"""The same of ink alone, where other rows have a rule or so much of a faint one is seen."""
LEAST_ROW_PX, LEAST_COLUMN_PX = 16, 18
ONE_RULE_PX, SEEN_IN_CELLS = 8, 3
"""Cuts this near to each other are one rule, which runs through a whole row when so many cells show it."""
LEAST_CROSSING = 0.02
"""Share of a cell's width from which something is written across a rule's place."""
FAINTEST_RULE, NEAR_RULE_PX = 238, 3
"""Grey value of the palest ink that may be a rule's, and how far from the rule's middle it is looked for."""
PARTS, LEAST_PART_COVER, MOST_PARTS = 10, 0.25, 0.7
"""Parts of a rule's length, the share of a part that must be inked, and the share of parts for a rule of the table."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A ruled cell: its interior in pixels of the table picture, without the rules themselves."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Grid:
    """One table. ``rows`` top to bottom, cells left to right; ``to_page`` maps its pixels to the straightened page."""

    dark: Gray
    red: Mask
    rows: tuple[tuple[Cell, ...], ...]
    to_page: Homography
    width: int


def upright_to_grids(inks: Inks, finder: RuleFinder) -> tuple[Grid, ...]:
    """The page's ruled tables in reading order; empty where there is none."""
    rules = without_shining(finder.find(inks.dark), inks.dark)
    grids = [_frame_to_grid(inks, rules, frame) for frame in page_frames(rules)]
    return tuple(grid for grid in grids if grid is not None)


def _frame_to_grid(inks: Inks, rules: Rules, corners: Points) -> Grid | None:
    """Cut one table; ``corners`` in pixels of the rules' masks. None for a frame without rows."""
    picture = _warped(inks, rules, corners * 2.0 + 0.5)
    m, (height, width) = MARGIN_PX, picture.dark.shape
    frame = (m, m, width - m, height - m)
    bend = bend_of(to_mask(picture.level), frame)
    if bend is not None:
        pictures = (picture.dark, picture.red.view(np.uint8), picture.level, picture.plumb)
        flat, red, level, plumb = _flattened(pictures, bend)
        picture = _Picture(flat, red > 0, level, plumb, picture.to_page)
    level_mask, plumb_mask = to_mask(picture.level), to_mask(picture.plumb)
    rows = tuple(_rows(level_mask, plumb_mask, to_faint_mask(picture.plumb), picture.dark, frame))
    if not rows:
        return None
    # Strengthened anew: a dark desk around a sheet and thick rules hid how faint its print is.
    beside = cv2.dilate((level_mask | plumb_mask).view(np.uint8), np.ones((9, 9), np.uint8)) > 0
    return Grid(strengthened(picture.dark, beside), picture.red, rows, picture.to_page, width - 2 * m)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A table as a rectangle with a margin: ink, and the masks of its rules at the same size."""

    dark: Gray
    red: Mask
    level: Gray
    plumb: Gray
    to_page: Homography


def _warped(inks: Inks, rules: Rules, corners: Points) -> _Picture:
    """The table as a rectangle, at the page's own resolution."""
    width = round(max(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[3])))
    height = round(max(np.linalg.norm(corners[3] - corners[0]), np.linalg.norm(corners[2] - corners[1])))
    m = MARGIN_PX
    target = np.array([[m, m], [m + width, m], [m + width, m + height], [m, m + height]], np.float32)
    forward = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    size = (width + 2 * m, height + 2 * m)
    from_half = forward @ np.array([[2, 0, 0.5], [0, 2, 0.5], [0, 0, 1]])
    return _Picture(
        cv2.warpPerspective(inks.dark, forward, size, flags=cv2.INTER_LINEAR, borderValue=255),
        cv2.warpPerspective(inks.red.view(np.uint8), forward, size, flags=cv2.INTER_NEAREST) > 0,
        cv2.warpPerspective(rules.level, from_half, size, flags=cv2.INTER_LINEAR),
        cv2.warpPerspective(rules.plumb, from_half, size, flags=cv2.INTER_LINEAR),
        np.linalg.inv(forward),
    )


def _flattened(pictures: Sequence[Gray], bend: Points) -> Sequence[Gray]:
    """Rules made straight: each pixel taken from where the paper bent it to."""
    height, width = bend.shape
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    # Side by side as channels of one picture they cost less than half.
    together = cv2.remap(
        cv2.merge(pictures), columns, rows + bend, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return cv2.split(together)


def _rows(
    level: Mask, plumb: Mask, faint_plumb: Mask, dark: Gray, frame: tuple[int, int, int, int]
) -> Iterator[tuple[Cell, ...]]:
    """Cut the table into rows and each row into cells; a row with rules inside its cells yields several rows."""
    x0, y0, x1, y1 = frame
    tall = np.asarray(cv2.dilate(level.view(np.uint8), np.ones((5, 1), np.uint8)), np.uint8)
    wide, faint = (cv2.dilate(m.view(np.uint8), np.ones((1, 5), np.uint8)) for m in (plumb, faint_plumb))
    seen = _merged(_peaks(share_along(tall[y0 : y1 + 1, x0:x1], 1), ROW_COVER))
    inner = [
        y0 + y
        for y in seen
        if LEAST_ROW_PX <= y <= y1 - y0 - LEAST_ROW_PX and _inked_parts(dark[:, x0:x1], y0 + y) >= MOST_PARTS
    ]
    lost = knots(dark, level, faint_plumb, frame)
    inner += [y for y in lost if all(abs(y - other) >= LEAST_ROW_PX for other in inner)]
    bands = [(a, b) for a, b in pairwise([y0, *sorted(inner), y1]) if b - a >= LEAST_ROW_PX]
    covers = [tuple(share_along(m[a + 3 : b - 2, x0 : x1 + 1], 0) for m in (wide, faint)) for a, b in bands]
    strong = [_peaks(of_wide, COLUMN_COVER) for of_wide, _ in covers]
    for (a, b), (of_wide, of_faint), sure in zip(bands, covers, strong, strict=True):
        others = [x for other in strong if other is not sure for x in other]
        weak = [*_peaks(of_wide, WEAK_COLUMN_COVER), *_peaks(of_faint, COLUMN_COVER)]
        shared = [x for x in weak if any(abs(x - s) < 6 for s in others)]
        hinted = _peaks(of_faint, HINTED_COLUMN)
        near = [*others, *hinted]
        shares = _inked_down(dark[a + 3 : b - 2], [x0 + x for x in near])
        inked = [x for x, share in zip(near, shares, strict=True) if share >= INKED_COLUMN]
        columns = [
            x
            for x in _merged([*sure, *shared, *inked])
            if 12 < x < x1 - x0 - 12 and _inked_parts(dark[a + 3 : b - 2].T, x0 + x) >= MOST_PARTS
        ]
        cuts = [x0, *(x0 + x for x in columns), x1]
        cells = [Cell(p + 3, a + 3, q - 2, b - 2) for p, q in pairwise(cuts) if q - p >= LEAST_COLUMN_PX]
        yield from _divided(cells, tall, dark)


def _peaks(cover: NDArray[np.floating], least: float) -> list[int]:
    """Centres of the runs where coverage reaches ``least``."""
    above = np.concatenate(([False], cover >= least, [False]))
    edges = np.flatnonzero(np.diff(above.astype(np.int8)))
    return [int((a + b - 1) // 2) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _merged(positions: list[int]) -> list[int]:
    """Double rules as one: positions closer than 10 px become their mean."""
    groups = grouped(sorted(positions), lambda group, position: position - group[-1] < 10)
    return [sum(group) // len(group) for group in groups]


def _inked_parts(dark: Gray, y: int) -> float:
    """The share of parts of a picture's width in which a rule at a height left ink.

    A line of text ends before the cell's sides, and the net goes on with a column or row where no rule is.
    """
    near = dark[max(0, y - NEAR_RULE_PX) : y + NEAR_RULE_PX + 1].min(axis=0) < FAINTEST_RULE
    return float(np.mean([part.mean() >= LEAST_PART_COVER for part in np.array_split(near, PARTS)]))


def _inked_down(dark: Gray, places: Sequence[int]) -> list[float]:
    """The share of a row's height along which a rule near each place left ink, as the reader's net may not see it.

    Above a heading and beside a thick frame the net loses the end of some rules that are black on white.
    """
    if not places:
        return []
    inked = dark < INK_BELOW
    cover = share_along(inked[:, :-2] | inked[:, 1:-1] | inked[:, 2:], 0)
    reach = 2 * NEAR_RULE_PX
    return [float(cover[max(0, x - reach) : x + reach - 1].max()) for x in places]


def _divided(cells: list[Cell], tall: Gray, dark: Gray) -> Iterator[tuple[Cell, ...]]:
    """Rows inside a row: where rules divide some of its cells, the others stand in the first.

    A rule seen in several cells runs through those, too, in which nothing is written across it.
    """
    cuts = [_cuts_inside(cell, tall, dark) for cell in cells]
    for place, cell in enumerate(cells):
        for y in _merged([y for own in cuts for y in own]):
            there = sum(any(abs(y - other) < ONE_RULE_PX for other in own) for own in cuts)
            if there < SEEN_IN_CELLS or any(abs(y - own) < ONE_RULE_PX for own in cuts[place]):
                continue
            across = dark[y - 1 : y + 2, cell.x0 + 3 : cell.x1 - 3] < INK_BELOW
            if cell.y0 < y < cell.y1 and across.any(axis=0).mean() < LEAST_CROSSING:
                cuts[place] = sorted([*cuts[place], y])
    pieces: list[list[Cell]] = []
    for cell, own in zip(cells, cuts, strict=True):
        edges = [cell.y0 - 3, *own, cell.y1 + 2]
        pieces.append([Cell(cell.x0, a + 3, cell.x1, b - 2) for a, b in pairwise(edges)])
    for line in range(max((len(p) for p in pieces), default=0)):
        yield tuple(p[line] for p in pieces if line < len(p))


def _cuts_inside(cell: Cell, tall: Gray, dark: Gray) -> list[int]:
    """Heights in the table picture at which rules divide a cell."""
    if cell.width <= 60:
        return []
    cover = share_along(tall[cell.y0 : cell.y1, cell.x0 + 2 : cell.x1 - 2], 1)
    return [
        cell.y0 + y
        for y in _merged(_peaks(cover, INNER_COVER))
        if LEAST_ROW_PX < y < cell.height - LEAST_ROW_PX
        and _inked_parts(dark[:, cell.x0 : cell.x1], cell.y0 + y) == 1
    ]
