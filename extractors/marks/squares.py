"""Square name seals: a frame of ink with four straight sides, alone or under other stamps."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.marks.boxes import best_frame
from extractors.ocr.engine import Span

Mask = NDArray[np.bool_]
SIDES = (3.2, 7.0)
"""Least and greatest side in heights of the label's characters (2.8 to 3.7 mm): 12 to 20 mm."""
COARSE_PX, FINE_PX = 7, 14
"""The label's height on the reduced pictures of the first search and of the check."""
COARSE_COVER, LOOSE_COVER, FINE_COVER = 0.85, 0.65, 0.82
"""Least cover on the first search, of anything like a frame, and of what is a frame whatever else is there."""
TILTS_DEG = (-6.0, -4.5, -3.0, -1.5, 0.0, 1.5, 3.0, 4.5, 6.0)


@dataclass(frozen=True, slots=True)
class Square:
    """``cover``: ink along the least inked side, 0..1; ``span`` in pixels of the picture searched."""

    span: Span
    cover: float

    @property
    def sure(self) -> bool:
        """Strokes of large writing can be mistaken for a square that is not."""
        return self.cover >= FINE_COVER

    def is_around(self, ink: Span) -> bool:
        """Whether this very piece of ink is the square."""
        side = self.span.x1 - self.span.x0
        edges = zip(
            (self.span.x0, self.span.y0, self.span.x1, self.span.y1),
            (ink.x0, ink.y0, ink.x1, ink.y1),
            strict=True,
        )
        return all(abs(mine - its) <= 0.15 * side for mine, its in edges)


def find_square(ink: Mask, tall: float) -> Square | None:
    """The best inked square of a name seal's size, or None. ``tall``: height of the form's print in ``ink``, px."""
    coarse = _reduced(ink, COARSE_PX / tall)
    low, high = (share * COARSE_PX for share in SIDES)
    if min(coarse.shape) <= low + 2:
        return None
    fit = best_frame(coarse, np.arange(round(low), round(high) + 1, 2, dtype=np.float64), largest=True)
    if fit.cover < COARSE_COVER:
        return None
    scale = tall / COARSE_PX
    x, y, side = fit.x * scale, fit.y * scale, fit.side * scale
    pad = 0.3 * side
    x0, y0 = max(0, round(x - pad)), max(0, round(y - pad))
    crop = ink[y0 : round(y + side + pad), x0 : round(x + side + pad)]
    cover = _fine_cover(_reduced(crop, FINE_PX / tall), side * FINE_PX / tall)
    if cover < LOOSE_COVER:
        return None
    return Square(Span(round(x), round(y), round(x + side), round(y + side)), cover)


def _reduced(ink: Mask, scale: float) -> NDArray[np.float32]:
    small = cv2.resize(ink.astype(np.float32), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(np.minimum(1.0, 2.0 * small), np.float32)


def _fine_cover(picture: NDArray[np.float32], side: float) -> float:
    """The best cover over small tilts and sides: stamps are set by hand."""
    sides = np.arange(round(0.9 * side), round(1.1 * side) + 1, dtype=np.float64)
    middle = (picture.shape[1] / 2, picture.shape[0] / 2)
    best = 0.0
    for tilt in TILTS_DEG:
        turn = cv2.getRotationMatrix2D(middle, tilt, 1.0)
        turned = np.asarray(cv2.warpAffine(picture, turn, (picture.shape[1], picture.shape[0])), np.float32)
        best = max(best, best_frame(turned, sides, play=0).cover)
    return best
