"""Which of four boxes is ticked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import pytest

from extractors.form.layout import default_layout
from extractors.marks.checkboxes import cells_to_ticks, in_reading_order, typed_ticks
from extractors.marks.ticks import TickReading
from extractors.ocr.engine import Span
from extractors.pages import Rgb
from tests.extractors.marks.drawn import PITCH, ToldEngine, blank, box, letter, table_of

LABEL = default_layout().label("org_type")
ONE_LINE = ("企业□ 民办非企业单位□ 行业协会□ 技工院校□",)
WRAPPED = ("企业□民办非企业单位□行业协", "会□技工院校□")
BOX_WRAPPED = ("企业□民办非企业单位", "□行业协会□技工院校□")
LAST_WRAPPED = ("企业□民办非企业单位", "□行业协会□技工院校", "□")
BEFORE = ("□企业□民办非企业单位", "□行业协会□技工院校")
VALUES = tuple(option.value for option in LABEL.options)
Draw = Callable[[Rgb, float, float], None]


def pen(page: Rgb, x: float, y: float) -> None:
    """A tick that starts in the box and leaves it at the upper right."""
    cv2.line(page, (round(x - 9), round(y)), (round(x - 1), round(y + 9)), (30, 40, 120), 3)
    cv2.line(page, (round(x - 1), round(y + 9)), (round(x + 20), round(y - 22)), (30, 40, 120), 3)


def cross(page: Rgb, x: float, y: float) -> None:
    cv2.line(page, (round(x - 13), round(y - 13)), (round(x + 13), round(y + 13)), (200, 20, 30), 3)
    cv2.line(page, (round(x + 13), round(y - 13)), (round(x - 13), round(y + 13)), (200, 20, 30), 3)


def filled(page: Rgb, x: float, y: float) -> None:
    cv2.rectangle(page, (round(x - 11), round(y - 11)), (round(x + 11), round(y + 11)), (20, 20, 20), -1)


def beside(page: Rgb, x: float, y: float) -> None:
    pen(page, x + 0.65 * PITCH, y)


def read(lines: tuple[str, ...], ticks: dict[str, Draw], *, spread: int = 2) -> TickReading:
    """Draw the cell with ``ticks`` (value → strokes) and read it."""
    page = blank(60 + PITCH * max(map(len, lines)), 20 + 2 * PITCH * len(lines))
    spans, seen, later = [], 0, []
    for number, text in enumerate(lines):
        y = 30 + spread * PITCH * number
        for place, char in enumerate(text):
            x = 20 + PITCH * (place + 0.5)
            if char != "□":
                if char != " ":
                    letter(page, x, y)
                continue
            value = VALUES[seen]
            seen += 1
            if ticks.get(value) is not typed:
                box(page, x, y)
            if value in ticks:
                later.append((ticks[value], x, y))
        spans.append((text, Span(20, y - 16, 20 + PITCH * len(text), y + 16)))
    for draw, x, y in later:
        draw(page, x, y)
    table = table_of(page, spans)
    return cells_to_ticks(table, table.rows[0], LABEL, ToldEngine())


def typed(page: Rgb, x: float, y: float) -> None:
    """√ in the box's place: no outline is printed around it."""
    cv2.line(page, (round(x - 9), round(y + 2)), (round(x - 3), round(y + 9)), (20, 20, 20), 3)
    cv2.line(page, (round(x - 3), round(y + 9)), (round(x + 10), round(y - 10)), (20, 20, 20), 2)


@pytest.mark.parametrize("draw", [pen, cross, filled, beside, typed], ids=lambda d: d.__name__)
@pytest.mark.parametrize("value", VALUES)
def test_one_ticked_box_is_found(value: str, draw: Draw) -> None:
    found = read(ONE_LINE, {value: draw})
    assert found.ticked == (value,)
    assert found.reasons == ()
    assert found.confidence > 0.9


@pytest.mark.parametrize("lines", [WRAPPED, BOX_WRAPPED, BEFORE], ids=["word", "box", "before"])
@pytest.mark.parametrize("value", VALUES)
def test_wrapped_lines_and_boxes_before_words(value: str, lines: tuple[str, ...]) -> None:
    assert read(lines, {value: pen}).ticked == (value,)


def test_a_speck_before_the_first_word_is_no_box() -> None:
    def with_speck(page: Rgb, x: float, y: float) -> None:
        pen(page, x, y)
        cv2.circle(page, (10, 30), 2, (60, 60, 60), -1)

    for value in VALUES:
        assert read(LAST_WRAPPED, {value: with_speck}).ticked == (value,)


def pencil(page: Rgb, x: float, y: float) -> None:
    """A thin grey tick, half of it along the outline."""
    cv2.line(page, (round(x - 9), round(y + 5)), (round(x - 5), round(y + 9)), (130, 130, 130), 2)
    cv2.line(page, (round(x - 5), round(y + 9)), (round(x + 12), round(y - 2)), (130, 130, 130), 2)


