"""Every cell of a page's table with its first, quick text: from the text layer, or by a quick reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from extractors.columns import with_lost_column, without_columns
from extractors.form.geometry import Box
from extractors.form.text import normal_label, similarity, squeeze
from extractors.grid import Cell, Grid
from extractors.grouping import grouped
from extractors.lines import TextLine, cut_lines, span_to_line
from extractors.ocr.engine import LineText, OcrEngine, Span
from extractors.pages import Word
from extractors.straighten import UprightPage, pixels_to_box

TRUSTED_LAYER = 0.8
"""Least likeness between a text layer and what the pixels say, over a few cells, for the layer to be believed."""
LOW_SIGNS, LOW_SIGN_HEIGHTS = frozenset("_.,"), 0.8
"""Signs whose ink stands at a line's foot, and how far below its middle, in its heights."""
LAYER_PROBES = 6
GROWN_TOGETHER = 1.9
"""A line this many times higher than the page's typical line is several."""
MOST_TYPICAL_PX = 56
"""Higher lines than this are no print of a form at 200 dpi; a page may have only such, all grown together."""
HEADING_CUT = 0.7
LEAST_EMS, NARROW_EM, AROUND_PX = 6, 0.5, 6
"""Characters a line must have, and the width of letters and digits, for its height to tell that it is two lines."""
TOO_HIGH, RATHER_HIGH, SURE_ENOUGH = 1.75, 1.4, 0.85
"""Height of two lines in widths of a character, where these are sure on the average, and where they are not."""


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell, its line pictures and their quick texts, one for each line."""

    cell: Cell
    lines: tuple[TextLine, ...]
    texts: tuple[LineText, ...]

    @property
    def text(self) -> str:
        return "".join(line.text for line in self.texts)


@dataclass(frozen=True, slots=True)
class TextTable:
    """A page's table. ``digital``: the texts come from the file's own text layer and are exact."""

    page: UprightPage
    grid: Grid
    rows: tuple[tuple[CellText, ...], ...]
    digital: bool = False

    def span_to_box(self, span: Span) -> Box:
        """Table pixels → page fractions of the page as displayed upright."""
        corners = np.array(
            [[span.x0, span.y0], [span.x1, span.y0], [span.x1, span.y1], [span.x0, span.y1]], np.float64
        )
        return pixels_to_box(corners, self.page.to_turned @ self.grid.to_page, self.page.turned_px)

    def share_across(self, cell: Cell) -> tuple[float, float]:
        """Left and right of a cell as shares of the table's width."""
        left = self.grid.rows[0][0].x0
        return (cell.x0 - left) / self.grid.width, (cell.x1 - left) / self.grid.width


def cell_span(cell: Cell) -> Span:
    """The cell's interior as a span of the table picture."""
    return Span(cell.x0, cell.y0, cell.x1, cell.y1)


def grid_to_table(
    page: UprightPage,
    grid: Grid,
    engine: OcrEngine,
    headings: Sequence[str] = (),
    cell_counts: frozenset[int] = frozenset(),
) -> TextTable:
    """Cut and quickly read every cell of a scanned table.

    ``headings``: texts that fill a whole row on the form, ``cell_counts``: how many cells its rows have.
    A vertical that cuts a heading is a streak, a crease or a stroke. It is taken out of the whole table where
    more rows then have a count of the form's, else out of that row alone.
    """
    grid = with_lost_column(grid, cell_counts)
    rows = _read_rows(grid, grid.rows, engine)
    false = [_cuts_through_heading(row, headings) for row in rows]
    if not any(false):
        return TextTable(page, grid, rows)
    without = without_columns(grid, [place for places in false for place in places])
    if _usual(without, cell_counts) <= _usual(grid, cell_counts):
        whole = [
            (replace(row[0], x1=row[-1].x1),) if places else row
            for row, places in zip(grid.rows, false, strict=True)
        ]
        without = replace(grid, rows=tuple(whole))
    return TextTable(page, without, _read_rows(without, without.rows, engine))


def read_again(table: TextTable, cell: Cell, engine: OcrEngine) -> CellText:
    """The cell cut and quickly read on the table's picture as it is now."""
    heights = [line.span.y1 - line.span.y0 for row in table.rows for each in row for line in each.lines]
    return _read_cell(
        table.grid, cell, cut_lines(table.grid.dark, cell_span(cell)), _typical(heights), engine
    )


