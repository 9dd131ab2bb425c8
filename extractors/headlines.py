"""The text lines of a page without a form, found in a few milliseconds: what stands above, beside and below its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.components import components
from extractors.form.geometry import Box
from extractors.grouping import grouped
from extractors.lines import span_to_line
from extractors.ocr.engine import LineText, OcrEngine, Span
from extractors.pages import Gray, Word
from extractors.scaling import reduced

TEXT_BELOW = 190
"""Evened grey of ink on the picture of half the size, where thin strokes are paler."""
MARGIN_SHARE = 0.012
"""What lies so near to the page's edge is the scanner's shadow, punched paper or an edge seal."""
LONGEST_STROKE_PX, CHARACTER_GAP_PX = 45, 23
"""On half the size: longer strokes are rules; characters of one line, also of a spaced title, stand nearer."""
LOWEST_PX, HIGHEST_PX = 7, 48
"""Heights of lines on half the size, about 5 to 35 points; what is higher is a seal, a stain or a photograph."""
LEAST_WIDTH, LEAST_FILL = 1.3, 0.12
"""Least width of a line in heights, and the share of its box that its joined strokes fill."""
SAME_ROW = 0.5
CENTRED, SHORT_TITLE, TITLE_HEIGHT = 0.06, 0.5, 1.2
"""A title is off the middle by this share of the page's width at most; it is as short as this share of what is
written, or so many times higher than the usual line."""
PAGE_NUMBER_WIDTH = 0.08
LEAST_BLOCK = 0.5
"""Share of the page's width from which what is written shows where the middle of the text is."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A line's box in page fractions, and its text where the file itself says it."""

    box: Box
    text: str | None = None


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's lines from top to bottom, outside its tables, whose boxes are beside them; page fractions."""

    lines: tuple[Headline, ...]
    tables: tuple[Box, ...] = ()

    @property
    def block(self) -> tuple[float, float]:
        """Left and right of what is written on the page; the whole width without anything."""
        boxes = [*self.tables, *(line.box for line in self.lines)]
        return min((b.x0 for b in boxes), default=0.0), max((b.x1 for b in boxes), default=1.0)

    @property
    def long_lines(self) -> tuple[Headline, ...]:
        """The lines that are no page numbers and no dirt."""
        return tuple(line for line in self.lines if line.box.width > PAGE_NUMBER_WIDTH)

    @property
    def bottom(self) -> float:
        """Where the lowest line or table ends, but for a page number."""
        return max((b.y1 for b in (*self.tables, *(line.box for line in self.long_lines))), default=0.0)

    @property
    def line_height(self) -> float:
        """The usual height of a line; 0 without any."""
        heights = sorted(line.box.height for line in self.lines)
        return heights[len(heights) // 2] if heights else 0.0

    def titles(self, among: int, most: int) -> tuple[Headline, ...]:
        """Lines that stand as titles among the first, above all running text; ``most`` at most."""
        found: list[Headline] = []
        left, right = self.block
        for line in self.lines[:among]:
            if self.is_title(line):
                found.append(line)
            elif line.box.width > SHORT_TITLE * (right - left):
                break
        return tuple(found[:most])

    def is_title(self, line: Headline) -> bool:
        """Whether a line stands in the middle of what is written, and is larger than others or short."""
        left, right = self.block
        middle = (line.box.x0 + line.box.x1) / 2
        # Few words, as of a signature, are in the middle of themselves; then only the page's middle counts.
        middles = (0.5, (left + right) / 2) if right - left > LEAST_BLOCK else (0.5,)
        if min(abs(middle - each) for each in middles) > CENTRED:
            return False
        short = line.box.width < SHORT_TITLE * max(right - left, LEAST_BLOCK)
        return short or line.box.height > TITLE_HEIGHT * self.line_height


def page_to_text(dark: Gray, tables: Sequence[Box], words: Sequence[Word] = ()) -> PageText:
    """The lines of a straightened page outside its tables, from the file's own words where it has any."""
    found = _words_to_lines(words) if words else _ink_to_lines(dark)
    outside = [line for line in found if not any(t.contains_point(*line.box.centre) for t in tables)]
    return PageText(tuple(outside), tuple(tables))


def read_headlines(
    dark: Gray, lines: Sequence[Headline], engine: OcrEngine, *, quick: bool = True
) -> tuple[LineText, ...]:
    """The texts of some lines, in order; read only where the file does not say them."""
    height, width = dark.shape
    spans = [
        Span(
            round(line.box.x0 * width),
            round(line.box.y0 * height),
            round(line.box.x1 * width),
            round(line.box.y1 * height),
        )
        for line in lines
        if line.text is None
    ]
    read = iter(engine.read_lines([span_to_line(dark, span).picture for span in spans], quick=quick))
    return tuple(
        next(read) if line.text is None else LineText(line.text, 1.0, (1.0,) * len(line.text))
        for line in lines
    )


def _ink_to_lines(dark: Gray) -> list[Headline]:
    """Characters closed to lines on a picture of half the size, rules taken out before."""
    small = reduced(dark, 0.5)
    mask = without_strokes((small < TEXT_BELOW).astype(np.uint8))
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, CHARACTER_GAP_PX), np.uint8))
    _, stats = components(joined)
    pieces = [
        (int(x), int(y), int(x + w), int(y + h))
        for x, y, w, h, area in stats[1:]
        if LOWEST_PX <= h <= HIGHEST_PX and w >= 0.5 * h and area >= LEAST_FILL * w * h
    ]
    height, width = small.shape
    return [
        Headline(Box(x0 / width, y0 / height, x1 / width, y1 / height))
        for x0, y0, x1, y1 in _rows(pieces)
        if x1 - x0 >= LEAST_WIDTH * (y1 - y0)
    ]


