"""What was right and what was not about a document, as frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from extractors.form.layout import default_layout

Place = tuple[int, tuple[float, ...]]
"""Page from 1, box in page fractions. ``parts`` holds every piece of a cell that a page break cuts, else nothing."""


@dataclass(frozen=True, slots=True)
class Source:
    """The document a record belongs to. ``damages`` is empty for a clean scan and for a born-digital file.

    ``mistakes``: what is wrong on the paper itself, place → kind. ``circumstances``: layout, resolution and the
    like, name → which.
    """

    document: str
    cls: str
    font: str
    damages: tuple[str, ...]
    mistakes: Mapping[str, str] = field(default_factory=dict)
    circumstances: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """One cell. ``row`` counts from 1 in the truth's table, 0 for fields; ``box`` in page fractions."""

    source: Source
    field: str
    row: int
    truth: str
    text: str
    exact: bool
    value_equal: bool
    status: str
    confidence: float
    reasons: tuple[str, ...] = ()
    page: int | None = None
    box: tuple[float, ...] = ()
    candidates: tuple[str, ...] = ()
    parts: tuple[Place, ...] = ()

    @property
    def passed(self) -> bool:
        """Nobody looks at it: it is sure, or its place is proved empty."""
        return self.status in {"auto", "blank"}

    @property
    def mistake(self) -> str:
        """In what way the paper itself is wrong here, which a faithful reading repeats; empty where it is right."""
        place = f"occupations.{self.row - 1}.{self.field.removeprefix('row.')}" if self.row else self.field
        return self.source.mistakes.get(place, "")

    @property
    def owed(self) -> bool:
        """A person must look whatever is read: wrong on the paper, blank where the form wants something, or beside a wrong code.

        A name beside a wrong code, a code beside a wrong name: nothing confirms it.
        """
        blank = not self.truth and self.field != "org_type"
        partner = {"row.name": "row.code", "row.code": "row.name"}.get(self.field, self.field)
        return bool(self.mistake or replace(self, field=partner).mistake) or (
            blank and self.field in _wanted()
        )


@cache
def _wanted() -> frozenset[str]:
    """Cells that the form does not let be blank, named as outcomes name them."""
    layout = default_layout()
    columns = (f"row.{column.id}" for column in layout.columns if column.required)
    return frozenset({*(label.field for label in layout.labels if label.required), *columns})


@dataclass(frozen=True, slots=True)
class LongOutcome:
    """One long text; ``errors`` is the edit distance in characters."""

    source: Source
    field: str
    truth: str
    text: str
    errors: int
    status: str
    page: int | None = None
    box: tuple[float, ...] = ()
    reasons: tuple[str, ...] = ()
    parts: tuple[Place, ...] = ()

    @property
    def exact(self) -> bool:
        return self.errors == 0

    @property
    def missing(self) -> bool:
        """Something is written and nothing was read."""
        return bool(self.truth) and not self.text


@dataclass(frozen=True, slots=True)
class MarkOutcome:
    """One question about a mark; ``read`` is None where the reading says that it cannot tell.

    ``style``: how the mark was made, as the drawing says.
    """

    source: Source
    question: str
    truth: object
    read: object
    status: str = ""
    page: int | None = None
    box: tuple[float, ...] = ()
    reasons: tuple[str, ...] = ()
    style: str = ""

    @property
    def right(self) -> bool:
        return self.truth == self.read

    @property
    def unread(self) -> bool:
        return self.read is None and self.truth is not None


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """One page's role and turn. ``rotation_right`` is None for pages without an upright."""

    source: Source
    number: int
    role_truth: str
    role_read: str
    rotation_right: bool | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything about one document. ``rows``: how many the paper has; ``refused``: the error's code, if any."""

    source: Source
    cells: tuple[CellOutcome, ...]
    longs: tuple[LongOutcome, ...]
    marks: tuple[MarkOutcome, ...]
    pages: tuple[PageOutcome, ...]
    rows: int
    rows_lost: int
    rows_invented: int
    matched_right: bool
    refused: str = ""
