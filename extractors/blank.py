"""Blank backs, however the sheet was folded and the scanner streaked: what is left without dirt, creases and shadows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

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
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    sizes = stats[1:, cv2.CC_STAT_AREA]
    return bool(sizes[sizes >= SPECK_PX].sum() < BARE * mask.size)


def has_no_letters(mask: NDArray[np.uint8]) -> bool:
    """Whether specks, holes and pieces of creases are all the page holds; for a page that nobody can read."""
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    width, height, area = (
        stats[1:, each] for each in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA)
    )
    sides = np.minimum(width, height)
    holes = (sides >= HOLE_PX) & (area > HOLE_FILL * width * height)
    return bool(area[(sides >= LETTER_PX) & ~holes].sum() < NEARLY_BARE * mask.size)
