"""Finding seals, unrolling their rings, and saying whose they are."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from extractors.marks.ringpictures import (
    all_as_dark,
    red_as_dark,
    red_light,
    text_strip,
    unrolled,
    without_others,
    without_print,
)
from extractors.marks.ringtext import read_seal
from extractors.marks.seals import find_seals
from extractors.ocr.engine import LineText
from extractors.pages import Gray, Rgb
from tests.extractors.marks.drawn import PITCH, ToldEngine, blank, letter, seal

TABLE = 1200
RADIUS = 150
NAME = "长沙市湘江职业培训学校"


class ShownEngine(ToldEngine):
    """Keeps what it was shown."""

    def __init__(self, *texts: str) -> None:
        super().__init__(*texts)
        self.shown: list[Gray] = []

    def read_lines(self, lines: Sequence[Gray], *, quick: bool = False) -> tuple[LineText, ...]:
        self.shown += lines
        return super().read_lines(lines, quick=quick)


def printed(page: Rgb) -> Rgb:
    for y in range(60, page.shape[0] - 40, 2 * PITCH):
        for x in range(60, page.shape[1] - 40, PITCH):
            letter(page, x, y)
    return page


def numbered(page: Rgb) -> Rgb:
    """Thirteen strokes where a seal's digits stand."""
    for degrees in np.linspace(-40, 40, 13):
        angle = np.radians(degrees)
        x, y = 700 + 0.87 * RADIUS * np.sin(angle), 350 + 0.87 * RADIUS * np.cos(angle)
        cv2.circle(page, (round(x), round(y)), 4, (205, 30, 40), 2)
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
    seal(numbered(page), (700, 350), RADIUS)
    (found,) = find_seals(page, TABLE)
    read = read_seal(page, found, ToldEngine(f"*{NAME}☆", "4301001234567"))
    assert read.text == NAME
    assert read.number == "4301001234567"


def test_reading_ends_with_the_strip_that_bears_the_name_out() -> None:
    page = blank(TABLE, 700)
    seal(numbered(page), (700, 350), RADIUS)
    (found,) = find_seals(page, TABLE)
    engine = ToldEngine("长沙市江职业培训学校", NAME, "4301001234567", "nothing more")
    read = read_seal(page, found, engine, [NAME])
    assert len(read.strips) == 2
    assert read.number == "4301001234567"


@pytest.mark.parametrize(
    ("number", "sure"),
    [("4301001234567", 0.9), ("430100123456", 0.99), ("4312321234567", 0.99)],
    ids=["doubtful digits", "a digit is lost", "no such county"],
)
def test_a_number_that_is_not_sure_is_not_told(number: str, sure: float) -> None:
    page = blank(TABLE, 700)
    seal(numbered(page), (700, 350), RADIUS)
    (found,) = find_seals(page, TABLE)
    assert read_seal(page, found, ToldEngine(number, confidence=sure), [NAME]).number == ""
    assert read_seal(page, found, ToldEngine("4301001234567"), [NAME]).number == "4301001234567"


def test_a_very_pale_seal_is_found() -> None:
    page = printed(blank(TABLE, 700))
    seal(page, (700, 350), RADIUS, (252, 228, 230))
    (found,) = find_seals(page, TABLE)
    assert found.colour == "red"


def test_half_a_copied_seal_is_found_but_no_ring_in_dense_print() -> None:
    page = blank(TABLE, 900)
    for y in range(40, 860, PITCH):
        for x in range(40, 600, PITCH):
            letter(page, x, y, 0.7)
    assert find_seals(page, TABLE) == ()
    seal(page, (850, 450), RADIUS, (90, 90, 90))
    page[:, 900:] = 255
    (found,) = find_seals(page, TABLE)
    assert abs(found.centre_px[0] - 850) < 20