def without_strokes(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A mask (uint8 0 or 1, half the size) without rules, streaks, crisp creases and what lies at the page's edges."""
    height, width = mask.shape
    edge_y, edge_x = round(height * MARGIN_SHARE), round(width * MARGIN_SHARE)
    clean = np.zeros_like(mask)
    clean[edge_y:-edge_y, edge_x:-edge_x] = mask[edge_y:-edge_y, edge_x:-edge_x]
    for stroke in (np.ones((1, LONGEST_STROKE_PX), np.uint8), np.ones((LONGEST_STROKE_PX, 1), np.uint8)):
        rules = cv2.dilate(cv2.morphologyEx(clean, cv2.MORPH_OPEN, stroke), np.ones((3, 3), np.uint8))
        clean = np.asarray(cv2.subtract(clean, rules), np.uint8)
    return clean


def _rows(pieces: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Pieces side by side, as a line's words, become one; top to bottom."""

    def beside(row: Sequence[tuple[int, int, int, int]], piece: tuple[int, int, int, int]) -> bool:
        (_, top, _, bottom), (_, its_top, _, its_bottom) = row[-1], piece
        shared = min(bottom, its_bottom) - max(top, its_top)
        return shared >= SAME_ROW * max(bottom - top, its_bottom - its_top)

    rows = grouped(sorted(pieces, key=lambda p: p[1] + p[3]), beside)
    return [
        (min(p[0] for p in row), min(p[1] for p in row), max(p[2] for p in row), max(p[3] for p in row))
        for row in rows
    ]


def _words_to_lines(words: Sequence[Word]) -> list[Headline]:
    """Visible words whose middles are less than half a height apart share a line."""
    lines = grouped(
        sorted((w for w in words if w.visible), key=lambda w: w.box.centre[1]),
        lambda line, w: w.box.centre[1] - line[-1].box.centre[1] < SAME_ROW * w.box.height,
    )
    return [_line_of(sorted(line, key=lambda w: w.box.x0)) for line in lines]


def _line_of(words: Sequence[Word]) -> Headline:
    box = Box(
        words[0].box.x0,
        min(w.box.y0 for w in words),
        max(w.box.x1 for w in words),
        max(w.box.y1 for w in words),
    )
    return Headline(box, "".join(w.text for w in words))
