"""The repeating table's rows, collected page by page: cells by column; what a page break or a lost rule cut, joined."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.cells import CellText, TextTable
from extractors.form.layout import Column
from extractors.form.text import HAN, squeeze
from extractors.labelled import Piece

CODE = re.compile(r"[1-8IlO][-—一–－.]?[0-9OIl]{2}[-—一–－.]?[0-9OIl]{2}[-—一–－.]?[0-9OIl]{2}")
PRINTED_NUMBER = re.compile(r"\d{1,2}|[.…·•]{1,6}")
SPECKS = re.compile(r"[.…·•。、,，'`‘’|丨一—\-_~^:：]{1,3}")
MOST_DIGITS = 10
"""An occupation's code has seven; two of them, quickly read, have more than this."""
MOST_DIRT = 3
"""Signs in a row without a Chinese character up to which they are dirt: no entry of one number has neither name nor code."""
LEAST_CELLS = 3
"""Fewer cells are no row of the table, but may belong to the one above."""
OTHER_EDGE = 0.03
"""How far, as a share of the table's width, a column's edge may be from where the header has it."""


class OccupationRows:
    """Rows in the layout's columns, each cell a list of its pieces; none where the layout has no columns."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        if columns:
            self._code, self._yes_or_no = column_of(columns, "occupation_code"), column_of(columns, "yes_no")
        self._spread: tuple[tuple[float, float], ...] = ()
        self.rows: list[list[list[Piece]]] = []

    def has_code(self, row: tuple[CellText, ...]) -> bool:
        """Whether a whole row of the table has an occupation's code where it belongs."""
        return len(row) == len(self._columns) and has_code(row[self._code].text)

    def filled(self) -> tuple[tuple[tuple[Piece, ...], ...], ...]:
        """The rows in which more than a printed number or dots stand."""
        return tuple(tuple(tuple(cell) for cell in row) for row in self.rows if _is_filled(row))

    def take_header(
        self,
        row: tuple[CellText, ...],
        header: dict[int, int],
        table: TextTable,
        lines: Sequence[int] | None = None,
    ) -> None:
        """Note where the columns stand. ``lines``: of each cell are the header's, what follows is the row below it."""
        self._spread = self._columns_of(row, header, table)
        if lines is not None:
            below = zip(row, lines, strict=True)
            self.rows.append([[Piece(table, c, k)] if k < len(c.texts) else [] for c, k in below])

    def take(self, row: tuple[CellText, ...], table: TextTable, *, at_top: bool) -> None:
        """Add a row; ``at_top``: the first of its page, which may be the rest of the row before."""
        cells = self._by_column(row, table)
        if cells is None:
            return
        if len(row) < LEAST_CELLS:
            self._fill(cells, table)
            return
        filled = [bool(c and c.text.strip()) for c in cells]
        pieces = [[Piece(table, c)] if c is not None else [] for c in cells]
        code = cells[self._code]
        whole_code = code is not None and has_code(squeeze(code.text))
        rest_of_page = at_top and not filled[0] and not whole_code
        if self.rows and (rest_of_page or self._is_other_half(cells)) and self._goes_on(cells):
            for mine, more in zip(self.rows[-1], pieces, strict=True):
                mine.extend(p for p in more if p.text.strip())
            return
        self.rows.append(pieces)

    def _is_other_half(self, row: Sequence[CellText | None]) -> bool:
        """Whether a code was cut between this row and the one before: a crease was taken for a rule between its lines."""
        before, after = self.rows[-1], [c.text if c else "" for c in row]
        halves = squeeze("".join(p.text for p in before[self._code])), squeeze(after[self._code])
        numbered = any(p.text.strip() for p in before[0]) and bool(after[0].strip())
        return not numbered and all(halves) and not any(map(has_code, halves)) and has_code("".join(halves))

    def _goes_on(self, row: Sequence[CellText | None]) -> bool:
        """Whether the cells may be the rest of the row before, which the page break cut.

        They are not where both rows have the one word of a yes or no, or more digits than one code.
        """
        before, after = self.rows[-1], [c.text if c else "" for c in row]
        answers = ("".join(p.text for p in before[self._yes_or_no]), after[self._yes_or_no])
        if all(HAN.search(text) for text in answers):
            return False
        codes = (*(p.text for p in before[self._code]), after[self._code])
        digits = sum(ch.isdigit() for text in codes for ch in text)
        return digits <= MOST_DIGITS

    def _fill(self, cells: Sequence[CellText | None], table: TextTable) -> None:
        """Cells on their own under a row that lacks just these: a rule was seen in their columns only."""
        for place, cell in enumerate(cells):
            if cell is not None and cell.text.strip() and self.rows and not self.rows[-1][place]:
                self.rows[-1][place] = [Piece(table, cell)]

    def _by_column(self, row: tuple[CellText, ...], table: TextTable) -> list[CellText | None] | None:
        """The row's cells in column order, by place under the header; None for a row that is no data row."""
        if len(row) == len(self._columns):
            return list(row)
        if not self._spread:
            return None
        out: list[CellText | None] = [None] * len(self._columns)
        for cell in row:
            left, right = table.share_across(cell.cell)
            shares = [max(0.0, min(right, b) - max(left, a)) for a, b in self._spread]
            best = max(range(len(shares)), key=lambda i: shares[i])
            if shares[best] > 0.4 * (right - left) and out[best] is None:
                out[best] = cell
        return out

    def _columns_of(
        self, row: tuple[CellText, ...], header: dict[int, int], table: TextTable
    ) -> tuple[tuple[float, float], ...]:
        """Left and right of each column; columns whose header was not read are filled in between."""
        if len(row) == len(self._columns):
            return tuple(table.share_across(cell.cell) for cell in row)
        known = {column: table.share_across(row[i].cell) for i, column in header.items()}
        return tuple(known.get(i, (1.0, 1.0)) for i in range(len(self._columns)))

    def same_columns(self, table: TextTable) -> bool:
        """Whether a row, with a code if one has, stands in columns of the header's proportions, whatever the scale."""
        rows = [row for row in table.rows if len(row) == len(self._columns)]
        if not rows or len(self._spread) != len(self._columns):
            return False
        row = next((row for row in rows if self.has_code(row)), rows[0])
        edges = [table.share_across(cell.cell)[1] for cell in row]
        return all(
            abs(edge - right) < OTHER_EDGE for edge, (_, right) in zip(edges, self._spread, strict=True)
        )


def column_of(columns: Sequence[Column], kind: str) -> int:
    """The place of the only column of a kind. Raises StopIteration where there is none."""
    return next(place for place, column in enumerate(columns) if column.kind == kind)


def has_code(text: str) -> bool:
    """Whether an occupation's code stands in a text, its digits perhaps read as letters."""
    return CODE.search(text) is not None


def _is_filled(row: Sequence[Sequence[Piece]]) -> bool:
    """Whether more than a printed number, dots, specks or dirt stand in the row, wherever these were found."""
    texts = [text for cell in row[1:] if (text := squeeze("".join(p.text for p in cell)))]
    seen = [text for text in texts if not SPECKS.fullmatch(text)]
    if len(seen) == 1 and PRINTED_NUMBER.fullmatch(seen[0]):
        return False
    # Blots are read as a sign or two, as a digit rather than as a word.
    blots = len("".join(seen)) <= MOST_DIRT and not any(HAN.search(text) for text in seen)
    return bool(seen) and not blots
