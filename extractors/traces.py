"""Traces of ink in a cell in which no line was found: a pale number, or dots that count as dirt, is no proof of nothing."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from extractors.cells import cell_span
from extractors.components import components
from extractors.labelled import Piece
from extractors.ocr.engine import Span
from extractors.pages import Gray

SIDES_PX, ENDS_PX = 8, 6
"""What rules leave beside and above the cell's interior."""
BLUR_PX, FAINTER = 1.0, 16
"""Deviation of the blur that evens a scanner's noise, and grey values by which a trace is darker than its cell's paper."""
LEAST_PX, LEAST_HIGH_PX = 30, 6
"""Pixels and height of the smallest trace: a dot of print at 200 dpi."""


def bear_traces(pieces: Sequence[Piece]) -> bool:
    """Whether one of the pieces is a whole cell that holds no line but traces of ink."""
    whole = [p for p in pieces if p.first_line == 0 and not p.cell.lines]
    return any(_bears_trace(p.table.grid.dark, cell_span(p.cell.cell)) for p in whole)


def _bears_trace(dark: Gray, region: Span) -> bool:
    """Whether pale ink as large as a printed dot stands in a region of a table's picture, ``dark`` (h, w)."""
    area = dark[region.y0 + ENDS_PX : region.y1 - ENDS_PX, region.x0 + SIDES_PX : region.x1 - SIDES_PX]
    if area.size == 0:
        return False
    paper = float(np.median(area))
    darker = cv2.GaussianBlur(area, (0, 0), BLUR_PX) < paper - FAINTER
    if np.count_nonzero(darker) < LEAST_PX:
        return False
    _, stats = components(darker)
    pieces = stats[1:]
    large = (pieces[:, cv2.CC_STAT_AREA] >= LEAST_PX) & (pieces[:, cv2.CC_STAT_HEIGHT] >= LEAST_HIGH_PX)
    return bool(large.any())
