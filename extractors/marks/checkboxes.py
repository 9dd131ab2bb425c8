"""Which box is ticked. Words are found by reading, boxes by looking between the words, ticks by comparing boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from extractors.cells import CellText, TextTable, cell_span
from extractors.form.layout import Label, Option
from extractors.form.text import TICKS
from extractors.grid import Cell
from extractors.grouping import grouped
from extractors.lines import TextLine, cut_lines
from extractors.marks.boxes import Gap, gaps_to_ink
from extractors.marks.places import (
    Placed,
    evenly_placed,
    find_words,
    line_to_places,
    pitch_of,
    rows_of,
    spans_union,
)
from extractors.marks.ticks import TickReading, inks_to_reading
from extractors.ocr.engine import LineText, OcrEngine, Span
from extractors.pages import Gray

LEAST_BOX = 0.06
"""Ink of a hollow box as a share of a square as wide as a character, at the least; specks have less."""
WORD_ERRORS = 0.5
"""Share of an option's letters that may be misread; the others must still be found too."""
RULED = 0.8
"""Share of the cells' height that a rule at their side is inked."""
REACH = 2.6
"""How many characters from a word its box and tick may stand."""


@dataclass(frozen=True, slots=True)
class _Word:
    """An option's printed word: its characters' indices among all of the cell's."""

    option: Option
    where: range


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The cell with its words placed. ``middles``: middle height of each line; ``frame``: left and right; all px."""

    dark: Gray
    places: tuple[Placed, ...]
    words: tuple[_Word, ...]
    pitch: float
    middles: tuple[float, ...]
    frame: tuple[int, int]


def cells_to_ticks(
    table: TextTable, cells: Sequence[CellText], label: Label, engine: OcrEngine
) -> TickReading:
    """The options ticked in the cells that stand right of ``label``. Two or none is a doubt, never a guess."""
    if table.digital:
        text = "".join(cell.text for cell in cells)
        typed = typed_ticks(text, label.options)
        if len(typed) == 1:
            return TickReading(typed, 0.998, (), text, spans_union([cell_span(c.cell) for c in cells]))
    lines, texts = _lines_of(table, cells, engine)
    sheet = _sheet(table, cells, lines, texts, label.options)
    if sheet is None:
        cells = _widened(table, cells)
        lines, texts = _lines_of(table, cells, engine)
        sheet = _sheet(table, cells, lines, texts, label.options)
    if sheet is None:
        lines, texts = _lines_found(table, cells, engine)
        sheet = _sheet(table, cells, lines, texts, label.options)
    text = "".join(t.text for t in texts)
    span = spans_union([line.span for line in lines])
    if sheet is None:
        return TickReading((), 0.0, ("label_not_found",), text, span)
    before = _boxes_stand_before(sheet)
    gaps = [Gap(_gap_pieces(sheet, n, before=before), sheet.pitch) for n in range(len(sheet.words))]
    if before and not all(
        gap.pieces for gap in gaps
    ):  # no room before the first word: the last box was wrapped
        before = False
        gaps = [Gap(_gap_pieces(sheet, n, before=before), sheet.pitch) for n in range(len(sheet.words))]
    if not all(gap.pieces for gap in gaps):
        return TickReading((), 0.0, ("label_not_found",), text, span)
    glyphs = ["".join(p.char for p in gap) for gap in _gaps(sheet.places, sheet.words, before=before)]
    inks = gaps_to_ink(sheet.dark, gaps)
    return inks_to_reading(inks, glyphs, [w.option for w in sheet.words], label, text, span)


def typed_ticks(text: str, options: Sequence[Option]) -> tuple[str, ...]:
    """Options whose box in exact text is a tick glyph; () where the boxes cannot be told apart by text."""
    places = [Placed(c, float(i), 0) for i, c in enumerate(text) if not c.isspace()]
    words = _find_options(places, options)
    if len(words) < len(options):
        return ()
    before = bool(words[0].where.start) and words[-1].where.stop == len(places)
    ticked = []
    for word, glyphs in zip(words, _gaps(places, words, before=before), strict=True):
        if any(p.char in TICKS for p in glyphs):
            ticked.append(word.option.value)
    return tuple(o.value for o in options if o.value in ticked)


def _gaps(places: Sequence[Placed], words: Sequence[_Word], *, before: bool) -> list[list[Placed]]:
    """What was read between the words, given to the word whose box stands there."""
    if before:
        starts = [0, *(w.where.stop for w in words[:-1])]
        return [list(places[a : w.where.start]) for a, w in zip(starts, words, strict=True)]
    ends = [*(w.where.start for w in words[1:]), len(places)]
    return [list(places[w.where.stop : b]) for w, b in zip(words, ends, strict=True)]


def _lines_of(
    table: TextTable, cells: Sequence[CellText], engine: OcrEngine
) -> tuple[list[TextLine], list[LineText]]:
    lines = [
        line for cell in cells for line in (cell.lines or cut_lines(table.grid.dark, cell_span(cell.cell)))
    ]
    if all(cell.lines for cell in cells):
        return lines, [t for cell in cells for t in cell.texts]
    return lines, list(engine.read_lines([line.picture for line in lines], quick=True))


def _widened(table: TextTable, cells: Sequence[CellText]) -> tuple[CellText, ...]:
    """Each cell grown to the end of its row: strokes above one another may have passed for a rule."""
    out = []
    for cell in cells:
        row = next((r for r in table.rows if cell in r), (cell,))
        end = max(other.cell.x1 for other in row)
        c = cell.cell
        out.append(cell if end == c.x1 else CellText(Cell(c.x0, c.y0, end, c.y1), (), ()))
    return tuple(out)


def _lines_found(
    table: TextTable, cells: Sequence[CellText], engine: OcrEngine
) -> tuple[list[TextLine], list[LineText]]:
    """The cells' lines by the engine's own search: where strokes of a pen join two lines, or lines touch."""
    lines = []
    for cell in cells:
        c = cell.cell
        crop = np.ascontiguousarray(table.grid.dark[c.y0 : c.y1, c.x0 : c.x1])
        found = engine.find_lines(cv2.copyMakeBorder(crop, 16, 16, 16, 16, cv2.BORDER_CONSTANT, value=255))
        for s in in_reading_order(found):
            x0, y0 = max(0, s.x0 - 16), max(0, s.y0 - 16)
            x1, y1 = min(crop.shape[1], s.x1 - 16), min(crop.shape[0], s.y1 - 16)
            if x1 - x0 > 8 and y1 - y0 > 8:
                lines.append(TextLine(crop[y0:y1, x0:x1], Span(c.x0 + x0, c.y0 + y0, c.x0 + x1, c.y0 + y1)))
    return lines, list(engine.read_lines([line.picture for line in lines], quick=True))


def in_reading_order(spans: Sequence[Span]) -> list[Span]:
    """Spans row by row, from the left; of one row, a piece further right may begin a pixel higher."""
    by_height = sorted(spans, key=lambda s: s.y0 + s.y1)
    rows = grouped(by_height, lambda row, s: s.y0 + s.y1 < 2 * row[0].y1)
    return [s for row in rows for s in sorted(row, key=lambda s: s.x0)]


def _find_options(places: Sequence[Placed], options: Sequence[Option]) -> list[_Word]:
    """Each option's word in reading order; the longest words first, so that 企业 is not found inside another."""
    left = list(places)
    found = []
    for option in sorted(options, key=lambda o: -len(o.text)):
        hit = find_words(left, (option.text, *option.variants), WORD_ERRORS)
        if hit is None:
            continue
        found.append(_Word(option, hit[0]))
        left = [Placed("\0", p.x, p.line) if i in hit[0] else p for i, p in enumerate(left)]
    return sorted(found, key=lambda w: w.where.start)


