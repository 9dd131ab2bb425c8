import cv2
import numpy as np

from extractors.lines import cut_lines
from extractors.ocr.engine import Span
from extractors.rests import without_rests


def cell(height=120, width=400):
    return np.full((height, width), 255, np.uint8)


def write(picture, text, y, scale=1.0):
    cv2.putText(picture, text, (30, y), cv2.FONT_HERSHEY_SIMPLEX, scale, 0, 2)


def lines_of(picture):
    return cut_lines(picture, Span(0, 0, picture.shape[1], picture.shape[0]))


def test_an_empty_cell_has_no_lines_even_with_specks_and_rests_of_rules():
    picture = cell()
    picture[60, 100] = 0
    picture[0:3, :] = 0
    picture[:, -2:] = 0
    assert lines_of(picture) == ()


def test_pale_print_alone_in_a_cell_is_a_line_but_not_what_shines_through():
    pale, shining = cell(60), cell(60)
    cv2.putText(pale, "2", (180, 40), cv2.FONT_HERSHEY_SIMPLEX, 1, 175, 2)
    cv2.putText(shining, "2", (180, 40), cv2.FONT_HERSHEY_SIMPLEX, 1, 200, 2)
    assert len(lines_of(pale)) == 1
    assert lines_of(shining) == ()


def test_a_pale_1_in_small_print_is_a_line_but_not_beside_a_rule():
    for x, lines in ((40, 1), (6, 0), (392, 0)):
        picture = cell(46)
        picture[15:31, x : x + 2] = 170
        assert len(lines_of(picture)) == lines


def test_a_thin_level_stroke_at_the_end_is_a_character_and_a_speck_is_not():
    stroke, speck = cell(60), cell(60)
    for picture in (stroke, speck):
        write(picture, "HI", 40)
    stroke[30, 140:162], stroke[30, 155:162] = 180, 120
    speck[29:32, 140:143] = 60
    assert [line.span.x1 for line in lines_of(stroke)] == [162]
    assert [line.span.x1 < 100 for line in lines_of(speck)] == [True]


def test_a_dot_above_a_line_is_dirt():
    picture = cell(120, 400)
    write(picture, "HELLO", 80)
    picture[20:26, 200:206] = 0
    (only,) = lines_of(picture)
    assert only.span.y0 > 40


def test_a_line_shows_nothing_of_its_neighbours():
    picture = cell(120, 400)
    for top in (20, 53, 86):
        picture[top : top + 30, 40:240:8] = 0
    for line in lines_of(picture):
        assert (line.picture.min(axis=1) < 100).sum() == 30


def test_print_that_fades_along_a_line_or_below_it_stays():
    picture = cell(120, 400)
    write(picture, "HELLO", 40)
    cv2.putText(picture, "25", (150, 40), cv2.FONT_HERSHEY_SIMPLEX, 1, 180, 2)
    cv2.putText(picture, "AGAIN", (30, 95), cv2.FONT_HERSHEY_SIMPLEX, 1, 180, 2)
    first, second = lines_of(picture)
    assert first.span.x1 > 180
    assert second.span.y0 > 60


def test_lines_come_from_top_to_bottom():
    picture = cell()
    write(picture, "HELLO", 40)
    write(picture, "WORLD AGAIN", 95)
    first, second = lines_of(picture)
    assert first.span.y1 <= second.span.y0
    assert second.span.x1 > first.span.x1


def test_a_line_keeps_its_dots_and_dashes():
    picture = cell(60)
    write(picture, "i - j", 40)
    (only,) = lines_of(picture)
    assert only.span.y0 < 20
    assert only.span.x1 - only.span.x0 > 35


def test_dots_of_dirt_above_a_line_are_no_line_but_a_dash_is():
    picture = cell(90)
    write(picture, "HELLO WORLD", 40)
    for x in (40, 160):
        cv2.circle(picture, (x, 75), 2, 0, -1)
    assert len(lines_of(picture)) == 1
    cv2.rectangle(picture, (40, 74), (100, 77), 0, -1)
    assert len(lines_of(picture)) == 2


def test_ink_that_touches_the_edge_of_a_cell_is_kept():
    picture = cell(60)
    cv2.rectangle(picture, (0, 20), (30, 50), 0, -1)
    (only,) = lines_of(picture)
    assert only.span.x0 == 0


