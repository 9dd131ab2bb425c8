"""Which box is ticked. Words are found by reading, boxes by looking between the words, ticks by comparing boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractors.cells import CellText, TextTable, cell_span
from extractors.form.layout import Label, Option
from extractors.form.text import TICKS
from extractors.lines import TextLine, cut_lines
from extractors.marks.boxes import BoxInk, Gap, gaps_to_ink
from extractors.marks.places import EMPTY_GLYPHS, Placed, find_words, line_to_places, pitch_of, rows_of, spans_union
from extractors.ocr.engine import LineText, OcrEngine, Span
from extractors.pages import Gray

INK_TICKED, INK_EMPTY = 0.11, 0.06
"""Score of a box (see ``_score``) from which it counts as ticked, and up to which as empty."""
CLEAR_LEAD = 2.2
"""How many times the next box's score the ticked one's must be."""


@dataclass(frozen=True, slots=True)
class TickReading:
    """``ticked``: values of the ticked options, in the form's order. ``span`` in pixels of the table picture."""

    ticked: tuple[str, ...]
    confidence: float
    reasons: tuple[str, ...]
    text: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class _Word:
    """An option's printed word: its characters' indices among all of the cell's."""

    option: Option
    where: range


def cells_to_ticks(table: TextTable, cells: Sequence[CellText], label: Label, engine: OcrEngine) -> TickReading:
    """The options ticked in the cells that stand right of ``label``. Two or none is a doubt, never a guess."""
    if table.digital:
        text = "".join(cell.text for cell in cells)
        typed = typed_ticks(text, label.options)
        if len(typed) == 1:
            return TickReading(typed, 0.998, (), text, spans_union([cell_span(c.cell) for c in cells]))
    lines, texts = _lines_of(table, cells, engine)
    text = "".join(t.text for t in texts)
    span = spans_union([line.span for line in lines])
    places = [p for i, (line, t) in enumerate(zip(lines, texts, strict=True)) for p in line_to_places(line, t, i)]
    words = _find_options(places, label.options)
    if len(words) < len(label.options):
        return TickReading((), 0.0, ("options_not_found",), text, span)
    dark = _any_ink(table)
    before = _boxes_stand_before(places, words, lines, dark, cells)
    gaps = _word_gaps(places, words, lines, dark, cells, before=before)
    glyphs = ["".join(p.char for p in gap) for gap in _gaps(places, words, before=before)]
    scores = [_score(ink, read) for ink, read in zip(gaps_to_ink(dark, gaps), glyphs, strict=True)]
    return _judged(scores, [w.option for w in words], label, text, span)


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
    lines = [line for cell in cells for line in (cell.lines or cut_lines(table.grid.dark, cell_span(cell.cell)))]
    if all(cell.lines for cell in cells):
        return lines, [t for cell in cells for t in cell.texts]
    return lines, list(engine.read_lines([line.picture for line in lines], quick=True))


def _find_options(places: Sequence[Placed], options: Sequence[Option]) -> list[_Word]:
    """Each option's word in reading order; the longest words first, so that 企业 is not found inside another."""
    left = list(places)
    found = []
    for option in sorted(options, key=lambda o: -len(o.text)):
        hit = find_words(left, (option.text, *option.variants), 0.5 if len(option.text) > 2 else 0.5)
        if hit is None:
            continue
        found.append(_Word(option, hit[0]))
        left = [Placed("\0", p.x, p.line) if i in hit[0] else p for i, p in enumerate(left)]
    return sorted(found, key=lambda w: w.where.start)


def _any_ink(table: TextTable) -> Gray:
    """Dark and red ink together: ticks are sometimes red."""
    dark = table.grid.dark
    return np.where(table.grid.red, np.minimum(dark, 90), dark).astype(np.uint8)


