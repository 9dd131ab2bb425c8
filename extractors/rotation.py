"""Which way up a page is: a few of its lines read each way."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from extractors.components import components
from extractors.ocr.engine import LineText, OcrEngine
from extractors.pages import Gray
from extractors.scaling import reduced

PROBE_LINES, LEAST_PROBES, PROBE_SIGNS = 4, 3, 7
"""Lines read each way, how many may be enough, and how many characters of each."""
SURE_LINE, UNSURE_LINE = 0.85, 0.6
"""Lines read with the first mean character confidence stand upright; below the second it is noise."""
LEAST_VOTE = 3.0
"""Certain characters that it takes to turn a page."""
LEAST_ASPECT, MOST_ASPECT = 3.5, 10.0
"""A line's width over its height: shorter ones may be anything, longer ones are no better."""
LEAST_LINE_PX, MOST_LINE_PX = 9, 45
STROKE_DEPTH, LEAST_STROKES = 24, 0.005
"""Grey values by which strokes are darker than the paper around, and the share of a page that a few lines cover."""
Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""


def find_rotation(gray: Gray, engine: OcrEngine) -> int:
    """Degrees clockwise (0, 90, 180, 270) that set the page upright, by reading a few lines each way.

    0 where nothing can be read: a blank back needs no turning.
    """
    votes: dict[int, float] = {}
    # The models also read signs that lie on their side, so a page as wide as this is looked at both ways.
    upright = gray.shape[0] >= gray.shape[1]
    for axis in (0, 90):
        lines = _probe_lines(_turned(gray, axis))
        for degrees in (axis, axis + 180):
            texts: list[LineText] = []
            for line in lines:
                texts += engine.read_lines([_turned(line, degrees - axis)], quick=True)
                if upright and axis == 0 and _are_upright(texts):
                    return degrees
            votes[degrees] = _vote(texts)
    best = _best(votes)
    if any(votes.values()) and not (upright and best in {90, 270}):
        return best
    # Columns of signs in a table look like lines on their side: the detector knows lines better, and faint ones.
    lines, axis = _detected_lines(gray, engine)
    votes = {0: 0.0}
    for degrees in (axis, axis + 180):
        turned = [_turned(line, degrees - axis) for line in lines]
        votes[degrees] = _vote(engine.read_lines(turned, quick=True))
    return _best(votes)


def _best(votes: dict[int, float]) -> int:
    """The turn that most certain characters speak for; 0 unless it is clearly more than as the page lies."""
    best = max(votes, key=lambda degrees: votes[degrees])
    return best if votes[best] > max(LEAST_VOTE, 1.2 * votes[0]) else 0


def _turned(picture: Gray, degrees: int) -> Gray:
    """Clockwise by quarters."""
    return np.ascontiguousarray(np.rot90(picture, -degrees // 90))


def _are_upright(texts: Sequence[LineText]) -> bool:
    each = [_mean_sure(text) for text in texts]
    return len(each) >= LEAST_PROBES and sorted(each)[-LEAST_PROBES] > SURE_LINE and min(each) > UNSURE_LINE


def _vote(texts: Sequence[LineText]) -> float:
    """How many characters were read with certainty, in lines that are no noise."""
    return sum(sum(text.sure) for text in texts if _mean_sure(text) > UNSURE_LINE)


def _mean_sure(text: LineText) -> float:
    """Of its characters; 0 for a line too short to tell."""
    return sum(text.sure) / len(text.sure) if len(text.text) >= 3 else 0.0


def _probe_lines(gray: Gray) -> list[Gray]:
    """A few crops that look like horizontal text lines, the longest first."""
    scale = min(1.0, 1000 / max(gray.shape))
    small = reduced(gray, scale)
    ink = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((11, 11), np.uint8))
    _, mask = cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    long_side = np.ones((1, 60), np.uint8)
    rules = cv2.max(*(cv2.morphologyEx(mask, cv2.MORPH_OPEN, side) for side in (long_side, long_side.T)))
    mask = cv2.subtract(mask, cv2.dilate(rules, np.ones((3, 3), np.uint8)))
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, 13), np.uint8))
    _, stats = components(joined)
    boxes = [
        (int(x), int(y), int(w), int(h))
        for x, y, w, h, area in stats[1:]
        if LEAST_LINE_PX <= h <= MOST_LINE_PX and w >= LEAST_ASPECT * h and area > 0.45 * w * h
    ]
    return _first_signs(gray, _longest(boxes), scale)


def _detected_lines(gray: Gray, engine: OcrEngine) -> tuple[list[Gray], int]:
    """The same by the engine's detector, which sees faint lines; with the quarter turn that lays them level."""
    if _is_bare(gray):
        return [], 0
    spans = [(s.x0, s.y0, s.x1 - s.x0, s.y1 - s.y0) for s in engine.find_lines(gray)]
    level = [s for s in spans if s[2] >= LEAST_ASPECT * s[3]]
    plumb = [s for s in spans if s[3] >= LEAST_ASPECT * s[2]]
    if len(level) >= len(plumb):
        return _first_signs(gray, _longest(level), 1.0), 0
    height = gray.shape[0]
    on_side = [(height - y - h, x, h, w) for x, y, w, h in plumb]
    return _first_signs(_turned(gray, 90), _longest(on_side), 1.0), 90


def _is_bare(gray: Gray) -> bool:
    """Whether hardly any stroke stands away from the edges, as on a back: it need not be searched."""
    small = reduced(gray, min(1.0, 1000 / max(gray.shape)))
    strokes = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((11, 11), np.uint8)) > STROKE_DEPTH
    top, left = (side // 12 for side in strokes.shape)
    return bool(strokes[top:-top, left:-left].mean() < LEAST_STROKES)


def _longest(boxes: Sequence[Box]) -> list[Box]:
    return sorted(boxes, key=lambda box: -min(box[2] / box[3], MOST_ASPECT))[:PROBE_LINES]


def _first_signs(gray: Gray, boxes: Sequence[Box], scale: float) -> list[Gray]:
    """Pictures of the lines' first characters; ``boxes`` at ``scale`` of the page."""
    crops = []
    for x, y, w, h in boxes:
        pad = max(2, h // 6)
        x1 = x + min(w, PROBE_SIGNS * h)
        top, bottom = max(0, round((y - pad) / scale)), round((y + h + pad) / scale)
        left, right = max(0, round((x - pad) / scale)), round((x1 + pad) / scale)
        crops.append(np.ascontiguousarray(gray[top:bottom, left:right]))
    return [crop for crop in crops if crop.size]
