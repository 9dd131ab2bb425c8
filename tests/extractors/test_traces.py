from dataclasses import replace

import numpy as np
import pytest

from extractors.cells import CellText
from extractors.confidence import transcript_to_field
from extractors.form.reading import Status
from extractors.grid import Cell
from extractors.labelled import Piece
from extractors.transcribe import pieces_to_transcript
from tests.extractors.paper import ScriptedEngine, table_of


def cell_with(marks, *, noise=0.0):
    """An empty cell of a scanned table, 90 x 60 px, with marks (x, y, wide, high, grey) and noise of a deviation."""
    table = table_of([[""] * 4] * 3, digital=False)
    dark = table.grid.dark.copy()
    cell = Cell(100, 40, 190, 100)
    if noise:
        dark[:] = np.clip(255 - np.abs(np.random.default_rng(3).normal(0, noise, dark.shape)), 0, 255)
    for x, y, wide, high, grey in marks:
        dark[cell.y0 + y : cell.y0 + y + high, cell.x0 + x : cell.x0 + x + wide] = grey
    return [Piece(replace(table, grid=replace(table.grid, dark=dark)), CellText(cell, (), ()))]


DOTS = [(30 + 12 * i, 28, 6, 6, 90) for i in range(3)]


@pytest.mark.parametrize(
    ("marks", "noise", "status"),
    [
        ([], 0, Status.BLANK),
        ([], 8, Status.BLANK),
        ([(40, 20, 4, 20, 215)], 0, Status.REVIEW),
        (DOTS, 0, Status.REVIEW),
        ([(0, 0, 90, 4, 60), (0, 0, 5, 60, 60)], 0, Status.BLANK),
        ([(40, 30, 2, 2, 0)], 0, Status.BLANK),
    ],
    ids=["white", "noisy", "a pale number", "dots", "rests of rules", "a speck"],
)
def test_a_cell_with_traces_of_ink_is_not_proved_empty(marks, noise, status):
    transcript = pieces_to_transcript("sequence", cell_with(marks, noise=noise), ScriptedEngine(), None)
    assert transcript_to_field("sequence", transcript, required=False).status is status


def test_a_part_of_a_cell_below_its_other_lines_proves_nothing_by_their_ink():
    """The place of a date that nobody wrote, in a section whose heading stands in the same cell."""
    (whole,) = cell_with([(40, 20, 4, 20, 0)])
    part = replace(whole, first_line=10_000)
    transcript = pieces_to_transcript("date", [part], ScriptedEngine(), None)
    assert transcript_to_field("date", transcript, required=False).status is Status.BLANK
