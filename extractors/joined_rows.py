"""Rows that stand in one because the rule between them was not seen, as in a crease: parted where their texts say so.

Two occupation codes in one cell, or two labels in one label cell, are two rows. They are parted where white runs
through all cells, so no line of any cell is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from extractors.cells import CellText, TextTable
from extractors.form.layout import Column
from extractors.occupation_rows import column_of
from extractors.printed import PAIRED, PrintedTexts

CODE_DIGITS = range(6, 9)
"""Digits of one code as the quick reader counts them: seven, one more or less."""
LEAST_GAP_PX = 2
Row = tuple[CellText, ...]


def with_parted_rows(table: TextTable, printed: PrintedTexts, columns: Sequence[Column]) -> TextTable:
    """The table with every such row parted; ``columns``: of the repeating table. The same table where none is."""
    rows = tuple(part for row in table.rows for part in _parted(row, printed, columns))
    return table if len(rows) == len(table.rows) else replace(table, rows=rows)


def _parted(row: Row, printed: PrintedTexts, columns: Sequence[Column]) -> tuple[Row, ...]:
    if len(row) == len(columns):
        window = _between(row[column_of(columns, "occupation_code")], _is_code)
    elif len(row) in PAIRED:
        window = _between(row[0], printed.names_label)
    else:
        return (row,)
    height = None if window is None else _white(row, window)
    if height is None:
        return (row,)
    return _half(row, height, upper=True), *_parted(_half(row, height, upper=False), printed, columns)


def _is_code(texts: Sequence[str]) -> bool:
    return sum(sign.isdigit() for text in texts for sign in text) in CODE_DIGITS


def _between(cell: CellText, is_whole: Callable[[Sequence[str]], bool]) -> tuple[int, int] | None:
    """Bottom and top of the lines between which a first whole text ends and another begins."""
    texts = [line.text for line in cell.texts]
    if len(cell.lines) != len(texts):
        return None
    for k in range(1, len(texts)):
        if is_whole(texts[:k]) and any(is_whole(texts[k:end]) for end in range(k + 1, len(texts) + 1)):
            return cell.lines[k - 1].span.y1, cell.lines[k].span.y0
    return None


def _white(row: Row, window: tuple[int, int]) -> int | None:
    """The lowest height in the window at which no cell has a line: where rows begin at their top, it is the last."""
    free = [True] * max(0, window[1] - window[0])
    for cell in row:
        for line in cell.lines:
            for y in range(max(window[0], line.span.y0), min(window[1], line.span.y1)):
                free[y - window[0]] = False
    end = next((k for k in range(len(free), 0, -1) if free[k - 1]), 0)
    start = next((k for k in range(end, 0, -1) if not free[k - 1]), 0)
    return window[0] + (start + end) // 2 if end - start >= LEAST_GAP_PX else None


def _half(row: Row, height: int, *, upper: bool) -> Row:
    """Of each cell what stands above, or below, a height."""
    halves = []
    for cell in row:
        kept = [
            (line, text)
            for line, text in zip(cell.lines, cell.texts, strict=True)
            if (line.span.y0 + line.span.y1 < 2 * height) == upper
        ]
        place = replace(cell.cell, y1=height - 2) if upper else replace(cell.cell, y0=height + 3)
        halves.append(CellText(place, tuple(line for line, _ in kept), tuple(text for _, text in kept)))
    return tuple(halves)