def _typical(heights: Sequence[int]) -> float:
    """The usual height of a page's lines in pixels, 0 without any."""
    return min(sorted(heights)[len(heights) // 2], MOST_TYPICAL_PX) if heights else 0


def _usual(grid: Grid, cell_counts: frozenset[int]) -> int:
    return sum(len(row) in cell_counts for row in grid.rows)


def _read_rows(
    grid: Grid, rows: Sequence[Sequence[Cell]], engine: OcrEngine
) -> tuple[tuple[CellText, ...], ...]:
    cut = [[cut_lines(grid.dark, cell_span(cell)) for cell in row] for row in rows]
    typical = _typical([line.span.y1 - line.span.y0 for row in cut for lines in row for line in lines])
    return tuple(
        tuple(_read_cell(grid, cell, lines, typical, engine) for cell, lines in zip(row, of_row, strict=True))
        for row, of_row in zip(rows, cut, strict=True)
    )


def _read_cell(
    grid: Grid, cell: Cell, lines: tuple[TextLine, ...], typical: float, engine: OcrEngine
) -> CellText:
    found = _separated(grid, cell, lines, typical, engine)
    texts = engine.read_lines([line.picture for line in found], quick=True)
    parts = [_parted(grid, line, text, engine) for line, text in zip(found, texts, strict=True)]
    if all(part is None for part in parts):
        return CellText(cell, found, texts)
    pairs = [
        pair
        for line, text, part in zip(found, texts, parts, strict=True)
        for pair in (
            [(line, text)]
            if part is None
            else zip(part, engine.read_lines([p.picture for p in part], quick=True), strict=True)
        )
    ]
    return CellText(cell, tuple(line for line, _ in pairs), tuple(text for _, text in pairs))


def _parted(grid: Grid, line: TextLine, text: LineText, engine: OcrEngine) -> tuple[TextLine, ...] | None:
    """Two lines that touch, as pen strokes under a heading do, apart; None for one line.

    A line twice as high as its characters are wide is looked at by the engine's detector; one that is read
    with doubt sooner, as fewer characters are read of two lines than stand there.
    """
    span = line.span
    ems = sum(1.0 if sign >= "\u2e80" else NARROW_EM for sign in text.text)
    pitch = (span.x1 - span.x0) / max(ems, 1.0)
    doubtful = sum(text.sure) < SURE_ENOUGH * len(text.sure)
    if ems < LEAST_EMS or span.y1 - span.y0 < (RATHER_HIGH if doubtful else TOO_HIGH) * pitch:
        return None
    top, left = max(0, span.y0 - AROUND_PX), max(0, span.x0 - AROUND_PX)
    found = engine.find_lines(grid.dark[top : span.y1 + AROUND_PX, left : span.x1 + AROUND_PX])
    rows = _reading_rows([Span(s.x0 + left, s.y0 + top, s.x1 + left, s.y1 + top) for s in found])
    if len(rows) < 2:
        return None
    return tuple(span_to_line(grid.dark, piece) for row in rows for piece in row)


def _separated(
    grid: Grid, cell: Cell, lines: tuple[TextLine, ...], typical: float, engine: OcrEngine
) -> tuple[TextLine, ...]:
    """Lines that grew together, as under a seal, found anew by the engine's detector."""
    tallest = max((line.span.y1 - line.span.y0 for line in lines), default=0)
    if tallest < GROWN_TOGETHER * max(typical, 16) or cell.height < 2 * typical:
        return lines
    spans = engine.find_lines(grid.dark[cell.y0 : cell.y1, cell.x0 : cell.x1])
    if not spans:
        return lines
    moved = [Span(s.x0 + cell.x0, s.y0 + cell.y0, s.x1 + cell.x0, s.y1 + cell.y0) for s in spans]
    return tuple(span_to_line(grid.dark, span) for span in _reading_order(moved))


def _reading_order(spans: Sequence[Span]) -> list[Span]:
    """Top to bottom by lines, left to right within a line."""
    return [span for row in _reading_rows(spans) for span in row]


def _reading_rows(spans: Sequence[Span]) -> list[list[Span]]:
    """The lines from top to bottom, each its pieces from left to right."""
    lines = grouped(
        sorted(spans, key=lambda s: s.y0 + s.y1), lambda line, s: line[0].y0 < (s.y0 + s.y1) / 2 < line[0].y1
    )
    return [sorted(line, key=lambda s: s.x0) for line in lines]


def _cuts_through_heading(row: Sequence[CellText], headings: Sequence[str]) -> list[tuple[float, float]]:
    """Where verticals cut a row that should be one heading: places (x, y) in the table picture."""
    if not 2 <= len(row) <= 5:
        return []
    seen = normal_label("".join(cell.text for cell in row))
    first = normal_label(row[0].text)
    whole = max((similarity(seen[: len(h)], h) for h in headings), default=0.0)
    starts = len(first) >= 2 and any(h.startswith(first) for h in headings)
    if len(seen) < 4 or not (whole >= HEADING_CUT or (starts and whole >= HEADING_CUT - 0.2)):
        return []
    return [((a.cell.x1 + b.cell.x0) / 2, (a.cell.y0 + a.cell.y1) / 2) for a, b in pairwise(row)]


def layer_to_table(page: UprightPage, grid: Grid, words: Sequence[Word]) -> TextTable:
    """Every cell's text from the text layer: words whose centre lies in the cell, as lines."""
    letters = [letter for word in words if word.visible for letter in _letters(word)]
    placed = [(letter, *_centre_in_table(letter, page, grid)) for letter in letters]
    rows = []
    for row in grid.rows:
        cells = []
        for cell in row:
            inside = [
                (word, x, y, h)
                for word, x, y, h in placed
                if cell.x0 - 3 <= x <= cell.x1 + 3 and cell.y0 - 3 <= y <= cell.y1 + 3
            ]
            texts = tuple(LineText(text, 1.0, (1.0,) * len(text)) for text in _words_to_lines(inside))
            cells.append(CellText(cell, (), texts))
        rows.append(tuple(cells))
    return TextTable(page, grid, tuple(rows), digital=True)


def _letters(word: Word) -> list[Word]:
    """A word's Chinese characters one by one: one that another font had to draw stands in the word's middle."""
    if word.text.isascii() or len(word.text) < 2:
        return [word]
    step = word.box.width / len(word.text)
    return [
        Word(ch, Box(word.box.x0 + i * step, word.box.y0, word.box.x0 + (i + 1) * step, word.box.y1))
        for i, ch in enumerate(word.text)
    ]


def _centre_in_table(word: Word, page: UprightPage, grid: Grid) -> tuple[float, float, float]:
    """Word centre and height in pixels of the table picture."""
    height, width = page.turned_px
    x, y = word.box.centre
    back = np.linalg.inv(page.to_turned @ grid.to_page)
    point = back @ np.array([x * width, y * height, 1.0])
    return float(point[0] / point[2]), float(point[1] / point[2]), word.box.height * height


def _words_to_lines(words: list[tuple[Word, float, float, float]]) -> list[str]:
    """Words by lines: those whose centres are less than half a height apart share one, and a low sign a little further down."""

    def same(
        line: Sequence[tuple[Word, float, float, float]], word: tuple[Word, float, float, float]
    ) -> bool:
        far = LOW_SIGN_HEIGHTS if set(word[0].text) <= LOW_SIGNS else 0.5
        return abs(word[2] - line[-1][2]) < far * max(word[3], line[-1][3])

    lines = grouped(sorted(words, key=lambda w: w[2]), same)
    return [_spaced(sorted(line, key=lambda w: w[1])) for line in lines]


def _spaced(line: list[tuple[Word, float, float, float]]) -> str:
    """The words of a line; a space only where a gap parts Latin letters or digits, as a reader would see one."""
    text = ""
    for i, (word, x, _, height) in enumerate(line):
        if i and text[-1:].isascii() and word.text[:1].isascii():
            before, x_before, *_ = line[i - 1]
            aspect = height / max(1e-6, word.box.height)
            gap = (x - x_before) - aspect * (word.box.width + before.box.width) / 2
            text += " " if gap > 0.2 * height else ""
        text += word.text
    return text


def layer_is_trusted(page: UprightPage, grid: Grid, words: Sequence[Word], engine: OcrEngine) -> bool:
    """Whether the text layer says what the pixels say, probed on a few cells; an empty layer is not trusted."""
    table = layer_to_table(page, grid, words)
    filled = [
        cell for row in table.rows for cell in row if cell.texts and len(squeeze(cell.texts[0].text)) >= 2
    ]
    if not filled:
        return False
    likeness = []
    for cell in filled[:: max(1, len(filled) // LAYER_PROBES)][:LAYER_PROBES]:
        lines = cut_lines(grid.dark, cell_span(cell.cell))
        # The first line of many may touch a rule, the middle one a seal.
        probes = [lines[k].picture for k in sorted({0, len(lines) // 2}) if k < len(lines)]
        seen = [normal_label(t.text) for t in engine.read_lines(probes, quick=True)]
        said = [normal_label(line.text) for line in cell.texts]
        likeness.append(max((similarity(a, b) for a in seen for b in said), default=0.0))
    return sorted(likeness)[len(likeness) // 2] >= TRUSTED_LAYER
