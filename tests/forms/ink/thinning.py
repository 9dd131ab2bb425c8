"""From a glyph's outline to the path a pen took: thinning to lines one pixel wide."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
"""Shape (height, width), True where there is ink."""


def thinned(mask: Mask) -> Mask:
    """The mask's middle lines (Zhang and Suen, A fast parallel algorithm for thinning, 1984)."""
    ink = np.pad(mask, 1)
    changed = True
    while changed:
        changed = False
        for first in (True, False):
            gone = _deletable(ink, first=first)
            if gone.any():
                ink[1:-1, 1:-1] &= ~gone
                changed = True
    return ink[1:-1, 1:-1]


def _deletable(ink: Mask, *, first: bool) -> Mask:
    """Border points one pass may take away; ``ink`` carries a frame of one empty pixel."""
    north, south = ink[:-2, 1:-1], ink[2:, 1:-1]
    west, east = ink[1:-1, :-2], ink[1:-1, 2:]
    ring = [north, ink[:-2, 2:], east, ink[2:, 2:], south, ink[2:, :-2], west, ink[:-2, :-2]]
    stacked = np.stack(ring)
    neighbours = stacked.sum(axis=0)
    rises = (~stacked & np.roll(stacked, -1, axis=0)).sum(axis=0)
    # The first pass peels the lower right, the second the upper left.
    corner = north & east & (south if first else west)
    other = south & west & (east if first else north)
    return np.asarray(
        ink[1:-1, 1:-1] & (neighbours >= 2) & (neighbours <= 6) & (rises == 1) & ~corner & ~other
    )
