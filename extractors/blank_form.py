"""What of a page is the printed blank form, so that people can hide it and see the applicant's ink alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from extractors.cells import CellText, TextTable, cell_span
from extractors.form.layout import Layout
from extractors.form.text import normal_label, similarity
from extractors.ocr.engine import Span
from extractors.pages import Gray
from extractors.printed import HEADER_COLUMNS, PrintedTexts

COVER_WIDTH_PX = 1000
RULE_PX, LETTER_PX = 2, 3
"""How far rules and printed lines reach beyond where they were seen, in pixels of the table's picture."""
LEAST_LETTERS, SENTENCE_LIKE = 3, 0.75
"""A line of so many letters is printed when it is so like a stretch of a sentence of the form."""


def page_to_cover(tables: Sequence[TextTable], printed: PrintedTexts, layout: Layout) -> Gray:
    """255 where the page as displayed shows the form itself, else 0. uint8, 1,000 px wide.

    ``tables``: those of one page that belong to the form, at least one. A line is covered where all of it is printed:
    what somebody wrote behind a printed word stays, and the word with it; so does red ink.
    """
    page = tables[0].page
    height, width = page.turned_px
    scale = COVER_WIDTH_PX / width
    size = (COVER_WIDTH_PX, round(height * scale))
    cover = np.zeros(size[::-1], np.uint8)
    sentences = tuple(normal_label(text) for text in _texts(layout))
    for table in tables:
        onto = np.diag([scale, scale, 1.0]) @ page.to_turned @ table.grid.to_page
        mask = _table_mask(table, printed, sentences)
        cover = np.maximum(cover, cv2.warpPerspective(mask, onto, size, flags=cv2.INTER_NEAREST))
    return cover


def _texts(layout: Layout) -> Iterator[str]:
    """What the form prints beside labels and headers."""
    yield layout.note
    for section in layout.sections:
        yield from section.texts
        yield from (printed.text for printed in section.printed)
        yield from (text for mark in section.marks for text in mark.texts)


def _table_mask(table: TextTable, printed: PrintedTexts, sentences: Sequence[str]) -> Gray:
    """255 on rules and printed words, in the table's picture."""
    mask = np.zeros(table.grid.dark.shape, np.uint8)
    cells = [cell.cell for row in table.rows for cell in row]
    for cell in cells:
        _fill(mask, cell_span(cell), 4 * RULE_PX, 255)
    for cell in cells:
        _fill(mask, cell_span(cell), -RULE_PX, 0)
    for span in _printed_spans(table, printed, sentences):
        _fill(mask, span, LETTER_PX, 255)
    mask[table.grid.red > 0] = 0
    return mask


def _fill(mask: Gray, span: Span, grown_px: int, value: int) -> None:
    top, left = max(0, span.y0 - grown_px), max(0, span.x0 - grown_px)
    mask[top : span.y1 + grown_px, left : span.x1 + grown_px] = value


def _printed_spans(table: TextTable, printed: PrintedTexts, sentences: Sequence[str]) -> Iterator[Span]:
    placed = printed.labels_by_place(table.rows)
    for index, row in enumerate(table.rows):
        if len(printed.header_of(row)) >= HEADER_COLUMNS or printed.is_header_by_place(row):
            for cell in row:
                yield from _lines(cell)
            continue
        labels = placed.get(index) or [printed.label_of(cell) for cell in row]
        for cell, label in zip(row, labels, strict=True):
            if label is not None and len(cell.texts) <= 2:
                yield from _lines(cell)
            else:
                yield from _printed_lines(cell, sentences)


def _lines(cell: CellText) -> Sequence[Span]:
    """Where a printed cell's words stand; a file's own texts have no lines, and nobody wrote beside them."""
    return [line.span for line in cell.lines] or [cell_span(cell.cell)]


def _printed_lines(cell: CellText, sentences: Sequence[str]) -> Iterator[Span]:
    for line, text in zip(cell.lines, cell.texts, strict=False):
        seen = normal_label(text.text)
        if len(seen) >= LEAST_LETTERS and any(_is_stretch(seen, sentence) for sentence in sentences):
            yield line.span


def _is_stretch(seen: str, sentence: str) -> bool:
    """Whether a line is a piece of a sentence, which wraps anywhere."""
    # A letter that the sentence has not is an edit of any stretch of it, and most lines are full of them.
    if sum(letter not in sentence for letter in seen) > (1.0 - SENTENCE_LIKE) * len(seen):
        return False
    starts = range(max(1, len(sentence) - len(seen) + 1))
    return any(similarity(seen, sentence[at : at + len(seen)], SENTENCE_LIKE) > 0 for at in starts)
