"""Where the labels of signatures and seals are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from extractors.cells import TextTable, cell_span
from extractors.form.layout import MarkPlace
from extractors.form.text import normal_label
from extractors.labelled import Piece
from extractors.lines import TextLine, cut_lines
from extractors.marks.places import Placed, find_words, line_to_places, pitch_of, rows_of
from extractors.ocr.engine import LineText, OcrEngine, Span

LABEL_ERRORS = 0.34
"""Share of a label's letters that may be misread."""

JOINED = 1.5
"""A line this many times higher than the page's usual line holds more than one line of print."""

BEGINNING = 2
"""So many letters tell a label that stands at the beginning of a line."""
PRINT_HEIGHT = 0.95
"""Height of a printed letter's ink as a share of the distance between letters."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A printed label: the cell it stands in and the span of its letters, in pixels of the table picture."""

    piece: Piece
    span: Span


def find_labels(
    pieces: Sequence[Piece],
    marks: Sequence[MarkPlace],
    engine: OcrEngine,
    *,
    stamped: bool = True,
    scanned: Mapping[int, TextTable] = MappingProxyType({}),
) -> dict[str, Anchor | None]:
    """Mark → its label, in the lines as cut and read before, or else as the engine finds them.

    The engine's own search is dear. It is spared for labels that the form does not require, which are mostly
    hidden by their seals, and for a seal's label where ``stamped`` says that no seal was found near.
    ``scanned``: by the identity of a table from whose picture seals were faded, the table before that, for
    fading takes pale print away as well. At last a label's beginning must do.
    """
    cut = [(p, *pair) for p in pieces for pair in _lines_cut(p, engine)]
    found = {mark.mark: _find_label(cut, mark.texts) for mark in marks}
    for befores in ({}, scanned):
        lost = [m for m in marks if found[m.mark] is None and m.required and (stamped or m.kind != "seal")]
        searched = [p for p in pieces if not befores or id(p.table) in befores] if lost else []
        again = [(p, *pair) for p in searched for pair in _lines_found(p, befores, engine)]
        cut += again
        found |= {mark.mark: _find_label(again, mark.texts) for mark in lost}
    return found | {m.mark: _beginning(cut, m) for m in marks if found[m.mark] is None and m.required}


def _lines_cut(piece: Piece, engine: OcrEngine) -> list[tuple[TextLine, LineText]]:
    """The piece's lines as read before; of a page with a text layer, which tells no places, cut and read now."""
    if piece.lines or not piece.table.digital:
        return list(zip(piece.lines, piece.texts, strict=False))
    lines = cut_lines(piece.table.grid.dark, cell_span(piece.cell.cell))
    texts = engine.read_lines([line.picture for line in lines], quick=True)
    return list(zip(lines, texts, strict=True))


def _lines_found(
    piece: Piece, befores: Mapping[int, TextTable], engine: OcrEngine
) -> list[tuple[TextLine, LineText]]:
    """Lines by the engine's own search: large signatures and copied seals join the lines of a cut."""
    c = _joined_part(piece)
    dark = befores.get(id(piece.table), piece.table).grid.dark
    crop = np.ascontiguousarray(dark[c.y0 : c.y1, c.x0 : c.x1])
    lines = [
        TextLine(crop[s.y0 : s.y1, s.x0 : s.x1], Span(c.x0 + s.x0, c.y0 + s.y0, c.x0 + s.x1, c.y0 + s.y1))
        for s in engine.find_lines(crop)
        if s.y1 - s.y0 >= 8 and s.x1 - s.x0 >= 8
    ]
    return list(zip(lines, engine.read_lines([line.picture for line in lines], quick=True), strict=True))


def _joined_part(piece: Piece) -> Span:
    """The part of the piece's cell whose lines were cut higher than print; the whole cell where none was."""
    c = piece.cell.cell
    heights = sorted(
        line.span.y1 - line.span.y0 for row in piece.table.rows for each in row for line in each.lines
    )
    usual = max(16, heights[len(heights) // 2]) if heights else 0
    high = [line.span for line in piece.lines if line.span.y1 - line.span.y0 > JOINED * usual]
    if not high:
        return Span(c.x0, c.y0, c.x1, c.y1)
    return Span(
        c.x0,
        max(c.y0, min(s.y0 for s in high) - usual // 2),
        c.x1,
        min(c.y1, max(s.y1 for s in high) + usual // 2),
    )


def _find_label(lines: Sequence[tuple[Piece, TextLine, LineText]], texts: Sequence[str]) -> Anchor | None:
    """The line that spells one of the label's wordings best."""
    wanted = list(dict.fromkeys(normal_label(t) for t in texts))
    best: tuple[float, Anchor] | None = None
    for piece, line, text in lines:
        places = [p for p in line_to_places(line, text, 0) if normal_label(p.char)]
        hit = find_words(places, wanted, LABEL_ERRORS)
        if hit is not None and (best is None or hit[1] < best[0]):
            best = (hit[1], Anchor(piece, _printed_span(piece, line, [places[i] for i in hit[0]])))
    return best[1] if best else None


def _beginning(lines: Sequence[tuple[Piece, TextLine, LineText]], mark: MarkPlace) -> Anchor | None:
    """The place of a label of which a seal left the first letters only, as long as its letters are wide."""
    wanted = normal_label(mark.label)
    for piece, line, text in lines:
        places = [p for p in line_to_places(line, text, 0) if normal_label(p.char)]
        seen = "".join(p.char for p in places)
        if not (BEGINNING <= len(seen) < len(wanted) and wanted.startswith(seen[:BEGINNING])):
            continue
        span = _printed_span(piece, line, places[:BEGINNING])
        letters = mark.label.rindex(wanted[-1]) + 1
        width = round(letters * (span.y1 - span.y0) / PRINT_HEIGHT)
        return Anchor(piece, replace(span, x1=min(piece.cell.cell.x1, span.x0 + width)))
    return None


def _printed_span(piece: Piece, line: TextLine, letters: Sequence[Placed]) -> Span:
    """Around the label's printed letters only, whatever else shares their line."""
    pitch = pitch_of(letters, 0.9 * (line.span.y1 - line.span.y0))
    middle, height = rows_of(piece.table.grid.dark, letters, line, 0, pitch)
    half = min(0.55 * pitch, 0.5 * height)
    return Span(
        max(line.span.x0, round(letters[0].x - 0.5 * pitch)),
        round(middle - half),
        min(line.span.x1, round(letters[-1].x + 0.55 * pitch)),
        round(middle + half) + 1,
    )