def _any_ink(table: TextTable) -> Gray:
    """Dark and red ink together: ticks are sometimes red."""
    dark = table.grid.dark
    return np.where(table.grid.red, np.minimum(dark, 90), dark).astype(np.uint8)


def _sheet(
    table: TextTable,
    cells: Sequence[CellText],
    lines: Sequence[TextLine],
    texts: Sequence[LineText],
    options: Sequence[Option],
) -> _Sheet | None:
    """Words found and their characters placed; None when an option's word is nowhere."""
    places = [
        p for i, (line, t) in enumerate(zip(lines, texts, strict=True)) for p in line_to_places(line, t, i)
    ]
    words = _find_options(places, options)
    if len(words) < len(options):
        return None
    dark = _any_ink(table).copy()
    # A box may stand a hair below its cell's rule, which is no ink of a tick.
    dark[: min(c.cell.y0 for c in cells)] = 255
    dark[max(c.cell.y1 for c in cells) :] = 255
    own = [places[i] for w in words for i in w.where]
    rough = pitch_of(own, 0.9 * (lines[0].span.y1 - lines[0].span.y0))
    middles = tuple(rows_of(dark, own, line, n, rough)[0] for n, line in enumerate(lines))
    runs = [list(run) for w in words for run in _runs([places[i] for i in w.where])]
    pitch, centres = evenly_placed(dark, runs, middles)
    moved = {id(p): x for run, xs in zip(runs, centres, strict=True) for p, x in zip(run, xs, strict=True)}
    exact = tuple(Placed(p.char, moved.get(id(p), p.x), p.line) for p in places)
    return _Sheet(dark, exact, tuple(words), pitch, middles, _frame(dark, cells, pitch))


