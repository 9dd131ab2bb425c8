"""Blank backs, however the sheet was folded and the scanner streaked: what is left without dirt, creases and shadows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.headlines import without_strokes
from extractors.ink import Inks
from extractors.scaling import reduced

BARE, BLANK = 0.0001, 0.0005
"""Shares of inked pixels, away from the page's edges: below the first nothing is written, below the second a few words
at most, so that it is a blank back unless somebody can read them."""
RED_SHARE = 0.0006
SPECK_PX = 8
"""On half the size."""
CREASE_LENGTH, CREASE_GAP, CREASE_PX, CREASE_TILT = 0.6, 0.08, 17, 0.06
"""Least length of a crease and its longest gap as shares of the page's width, its thickness on half the size, its tilt."""
MOST_CREASED = 0.02
INKED = 165


def inked_mask(inks: Inks) -> NDArray[np.uint8]:
    """Where ink stands that is neither a speck nor near the page's edges; uint8 0 or 1, of half the size."""
    mask = without_strokes((reduced(inks.dark, 0.5) < INKED).astype(np.uint8))
    height, width = mask.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask[height // 16 : -height // 16, width // 16 : -width // 16], connectivity=8
    )
    keep = (stats[:, cv2.CC_STAT_AREA] >= SPECK_PX).astype(np.uint8)
    keep[0] = 0
    return np.asarray(keep[labels], np.uint8)


def has_red(inks: Inks) -> bool:
    """Whether red ink stands on a page, as a seal that black ink alone does not show."""
    height, width = inks.red.shape
    red = inks.red[height // 16 : -height // 16, width // 16 : -width // 16]
    return bool(red.mean() >= RED_SHARE)


def is_bare(inked: NDArray[np.uint8]) -> bool:
    """Whether nothing at all is written, so that nobody needs to read it. ``inked``: as ``inked_mask`` says."""
    return bool(inked.mean() < BARE)


def is_creased(inked: NDArray[np.uint8]) -> bool:
    """Whether all ink but a little lies along creases: straight, nearly level or plumb, from side to side."""
    if inked.mean() < BLANK:
        return True
    if inked.mean() > MOST_CREASED:
        return False
    width = inked.shape[1]
    found = cv2.HoughLinesP(
        inked, 1, np.pi / 360, 60, minLineLength=CREASE_LENGTH * width, maxLineGap=CREASE_GAP * width
    )
    rest = inked.copy()
    for x0, y0, x1, y1 in () if found is None else found.reshape(-1, 4).tolist():
        across, down = x1 - x0, y1 - y0
        if min(abs(across), abs(down)) < CREASE_TILT * max(abs(across), abs(down)):
            ends = (int(x0 - across), int(y0 - down)), (int(x1 + across), int(y1 + down))
            cv2.line(rest, *ends, 0, CREASE_PX)
    return bool(rest.mean() < BLANK)
