"""Truth against reading: what was right, cell by cell, as frozen records.

Texts are *exact* when they agree after NFKC, with every dash (and the tilde that stands for one) the same and
white space left out: what a clerk would call the same entry. The kind of organisation is compared by value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractors.form.text import distance

LONG_FIELDS = ("statement", "authority_opinion")
"""Counted apart from cells: one wrong comma in four hundred characters is not a wrong number."""
DASHES = re.compile("[-‐‑‒–—―−─﹣－~～〜∼]+")
LOST_ROW = 0.45
"""What it costs to leave a row without a partner; two of them cost as much as rows that share a tenth."""

Json = Mapping[str, Any]


def same_form(text: object) -> str:
    """A text as comparisons see it: NFKC, one kind of dash, no white space."""
    narrow = "".join(unicodedata.normalize("NFKC", str(text or "")).split())
    return DASHES.sub("-", narrow)


@dataclass(frozen=True, slots=True)
class Source:
    """The document a record belongs to. ``damages`` is empty for a clean scan and for a born-digital file."""

    document: str
    cls: str
    font: str
    damages: tuple[str, ...]
    wrong_on_paper: tuple[str, ...] = ()


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

    @property
    def passed(self) -> bool:
        """Nobody looks at it."""
        return self.status == "auto"

    @property
    def wrong_on_paper(self) -> bool:
        """The paper itself is wrong here, and a faithful reading repeats it."""
        place = f"occupations.{self.row - 1}.{self.field.removeprefix('row.')}" if self.row else self.field
        return place in self.source.wrong_on_paper


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

    @property
    def exact(self) -> bool:
        return self.errors == 0

    @property
    def missing(self) -> bool:
        """Something is written and nothing was read."""
        return bool(self.truth) and not self.text


@dataclass(frozen=True, slots=True)
class MarkOutcome:
    """One question about a mark; ``read`` is None where the reading says that it cannot tell."""

    source: Source
    question: str
    truth: object
    read: object
    status: str = ""
    page: int | None = None
    box: tuple[float, ...] = ()

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
    """Everything about one document. ``refused``: the code of the error, empty where it was read."""

    source: Source
    cells: tuple[CellOutcome, ...]
    longs: tuple[LongOutcome, ...]
    marks: tuple[MarkOutcome, ...]
    pages: tuple[PageOutcome, ...]
    rows_lost: int
    rows_invented: int
    matched_right: bool
    refused: str = ""


def truth_to_source(truth: Json) -> Source:
    """Who is speaking; pages that were fed turned count as a damage, as the drawing says."""
    wrong = tuple(item["field"] for item in truth.get("wrong_on_paper", ()))
    font = truth["font"] if truth["class"] == "handwriting" else "print"
    return Source(truth["file"], truth["class"], font, tuple(truth.get("damage", ())), wrong)


def compare(truth: Json, reading: Json | None, refused: str = "") -> Outcome:
    """One document's truth against its reading (``intake.reading/1``), None where it was refused."""
    source, read = truth_to_source(truth), reading or {}
    fields = read.get("fields") or {}
    cells = [
        _cell(source, name, 0, wanted, fields.get(name) or {})
        for name, wanted in truth["fields"].items()
        if name not in LONG_FIELDS
    ]
    longs = [
        _long(source, name, truth["fields"][name], fields.get(name) or {})
        for name in LONG_FIELDS
        if name in truth["fields"]
    ]
    rows = read.get("occupations") or []
    pairs = align_rows(truth["occupations"], rows)
    for at, other in pairs:
        if at is not None:
            found = rows[other] if other is not None else {}
            wanted = truth["occupations"][at]
            cells += [_cell(source, f"row.{c}", at + 1, wanted[c], found.get(c) or {}) for c in wanted]
    return Outcome(
        source=source,
        cells=tuple(cells),
        longs=tuple(longs),
        marks=_marks(source, truth.get("marks") or {}, read.get("marks") or {}),
        pages=_pages(source, truth["pages"], read.get("pages") or []),
        rows_lost=sum(other is None for _, other in pairs),
        rows_invented=sum(at is None for at, _ in pairs),
        matched_right=bool((read.get("form") or {}).get("matched")) == truth["matched"],
        refused=refused,
    )


