"""Pages that lost ink, told by what is known of it: occupation codes that their names confirm, and doubts of the readers.

A black-and-white scan turns 4 into 1 and 5 into 3, and every reader agrees. In codes the name tells; counts, dates and
levels on the same page are no better, and nothing tells. Where it left so little that most of a page is in doubt, a cell
that looks empty may have been written in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from extractors.form.catalogue import Catalogue
from extractors.form.reading import FieldReading
from extractors.transcribe import Transcript

STROKES_LOST = frozenset({"41", "53", "60", "71", "83", "80", "90"})
"""Digit on the paper and what is left of it, as in fax and threshold."""

HARDLY_READ, LEAST_READ = 0.65, 8
"""Share of a page's short texts in doubt, and how many of them it takes, for nothing on it to pass."""


def pages_hardly_read(cells: Iterable[FieldReading]) -> frozenset[int]:
    """The pages on which most of the cells that bear short texts were read with little certainty."""
    doubted: defaultdict[int, list[bool]] = defaultdict(list)
    for cell in cells:
        if cell.text and cell.parts:
            doubted[cell.parts[0].page].append("low_confidence" in cell.reasons)
    return frozenset(
        page
        for page, of_page in doubted.items()
        if len(of_page) >= LEAST_READ and sum(of_page) >= HARDLY_READ * len(of_page)
    )


def pages_with_lost_strokes(
    occupations: Iterable[tuple[Transcript | None, Transcript | None]], catalogue: Catalogue
) -> frozenset[int]:
    """The pages on which the ink of a code is short of a stroke. ``occupations``: name and code of each row."""
    return frozenset(
        part.page
        for name, code in occupations
        if name is not None and code is not None
        if any(_is_short(code.free, wanted) for wanted in catalogue.codes(name.text))
        for part in code.parts
    )


def _is_short(seen: str, wanted: str) -> bool:
    """Whether a code is read as ``wanted`` but for digits that lost a stroke."""
    digits = [[sign for sign in text if sign.isdigit()] for text in (wanted, seen)]
    if len(digits[0]) != len(digits[1]):
        return False
    differing = ["".join(pair) for pair in zip(*digits, strict=True) if pair[0] != pair[1]]
    return bool(differing) and STROKES_LOST.issuperset(differing)
