"""Section 五: the bureau's opinion and its date, apart from the seal that is stamped over and beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.form.text import normal_label
from extractors.grouping import grouped
from extractors.labelled import Piece
from extractors.lines import TextLine, split_line
from extractors.marks.owners import DISC, PageSeal
from extractors.ocr.engine import LineText, OcrEngine

DATE_LINE = re.compile(r"年.{0,4}月|月.{0,4}日|\d{4}[年.\-/]\d|20\d\d.{0,8}日")
SEAL_LINE = re.compile(r"^[（(]?[公盖]?章[）)]?$|公章|盖章")
LONGEST_DATE, LONGEST_SEAL_LINE = 22, 12


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of a line without wide gaps: line ``index`` of ``piece``'s own cell."""

    piece: Piece
    index: int
    stamped: bool

    @property
    def text(self) -> str:
        return self.piece.cell.texts[self.index].text

    @property
    def alone(self) -> Piece:
        return replace(self.piece, first_line=self.index, last_line=self.index + 1)

    def is_beside(self, other: _Stretch) -> bool:
        """Whether both stand on one line of the same cell."""
        if self.piece.cell.cell != other.piece.cell.cell or not self.piece.cell.lines:
            return False
        mine, its = (s.piece.cell.lines[s.index].span for s in (self, other))
        low, high = sorted((mine.y1 - mine.y0, its.y1 - its.y0))
        return low > 0.5 * high and min(mine.y1, its.y1) - max(mine.y0, its.y0) > 0.5 * low


def authority_parts(
    pieces: Sequence[Piece], seals: Sequence[PageSeal], engine: OcrEngine
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Section 五 without its heading → the opinion's lines and the date's line (the last that looks like one).

    What stands wholly inside a seal is the seal's or the date's, never the opinion's. Where no line looks like
    a date, whatever is written beside and below the opinion is given for it, so that nothing written counts as
    nothing.
    """
    found = [stretch for piece in pieces for stretch in _stretches(piece, seals, engine)]
    lines = _by_line(found)
    stops = [k for k, line in enumerate(lines) if any(_is_seal_line(s.text) and not s.stamped for s in line)]
    dates = [k for k, line in enumerate(lines) if _is_date_line(line)]
    end = min([*stops, *dates, len(lines)])
    opinion = [s.alone for line in lines[:end] for s in line if not s.stamped]
    stamped = [s for line in lines[:end] for s in line if s.stamped]
    dated = lines[dates[-1]] if dates else [*(s for line in lines[end:] for s in line), *stamped]
    date = [s.alone for s in dated if _may_be_date(s.text)] or [s.alone for s in stamped]
    if not opinion and pieces:
        opinion = [replace(pieces[0], first_line=10_000)]
    if not date and pieces:
        date = [replace(pieces[-1], first_line=10_000)]
    return tuple(opinion), tuple(date)


def _by_line(stretches: Sequence[_Stretch]) -> list[list[_Stretch]]:
    return grouped(stretches, lambda line, stretch: stretch.is_beside(line[0]))


def _is_date_line(line: Sequence[_Stretch]) -> bool:
    text = "".join(stretch.text for stretch in line)
    return len(text) <= LONGEST_DATE and DATE_LINE.search(text) is not None


def _may_be_date(text: str) -> bool:
    return re.search(r"[\d年月日]", text) is not None


def _is_seal_line(text: str) -> bool:
    return len(text) <= LONGEST_SEAL_LINE and SEAL_LINE.search(normal_label(text)) is not None


def _stretches(piece: Piece, seals: Sequence[PageSeal], engine: OcrEngine) -> list[_Stretch]:
    """The piece's lines, those that reach into a seal's disc cut at their wide gaps and read anew."""
    here = [seal for seal in seals if seal.table is piece.table]
    count = len(piece.cell.texts)
    if not piece.lines:
        numbers = range(piece.first_line, min(piece.last_line, count))
        return [_Stretch(piece, number, stamped=False) for number in numbers]
    lines: list[TextLine] = []
    texts: list[LineText] = []
    for line, text in zip(piece.lines, piece.texts, strict=True):
        parts = (
            split_line(piece.table.grid.dark, line) if any(s.reaches(line.span) for s in here) else (line,)
        )
        lines += parts
        texts += (text,) if len(parts) == 1 else engine.read_lines([p.picture for p in parts], quick=True)
    cut = replace(piece.cell, lines=tuple(lines), texts=tuple(texts))
    whole = replace(piece, cell=cut, first_line=0, last_line=len(lines))
    return [_Stretch(whole, k, stamped=any(_inside(line, s) for s in here)) for k, line in enumerate(lines)]


def _inside(line: TextLine, seal: PageSeal) -> bool:
    """Whether both ends of the line's middle lie in the seal's disc."""
    (x, y), (ax, ay) = seal.placed.centre_px, seal.placed.axes_px
    height = (line.span.y0 + line.span.y1) / 2
    return all(
        ((end - x) / ax) ** 2 + ((height - y) / ay) ** 2 < DISC**2 for end in (line.span.x0, line.span.x1)
    )
