import numpy as np
import pytest

from extractors.frame import page_frames
from extractors.rules import Rules

HEIGHT, WIDTH = 1100, 800
CERTAIN, FAINT = 220, 60


def rules(*, sides_below: int, edge: bool = False) -> Rules:
    """A table from (60, 200) to (740, 900) with rules every 100, its sides below 400 as certain as given."""
    level, plumb = np.zeros((2, HEIGHT, WIDTH), np.uint8)
    for y in range(200, 901, 100):
        level[y - 1 : y + 1, 60:740] = CERTAIN
    for x in (60, 300, 740):
        plumb[200:400, x - 1 : x + 1] = CERTAIN
        plumb[400:900, x - 1 : x + 1] = sides_below
    if edge:
        for x in (30, 770):
            plumb[20:1080, x - 1 : x + 1] = CERTAIN
        level[19:21, 30:770], level[1079:1081, 30:770] = CERTAIN, CERTAIN
        level[300, 30:60] = CERTAIN
    return Rules(level, plumb)


def assert_frame(frame, left, top, right, bottom):
    assert np.array(frame) == pytest.approx(
        np.array([[left, top], [right, top], [right, bottom], [left, bottom]]), abs=4
    )


@pytest.mark.parametrize("sides_below", [CERTAIN, FAINT])
def test_a_table_ends_at_its_last_rule_even_where_its_sides_are_faint(sides_below):
    (frame,) = page_frames(rules(sides_below=sides_below))
    assert_frame(frame, 60, 200, 740, 900)


def test_a_sheets_edge_is_no_side_of_a_table():
    (frame,) = page_frames(rules(sides_below=CERTAIN, edge=True))
    left, right = np.array(frame)[[0, 3], 0], np.array(frame)[[1, 2], 0]
    assert left == pytest.approx(60, abs=4)
    assert right == pytest.approx(740, abs=4)


def test_what_faint_rules_would_cut_off_stays():
    found = rules(sides_below=CERTAIN)
    found.level[399:401, 10:795] = FAINT
    found.level[399:401, 60:740] = CERTAIN
    (frame,) = page_frames(found)
    assert_frame(frame, 60, 200, 740, 900)


def test_a_table_without_level_rules_reaches_as_far_as_its_sides():
    found = rules(sides_below=CERTAIN)
    found.level[:] = 0
    (frame,) = page_frames(found)
    assert_frame(frame, 60, 200, 740, 900)


def test_two_plumb_lines_are_no_table():
    found = rules(sides_below=CERTAIN)
    found.level[:] = 0
    found.plumb[:, 290:310] = 0
    assert page_frames(found) == []


@pytest.mark.parametrize("side", [60, 740])
def test_a_faint_side_ends_where_the_level_rules_end(side):
    found = rules(sides_below=CERTAIN)
    found.plumb[:, side - 2 : side + 2] = 0
    found.plumb[200:280, side - 1 : side + 1] = CERTAIN
    column = 150 if side == 60 else 650
    found.plumb[200:800, column - 1 : column + 1] = CERTAIN
    (frame,) = page_frames(found)
    assert_frame(frame, 60, 200, 740, 900)


@pytest.mark.parametrize("side", [60, 740])
def test_a_side_in_pieces_is_the_side_though_the_column_beside_it_is_whole(side):
    found = rules(sides_below=CERTAIN)
    for top in range(200, 900, 50):
        found.plumb[top : top + 25, side - 2 : side + 2] = 0
    column = 110 if side == 60 else 690
    found.plumb[200:900, column - 1 : column + 1] = CERTAIN
    (frame,) = page_frames(found)
    assert_frame(frame, 60, 200, 740, 900)


def test_a_whole_side_stays_where_noise_goes_on_with_the_level_rules():
    found = rules(sides_below=CERTAIN)
    for y in range(200, 901, 100):
        found.level[y - 1 : y + 1, 740:780] = CERTAIN
    (frame,) = page_frames(found)
    assert_frame(frame, 60, 200, 740, 900)


@pytest.mark.parametrize("lost", [200, 900])
def test_a_table_whose_last_rule_was_not_seen_goes_on_to_the_ends_of_its_sides(lost):
    found = rules(sides_below=CERTAIN)
    found.level[lost - 2 : lost + 2] = 0
    (frame,) = page_frames(found)
    assert_frame(frame, 60, 200, 740, 900)


def test_a_streak_on_one_side_makes_no_table_longer():
    found = rules(sides_below=CERTAIN)
    found.plumb[900:1000, 59:61] = CERTAIN
    (frame,) = page_frames(found)
    assert_frame(frame, 60, 200, 740, 900)


@pytest.mark.parametrize("side", [60, 740])
def test_a_side_that_the_level_rules_hardly_miss_is_no_sheets_edge(side):
    """Beside a scanner's black edge the net loses the ends of the level rules, and some of the side."""
    found = rules(sides_below=CERTAIN)
    short = slice(60, 72) if side == 60 else slice(728, 740)
    found.level[202:898, short] = 0
    column = 250 if side == 60 else 550
    found.plumb[200:600, column - 1 : column + 1] = CERTAIN
    (frame,) = page_frames(found)
    assert_frame(frame, 60, 200, 740, 900)