def _cell(source: Source, name: str, row: int, wanted: Json, read: Json) -> CellOutcome:
    value_equal = wanted["value"] == read.get("value")
    exact = same_form(wanted["text"]) == same_form(read.get("text"))
    return CellOutcome(
        source=source,
        field=name,
        row=row,
        truth=wanted["text"],
        text=read.get("text") or "",
        exact=value_equal if name == "org_type" and read else exact and bool(read),
        value_equal=value_equal and bool(read),
        status=read.get("status") or "missing",
        confidence=float(read.get("confidence") or 0.0),
        reasons=tuple(read.get("reasons") or ()),
        page=read.get("page"),
        box=tuple(read.get("box") or ()),
        candidates=tuple(each["text"] for each in read.get("candidates") or ()),
    )


def _long(source: Source, name: str, wanted: Json, read: Json) -> LongOutcome:
    return LongOutcome(
        source=source,
        field=name,
        truth=wanted["text"],
        text=read.get("text") or "",
        errors=distance(same_form(wanted["text"]), same_form(read.get("text"))),
        status=read.get("status") or "missing",
        page=read.get("page"),
        box=tuple(read.get("box") or ()),
        reasons=tuple(read.get("reasons") or ()),
    )


def align_rows(truth: Sequence[Json], read: Sequence[Json]) -> list[tuple[int | None, int | None]]:
    """Pairs of row indices in order; None where a row was lost (right) or invented (left).

    The cheapest alignment by the edit distance of name and code together, as a share of their length.
    """
    a, b = [_row_text(row) for row in truth], [_row_text(row) for row in read]
    cost = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a), -1, -1):
        for j in range(len(b), -1, -1):
            ways = []
            if i < len(a) and j < len(b):
                ways.append(cost[i + 1][j + 1] + _unlike(a[i], b[j]))
            if i < len(a):
                ways.append(cost[i + 1][j] + LOST_ROW)
            if j < len(b):
                ways.append(cost[i][j + 1] + LOST_ROW)
            cost[i][j] = min(ways, default=0.0)
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(a) or j < len(b):
        if i < len(a) and j < len(b) and cost[i][j] == cost[i + 1][j + 1] + _unlike(a[i], b[j]):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < len(a) and cost[i][j] == cost[i + 1][j] + LOST_ROW:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def _row_text(row: Json) -> str:
    return same_form("".join((row.get(column) or {}).get("text") or "" for column in ("name", "code")))


def _unlike(a: str, b: str) -> float:
    """0 the same .. 1 nothing in common."""
    return distance(a, b) / max(len(a), len(b), 1)


def _marks(source: Source, truth: Json, read: Json) -> tuple[MarkOutcome, ...]:
    """Each question that the truth answers; a seal's match only where a seal is and was seen."""
    out = []
    if "legal_rep_signature" in truth:
        seen = read.get("legal_rep_signature") or {}
        kind = truth["legal_rep_signature"]["kind"]
        out.append(_mark(source, "signature.kind", kind, seen.get("kind", "none"), seen))
    for name in ("org_seal", "authority_seal"):
        if name not in truth:
            continue
        seen, wanted = read.get(name) or {}, truth[name]
        out.append(_mark(source, f"{name}.present", wanted["present"], bool(seen.get("present")), seen))
        if wanted["present"] and seen.get("present"):
            out.append(_mark(source, f"{name}.matches", wanted["matches"], seen.get("matches"), seen))
    return tuple(out)


def _mark(source: Source, question: str, truth: object, read: object, seen: Json) -> MarkOutcome:
    place = seen.get("page"), tuple(seen.get("box") or ())
    return MarkOutcome(source, question, truth, read, seen.get("status") or "", *place)


def _pages(source: Source, truth: Sequence[Json], read: Sequence[Json]) -> tuple[PageOutcome, ...]:
    out = []
    for number, wanted in enumerate(truth, 1):
        seen = read[number - 1] if number <= len(read) else {}
        turned = seen.get("rotation") == wanted["rotation"] if wanted["role"] != "blank" else None
        out.append(PageOutcome(source, number, _role(wanted), _role(seen), turned))
    return tuple(out)


def _role(page: Json) -> str:
    """A material counts with its number; the form's own number says nothing more."""
    role = str(page.get("role", "unread"))
    return f"material {page.get('material')}" if role == "material" else role
