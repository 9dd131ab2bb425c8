"""Whether there is anything to see on a page."""

from __future__ import annotations

import cv2
import numpy as np

from extractors.pages import Gray, Rgb

_CONTRAST = 24
"""Grey steps from the paper's own tone that count as a mark; paper noise of scanners stays below."""


def has_no_ink(rgb: Rgb) -> bool:
    """Whether nothing, or nothing but one filled box, differs from the page's own tone.

    A filled box is what a redaction or a picture that failed to decode leaves; it says nothing to a reader.
    A scanned sheet's back has specks and is *not* found here; that judgement needs the ink stage.
    """
    sample = np.ascontiguousarray(rgb[:: max(1, rgb.shape[0] // 512), :: max(1, rgb.shape[1] // 512)])
    gray = cv2.cvtColor(sample, cv2.COLOR_RGB2GRAY)
    paper = float(np.median(gray[:: max(1, gray.shape[0] // 128), :: max(1, gray.shape[1] // 128)]))
    # What a filled box cannot look like in the sample, it cannot be on the page: most pages end here.
    return _nothing_or_one_box(gray, paper) and _nothing_or_one_box(
        cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), paper
    )


def _nothing_or_one_box(gray: Gray, paper: float) -> bool:
    marks = (cv2.absdiff(gray, np.full_like(gray, paper)) > _CONTRAST).astype(np.uint8)
    marked = cv2.countNonZero(marks)
    if marked == 0:
        return True
    _x, _y, width, height = cv2.boundingRect(marks)
    return marked == width * height and marked < marks.size // 2