def test_the_rim_of_a_seal_over_another_is_taken_out_of_its_letters() -> None:
    page = blank(TABLE, 700)
    seal(page, (500, 350), RADIUS)
    seal(page, (700, 350), RADIUS)
    one, other = sorted(find_seals(page, TABLE), key=lambda s: s.centre_px[0])
    picture = np.zeros((700, TABLE), np.uint8)
    cleared = without_others(picture, (0, 0), [other]) > 0
    angles = np.linspace(0, 2 * np.pi, 60)
    on_rim = cleared[
        np.round(other.centre_px[1] + 0.98 * other.radius_px * np.sin(angles)).astype(int),
        np.round(other.centre_px[0] + 0.98 * other.radius_px * np.cos(angles)).astype(int),
    ]
    assert on_rim.all()
    assert not cleared[350, 700]
    assert one.radius_px == pytest.approx(RADIUS, rel=0.04)


def test_print_over_a_copied_seal_is_taken_out() -> None:
    page = blank(TABLE, 700)
    seal(page, (700, 350), RADIUS, (120, 120, 120))
    cv2.line(page, (560, 300), (840, 300), (10, 10, 10), 5)
    (found,) = find_seals(page, TABLE)
    clear = without_print(all_as_dark(page), found, found.centre_px)
    assert clear is not None
    assert clear[300, 660] > 200
    assert clear[350, round(700 - 0.985 * RADIUS)] < 120


def test_the_strip_begins_at_the_bottom_even_where_ink_is_missing_above() -> None:
    picture = np.full((400, 400), 255, np.uint8)
    for degrees in (*range(-130, -40, 20), *range(70, 140, 20)):
        angle = np.radians(degrees)
        place = (round(200 + 110 * np.sin(angle)), round(200 - 110 * np.cos(angle)))
        cv2.circle(picture, place, 12, 0, -1)
    strip = text_strip(unrolled(picture, (200.0, 200.0), (150.0, 150.0), (0.5, 0.95)))
    assert strip is not None
    gaps = np.diff(np.flatnonzero((strip < 100).any(axis=0)))
    assert int(gaps[gaps > 3].argmax()) == 4


def test_reddish_paper_is_no_ink() -> None:
    page = np.full((400, 400, 3), (250, 222, 190), np.uint8)
    cv2.circle(page, (200, 200), 120, (225, 110, 100), 6)
    for even in (False, True):
        dark = red_as_dark(page, even=even)
        assert dark[200, 200] > 240
        assert dark[200, 80] < 90


def test_a_stamp_of_another_red_fades_from_the_letters_it_covers() -> None:
    page = blank(TABLE, 700)
    seal(page, (700, 350), RADIUS, (190, 30, 40))
    cv2.line(page, (560, 420), (840, 420), (10, 10, 10), 5)
    (found,) = find_seals(page, TABLE)
    under = page[180:300, 640:760].astype(np.float64)
    page[180:300, 640:760] = np.round(under * (np.array([252, 50, 60]) / 255)).astype(np.uint8)
    bare = without_print(red_light(page), found, found.centre_px)
    assert bare is not None
    assert bare[185, 645] > 240  # inside the stamp's field, beside the letters
    assert bare[round(350 - 0.985 * RADIUS), 700] < 90  # the rim under the field


def test_the_grey_of_a_rim_that_is_not_there_is_not_taken_for_the_seal_s() -> None:
    page = blank(TABLE, 700)
    seal(page, (700, 350), RADIUS, (250, 60, 60))
    cv2.line(page, (560, 300), (840, 300), (120, 120, 120), 7)
    cv2.line(page, (600, 350), (800, 350), (10, 10, 10), 5)
    (found,) = find_seals(page, TABLE)
    assert without_print(red_light(page), found, found.centre_px) is None


def test_no_strip_is_read_twice() -> None:
    page = blank(TABLE, 700)
    seal(page, (700, 350), RADIUS, (90, 90, 90))
    for angle in np.linspace(-2.2, 2.2, 10):  # strokes from star to rim: no edges of letters show
        start, end = (
            (round(700 + r * RADIUS * np.sin(angle)), round(350 - r * RADIUS * np.cos(angle)))
            for r in (0.4, 0.95)
        )
        cv2.line(page, start, end, (90, 90, 90), 5)
    (found,) = find_seals(page, TABLE)
    engine = ShownEngine("长沙市")
    read_seal(page, found, engine, [NAME])
    assert len(engine.shown) == len({line.tobytes() for line in engine.shown}) > 1
