"""Which way up a page is, told by its lines."""

import cv2
import numpy as np
import pytest

from extractors.ocr.engine import Span
from extractors.rotation import find_rotation
from tests.extractors.paper import ScriptedEngine

BAR = (40, 300, 400, 24)
"""Left, top, width and height of the one faint line."""


def faint_page() -> np.ndarray:
    """A page of one line much paler than the edge, black where the sheet ended."""
    gray = np.full((900, 640), 252, np.uint8)
    gray[:, :12] = gray[-12:] = 0
    x, y, w, h = BAR
    for left in range(x, x + w, 24):
        gray[y : y + h, left + 10 : left + 14] = 205
        gray[y : y + 5, left : left + 20] = 205
    return gray


class Detecting(ScriptedEngine):
    """Finds the line wherever the page was turned to, and reads it when its bars are on top."""

    def __init__(self, quarters):
        def read(line):
            ink = line < 245
            rows = np.flatnonzero(ink.any(axis=1))
            if rows.size == 0 or line.shape[0] > line.shape[1]:
                return ""
            ink = ink[rows[0] : rows[-1] + 1]
            third = max(1, ink.shape[0] // 3)
            return "TTTTTTT" if ink[:third].sum() > 1.3 * ink[-third:].sum() else ""

        super().__init__(read)
        self.quarters = quarters
        self.searched = 0

    def find_lines(self, page):
        self.searched += 1
        mark = np.zeros((900, 640), np.uint8)
        x, y, w, h = BAR
        mark[y : y + h, x : x + w] = 1
        left, top, wide, high = cv2.boundingRect(np.ascontiguousarray(np.rot90(mark, self.quarters)))
        return (Span(left, top, left + wide, top + high),)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_line_too_faint_to_be_cut_is_found_by_the_detector(quarters):
    engine = Detecting(quarters)
    assert find_rotation(np.ascontiguousarray(np.rot90(faint_page(), quarters)), engine) == 90 * quarters
    assert engine.searched == 1


def test_lines_that_stand_upright_are_read_until_three_are_certain():
    gray = np.full((900, 640), 255, np.uint8)
    for row in range(6):
        cv2.putText(gray, "HHHHHHHHHHHHHHH", (60, 120 + 90 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    engine = ScriptedEngine(lambda _line: "TTTTTTT")
    assert find_rotation(gray, engine) == 0
    assert engine.calls == 3


def test_a_back_is_not_searched():
    back = np.full((900, 640), 240, np.uint8)
    back[:20] = 30
    back[400:402] = 200
    engine = Detecting(0)
    assert find_rotation(back, engine) == 0
    assert (engine.searched, engine.calls) == (0, 0)


class Level(ScriptedEngine):
    """Reads whatever it is given, and finds one level line."""

    def find_lines(self, page):
        return (Span(60, 100, 460, 130),)


def test_columns_of_signs_do_not_turn_a_page_whose_lines_are_level():
    gray = np.full((900, 640), 255, np.uint8)
    for column in range(5):
        sideways = np.full((40, 700), 255, np.uint8)
        cv2.putText(sideways, "HHHHHHHHHHHHHHH", (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
        gray[100:800, 60 + 110 * column : 100 + 110 * column] = np.rot90(sideways)
    assert find_rotation(gray, Level(lambda _line: "TTTTTTT")) == 0
