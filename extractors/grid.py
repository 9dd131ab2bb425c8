"""Ruled lines → cells. The table is found by its rules, warped to a rectangle and cut where rules cross it.

Rules are thin, long and dark against their surroundings; text strokes are short, seals are red, shadows
are broad. Cutting goes from the whole table to its rows, from a row to its columns, and on inside a cell
while rules divide it, which also covers merged cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.frame import Points, corners_from_sides, table_corners
from extractors.ink import Inks, strengthened
from extractors.pages import Gray
from extractors.rules import Mask, bend_of, find_rules, long_pieces, unbroken
from extractors.straighten import Homography

MARGIN_PX = 40
"""Paper kept around the warped table: what runs on into it is a streak or a fold, not a rule."""
ROW_COVER, COLUMN_COVER, WEAK_COLUMN_COVER = 0.72, 0.88, 0.6
LEAST_ROW_PX, LEAST_COLUMN_PX = 16, 18
FALSE_NEAR_PX, ONE_LINE_PX = 9, 30
MUCH_LARGER = 1.15
BESIDE_PX, FAINT_DEPTH, FAINT_MOST = 5, 1.5, 30.0
LEAST_RULE_INK = 12.0
SIDE_PX, ONE_SIDE_SHARE = 6, 0.65
"""How far beside a rule paper is looked for, and where it is enough to find it on either side."""


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


def upright_to_grid(inks: Inks) -> Grid | None:
    """Find the page's main table. None where no ruled table is seen."""
    half = cv2.resize(inks.dark, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    horizontal, vertical = find_rules(half, shrink=2)
    corners = None
    for part in (7, 14):  # long unbroken rules first: strokes of a line of text join to shorter ones
        level, plumb = (
            unbroken(m, along, half.shape[1] // part) for along, m in enumerate((horizontal, vertical))
        )
        corners = table_corners(level, plumb)
        if corners is not None:
            break
    leaning = table_corners(
        long_pieces(horizontal, 0, half.shape[1] // 4), long_pieces(vertical, 1, half.shape[1] // 14)
    )
    if leaning is not None and (corners is None or _area(leaning) > MUCH_LARGER * _area(corners)):
        corners = (
            leaning  # on a slanting photograph unbroken runs are short, and only part of the table has them
        )
    if corners is None:
        corners = corners_from_sides(unbroken(vertical, 1, half.shape[1] // 7))
    if corners is None:
        return None
    corners = corners * 2.0
    dark, red, to_page, size = _warped(inks, corners)
    dark = strengthened(dark)  # anew: a dark desk around a faint sheet hid how faint its print is
    horizontal, vertical = find_rules(dark)
    frame = (MARGIN_PX, MARGIN_PX, MARGIN_PX + size[0], MARGIN_PX + size[1])
    bend = bend_of(horizontal, frame)
    if bend is not None:
        dark, red = _flattened(dark, bend), _flattened(red.astype(np.uint8), bend) > 0
        horizontal, vertical = find_rules(dark)
    rows = tuple(_rows(dark, horizontal, vertical, frame))
    if not rows:
        return None
    return Grid(dark, red, rows, to_page, size[0])


def _area(corners: Points) -> float:
    return float(cv2.contourArea(corners.astype(np.float32)))


def _warped(inks: Inks, corners: Points) -> tuple[Gray, Mask, Homography, tuple[int, int]]:
    """The table as a rectangle with a margin, at the page's own resolution."""
    width = round(max(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[3])))
    height = round(max(np.linalg.norm(corners[3] - corners[0]), np.linalg.norm(corners[2] - corners[1])))
    m = MARGIN_PX
    target = np.array([[m, m], [m + width, m], [m + width, m + height], [m, m + height]], np.float32)
    forward = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    size = (width + 2 * m, height + 2 * m)
    dark = cv2.warpPerspective(inks.dark, forward, size, flags=cv2.INTER_LINEAR, borderValue=255)
    red = cv2.warpPerspective(inks.red.astype(np.uint8), forward, size, flags=cv2.INTER_NEAREST) > 0
    return dark, red, np.linalg.inv(forward), (width, height)


def _flattened(picture: Gray, bend: Points) -> Gray:
    """Rules made straight: each pixel taken from where the paper bent it to."""
    height, width = picture.shape
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(picture, columns, rows + bend, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def without_columns(grid: Grid, places: Sequence[tuple[float, float]]) -> Grid:
    """The grid without the verticals through ``places``, (x, y) pixels; each may lean a little down the page."""
    lines: list[list[tuple[float, float]]] = []
    for place in sorted(places):
        if lines and place[0] - lines[-1][-1][0] < ONE_LINE_PX:
            lines[-1].append(place)
        else:
            lines.append([place])
    rows = grid.rows
    for line in lines:
        rows = tuple(_joined_across(row, line) for row in rows)
    return replace(grid, rows=rows)


def _joined_across(row: tuple[Cell, ...], line: Sequence[tuple[float, float]]) -> tuple[Cell, ...]:
    """A row's cells with those joined that only the line parts."""
    xs, ys = (np.array(part) for part in zip(*line, strict=True))
    steady = float(np.ptp(ys)) < 100
    slope, offset = (0.0, float(xs.mean())) if steady else np.polyfit(ys, xs, 1)
    merged = [row[0]]
    for cell in row[1:]:
        edge = (merged[-1].x1 + cell.x0) / 2
        if abs(edge - (slope * (cell.y0 + cell.y1) / 2 + offset)) < FALSE_NEAR_PX:
            merged[-1] = Cell(merged[-1].x0, merged[-1].y0, cell.x1, merged[-1].y1)
        else:
            merged.append(cell)
    return tuple(merged)


def _rows(
    dark: Gray, horizontal: Mask, vertical: Mask, frame: tuple[int, int, int, int]
) -> Iterator[tuple[Cell, ...]]:
    """Cut the table into rows and each row into cells; a row with rules inside its cells yields several rows."""
    x0, _, x1, _ = frame
    levels = _levels(dark, horizontal, frame)
    bands = [(a, b) for a, b in pairwise(levels) if b - a >= LEAST_ROW_PX]
    streaks = _streaks(vertical, frame)
    wide = cv2.dilate(vertical.astype(np.uint8), np.ones((1, 5), np.uint8))
    covers = [wide[a + 3 : b - 2, x0 : x1 + 1].mean(axis=0) for a, b in bands]
    strong = [
        [
            x
            for x in _peaks(cover, COLUMN_COVER)
            if _looks_ruled(dark[a + 3 : b - 2, x0 : x1 + 1], x, dark=0.93, free=0.7)
        ]
        for (a, b), cover in zip(bands, covers, strict=True)
    ]
    for (a, b), cover, sure in zip(bands, covers, strong, strict=True):
        band = dark[a + 3 : b - 2, x0 : x1 + 1]
        weak = [
            x
            for x in _peaks(cover, WEAK_COLUMN_COVER)
            if x not in sure and _looks_ruled(band, x, dark=0.6, free=0.45)
        ]
        shared = [
            x for x in weak if any(abs(x - s) < 6 for other in strong if other is not sure for s in other)
        ]
        inner = _merged([*sure, *shared])
        cuts = [x0, *(x0 + x for x in inner if 12 < x < x1 - x0 - 12 and not _near(x0 + x, streaks)), x1]
        cells = [Cell(p + 3, a + 3, q - 2, b - 2) for p, q in pairwise(cuts) if q - p >= LEAST_COLUMN_PX]
        yield from _divided(cells, dark, horizontal)


def _looks_ruled(band: Gray, x: int, *, dark: float, free: float) -> bool:
    """Whether a vertical is dark nearly all along with paper beside it: stacked strokes of text are not.

    ``dark`` and ``free``: shares of its length. Print may cling to one side of a rule, not to both.
    """
    if not SIDE_PX < x < band.shape[1] - SIDE_PX:
        return True
    inked = band[:, x - 2 : x + 3].min(axis=1)
    depth = 255.0 - float(np.median(inked))
    if depth < LEAST_RULE_INK or (inked < 255.0 - 0.45 * depth).mean() < dark:
        return False
    paper = 255.0 - max(14.0, 0.4 * depth)
    left = band[:, max(0, x - SIDE_PX - 2) : x - SIDE_PX + 2].min(axis=1) > paper
    right = band[:, x + SIDE_PX - 1 : x + SIDE_PX + 3].min(axis=1) > paper
    return bool((left & right).mean() > free or (dark > ONE_SIDE_SHARE and (left | right).mean() > 0.93))


def _levels(dark: Gray, horizontal: Mask, frame: tuple[int, int, int, int]) -> list[int]:
    """Heights of the rules that cross the table; always with its top and bottom."""
    x0, y0, x1, y1 = frame
    tall = cv2.dilate(horizontal.astype(np.uint8), np.ones((5, 1), np.uint8))
    cover = tall[y0 : y1 + 1, x0:x1].mean(axis=1)
    outside = np.concatenate([tall[y0 : y1 + 1, 4 : x0 - 8], tall[y0 : y1 + 1, x1 + 8 : -4]], axis=1).mean(
        axis=1
    )
    seen = [
        y
        for y in _merged(_peaks(cover, ROW_COVER))
        if outside[max(0, y - 3) : y + 4].max() < 0.7
        and _looks_ruled(dark[:, x0:x1].T, y0 + y, dark=0.7, free=0.45)
    ]
    faint = _faint_levels(dark[y0 : y1 + 1, x0:x1])
    # Beside rules that are seen well, faint ones shine through from the back of the sheet.
    every = _merged([*seen, *faint]) if len(faint) > 2 * len(seen) + 2 else seen
    inner = [y0 + y for y in every if LEAST_ROW_PX <= y <= y1 - y0 - LEAST_ROW_PX]
    return [y0, *inner, y1]


def _faint_levels(table: Gray) -> list[int]:
    """Rules hardly darker than the paper: rows a little darker than just above and below, all along.

    Text is much darker where it stands and paper elsewhere, so it is told by the upper part of its differences.
    """
    thick = cv2.erode(table, np.ones((3, 1), np.uint8)).astype(np.int16)
    beside = (thick[: -2 * BESIDE_PX] + thick[2 * BESIDE_PX :]) / 2
    low, high = np.percentile(beside - thick[BESIDE_PX:-BESIDE_PX], (40, 85), axis=1)
    return [y + BESIDE_PX for y in _peaks(np.where(high < FAINT_MOST, low, 0.0), FAINT_DEPTH)]


def _streaks(vertical: Mask, frame: tuple[int, int, int, int]) -> list[int]:
    """X of dark verticals that run on above and below the table: scanner streaks, not rules."""
    _, y0, _, y1 = frame
    wide = cv2.dilate(vertical.astype(np.uint8), np.ones((1, 5), np.uint8))
    above, below = wide[4 : y0 - 8].mean(axis=0), wide[y1 + 8 : -4].mean(axis=0)
    return np.flatnonzero((above > 0.7) & (below > 0.7)).tolist()


def _near(x: int, others: list[int]) -> bool:
    return any(abs(x - other) <= 4 for other in others)


def _peaks(cover: NDArray[np.floating], least: float) -> list[int]:
    """Centres of the runs where coverage reaches ``least``."""
    above = np.concatenate(([False], cover >= least, [False]))
    edges = np.flatnonzero(np.diff(above.astype(np.int8)))
    return [int((a + b - 1) // 2) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _merged(positions: list[int]) -> list[int]:
    """Double rules as one: positions closer than 10 px become their mean."""
    groups: list[list[int]] = []
    for position in sorted(positions):
        if groups and position - groups[-1][-1] < 10:
            groups[-1].append(position)
        else:
            groups.append([position])
    return [sum(group) // len(group) for group in groups]


def _divided(cells: list[Cell], dark: Gray, horizontal: Mask) -> Iterator[tuple[Cell, ...]]:
    """Rows inside a row: where rules divide some of its cells, the others stand in the first."""
    tall = cv2.dilate(horizontal.astype(np.uint8), np.ones((5, 1), np.uint8))
    pieces: list[list[Cell]] = []
    for cell in cells:
        cover = (
            tall[cell.y0 : cell.y1, cell.x0 + 2 : cell.x1 - 2].mean(axis=1)
            if cell.width > 60
            else np.zeros(0)
        )
        band = dark[cell.y0 : cell.y1, cell.x0 : cell.x1].T
        cuts = [
            y
            for y in _merged(_peaks(cover, 0.92))
            if LEAST_ROW_PX < y < cell.height - LEAST_ROW_PX and _looks_ruled(band, y, dark=0.9, free=0.45)
        ]
        edges = [cell.y0 - 3, *(cell.y0 + y for y in cuts), cell.y1 + 2]
        pieces.append([Cell(cell.x0, a + 3, cell.x1, b - 2) for a, b in pairwise(edges)])
    for line in range(max((len(p) for p in pieces), default=0)):
        yield tuple(p[line] for p in pieces if line < len(p))
