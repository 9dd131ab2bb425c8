"""Section 五's date: on its line, or where a seal lies over it in strips across the disc, each read as a line.

A seal's ring joins lines or parts them wrongly, so that no line is the date's. Recognisers read through a seal's
strokes what is level in their picture, so a window that slides down the disc meets the date at some height.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractors.cells import CellText
from extractors.form.grammar import Grammar
from extractors.form.text import squeeze
from extractors.form.values import text_to_value
from extractors.labelled import Piece
from extractors.lines import TextLine, ink_groups, span_to_line
from extractors.marks.owners import PageSeal
from extractors.ocr.engine import LineText, OcrEngine, Span
from extractors.transcribe import Transcript, pieces_to_transcript

STRIP_HEIGHTS, STEP_SHARE = 1.5, 0.25
"""A strip's height in lines of the section, and the step to the next as a share of it."""
LOWEST_LINE_PX, HIGHEST_LINE_PX, USUAL_LINE_PX = 22, 45, 30
BESIDE_RADII, ABOVE_RADII = 1.7, 1.2
"""How far from the seal's centre the date may reach."""
MOST_STRIPS = 6
"""Strips that are read exactly: those with the most signs of a date."""
DATE_SIGNS = "年月日"
DATE = re.compile(
    r"(?P<y>(?:19|20)\d{2})(?P<a>[^\d ]{0,2}) ?(?P<m>\d{1,2})(?P<b>[^\d ]{0,2}) ?(?P<d>\d{1,2})(?!\d)(?P<c>日?)"
)
"""A date of whose printed 年 月 日 one sign may be lost or read as something else."""
LEAST_DATE_SIGNS = 2
SURE_SIGN = 0.9
PLAIN_SIGNS = (".", "-", "/")
LEAST_NUMERALS = 2
NUMERAL = re.compile(r"[\d〇零二三四五六七八九十]")


def date_to_transcript(
    line: Sequence[Piece],
    section: Sequence[Piece],
    seals: Sequence[PageSeal],
    engine: OcrEngine,
    grammar: Grammar,
) -> Transcript | None:
    """The date on its ``line``, else the best that a strip under a seal shows, which is always doubted.

    What is no date and has hardly a numeral is the printed 年 月 日 with dirt: no text, for a person to look at, as
    is a section whose seal hides whether there is a date. The printed signs alone, clearly read with bare paper
    between them and no seal over them, prove that nobody dated it.
    """
    seen = pieces_to_transcript("date", line, engine, grammar)
    if seen is None or seen.digital:
        return seen
    seen = seen if seen.empty else find_date(seen)
    if not seen.empty and seen.well_formed is not False:
        return seen
    covering = [(p, s) for p in section for s in seals if s.table is p.table and s.reaches(p.cell.cell)]
    if seen.empty and not covering:
        return seen
    spans = [(p.table, each.span) for p in line for each in p.lines]
    under = any(s.table is table and s.reaches(span) for table, span in spans for s in seals)
    if not under and _is_undated(seen, line):
        return Transcript(seen.parts)
    found = max(_dates_in_strips(covering, engine, grammar), key=lambda each: each.logp, default=None)
    if found is not None:
        return replace(found, well_formed=None, second="", stamped=True)
    is_date = len(NUMERAL.findall(seen.text)) >= LEAST_NUMERALS
    return seen if is_date else Transcript(seen.parts, inked=True)


def _is_undated(seen: Transcript, line: Sequence[Piece]) -> bool:
    """Whether the line holds the printed 年 月 日, all three surely read, and no ink between or beside them."""
    if not squeeze(seen.free) == squeeze(seen.second) == DATE_SIGNS:
        return False
    if min(seen.sure, default=0.0) <= SURE_SIGN:
        return False
    pictures = [each.picture for piece in line for each in piece.lines]
    groups = [(a, b, picture.shape[0]) for picture in pictures for a, b in ink_groups(picture)]
    return len(groups) == len(DATE_SIGNS) and all(b - a <= height for a, b, height in groups)


def _dates_in_strips(
    covering: Sequence[tuple[Piece, PageSeal]], engine: OcrEngine, grammar: Grammar
) -> Iterator[Transcript]:
    strips = [strip for piece, seal in covering for strip in _strips(piece, seal, engine)]
    strips.sort(key=lambda strip: -_signs(strip.text))
    for strip in strips[:MOST_STRIPS]:
        seen = pieces_to_transcript("date", [strip], engine, grammar)
        found = find_date(seen) if seen is not None else None
        if found is not None and found.well_formed is not False:
            yield found


def _strips(piece: Piece, seal: PageSeal, engine: OcrEngine) -> Iterator[Piece]:
    """The windows over a seal's disc in which a quick look sees a numeral and a sign of a date."""
    cell = piece.cell.cell
    (x, y), (ax, ay) = seal.placed.centre_px, seal.placed.axes_px
    left, right = max(cell.x0, int(x - BESIDE_RADII * ax)), min(cell.x1, int(x + BESIDE_RADII * ax))
    top, bottom = max(cell.y0, int(y - ABOVE_RADII * ay)), min(cell.y1, int(y + ABOVE_RADII * ay))
    height = int(STRIP_HEIGHTS * _line_px(piece))
    for y0 in range(top, max(top + 1, bottom - height + 1), max(1, int(STEP_SHARE * height))):
        line = span_to_line(piece.table.grid.dark, Span(left, y0, right, min(cell.y1, y0 + height)))
        (text,) = engine.read_lines([line.picture], quick=True)
        if _signs(text.text) and NUMERAL.search(text.text):
            yield _piece_of(piece, line, text)


def _line_px(piece: Piece) -> int:
    heights = sorted(line.span.y1 - line.span.y0 for line in piece.lines)
    usual = heights[len(heights) // 2] if heights else USUAL_LINE_PX
    return min(HIGHEST_LINE_PX, max(LOWEST_LINE_PX, usual))


def _piece_of(piece: Piece, line: TextLine, text: LineText) -> Piece:
    return replace(piece, cell=CellText(piece.cell.cell, (line,), (text,)), first_line=0, last_line=1)


def _signs(text: str) -> int:
    return sum(sign in text for sign in DATE_SIGNS)


def find_date(transcript: Transcript) -> Transcript:
    """The date alone, where its line also holds 公章 or a seal's characters.

    The form prints 年 月 日: what stands between the numbers is one of them unless it is a usual sign, and a date
    without its 日, or without a day, is one whose end was not read: it is doubted.
    """
    found = DATE.search(transcript.text)
    if found is None or sum(map(bool, found.group("a", "b", "c"))) < LEAST_DATE_SIGNS:
        return replace(transcript, well_formed=False)
    if transcript.well_formed and (found["a"] in PLAIN_SIGNS or found["c"]):
        return transcript
    plain = found["a"] == found["b"] and found["a"] in PLAIN_SIGNS
    text = found.group() if plain else f"{found['y']}年{found['m']}月{found['d']}日"
    if text == transcript.text:
        return transcript
    if text_to_value("date", text) is None:
        return replace(transcript, well_formed=False)
    return replace(transcript, text=text, well_formed=None, second="", sure=())