def dirt(page: Rgb, x: float, y: float) -> None:
    cv2.circle(page, (round(x - 2), round(y + 2)), 2, (20, 20, 20), -1)


@pytest.mark.parametrize("value", VALUES)
def test_a_thin_tick_is_told_by_what_the_other_boxes_lack(value: str) -> None:
    found = read(ONE_LINE, {value: pencil})
    assert (found.ticked, found.reasons) == ((value,), ())


def test_a_speck_in_a_box_is_no_sure_tick() -> None:
    found = read(ONE_LINE, {"enterprise": dirt})
    assert found.reasons != ()


def test_two_thin_ticks_are_never_one() -> None:
    found = read(ONE_LINE, {"enterprise": pencil, "technical_school": pencil})
    assert found.reasons == ("ambiguous_ticks",)


def test_two_ticks_are_a_doubt_and_both_named() -> None:
    found = read(ONE_LINE, {"enterprise": pen, "technical_school": cross})
    assert set(found.ticked) == {"enterprise", "technical_school"}
    assert found.reasons == ("ambiguous_ticks",)


def test_a_thin_tick_beside_a_cross_elsewhere_is_a_second_one() -> None:
    found = read(ONE_LINE, {"enterprise": filled, "technical_school": pencil})
    assert set(found.ticked) == {"enterprise", "technical_school"}
    assert found.reasons == ("ambiguous_ticks",)


def faded(page: Rgb, x: float, y: float) -> None:
    """A box whose left side a scan lost."""
    cv2.rectangle(page, (round(x - 15), round(y - 9)), (round(x - 8), round(y + 9)), (245, 245, 245), -1)


@pytest.mark.parametrize("value", VALUES[1:])
def test_a_box_that_lost_a_side_is_an_empty_box(value: str) -> None:
    found = read(ONE_LINE, {VALUES[0]: faded, value: pen})
    assert (found.ticked, found.reasons) == ((value,), ())


def long_tick(page: Rgb, x: float, y: float) -> None:
    """From beside its box far up into the line above."""
    cv2.line(page, (round(x + 16), round(y + 2)), (round(x + 20), round(y + 8)), (30, 40, 120), 3)
    cv2.line(page, (round(x + 20), round(y + 8)), (round(x + 26), round(y - 30)), (30, 40, 120), 3)


ABOVE_ONE_ANOTHER = ("企业  □  民办非企业单位□", "行业协会□  技工院校□")


def test_letters_of_a_line_that_lies_close_tick_no_box() -> None:
    assert read(ABOVE_ONE_ANOTHER, {}, spread=1).reasons == ("no_tick",)


def test_a_tick_that_reaches_into_another_line_ticks_nothing_there() -> None:
    found = read(ABOVE_ONE_ANOTHER, {"industry_association": long_tick}, spread=1)
    assert (found.ticked, found.reasons) == (("industry_association",), ())


@pytest.mark.parametrize("first", ["left", "right"])
def test_pieces_of_a_line_are_read_from_the_left(first: str) -> None:
    left, right, below = Span(0, 1, 90, 31), Span(100, 1, 190, 31), Span(0, 40, 90, 70)
    higher = replace(left if first == "left" else right, y0=0)
    row = [higher if s.x0 == higher.x0 else s for s in (left, right)]
    assert in_reading_order([below, *row]) == [*row, below]


def test_no_tick_is_no_guess() -> None:
    found = read(ONE_LINE, {})
    assert found.ticked == ()
    assert found.reasons == ("no_tick",)


def test_words_that_cannot_be_found_are_a_doubt() -> None:
    page = blank(400, 80)
    table = table_of(page, [("看不清的字", Span(20, 20, 200, 50))])
    found = cells_to_ticks(table, table.rows[0], LABEL, ToldEngine("看不清的字"))
    assert found.ticked == ()
    assert found.reasons == ("label_not_found",)


@pytest.mark.parametrize(
    ("text", "ticked"),
    [
        ("企业□ 民办非企业单位☑ 行业协会□ 技工院校□", ("private_non_enterprise",)),
        ("□企业 ■民办非企业单位 □行业协会 □技工院校", ("private_non_enterprise",)),
        ("企业□√ 民办非企业单位□ 行业协会□ 技工院校□", ("enterprise",)),
        ("企业√ 民办非企业单位□ 行业协会√ 技工院校□", ("enterprise", "industry_association")),
        ("企业□ 民办非企业单位□ 行业协会□ 技工院校□", ()),
    ],
)
def test_glyphs_of_a_text_layer(text: str, ticked: tuple[str, ...]) -> None:
    assert typed_ticks(text, LABEL.options) == ticked


def test_a_text_layer_with_one_tick_needs_no_pixels() -> None:
    table = table_of(
        blank(100, 40), [("企业□民办非企业单位□行业协会☑技工院校□", Span(0, 0, 9, 9))], digital=True
    )
    found = cells_to_ticks(table, table.rows[0], LABEL, ToldEngine())
    assert found.ticked == ("industry_association",)
    assert found.reasons == ()
