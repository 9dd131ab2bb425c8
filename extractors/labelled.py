"""The form as labelled pieces of paper: which cells hold which value, and a section's body without its print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractors.cells import CellText, TextTable
from extractors.form.layout import Section
from extractors.form.text import normal_label, similarity
from extractors.lines import TextLine
from extractors.ocr.engine import LineText

HEADING_LIKE = 0.62
"""Least likeness of a printed heading to the layout's."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell of one page that belongs to a value; ``skip_lines`` and ``skip_chars`` hide a heading before it."""

    table: TextTable
    cell: CellText
    first_line: int = 0
    last_line: int = 10_000

    @property
    def text(self) -> str:
        return "".join(t.text for t in self.texts)

    @property
    def texts(self) -> tuple[LineText, ...]:
        """The quick texts of the piece's own lines."""
        return self.cell.texts[self.first_line : self.last_line]

    @property
    def lines(self) -> tuple[TextLine, ...]:
        """The pictures of the piece's own lines; none on a digital page."""
        return self.cell.lines[self.first_line : self.last_line]


@dataclass(frozen=True, slots=True)
class LabelledForm:
    """The form's values as pieces of paper. ``rows``: each a tuple of seven tuples of pieces, in column order."""

    fields: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    rows: tuple[tuple[tuple[Piece, ...], ...], ...] = ()
    sections: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    """Section id → the cells that hold its body, heading line included in the first."""
    pages: tuple[int, ...] = ()
    headings: frozenset[str] = frozenset()
    labels_found: int = 0


def without_heading(pieces: Sequence[Piece], section: Section) -> tuple[Piece, ...]:
    """The section's body: the heading's lines at the start of its first cell are hidden.

    The heading may run over several lines and text may follow on its last one; only whole lines are
    hidden, so a heading with text after it stays for the caller to cut.
    """
    if not pieces:
        return ()
    first, *rest = pieces
    headings = [normal_label(t) for t in section.texts]
    seen = ""
    best_count, best = 0, 0.0
    start = first.first_line
    for count, line in enumerate(first.cell.texts[start : start + 4], start + 1):
        seen += normal_label(line.text)
        likeness = max(similarity(seen, h) for h in headings)
        if likeness > best:
            best_count, best = count, likeness
    if best < HEADING_LIKE:
        return tuple(pieces)
    return (replace(first, first_line=best_count), *rest)


DATE_LINE = re.compile(r"年.{0,4}月|月.{0,4}日|\d{4}[年.\-/]\d")
SEAL_LINE = re.compile(r"^[（(]?[公盖]?章[）)]?$|公章|盖章")


def authority_parts(pieces: Sequence[Piece]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Section 五 without its heading → the opinion's lines and the date's line (the last that looks like one)."""
    lines = [
        (p, i, t.text) for p in pieces for i, t in enumerate(p.cell.texts) if p.first_line <= i < p.last_line
    ]
    stops = [
        k for k, (_, _, text) in enumerate(lines) if SEAL_LINE.search(normal_label(text)) and len(text) <= 12
    ]
    dates = [k for k, (_, _, text) in enumerate(lines) if DATE_LINE.search(text) and len(text) <= 22]
    end = min([*stops, *dates[-1:], len(lines)])
    opinion = [replace(p, first_line=i, last_line=i + 1) for p, i, text in lines[:end] if text.strip()]
    date = [replace(lines[k][0], first_line=lines[k][1], last_line=lines[k][1] + 1) for k in dates[-1:]]
    if not opinion and pieces:
        opinion = [replace(pieces[0], first_line=10_000)]
    if not date and pieces:
        date = [replace(pieces[-1], first_line=10_000)]
    return tuple(opinion), tuple(date)
