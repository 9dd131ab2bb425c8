"""The form as labelled pieces of paper: which cells hold which value, and a section's body without its print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractors.cells import CellText, TextTable
from extractors.form.layout import Section
from extractors.form.text import normal_label, similarity
from extractors.lines import TextLine
from extractors.ocr.engine import LineText

HEADING_LIKE = 0.62
"""Least likeness of a printed heading to the layout's."""
LONGEST_HEADING = 4
"""Lines a heading may run over."""


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
    """The section's body: the heading's lines at its start are hidden.

    The heading may run over several lines, and over a page break; text may follow on its last one. Only whole
    lines are hidden, so a heading with text after it stays for the caller to cut.
    """
    headings = [normal_label(t) for t in section.texts]
    lines = [
        (number, line)
        for number, piece in enumerate(pieces)
        for line in range(piece.first_line, min(piece.last_line, len(piece.cell.texts)))
    ]
    seen, best, ends = "", 0.0, (0, 0)
    for number, line in lines[:LONGEST_HEADING]:
        seen += normal_label(pieces[number].cell.texts[line].text)
        likeness = max(similarity(seen, h) for h in headings)
        if likeness > best:
            best, ends = likeness, (number, line)
    if best < HEADING_LIKE:
        return tuple(pieces)
    number, line = ends
    return (replace(pieces[number], first_line=line + 1), *pieces[number + 1 :])
