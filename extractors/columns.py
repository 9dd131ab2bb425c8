"""Columns put right by how many cells the form's rows may have: false verticals out, a lost one back in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from extractors.grid import FAINTEST_RULE, Cell, Grid
from extractors.grouping import grouped

FALSE_NEAR_PX, ONE_LINE_PX = 9, 30
LEAST_ROWS, LEAST_COVER, LEAST_ROW_COVER = 3, 0.75, 0.25
"""Rows that must lack the same column, and the shares of their heights together, and of each, that must be inked along it."""
ACROSS_PX, ASIDE_PX = 5, 24
"""How wide a lost rule's ink may wander, and how far from the cells' other edges it stands."""


def with_lost_column(grid: Grid, cell_counts: frozenset[int]) -> Grid:
    """The grid with the column that every row of a length unknown to the form lacks, as when a crease runs along it."""
    rows = list(grid.rows)
    for count in {len(row) for row in rows} - cell_counts:
        short = [i for i, row in enumerate(rows) if len(row) == count]
        if count + 1 not in cell_counts or len(short) < LEAST_ROWS:
            continue
        place = _lost_column(grid, [rows[i] for i in short])
        if place is None:
            continue
        for i in short:
            rows[i] = tuple(part for cell in rows[i] for part in _parted(cell, place))
    return replace(grid, rows=tuple(rows))


def _lost_column(grid: Grid, rows: Sequence[tuple[Cell, ...]]) -> int | None:
    """Where ink runs down all the rows inside their cells: the darkest such place; None without one."""
    width = grid.dark.shape[1]
    cover, least, depth = np.zeros(width), np.ones(width), np.zeros(width)
    height = sum(row[0].y1 - row[0].y0 for row in rows)
    for row in rows:
        strip = grid.dark[row[0].y0 : row[0].y1]
        inked = cv2.erode(strip, np.ones((1, ACROSS_PX), np.uint8)) < FAINTEST_RULE
        inside = np.zeros(cover.shape, bool)
        for cell in row:
            inside[cell.x0 + ASIDE_PX : max(cell.x0, cell.x1 - ASIDE_PX)] = True
        along = np.where(inside, inked.mean(axis=0), 0.0)
        cover, least = cover + along * len(strip) / height, np.minimum(least, along)
        depth += 255.0 - strip.mean(axis=0)
    depth = np.where((cover >= LEAST_COVER) & (least >= LEAST_ROW_COVER), depth, -1.0)
    return int(depth.argmax()) if depth.max() >= 0 else None


def _parted(cell: Cell, place: int) -> tuple[Cell, ...]:
    if not cell.x0 < place < cell.x1:
        return (cell,)
    return replace(cell, x1=place - 2), replace(cell, x0=place + 3)


def without_columns(grid: Grid, places: Sequence[tuple[float, float]]) -> Grid:
    """The grid without the verticals through ``places``, (x, y) pixels; each may lean a little down the page."""
    lines = grouped(sorted(places), lambda line, place: place[0] - line[-1][0] < ONE_LINE_PX)
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
