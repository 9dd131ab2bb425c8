"""Finding seals, unrolling their rings, and saying whose they are."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.marks.ringtext import match_seal, read_seal, unrolled
from extractors.marks.seals import find_seals
from extractors.pages import Rgb
from tests.extractors.marks.drawn import PITCH, ToldEngine, blank, letter, seal

TABLE = 1200
RADIUS = 150
NAME = "长沙市湘江职业培训学校"
CHARACTERS = st.sampled_from("长沙株洲湘潭衡阳职业技能培训学校有限公司协会院")


def printed(page: Rgb) -> Rgb:
    for y in range(60, page.shape[0] - 40, 2 * PITCH):
        for x in range(60, page.shape[1] - 40, PITCH):
            letter(page, x, y)
    return page


@pytest.mark.parametrize("colour", [(205, 30, 40), (225, 110, 120)])
def test_red_seal_over_print_is_found_where_it_is(colour: tuple[int, int, int]) -> None:
    page = printed(blank(TABLE, 700))
    seal(page, (700, 350), RADIUS, colour)
    (found,) = find_seals(page, TABLE)
    assert found.colour == "red"
    assert np.hypot(found.centre_px[0] - 700, found.centre_px[1] - 350) < 4
    assert found.radius_px == pytest.approx(RADIUS, rel=0.04)


def test_two_seals_side_by_side() -> None:
    page = blank(TABLE, 700)
    seal(page, (400, 350), RADIUS)
    seal(page, (690, 350), RADIUS - 10)
    assert sorted(round(s.centre_px[0], -1) for s in find_seals(page, TABLE)) == [400, 690]


def test_copied_seal_is_found_grey() -> None:
    page = blank(TABLE, 700)
    seal(page, (700, 350), RADIUS, (90, 90, 90))
    (found,) = find_seals(page, TABLE)
    assert found.colour == "grey"


def test_nothing_is_invented() -> None:
    page = printed(blank(TABLE, 700))
    cv2.line(page, (20, 300), (1180, 300), (20, 20, 20), 3)
    cv2.putText(page, "RED HEADLINE", (100, 500), cv2.FONT_HERSHEY_SIMPLEX, 4, (210, 20, 30), 14)
    for reach in range(6, 60, 9):
        cv2.ellipse(page, (950, 600), (reach, round(1.5 * reach)), 0, 0, 360, (225, 90, 110), 3)
    cv2.rectangle(page, (300, 80), (420, 200), (205, 30, 40), 8)
    assert find_seals(page, TABLE) == ()


def test_ring_is_unrolled_clockwise_from_the_bottom() -> None:
    picture = np.full((400, 400), 255, np.uint8)
    cv2.circle(picture, (200 - 110, 200), 12, 0, -1)
    strip = unrolled(picture, (200.0, 200.0), (150.0, 150.0), (0.5, 0.95))
    assert abs(int(strip.min(axis=0).argmin()) / strip.shape[1] - 0.25) < 0.03


def test_text_and_number_are_read() -> None:
    page = blank(TABLE, 700)
    seal(page, (700, 350), RADIUS)
    (found,) = find_seals(page, TABLE)
    read = read_seal(page, found, ToldEngine(f"*{NAME}☆", "4301001234567"))
    assert read.text == NAME
    assert read.number == "4301001234567"


@pytest.mark.parametrize(
    ("text", "confidence", "answer"),
    [
        (NAME, 0.9, True),
        (NAME, 0.1, None),
        ("", 0.9, None),
        ("长沙市湘江职业培训学", 0.9, None),
        ("岳阳市平江县兴达技工学校", 0.9, False),
        ("岳阳市平江县兴达技工学校", 0.1, None),
        (NAME.replace("湘", "浦"), 0.99, None),
    ],
)
def test_whose_seal(text: str, confidence: float, answer: bool | None) -> None:
    assert match_seal(text, confidence, NAME) is answer


def test_two_doubtful_characters_do_not_make_another_name() -> None:
    assert match_seal("湘谭技土学校", 0.8, "湘潭技工学校") is None


@settings(max_examples=100, deadline=None)
@given(st.text(CHARACTERS, min_size=6, max_size=16), st.data())
def test_a_name_that_differs_in_one_character_never_matches(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    other = data.draw(CHARACTERS.filter(lambda c: c != name[place]))
    changed = name[:place] + other + name[place + 1 :]
    confidence = data.draw(st.floats(0, 1))
    assert match_seal(changed, confidence, name, (confidence,) * len(changed)) is not True
