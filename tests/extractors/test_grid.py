import cv2
import numpy as np
import pytest

from extractors.grid import upright_to_grids
from extractors.ink import page_to_inks
from extractors.sheet import without_streaks
from tests.extractors.paper import SCALE, at_working_size, drawn_table, grids_of, rule_finder

COLUMNS = [100, 200, 420, 560, 640, 740, 830, 900]


def cells_of(page):
    return [len(row) for grid in grids_of(at_working_size(page)) for row in grid.rows]


@pytest.mark.parametrize("thickness", [1, 2, 4])
def test_every_ruled_cell_is_found(thickness):
    assert cells_of(drawn_table(COLUMNS, 6, thickness=thickness)) == [7] * 6


def test_a_page_without_rules_has_no_table():
    page = np.full((1400, 1000, 3), 255, np.uint8)
    cv2.putText(page, "only a letter", (100, 400), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 3)
    assert cells_of(page) == []


def test_text_strokes_are_no_columns():
    page = drawn_table([100, 300, 900], 5)
    for r in range(5):
        cv2.putText(page, "IIlH11", (330, 195 + r * 60), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (0, 0, 0), 3)
    assert cells_of(page) == [2] * 5


def test_perspective_is_taken_out():
    page = drawn_table(COLUMNS, 8)
    corners = np.float32([[0, 0], [1000, 0], [1000, 1400], [0, 1400]])
    bent = np.float32([[20, 10], [985, 30], [960, 1390], [5, 1370]])
    warped = cv2.warpPerspective(
        page, cv2.getPerspectiveTransform(corners, bent), (1000, 1400), borderValue=(255,) * 3
    )
    assert cells_of(warped) == [7] * 8


def test_a_streak_down_the_page_is_no_rule():
    page = drawn_table([100, 400, 900], 6)
    cv2.line(page, (650, 0), (650, 1399), (60, 60, 60), 2)
    assert cells_of(without_streaks(page)) == [2] * 6


def test_a_wide_table_keeps_its_rules_when_streaks_are_taken_out():
    page = drawn_table([20, 400, 980], 6)
    assert cells_of(without_streaks(page)) == [2] * 6


def test_each_table_of_a_page_is_found_in_reading_order():
    page = np.vstack([drawn_table([100, 900], 3)[:700], drawn_table(COLUMNS, 4)[:700]])
    assert cells_of(page) == [1] * 3 + [7] * 4


def test_a_seal_over_the_rules_cuts_nothing():
    page = drawn_table(COLUMNS, 6)
    cv2.circle(page, (500, 330), 110, (225, 40, 40), 5)
    assert cells_of(page) == [7] * 6


def test_rules_inside_one_cell_divide_only_that_cell():
    page = drawn_table([100, 400, 900], 3, row=120)
    cv2.line(page, (400, 330), (900, 330), (0, 0, 0), 2)
    assert cells_of(page) == [2, 2, 1, 2]


def test_a_rule_that_was_lost_in_some_cells_of_a_row_cuts_them_too():
    page = drawn_table(COLUMNS, 3)
    page[205:216, 102:418] = 255
    cv2.putText(page, "HIH", (240, 190), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    assert cells_of(page) == [7] * 3


def test_a_line_of_broad_strokes_divides_no_cell():
    page = drawn_table([100, 400, 900], 3, row=120)
    for x in range(430, 860, 48):
        page[328:331, x : x + 44] = 90
        page[310:350, x + 20 : x + 24] = 90
    assert cells_of(page) == [2] * 3


def test_a_column_that_the_net_goes_on_with_where_no_ink_is_cuts_nothing():
    page = drawn_table([100, 400, 900], 4)
    cv2.line(page, (650, 210), (650, 390), (0, 0, 0), 2)
    inks = page_to_inks(at_working_size(page))
    seen = rule_finder().find(inks.dark)
    column = round(650 * SCALE / 2)
    seen.plumb[round(75 * SCALE) : round(110 * SCALE), column - 1 : column + 1] = 255

    class Dreaming:
        def find(self, dark):
            return seen

    (grid,) = upright_to_grids(inks, Dreaming())
    assert [len(row) for row in grid.rows] == [2, 3, 3, 3]


def test_a_column_that_the_net_loses_in_a_row_is_seen_by_its_ink():
    page = drawn_table(COLUMNS, 4)
    inks = page_to_inks(at_working_size(page))
    seen = rule_finder().find(inks.dark)
    column, top, bottom = (round(v * SCALE / 2) for v in (200, 335, 400))
    seen.plumb[top:bottom, column - 8 : column + 8] = 0

    class ShortSighted:
        def find(self, dark):
            return seen

    (grid,) = upright_to_grids(inks, ShortSighted())
    assert [len(row) for row in grid.rows] == [7] * 4


def test_strokes_in_line_with_a_column_of_other_rows_cut_nothing():
    page = drawn_table([100, 200, 900], 4)
    page[331:389, 102:898] = 255
    for x in (150, 198, 250):
        cv2.putText(page, "l", (x, 372), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 2)
    assert cells_of(page) == [2, 2, 2, 1]


def test_cells_lie_where_they_were_drawn():
    (grid,) = grids_of(at_working_size(drawn_table(COLUMNS, 6)))
    cell = grid.rows[2][3]
    corner = grid.to_page @ np.array([cell.x0, cell.y0, 1.0])
    assert corner[:2] / corner[2] / SCALE == pytest.approx([560, 270], abs=8)


def test_rules_that_shine_through_from_the_back_are_none():
    page = drawn_table(COLUMNS, 8)
    for r in range(8):
        page[180 + r * 60 : 182 + r * 60, 110:890] = np.minimum(
            page[180 + r * 60 : 182 + r * 60, 110:890], 249
        )
    assert cells_of(page) == [7] * 8


def test_a_slanting_photograph_of_a_table_is_found_whole():
    page = drawn_table(COLUMNS, 12, thickness=3)
    corners = np.float32([[0, 0], [1000, 0], [1000, 1400], [0, 1400]])
    bent = np.float32([[60, 70], [960, 0], [990, 1400], [0, 1250]])
    warped = cv2.warpPerspective(
        page, cv2.getPerspectiveTransform(corners, bent), (1000, 1400), borderValue=(255,) * 3
    )
    assert cells_of(warped) == [7] * 12


def test_a_fax_that_lost_its_level_rules_is_cut_where_they_crossed():
    page = drawn_table(COLUMNS, 6)
    for r in range(7):
        y = 150 + r * 60
        kept = [slice(x - 3, x + 4) for x in COLUMNS]
        strip = np.full_like(page[y - 3 : y + 4], 255)
        for piece in kept:
            strip[:, piece] = page[y - 3 : y + 4, piece]
        page[y - 3 : y + 4] = strip
    assert cells_of(page) == [7] * 6
