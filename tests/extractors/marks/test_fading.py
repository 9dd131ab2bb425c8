"""Seals of copies taken out of what they cover."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractors.labelled import LabelledForm, Piece
from extractors.lines import cut_lines
from extractors.marks.fading import without_seals
from extractors.marks.owners import pieces_to_seals
from extractors.ocr.engine import Span
from tests.extractors.marks.drawn import PITCH, ToldEngine, blank, letter, seal, table_of

TOP, LETTERS = 200, 12


def stamped(grey: int) -> LabelledForm:
    """One line of black print, a seal of this grey over its end."""
    page = blank(1200, 640)
    seal(page, (600, 260), 130, (grey, grey, grey))
    for place in range(LETTERS):
        letter(page, 120 + PITCH * (place + 0.5), TOP)
    table = table_of(page, [("", Span(120, TOP - 14, 120 + round(PITCH * LETTERS), TOP + 14))])
    return LabelledForm(sections={"authority": (Piece(table, table.rows[0][0]),)}, pages=(1,))


def cleared(form: LabelledForm):
    seals = pieces_to_seals(form.sections["authority"])
    return without_seals(form, seals, ToldEngine("同意"))


def line_heights(piece: Piece) -> list[int]:
    whole = Span(100, 100, 1000, 420)
    return [line.span.y1 - line.span.y0 for line in cut_lines(piece.table.grid.dark, whole)]


def test_print_under_a_paler_seal_stands_alone_again() -> None:
    form = stamped(150)
    (before,) = form.sections["authority"]
    assert max(line_heights(before)) > 100
    after, seals = cleared(form)
    (piece,) = after.sections["authority"]
    assert [height < 40 for height in line_heights(piece)] == [True]
    assert piece.cell.text == "同意"
    assert all(s.table is piece.table and s.before is before.table for s in seals)


def test_thin_print_as_grey_as_the_seal_stays_and_the_seals_broad_strokes_go() -> None:
    page = blank(1200, 640)
    seal(page, (600, 260), 130, (110, 110, 110))
    for x in (560, 640):
        cv2.line(page, (x, 225), (x, 250), (110, 110, 110), 1)
    table = table_of(page, [("", Span(120, 186, 900, 260))])
    form = LabelledForm(sections={"authority": (Piece(table, table.rows[0][0]),)}, pages=(1,))
    (piece,) = cleared(form)[0].sections["authority"]
    before, after = table.grid.dark, piece.table.grid.dark
    for x in (560, 640):
        assert after[230:240, x].max() == before[230:240, x].max() == 110
    assert before[260, 468:476].min() < 130
    assert after[260, 468:476].min() > 230


def test_a_seal_as_black_as_the_print_stays() -> None:
    form = stamped(10)
    after, seals = cleared(form)
    assert after is form
    assert all(s.before is None for s in seals)


@pytest.mark.parametrize("grey", [110, 170])
def test_no_stroke_of_the_print_is_lost(grey: int) -> None:
    form = stamped(grey)
    (before,) = form.sections["authority"]
    (after,) = cleared(form)[0].sections["authority"]
    black = before.table.grid.dark < 60
    assert np.all(after.table.grid.dark[black] < 100)
    assert cv2.countNonZero((after.table.grid.dark < 165).astype(np.uint8)) < 1.4 * black.sum()


@pytest.mark.parametrize("reaching", [0, 130], ids=["apart", "reaching in"])
def test_only_lines_that_the_seal_touches_are_read_again(reaching: int) -> None:
    page = blank(1200, 640)
    seal(page, (600, 260), 130, (150, 150, 150))
    for y in (60, TOP):
        for place in range(LETTERS):
            letter(page, 120 + PITCH * (place + 0.5), y)
    right = 120 + round(PITCH * LETTERS)
    spans = [Span(120, 46, right, 74 + reaching), Span(120, TOP - 14, right, TOP + 14)]
    table = table_of(page, [("本人承诺", spans[0]), ("旧", spans[1])])
    form = LabelledForm(sections={"authority": (Piece(table, table.rows[0][0]),)}, pages=(1,))
    (after,) = cleared(form)[0].sections["authority"]
    texts = [text.text for text in after.cell.texts]
    # Two lines whose boxes overlap are cut anew together: half a line must not be read.
    assert texts == (["同意", "同意"] if reaching else ["本人承诺", "同意"])
