import cv2
import numpy as np
import pytest

from extractors.cells import grid_to_table, layer_is_trusted, layer_to_table
from extractors.form.geometry import Box
from extractors.form.text import normal_label
from extractors.ocr.engine import Span
from extractors.pages import Word
from extractors.straighten import UprightPage
from tests.extractors.paper import ScriptedEngine, drawn_table, grids_of

HEADING = "一、基本信息内容"
COUNTS = frozenset({1, 2, 7})


def upright(picture):
    return UprightPage(1, picture, 0, 0.0, np.eye(3), picture.shape[:2])


def page_with(rows=5):
    """A heading row over rows of two cells; letters stand in every cell."""
    picture = drawn_table([100, 900], rows)
    cv2.line(picture, (350, 210), (350, 150 + rows * 60), (0, 0, 0), 2)
    for r in range(rows):
        for x in (120, 380) if r else (120, 240, 360, 480):
            cv2.putText(picture, "HB", (x, 190 + r * 60), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
    return picture


def read(picture):
    engine = ScriptedEngine(lambda line: HEADING[: max(1, line.shape[1] // 50)])
    (grid,) = grids_of(picture)
    table = grid_to_table(upright(picture), grid, engine, [normal_label(HEADING)], COUNTS)
    return [len(row) for row in table.rows]


def test_cells_are_cut_where_rules_run():
    assert read(page_with()) == [1, 2, 2, 2, 2]


def test_a_crease_through_a_heading_is_no_rule_anywhere():
    picture = page_with()
    cv2.line(picture, (610, 150), (610, 450), (0, 0, 0), 2)
    (grid,) = grids_of(picture)
    assert [len(row) for row in grid.rows] == [2, 3, 3, 3, 3]
    assert read(picture) == [1, 2, 2, 2, 2]


class TwoLines(ScriptedEngine):
    """Reads a high line as a heading; its detector sees an upper and a lower half, or the line whole."""

    def __init__(self, halves):
        super().__init__(lambda line: "五、市人力资源社会保障局意见" if line.shape[0] > 40 else "同意")
        self.halves = halves

    def find_lines(self, page):
        high, wide = page.shape
        if self.halves == 1:
            return (Span(0, 0, wide, high),)
        return (Span(0, 0, wide, high // 2), Span(0, high // 2, wide // 2, high))


@pytest.mark.parametrize(("halves", "texts"), [(1, ["五、市人力资源社会保障局意见"]), (2, ["同意", "同意"])])
def test_two_lines_that_touch_are_parted_where_they_are_too_high_for_their_characters(halves, texts):
    picture = drawn_table([100, 900], 1)
    for x in range(130, 330, 16):
        cv2.rectangle(picture, (x, 160), (x + 10, 200), (0, 0, 0), 2)
    (grid,) = grids_of(picture)
    (row,) = grid_to_table(upright(picture), grid, TwoLines(halves)).rows
    assert [text.text for text in row[0].texts] == texts
    assert len(row[0].lines) == halves


def test_a_text_layer_is_put_into_cells_by_place():
    picture = page_with()
    (grid,) = grids_of(picture)
    height, width = picture.shape[:2]

    def word(text, x, y, w):
        return Word(text, Box(x / width, (y - 20) / height, (x + w) / width, y / height))

    words = [
        word("HB", 380, 250, 40),
        word("张丰", 380, 310, 120),
        word("三", 420, 310, 40),
        word("5 x", 640, 250, 40),
    ]
    table = layer_to_table(upright(picture), grid, words)
    assert table.rows[1][1].text == "HB 5 x"
    assert table.rows[2][1].text == "张三丰"
    assert table.rows[2][0].text == ""


def test_an_underscore_at_the_foot_of_a_line_is_of_that_line():
    picture = page_with()
    (grid,) = grids_of(picture)
    height, width = picture.shape[:2]
    letters = [("jnxin", 380, 210, 50, 20), ("_", 431, 231, 9, 2), ("64@163.com", 441, 210, 90, 20)]
    words = [
        Word(text, Box(x / width, y / height, (x + w) / width, (y + h) / height))
        for text, x, y, w, h in letters
    ]
    assert layer_to_table(upright(picture), grid, words).rows[1][1].text == "jnxin_64@163.com"


def test_invisible_words_are_not_taken():
    picture = page_with()
    (grid,) = grids_of(picture)
    hidden = Word("HB", Box(0.4, 0.16, 0.45, 0.18), visible=False)
    assert all(not cell.text for row in layer_to_table(upright(picture), grid, [hidden]).rows for cell in row)


@pytest.mark.parametrize(
    ("layer", "trusted"), [(["first", "second", "third"], True), (["xyzq!", "qzyxw!", "zzzzz"], False)]
)
def test_a_text_layer_is_probed_on_a_line_that_touches_no_rule(layer, trusted):
    picture = drawn_table([100, 900], 1, row=240)
    high, wide, _ = picture.shape
    words = []
    for text, letters, y in zip(layer, ("HH", "HHHHHH", "HHH"), (190, 270, 350), strict=True):
        cv2.putText(picture, letters, (300, y), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
        words.append(Word(text, Box(300 / wide, (y - 20) / high, 450 / wide, y / high)))
    (grid,) = grids_of(picture)
    engine = ScriptedEngine(lambda line: "second" if line.shape[1] > 100 else "?")
    assert layer_is_trusted(upright(picture), grid, words, engine) is trusted
