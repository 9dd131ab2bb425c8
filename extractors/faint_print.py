"""The form's print where a fax or a copy left little of it: what the quick reader can hardly read, the exact one reads.

Only a text that is more like one of the form's own stands in place of the quick one. Values keep theirs, for it is one
of the two readings that must agree for them to pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from extractors.cells import CellText, TextTable
from extractors.form.text import normal_label, similarity
from extractors.ocr.engine import OcrEngine
from extractors.printed import LABEL_LIKE, LONGEST_LABEL, PAIRED, PrintedTexts

HARDLY_READ, LEAST_ROWS = 0.9, 6
"""Mean probability of a table's quick texts below which its print is read again, and rows from which it bears labels."""
LEAST_LIKE = 0.4
"""Likeness to a text of the form from which the exact reading takes the quick one's place."""
MOST_LINES = 3
"""Lines of a cell that a printed text may take."""


def with_print_read(table: TextTable, printed: PrintedTexts, engine: OcrEngine) -> TextTable:
    """The table with labels, headers and headings as the exact reader sees them, where the quick one saw little."""
    if table.digital or len(table.rows) < LEAST_ROWS or _sure(chain(*table.rows)) >= HARDLY_READ:
        return table
    return replace(table, rows=tuple(_read_row(row, printed, engine) for row in table.rows))


def _sure(cells: chain[CellText] | Sequence[CellText]) -> float:
    """Mean probability of the cells' lines, 1 without any."""
    lines = [sum(text.sure) / len(text.sure) for cell in cells for text in cell.texts if text.sure]
    return sum(lines) / len(lines) if lines else 1.0


def _read_row(row: tuple[CellText, ...], printed: PrintedTexts, engine: OcrEngine) -> tuple[CellText, ...]:
    """The row with its printed cells read: labels before their values, a heading, or the header."""
    if len(row) in PAIRED:
        labels = printed.label_texts
        return tuple(_read(cell, labels, engine) if i % 2 == 0 else cell for i, cell in enumerate(row))
    if len(row) == 1:
        return (_read(row[0], printed.heading_texts, engine, whole=False),)
    return row


def _read(cell: CellText, wanted: Sequence[str], engine: OcrEngine, *, whole: bool = True) -> CellText:
    """The cell with the exact texts of its first lines, where these are more like a wanted one than the quick ones.

    ``whole``: the cell bears nothing else; else what follows the wanted text does not count.
    """
    if not cell.texts or _sure([cell]) >= HARDLY_READ or (whole and len(cell.lines) > MOST_LINES):
        return cell
    first = engine.read_lines([line.picture for line in cell.lines[:MOST_LINES]])
    before, after = (
        _likeness("".join(text.text for text in texts[:MOST_LINES]), wanted, whole=whole)
        for texts in (cell.texts, first)
    )
    if after < max(LEAST_LIKE, before) or before >= LABEL_LIKE:
        return cell
    return replace(cell, texts=(*first, *cell.texts[MOST_LINES:]))


def _likeness(text: str, wanted: Sequence[str], *, whole: bool) -> float:
    seen = normal_label(text)
    if not seen or (whole and len(seen) > LONGEST_LABEL):
        return 0.0
    return max(similarity(seen if whole else seen[: len(one)], one) for one in wanted)