def test_the_line_picture_has_white_around_it():
    picture = cell(60)
    write(picture, "HELLO", 40)
    (only,) = lines_of(picture)
    assert only.picture[0].min() == 255
    assert only.picture[:, 0].min() == 255


def test_a_stroke_that_stands_on_the_edge_of_its_cell_is_no_rest_of_a_rule():
    cell = np.full((44, 220), 255, np.uint8)
    for x in (70, 100, 130):
        cell[8:26, x : x + 12] = 40
    one = np.s_[0:18, 50:54]
    cell[one] = 40
    (line,) = cut_lines(cell, Span(0, 0, 220, 44))
    assert line.span.x0 == 50
    # A piece as thin along the side is the rest of the rule there.
    cell[one], cell[4:26, 0:4] = 255, 40
    (line,) = cut_lines(cell, Span(0, 0, 220, 44))
    assert line.span.x0 == 70


def box(picture, x, y, size=24):
    cv2.rectangle(picture, (x, y), (x + size, y + size), 40, 3)


def test_the_first_stroke_of_a_sign_at_the_edge_is_no_rest_of_a_rule():
    picture = cell(70, 300)
    box(picture, 40, 1)
    for y, inset in ((0, 3), (11, 5), (22, 0)):
        picture[y : y + 4, 90 + inset : 118 - inset] = 40
    for turned in (picture, picture[::-1]):
        (line,) = lines_of(np.ascontiguousarray(turned))
        assert line.span.y1 - line.span.y0 < 30
        rows = (line.picture[:, line.picture.shape[1] - 40 : -12] < 100).any(axis=1)
        assert np.count_nonzero(np.diff(rows.astype(int)) == 1) == 3


def test_a_thin_piece_along_the_edge_over_text_below_it_is_a_rest_of_the_rule():
    picture = cell(70, 300)
    box(picture, 40, 20)
    box(picture, 90, 20)
    picture[0:4, 90:114] = 40
    (line,) = lines_of(picture)
    assert line.span.y0 >= 18


def test_a_piece_at_the_edge_that_may_have_been_a_stroke_is_told():
    picture = cell(70, 300)
    box(picture, 40, 12)
    picture[19:23, 92:116] = 40
    assert not lines_of(picture)[0].clipped
    picture[0:4, 92:116] = 40
    assert lines_of(picture)[0].clipped


def test_where_a_rule_came_apart_its_pieces_over_signs_are_rests_too():
    picture = cell(70, 300)
    box(picture, 40, 1)
    picture[12:16, 92:114] = picture[23:27, 88:118] = 40
    for x in (92, 160, 200):
        picture[0:4, x : x + 18] = 40
    (line,) = lines_of(picture)
    rows = (line.picture[:, line.picture.shape[1] - 40 : -12] < 100).any(axis=1)
    assert np.count_nonzero(np.diff(rows.astype(int)) == 1) == 2


def test_feet_of_signs_at_the_edge_are_no_rule_that_came_apart():
    picture = cell(70, 300)
    for x in (40, 160):
        box(picture, x, 1)
        picture[0:4, x + 28 : x + 35] = 40
    picture[0:4, 95:119] = picture[18:22, 95:119] = 40
    for turned in (picture, picture[::-1]):
        clean, _ = without_rests(np.ascontiguousarray(turned))
        rows = (clean[:, 95:119] < 100).all(axis=1)
        assert np.count_nonzero(np.diff(np.pad(rows, 1).astype(int)) == 1) == 2


def test_an_upright_stroke_beside_signs_as_high_is_a_sign_and_a_longer_one_a_rule():
    picture = cell(36, 300)
    box(picture, 24, 10, 17)
    picture[10:28, 8:12] = 40
    (line,) = lines_of(picture)
    assert line.span.x0 == 8
    picture[3:33, 8:12] = 40
    (line,) = lines_of(picture)
    assert line.span.x0 > 20


def test_the_top_of_a_sign_alone_on_its_line_is_no_foot_of_the_line_above():
    picture = cell(60, 300)
    for (top, bottom), right in (((3, 29), 150), ((33, 40), 62), ((41, 58), 62)):
        for x in range(40, right, 8):
            picture[top:bottom, x : x + 3] = 40
    assert [(line.span.y0, line.span.y1) for line in lines_of(picture)] == [(3, 29), (33, 58)]
