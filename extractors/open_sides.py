"""Whether a cell's side is none: text goes on beyond it, and no rule stands between.

A frame or a column in the wrong place may fall between two characters. Nothing touches the side then, and half of an
address looks like a whole one.
"""

from __future__ import annotations

import numpy as np

from extractors.ink import INK_BELOW
from extractors.ocr.engine import Span
from extractors.pages import Gray

RULE_BELOW, LEAST_RULE = 238, 0.25
"""Grey value of the palest ink that may be a rule's, and the share of the rows beside a line that it inks."""
INSIDE_PX, OUTSIDE_PX = 6, 12
"""How far in and out of a cell its rule may stand."""
NEAR_HEIGHTS = 0.8
"""Paper between two characters of a line at most, in its heights."""
LEAST_ROWS, LEAST_INK_PX = 8, 12
"""Rows beside a line by which a rule is told, and ink beyond the side that is text."""


def runs_on(dark: Gray, region: Span, line: Span) -> bool:
    """Whether a line of a region, both in pixels of ``dark`` (h, w), goes on left or right of it over no rule."""
    width = dark.shape[1]
    turned = dark[:, ::-1]
    return _runs_on_right(dark, region, line) or _runs_on_right(
        turned,
        Span(width - region.x1, region.y0, width - region.x0, region.y1),
        Span(width - line.x1, line.y0, width - line.x0, line.y1),
    )


def _runs_on_right(dark: Gray, region: Span, line: Span) -> bool:
    near = NEAR_HEIGHTS * (line.y1 - line.y0)
    if region.x1 - line.x1 > near:
        return False
    # Beyond the side only: a line that ends in a dash may be wider than the gap.
    beyond = dark[line.y0 : line.y1, region.x1 : line.x1 + round(near)] < INK_BELOW
    if np.count_nonzero(beyond) < LEAST_INK_PX:
        return False
    place = dark[region.y0 : region.y1, max(0, region.x1 - INSIDE_PX) : region.x1 + OUTSIDE_PX] < RULE_BELOW
    beside = np.ones(len(place), bool)
    beside[max(0, line.y0 - region.y0 - 2) : line.y1 - region.y0 + 2] = False
    ruled = place[beside].any(axis=1)
    return ruled.size >= LEAST_ROWS and float(ruled.mean()) < LEAST_RULE
