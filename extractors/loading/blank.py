"""Whether there is anything to see on a page."""

from __future__ import annotations

import cv2
import numpy as np

from extractors.pages import Rgb

_CONTRAST = 24
"""Grey steps from the paper's own tone that count as a mark; paper noise of scanners stays below."""


def has_no_ink(rgb: Rgb) -> bool:
    """Whether nothing differs from the page's own tone: a drawn page without marks.

    A scanned sheet's back has specks and is *not* found here; that judgement needs the ink stage.
    """
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    paper = float(np.median(gray[:: max(1, gray.shape[0] // 512), :: max(1, gray.shape[1] // 512)]))
    marked = int(np.count_nonzero(cv2.absdiff(gray, np.full_like(gray, paper)) > _CONTRAST))
    return marked == 0
