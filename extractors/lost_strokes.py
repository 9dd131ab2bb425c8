"""Pages whose scan lost thin strokes, told where the truth is known: by occupation codes that their names confirm.

A black-and-white scan turns 4 into 1 and 5 into 3, and every reader agrees. In codes the name tells; counts, dates and
levels on the same page are no better, and nothing tells.
"""

from __future__ import annotations

from collections.abc import Iterable

from extractors.form.catalogue import Catalogue
from extractors.transcribe import Transcript

STROKES_LOST = frozenset({"41", "53", "60", "71", "83", "80", "90"})
"""Digit on the paper and what is left of it, as in fax and threshold."""


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
