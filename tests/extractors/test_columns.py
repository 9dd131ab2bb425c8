from itertools import pairwise

import cv2
import numpy as np
import pytest

from extractors.columns import with_lost_column
from extractors.grid import Cell, Grid

COUNTS = frozenset({1, 2, 4, 7})
EDGES = [40, 200, 520, 640, 900]
CREASE = 520


def grid_of(rows: int, *, edges=EDGES, crease=CREASE, shade=200, length=1.0) -> Grid:
    """Rows of cells between the edges, the one at the crease unseen; ``shade``: the crease's grey value."""
    dark = np.full((60 * rows + 80, 940), 255, np.uint8)
    kept = [x for x in edges if x != crease]
    cells = []
    for r in range(rows):
        top = 40 + 60 * r
        cells.append(tuple(Cell(a + 3, top + 3, b - 2, top + 58) for a, b in pairwise(kept)))
        cv2.putText(dark, "HIH", (240, top + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
        dark[top : top + round(60 * length), crease - 4 : crease + 5] = shade
    return Grid(dark, np.zeros(dark.shape, bool), tuple(cells), np.eye(3), 860)


def test_a_column_that_a_crease_hides_is_put_back():
    found = with_lost_column(grid_of(4), COUNTS)
    assert [len(row) for row in found.rows] == [4] * 4
    assert [row[2].x0 for row in found.rows] == pytest.approx([CREASE] * 4, abs=8)


def faded(shares) -> Grid:
    """Rows in each of which the column's rule is seen along another share of the height."""
    grid = grid_of(len(shares))
    for r, share in enumerate(shares):
        grid.dark[40 + 60 * r + round(60 * share) : 100 + 60 * r, CREASE - 4 : CREASE + 5] = 255
    return grid


def test_a_rule_that_fades_down_the_page_is_still_a_column():
    found = with_lost_column(faded([1.0, 1.0, 1.0, 1.0, 0.6, 0.4]), COUNTS)
    assert [len(row) for row in found.rows] == [4] * 6


def test_what_one_row_hardly_shows_is_no_column():
    grid = faded([1.0, 1.0, 1.0, 1.0, 1.0, 0.1])
    assert with_lost_column(grid, COUNTS).rows == grid.rows


@pytest.mark.parametrize(
    "grid",
    [grid_of(2), grid_of(4, shade=250), grid_of(4, length=0.6), grid_of(4, edges=[40, 520, 900])],
    ids=["two rows only", "no ink", "ink on a part of each row", "rows as the form has them"],
)
def test_nothing_is_put_in_without_reason(grid):
    assert with_lost_column(grid, COUNTS).rows == grid.rows
