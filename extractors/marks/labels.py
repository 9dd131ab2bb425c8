"""Where the labels of signatures and seals are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractors.form.layout import MarkPlace
from extractors.form.text import normal_label
from extractors.labelled import Piece
from extractors.lines import TextLine
from extractors.marks.places import Placed, find_words, line_to_places, pitch_of, rows_of
from extractors.ocr.engine import LineText, OcrEngine, Span

LABEL_ERRORS = 0.34
"""Share of a label's letters that may be misread."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A printed label: the cell it stands in and the span of its letters, in pixels of the table picture."""

    piece: Piece
    span: Span


def find_labels(
    pieces: Sequence[Piece], marks: Sequence[MarkPlace], engine: OcrEngine
) -> dict[str, Anchor | None]:
    """Mark → its label, in the lines as cut and read before, or else as the engine finds them."""
    cut = [(p, *pair) for p in pieces for pair in zip(p.lines, p.texts, strict=False)]
    found = {mark.mark: _find_label(cut, mark.texts) for mark in marks}
    if any(anchor is None for anchor in found.values()):
        again = [(p, *pair) for p in pieces for pair in _lines_found(p, engine)]
        found = {mark.mark: found[mark.mark] or _find_label(again, mark.texts) for mark in marks}
    return found


def _lines_found(piece: Piece, engine: OcrEngine) -> list[tuple[TextLine, LineText]]:
    """Lines by the engine's own search: large signatures and copied seals join the lines of a cut."""
    c = piece.cell.cell
    crop = np.ascontiguousarray(piece.table.grid.dark[c.y0 : c.y1, c.x0 : c.x1])
    lines = [
        TextLine(crop[s.y0 : s.y1, s.x0 : s.x1], Span(c.x0 + s.x0, c.y0 + s.y0, c.x0 + s.x1, c.y0 + s.y1))
        for s in engine.find_lines(crop)
        if s.y1 - s.y0 >= 8 and s.x1 - s.x0 >= 8
    ]
    return list(zip(lines, engine.read_lines([line.picture for line in lines], quick=True), strict=True))


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
