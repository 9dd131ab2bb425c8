import cv2
import numpy as np
import pytest

from extractors.knots import knots

FRAME = (40, 40, 740, 640)
RULES = [41, 140, 330, 500, 739]
HEIGHTS = [150, 240, 390, 520]


def paper(*, thick_at, frayed=0.0):
    """Plumb rules, 3 pixels wide, thicker at the given heights; ``frayed``: how often they are so elsewhere."""
    dark = np.full((680, 780), 255, np.uint8)
    rng = np.random.default_rng(5)
    plumb = np.zeros(dark.shape, bool)
    for x in RULES:
        dark[40:640, x - 1 : x + 2] = 0
        plumb[40:640, x - 1 : x + 2] = True
        for y in thick_at:
            dark[y - 1 : y + 2, x - 3 : x + 4] = 0
        for y in np.flatnonzero(rng.random(600) < frayed) + 40:
            dark[y : y + 2, x - 3 : x + 4] = 0
    return dark, np.zeros(dark.shape, bool), plumb


def test_level_rules_are_known_by_what_is_left_at_their_crossings():
    found = knots(*paper(thick_at=HEIGHTS), FRAME)
    assert found == pytest.approx(HEIGHTS, abs=2)


@pytest.mark.parametrize("frayed", [0.0, 0.02, 0.1, 0.3])
def test_frayed_rules_have_no_knots(frayed):
    assert knots(*paper(thick_at=[], frayed=frayed), FRAME) == []


def test_where_writing_crosses_there_was_no_rule():
    dark, level, plumb = paper(thick_at=HEIGHTS)
    cv2.putText(dark, "HIH", (190, 255), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 3)
    assert knots(dark, level, plumb, FRAME) == pytest.approx([150, 390, 520], abs=2)


def test_pieces_that_are_left_of_a_rule_count_with_its_knots():
    dark, level, plumb = paper(thick_at=[])
    for x in RULES[:3]:
        dark[299:302, x - 3 : x + 4] = 0
    assert knots(dark, level, plumb, FRAME) == []
    level[299:302, 160:560] = True
    assert knots(dark, level, plumb, FRAME) == pytest.approx([300], abs=3)


def test_two_rules_say_nothing():
    dark, level, plumb = paper(thick_at=HEIGHTS)
    dark[:, 100:700], plumb[:, 100:700] = 255, False
    assert knots(dark, level, plumb, FRAME) == []
