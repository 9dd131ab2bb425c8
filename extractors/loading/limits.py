"""How much one file may ask for. Numbers are checked before pixels are made."""

from __future__ import annotations

import math
from dataclasses import dataclass

from extractors.sniff import MOST_PIXELS


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one file.

    A page is made with ``dpi``; where that passes ``max_page_px`` it is made with less, down to ``min_dpi``,
    and refused below that. ``max_source_px`` bounds what a picture in the file may unfold to while it is
    brought down to ``max_page_px``.
    ``max_side_px`` bounds either side of a page.
    """

    max_bytes: int = 100 * 1024 * 1024
    max_pages: int = 2000
    max_page_px: int = 40_000_000
    max_source_px: int = MOST_PIXELS
    max_side_px: int = 20_000
    dpi: int = 200
    min_dpi: int = 150
    max_dpi: int = 300

    def fitting_dpi(self, width_pt: float, height_pt: float, wanted: float) -> float | None:
        """The dpi nearest to ``wanted`` whose page stays within the limits; None below ``min_dpi``.

        Sizes in PDF points (1/72 inch).
        """
        square_inches = width_pt * height_pt / 72**2
        most = math.sqrt(self.max_page_px / square_inches) if square_inches > 0 else wanted
        longest_inches = max(width_pt, height_pt) / 72
        by_side = self.max_side_px / longest_inches if longest_inches > 0 else wanted
        fitting = min(most, by_side)
        dpi = wanted if wanted <= fitting else float(math.floor(fitting))
        return dpi if dpi >= min(self.min_dpi, wanted) else None