def _frame(dark: Gray, cells: Sequence[CellText], pitch: float) -> tuple[int, int]:
    """Left and right of the cells without rests of thick rules."""
    x0, x1 = min(c.cell.x0 for c in cells), max(c.cell.x1 for c in cells)
    y0, y1 = min(c.cell.y0 for c in cells), max(c.cell.y1 for c in cells)
    # The sides of boxes above one another are shorter than a rule.
    ruled = np.flatnonzero((dark[y0:y1, x0:x1] < 170).mean(axis=0) > RULED)
    reach = 0.6 * pitch
    left = max((int(c) + 2 for c in ruled if c < reach), default=0)
    right = min((int(c) - 2 for c in ruled if c > x1 - x0 - reach), default=x1 - x0)
    return x0 + left, x0 + right


def _runs(places: Sequence[Placed]) -> list[list[Placed]]:
    """A word's characters, apart where a line ends."""
    return grouped(places, lambda word, place: word[-1].line == place.line)


def _boxes_stand_before(sheet: _Sheet) -> bool:
    """□企业 or 企业□: there is a box before the first word, and none or less of one after the last."""
    first, last = sheet.places[sheet.words[0].where.start], sheet.places[sheet.words[-1].where.stop - 1]

    def ink_beside(place: Placed, side: int) -> float:
        x0, x1 = sorted((place.x + side * 0.55 * sheet.pitch, place.x + side * 1.8 * sheet.pitch))
        band = _band(sheet, place.line, max(sheet.frame[0], x0), min(sheet.frame[1], x1), 0.45)
        area = sheet.dark[band.y0 : band.y1, max(0, band.x0) : max(0, band.x1)]
        return float((255.0 - area).sum())

    before = ink_beside(first, -1)
    return before > max(ink_beside(last, 1), LEAST_BOX * 255 * sheet.pitch**2)


def _gap_pieces(sheet: _Sheet, number: int, *, before: bool) -> tuple[Span, ...]:
    """From the word's edge to the next word's, over a line's end when the box was wrapped."""
    word, half = sheet.words[number], 0.5 * sheet.pitch
    start: Placed | None
    end: Placed | None
    if before:
        start = sheet.places[sheet.words[number - 1].where.stop - 1] if number else None
        end = sheet.places[word.where.start]
    else:
        start = sheet.places[word.where.stop - 1]
        end = sheet.places[sheet.words[number + 1].where.start] if number + 1 < len(sheet.words) else None
    if start and end and start.line == end.line:
        return (_band(sheet, start.line, start.x + half, end.x - half),)
    out = []
    if start and sheet.frame[1] - start.x > 0.9 * sheet.pitch:
        stop = min(sheet.frame[1], start.x + half + REACH * sheet.pitch)
        out.append(_band(sheet, start.line, start.x + half, stop))
    if start:
        last = end.line if end else len(sheet.middles)
        own = [sheet.middles[p.line] for w in sheet.words for p in (sheet.places[i] for i in w.where)]
        out += [
            _band(sheet, n, *sheet.frame)
            for n in range(start.line + 1, last)
            if all(abs(sheet.middles[n] - middle) > 0.8 * sheet.pitch for middle in own)
        ]
    if end and end.x - sheet.frame[0] > 0.9 * sheet.pitch:
        out.append(
            _band(sheet, end.line, max(sheet.frame[0], end.x - half - REACH * sheet.pitch), end.x - half)
        )
    return tuple(out)


def _band(sheet: _Sheet, line: int, x0: float, x1: float, half: float = 0.62) -> Span:
    middle = sheet.middles[line]
    return Span(
        max(0, round(x0)),
        max(0, round(middle - half * sheet.pitch)),
        max(0, round(x1)),
        round(middle + half * sheet.pitch),
    )