def _layout_of(
    places: Sequence[Placed], words: Sequence[_Word], lines: Sequence[TextLine], dark: Gray, cells: Sequence[CellText]
) -> tuple[float, tuple[int, int], list[float]]:
    """Character pitch, left and right of the cell, and the middle height of each line, px."""
    tall = sorted(line.span.y1 - line.span.y0 for line in lines)[len(lines) // 2]
    pitch = pitch_of([places[i] for w in words for i in w.where], 0.9 * tall)
    frame = (min(c.cell.x0 for c in cells), max(c.cell.x1 for c in cells))
    return pitch, frame, [rows_of(dark, places, line, n, pitch)[0] for n, line in enumerate(lines)]


def _boxes_stand_before(
    places: Sequence[Placed], words: Sequence[_Word], lines: Sequence[TextLine], dark: Gray, cells: Sequence[CellText]
) -> bool:
    """□企业 or 企业□: there is ink before the first word or after the last one."""
    pitch, frame, middles = _layout_of(places, words, lines, dark, cells)
    first, last = places[words[0].where.start], places[words[-1].where.stop - 1]

    def ink_beside(place: Placed, side: int) -> float:
        x0, x1 = sorted((place.x + side * 0.6 * pitch, place.x + side * 1.8 * pitch))
        band = _band(middles[place.line], max(frame[0], x0), min(frame[1], x1), pitch, 0.45)
        area = dark[band.y0 : band.y1, max(0, band.x0) : max(0, band.x1)]
        return float((255.0 - area).sum())

    return ink_beside(first, -1) > ink_beside(last, 1)


def _word_gaps(
    places: Sequence[Placed],
    words: Sequence[_Word],
    lines: Sequence[TextLine],
    dark: Gray,
    cells: Sequence[CellText],
    *,
    before: bool,
) -> list[Gap]:
    """The stretches of paper that hold each option's box."""
    pitch, frame, middles = _layout_of(places, words, lines, dark, cells)
    return [
        Gap(tuple(_pieces(n, words, places, before=before, pitch=pitch, frame=frame, middles=middles)), pitch)
        for n in range(len(words))
    ]


def _pieces(
    number: int,
    words: Sequence[_Word],
    places: Sequence[Placed],
    *,
    before: bool,
    pitch: float,
    frame: tuple[int, int],
    middles: Sequence[float],
) -> list[Span]:
    """From the word's edge to the next word's, over a line's end when the box was wrapped."""
    word = words[number]
    start: Placed | None
    end: Placed | None
    if before:
        end, start = places[word.where.start], (places[words[number - 1].where.stop - 1] if number else None)
    else:
        start = places[word.where.stop - 1]
        end = places[words[number + 1].where.start] if number + 1 < len(words) else None
    half = 0.55 * pitch
    if start and end and start.line == end.line:
        return [_band(middles[start.line], start.x + half, end.x - half, pitch)]
    out = []
    if start:
        out.append(_band(middles[start.line], start.x + half, frame[1], pitch))
    if end:
        out.append(_band(middles[end.line], frame[0], end.x - half, pitch))
    return out


def _band(middle: float, x0: float, x1: float, pitch: float, half: float = 0.62) -> Span:
    return Span(round(x0), max(0, round(middle - half * pitch)), round(x1), round(middle + half * pitch))


def _score(ink: BoxInk, glyphs: str) -> float:
    """0 for a hollow box, 1 for a filled one: ink inside or beside it, and what the recogniser saw there."""
    score = min(1.0, ink.inside + ink.loose)
    if any(g in TICKS for g in glyphs):
        score += 0.25
    return score


def _judged(
    scores: Sequence[float], options: Sequence[Option], label: Label, text: str, span: Span | None
) -> TickReading:
    """The one box with clearly more ink than the others."""
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    best, second = scores[order[0]], scores[order[1]]
    over = {options[i].value for i in order if scores[i] >= INK_TICKED}
    ticked = tuple(o.value for o in label.options if o.value in over)
    if len(ticked) == 1 and second <= INK_EMPTY and best >= CLEAR_LEAD * second:
        return TickReading(ticked, min(0.999, 1 - 0.5 * second / best), (), text, span)
    if not over and best <= INK_EMPTY:
        return TickReading((), 0.9, ("no_tick",), text, span)
    doubtful = {options[i].value for i in order if scores[i] > INK_EMPTY}
    ticked = tuple(o.value for o in label.options if o.value in doubtful)
    return TickReading(ticked, 0.5, ("ambiguous_ticks",), text, span)
