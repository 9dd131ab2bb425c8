"""Blank backs, however the sheet was folded and the scanner streaked: what is left without dirt, creases and shadows."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.components import components
from extractors.headlines import without_strokes
from extractors.ink import Inks
from extractors.scaling import reduced

BARE, NEARLY_BARE = 0.0001, 0.0003
"""Shares of inked pixels, away from the page's edges: below the first nothing is written; below the second, where
only ink as large as letters counts, nothing that is worth a line."""
RED_SHARE = 0.0006
SPECK_PX, LETTER_PX = 8, 8
"""On half the size: pixels of a speck at most, and least sides of a letter, of which pieces of creases have one."""
HOLE_PX, HOLE_FILL = 13, 0.7
"""Least side of a punched hole, and the share of its box that it fills at least; letters so large fill less."""
INKED = 165


def inked_mask(inks: Inks) -> NDArray[np.uint8]:
    """Where ink stands that is neither a rule nor near the page's edges; uint8 0 or 1, of half the size."""
    mask = without_strokes((reduced(inks.dark, 0.5) < INKED).astype(np.uint8))
    height, width = mask.shape
    return np.ascontiguousarray(mask[height // 16 : -height // 16, width // 16 : -width // 16])


def has_red(inks: Inks) -> bool:
    """Whether red ink stands on a page, as a seal that black ink alone does not show."""
    height, width = inks.red.shape
    red = inks.red[height // 16 : -height // 16, width // 16 : -width // 16]
    return bool(red.mean() >= RED_SHARE)


def is_bare(mask: NDArray[np.uint8]) -> bool:
    """Whether nothing but specks is on the page, so that nobody needs to read it."""
    if mask.mean() < BARE:
        return True
    _, _, areas = _pieces(mask)
    return bool(areas[areas >= SPECK_PX].sum() < BARE * mask.size)


def has_no_letters(mask: NDArray[np.uint8]) -> bool:
    """Whether specks, holes and pieces of creases are all the page holds; for a page that nobody can read."""
    widths, heights, areas = _pieces(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))
    sides = np.minimum(widths, heights)
    holes = (sides >= HOLE_PX) & (areas > HOLE_FILL * widths * heights)
    return bool(areas[(sides >= LETTER_PX) & ~holes].sum() < NEARLY_BARE * mask.size)


def _pieces(mask: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Widths, heights and areas of what hangs together, but for what runs into the edges, as half a punched hole."""
    _, stats = components(mask)
    x, y, widths, heights, areas = stats[1:].T
    inside = (x > 0) & (y > 0) & (x + widths < mask.shape[1]) & (y + heights < mask.shape[0])
    return widths[inside], heights[inside], areas[inside]
