"""Places on a page, in page fractions: (0, 0) is the top left, (1, 1) the bottom right of the upright page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned rectangle in page fractions; ``x0 <= x1`` and ``y0 <= y1``."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def intersection(self, other: Box) -> Box | None:
        """The shared rectangle, or None where they do not overlap."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        x1, y1 = min(self.x1, other.x1), min(self.y1, other.y1)
        return Box(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def contains_point(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def clipped(self) -> Box:
        """The part of the box that lies on the page."""
        return Box(*(min(1.0, max(0.0, v)) for v in (self.x0, self.y0, self.x1, self.y1)))

    def rounded(self) -> tuple[float, float, float, float]:
        """Five decimals: finer than a pixel of a 1200 dpi A3 page."""
        return round(self.x0, 5), round(self.y0, 5), round(self.x1, 5), round(self.y1, 5)


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all. Raises ValueError when there is none."""
    every = list(boxes)
    if not every:
        msg = "union of no boxes"
        raise ValueError(msg)
    return Box(
        min(b.x0 for b in every), min(b.y0 for b in every), max(b.x1 for b in every), max(b.y1 for b in every)
    )
