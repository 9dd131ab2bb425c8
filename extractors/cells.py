"""Every cell of a page's table with its first, quick text: from the text layer, or by a quick reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractors.form.geometry import Box
from extractors.form.text import normal_label, similarity, squeeze
from extractors.grid import Cell, Grid
from extractors.lines import TextLine, cut_lines
from extractors.ocr.engine import LineText, OcrEngine, Span
from extractors.pages import Word
from extractors.straighten import UprightPage, pixels_to_box

TRUSTED_LAYER = 0.8
"""Least likeness between a text layer and what the pixels say, over a few cells, for the layer to be believed."""
LAYER_PROBES = 6
DOWN, ACROSS = np.array([0.0, 1.0]), np.array([1.0, 0.0])


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
        return pixels_to_box(corners, self.page.to_turned @ self.grid.to_page, self.page.turned.shape)

    def share_across(self, cell: Cell) -> tuple[float, float]:
        """Left and right of a cell as shares of the table's width."""
        left = self.grid.rows[0][0].x0
        return (cell.x0 - left) / self.grid.width, (cell.x1 - left) / self.grid.width


def cell_span(cell: Cell) -> Span:
    """The cell's interior as a span of the table picture."""
    return Span(cell.x0, cell.y0, cell.x1, cell.y1)


def grid_to_table(page: UprightPage, grid: Grid, engine: OcrEngine) -> TextTable:
    """Cut and quickly read every cell of a scanned table."""
    rows = []
    for row in grid.rows:
        cells = []
        for cell in row:
            lines = cut_lines(grid.dark, cell_span(cell))
            cells.append(
                CellText(cell, lines, engine.read_lines([line.picture for line in lines], quick=True))
            )
        rows.append(tuple(cells))
    return TextTable(page, grid, tuple(rows))


def layer_to_table(page: UprightPage, grid: Grid, words: Sequence[Word]) -> TextTable:
    """Every cell's text from the text layer: words whose centre lies in the cell, as lines."""
    placed = [(word, *_centre_in_table(word, page, grid)) for word in words if word.visible]
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


def _centre_in_table(word: Word, page: UprightPage, grid: Grid) -> tuple[float, float, float]:
    """Word centre and height in pixels of the table picture."""
    height, width = page.turned.shape[:2]
    x, y = word.box.centre
    back = np.linalg.inv(page.to_turned @ grid.to_page)
    point = back @ np.array([x * width, y * height, 1.0])
    return float(point[0] / point[2]), float(point[1] / point[2]), word.box.height * height


def _words_to_lines(words: list[tuple[Word, float, float, float]]) -> list[str]:
    """Words by lines: those whose centres are less than half a height apart share one."""
    lines: list[list[tuple[Word, float, float, float]]] = []
    for item in sorted(words, key=lambda w: w[2]):
        if lines and abs(item[2] - lines[-1][-1][2]) < 0.5 * max(item[3], lines[-1][-1][3]):
            lines[-1].append(item)
        else:
            lines.append([item])
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
    filled = [cell for row in table.rows for cell in row if 2 <= len(squeeze(cell.text)) <= 40]
    if not filled:
        return False
    likeness = []
    for cell in filled[:: max(1, len(filled) // LAYER_PROBES)][:LAYER_PROBES]:
        lines = cut_lines(grid.dark, cell_span(cell.cell))
        seen = "".join(t.text for t in engine.read_lines([line.picture for line in lines], quick=True))
        likeness.append(similarity(normal_label(seen), normal_label(cell.text)))
    return sum(likeness) / len(likeness) >= TRUSTED_LAYER
