"""The authority's date: beside other print, with its own signs, and under a seal."""

from dataclasses import replace

import numpy as np
import pytest

from extractors.authority_date import date_to_transcript, find_date
from extractors.confidence import transcript_to_field
from extractors.form.catalogue import default_catalogue
from extractors.form.grammar import grammar_for
from extractors.form.reading import Status
from extractors.labelled import Piece
from extractors.marks.owners import PageSeal
from extractors.marks.seals import FoundSeal
from extractors.ocr.engine import Span
from tests.extractors.ink import read, sure
from tests.extractors.paper import ScriptedEngine, table_of

GRAMMAR = grammar_for("date", default_catalogue())


@pytest.mark.parametrize("text", ["公章2020年4月6日", "2020年4月6日公章"])
def test_the_date_is_found_beside_other_print(text):
    seen = replace(read("date", *sure(text)), well_formed=False)
    assert find_date(seen).text == "2020年4月6日"


@pytest.mark.parametrize(
    "text", ["2020年3月25E", "2020年3H25日", "20203月25日", "2020年325日", "2020年3月25"]
)
def test_one_printed_sign_may_be_lost_and_is_doubted(text):
    seen = find_date(read("date", *sure(text)))
    assert (seen.text, seen.well_formed) != (text, True)
    field = transcript_to_field("date", seen, required=False)
    assert field.status is Status.REVIEW
    if text != "2020年325日":
        assert field.text == "2020年3月25日"


def test_numbers_alone_are_no_date():
    assert find_date(read("date", *sure("2020325日"))).well_formed is False


@pytest.mark.parametrize("text", ["2020.4.6", "2020-04-06", "2020年4月6日"])
def test_a_whole_date_stays_as_written(text):
    seen = read("date", *sure(text))
    assert find_date(seen) is seen


def section(*, dated_at: int, seen_on_line: str):
    """A cell of a page whose quick line says something, and a seal over it; a date can be seen at a height, in px."""
    table = table_of([[seen_on_line]] * 6, digital=False)
    dark = np.full_like(table.grid.dark, 255)
    dark[dated_at : dated_at + 18, 420:580] = 90
    table = replace(table, grid=replace(table.grid, dark=dark))
    whole = replace(table.rows[0][0].cell, y1=dark.shape[0])
    line = replace(table.rows[0][0], cell=whole)
    seal = FoundSeal((500.0, 120.0), (90.0, 90.0), "grey", "round", 1.0, np.ones((1, 1), bool), (0, 0))
    return Piece(table, line), PageSeal(table, seal, seal)


def sees_what_is_whole(text):
    """A reader that reads a window only where the ink stands whole and in its middle."""

    def script(picture):
        rows = np.flatnonzero((picture < 128).any(axis=1))
        middle = rows.size and abs(rows.mean() - picture.shape[0] / 2) < 5
        return text if middle and 10 < rows.size < 0.9 * picture.shape[0] else ""

    return ScriptedEngine(script)


def test_a_date_under_a_seal_is_found_in_a_strip_and_doubted():
    piece, seal = section(dated_at=100, seen_on_line="障保会社")
    seen = date_to_transcript([piece], [piece], [seal], sees_what_is_whole("2020年3月15日"), GRAMMAR)
    field = transcript_to_field("date", seen, required=False)
    assert (field.text, field.status) == ("2020年3月15日", Status.REVIEW)
    assert "under_seal" in field.reasons
    height = 240.0
    assert field.parts[0].box.y0 < 100 / height < field.parts[0].box.y1


def test_without_a_seal_no_strip_is_looked_for():
    piece, _ = section(dated_at=100, seen_on_line="年月日")
    engine = sees_what_is_whole("2020年3月15日")
    seen = date_to_transcript([piece], [piece], [], engine, GRAMMAR)
    assert seen.text == ""


def test_printed_signs_with_dirt_are_no_date_but_somebody_looks():
    piece, seal = section(dated_at=100, seen_on_line="1年月日")
    field = transcript_to_field(
        "date",
        date_to_transcript([piece], [piece], [seal], ScriptedEngine(lambda _line: "1年月日"), GRAMMAR),
        required=False,
    )
    assert (field.text, field.status) == ("", Status.REVIEW)


def test_a_seal_over_a_section_without_a_line_is_looked_at():
    piece, seal = section(dated_at=100, seen_on_line="")
    nothing = replace(piece, first_line=10_000)
    field = transcript_to_field(
        "date", date_to_transcript([nothing], [piece], [seal], ScriptedEngine(), GRAMMAR), required=False
    )
    assert field.status is Status.REVIEW
    alone = date_to_transcript([nothing], [piece], [], ScriptedEngine(), GRAMMAR)
    assert transcript_to_field("date", alone, required=False).status is Status.BLANK


def undated_line(*blots, at=400):
    """The printed 年 月 日 as three blots of ink, 20 px high, from ``at`` on the page, and more ink between columns, in px."""
    picture = np.full((28, 220), 255, np.uint8)
    for left, right in ((10, 28), (90, 106), (170, 184), *blots):
        picture[4:24, left:right] = 40
    piece, seal = section(dated_at=100, seen_on_line="年月日")
    place = Span(at, 100, at + 220, 128)
    lines = tuple(replace(line, picture=picture, span=place) for line in piece.cell.lines)
    return replace(piece, cell=replace(piece.cell, lines=lines)), seal


def status_of(piece, seals, text="年月日"):
    seen = date_to_transcript([piece], [piece], seals, ScriptedEngine(lambda _line: text), GRAMMAR)
    return transcript_to_field("date", seen, required=False).status


def test_the_printed_signs_alone_prove_that_nobody_dated():
    piece, seal = undated_line()
    assert status_of(piece, []) is Status.BLANK
    assert status_of(piece, [seal]) is Status.REVIEW, "under a seal a date may hide"


def test_a_seal_elsewhere_in_the_section_hides_no_date_on_its_line():
    piece, seal = undated_line(at=100)
    assert status_of(piece, [seal]) is Status.BLANK


def test_a_speck_between_the_printed_signs_is_no_ink():
    piece, _ = undated_line()
    picture = piece.cell.lines[0].picture.copy()
    picture[10:13, 50] = 150
    lines = tuple(replace(line, picture=picture) for line in piece.cell.lines)
    piece = replace(piece, cell=replace(piece.cell, lines=lines))
    assert status_of(piece, []) is Status.BLANK


@pytest.mark.parametrize("blot", [(50, 60), (108, 125), (200, 204)], ids=["between", "grown on", "behind"])
def test_ink_beside_the_printed_signs_is_looked_at(blot):
    piece, _ = undated_line(blot)
    assert status_of(piece, []) is Status.REVIEW
