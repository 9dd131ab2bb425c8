"""Dark ink and red ink apart: text under a seal can be read, and a seal over text can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.pages import Gray, Rgb
from extractors.scaling import reduced

BACKGROUND_STEP = 8
"""The paper's shade is estimated on a picture this many times smaller."""
BACKGROUND_KERNEL_PX = 13
"""On the small picture: larger than strokes, smaller than shadows."""
RED_EXCESS = 38
"""How much the red channel must exceed the mean of the other two."""


INK_BELOW = 165
"""Evened paper is near 255; anything darker than this is ink."""
PAPER_ABOVE = 225
GOOD_TONER = 110
"""Evened grey that the darkest tenth of a page's ink should reach."""
THIN_PRINT = 140
"""The same where thick rules do not count: thin but good print is no darker."""


@dataclass(frozen=True, slots=True)
class Inks:
    """``dark``: Gray (h, w), paper evened to about 255 and red ink faded; ``red``: bool (h, w)."""

    dark: Gray
    red: NDArray[np.bool_]
    coloured: bool
    """False for grey and black-and-white scans, where seals cannot be told by colour."""


def page_to_inks(rgb: Rgb) -> Inks:
    """Split an upright page. The red channel alone hides red ink and keeps black and blue ink dark."""
    channel, green, blue = cv2.split(rgb)
    red = cv2.subtract(channel, cv2.max(green, blue)) > RED_EXCESS
    return Inks(strengthened(evened(channel)), red, bool(np.count_nonzero(red) / red.size > 1e-5))


def strengthened(gray: Gray, rules: NDArray[np.bool_] | None = None) -> Gray:
    """Faint print and pale pencil made as dark as good toner; pages with dark ink stay as they are.

    ``rules``: bool (h, w), where ruled lines run; their ink says nothing about the print's.
    """
    plain = gray if rules is None else cv2.max(gray, rules.view(np.uint8) * np.uint8(255))
    small = reduced(plain, 0.5)
    inked = small[small < PAPER_ABOVE]
    if inked.size < 0.001 * small.size:
        return gray
    darkest = float(np.percentile(inked, 10))
    if darkest < (GOOD_TONER if rules is None else THIN_PRINT):
        return gray
    gain = (255.0 - GOOD_TONER) / (255.0 - min(darkest, 215.0))
    table = np.clip(255.0 - (255.0 - np.arange(256)) * gain, 0, 255).astype(np.uint8)
    return cv2.LUT(gray, table)


def evened(gray: Gray) -> Gray:
    """Divide by the paper's own shade (closing of a reduced picture), so that shadows and tints vanish."""
    height, width = gray.shape
    small = reduced(gray, 1 / BACKGROUND_STEP)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (BACKGROUND_KERNEL_PX, BACKGROUND_KERNEL_PX))
    paper = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), (0, 0), 3)
    paper = cv2.resize(np.maximum(paper, 40), (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(gray, paper, scale=255)
