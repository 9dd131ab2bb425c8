"""Records → figures: counts that can be added, by class. Other ways to part them are in ``breakdowns``."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.bench.intervals import upper_bound
from tests.bench.outcomes import CellOutcome, LongOutcome, MarkOutcome, Outcome, PageOutcome

GRASS = "Liu Jian Mao Cao"
"""Grass script, which people hardly read: counted apart from other handwriting."""
CLASSES = ("printed", "handwriting", "grass script", "digital", "all")
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.985, 0.99, 0.995, 0.999, 1.0)

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``all``."""

    hits: int
    all: int

    def __str__(self) -> str:
        return f"{100 * self.hits / self.all:.1f} %  {self.hits}/{self.all}" if self.all else "–"


@dataclass(frozen=True, slots=True)
class AtMost:
    """Upper 95 % bound of a share (one-sided, Clopper and Pearson), in 10,000; None where nothing was counted."""

    per_10_000: float | None

    @classmethod
    def of(cls, counted: Share) -> AtMost:
        return cls(round(1e4 * upper_bound(counted.hits, counted.all), 1) if counted.all else None)

    def __str__(self) -> str:
        return "–" if self.per_10_000 is None else f"{self.per_10_000:.1f} in 10,000"


def share(items: Iterable[T], good: Callable[[T], bool | None]) -> Share:
    """How many are good; those answered None are not asked."""
    answers = [answer for answer in map(good, items) if answer is not None]
    return Share(sum(answers), len(answers))


def grouped(items: Iterable[T], keys: Callable[[T], Iterable[K]]) -> dict[K, list[T]]:
    """Items by each of their keys."""
    out: dict[K, list[T]] = defaultdict(list)
    for item in items:
        for key in keys(item):
            out[key].append(item)
    return dict(out)


def group_of(outcome: Outcome) -> str:
    """The class, with grass script apart."""
    return "grass script" if outcome.source.font == GRASS else outcome.source.cls


def class_figures(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """Every measure for each class and for all together."""
    return {name: _measures(group) for name, group in classed(outcomes).items()}


def classed(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Outcomes by class, in the order of every table; ``all`` leaves grass script out."""
    groups = grouped(outcomes, lambda o: (group_of(o), *(("all",) if o.source.font != GRASS else ())))
    return {name: groups[name] for name in CLASSES if name in groups}


def _measures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    cells = [cell for outcome in outcomes for cell in outcome.cells]
    longs = [long for outcome in outcomes for long in outcome.longs]
    marks = [mark for outcome in outcomes for mark in outcome.marks]
    pages = [page for outcome in outcomes for page in outcome.pages]
    return {
        "documents": len(outcomes),
        "pages": len(pages),
        **cell_figures(cells),
        **mistake_figures([c for c in cells if c.mistake]),
        **box_figures([c for c in cells if c.field == "org_type"]),
        **long_figures(longs),
        **row_figures(outcomes),
        "signature kind": share([m for m in marks if m.question == "signature.kind"], lambda m: m.right),
        **seal_figures(marks),
        **page_figures(pages),
        "form found or not": share(outcomes, lambda o: o.matched_right),
        "refused": share(outcomes, lambda o: bool(o.refused)),
    }


def cell_figures(cells: Sequence[CellOutcome]) -> dict[str, Any]:
    """Accuracy and what passes without a person."""
    passed = [cell for cell in cells if cell.passed]
    wrong = share(passed, lambda c: not c.exact)
    return {
        "cells exact": share(cells, lambda c: c.exact),
        "written cells exact": share([c for c in cells if c.truth], lambda c: c.exact),
        "values equal": share(cells, lambda c: c.value_equal),
        "passed": share(cells, lambda c: c.passed),
        "passed of what may": share([c for c in cells if not c.owed], lambda c: c.passed),
        "passed wrong": wrong,
        "passed wrong at most": AtMost.of(wrong),
    }


def mistake_figures(cells: Sequence[CellOutcome]) -> dict[str, Any]:
    """Of cells that are wrong on the paper: read as they stand, and never passed."""
    return {
        "mistakes on paper kept": share(cells, lambda c: c.exact),
        "mistakes on paper passed": share(cells, lambda c: c.passed),
        "mistakes on paper repaired and passed": share(cells, lambda c: c.passed and not c.exact),
    }


def box_figures(cells: Sequence[CellOutcome]) -> dict[str, Any]:
    """The kind of organisation; two ticks or none have no value, and a person looks at them."""
    return {
        "check-boxes right": share(cells, lambda c: c.exact),
        "check-boxes passed": share(cells, lambda c: c.passed),
        "check-boxes passed wrong": share([c for c in cells if c.passed], lambda c: not c.exact),
    }


def long_figures(longs: Sequence[LongOutcome]) -> dict[str, Any]:
    """The statement and the opinion, in characters."""
    written = [long for long in longs if long.truth]
    return {
        "long texts exact": share(longs, lambda t: t.exact),
        "long texts' characters wrong": Share(
            sum(min(t.errors, len(t.truth)) for t in written), sum(len(t.truth) for t in written)
        ),
        "long texts missing": share(written, lambda t: t.missing),
        "long texts passed wrong": share([t for t in longs if t.status == "auto"], lambda t: not t.exact),
    }


def row_figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Rows of the table, as shares of those on the paper."""
    rows = sum(o.rows for o in outcomes)
    return {
        "rows lost": Share(sum(o.rows_lost for o in outcomes), rows),
        "rows invented": Share(sum(o.rows_invented for o in outcomes), rows),
    }


def seal_figures(marks: Sequence[MarkOutcome]) -> dict[str, Any]:
    """Seals seen where they are and not where they are not, and whose they are."""
    present = [m for m in marks if m.question.endswith(".present")]
    matches = [m for m in marks if m.question.endswith(".matches")]
    own, others = [m for m in matches if m.truth], [m for m in matches if m.truth is False]
    return {
        "seals seen": share([m for m in present if m.truth], lambda m: m.right),
        "seals invented": share([m for m in present if not m.truth], lambda m: not m.right),
        "own seal told": share(own, lambda m: m.right),
        "own seal called another's": share(own, lambda m: m.read is False),
        "another's seal told": share(others, lambda m: m.right),
        "another's seal taken for own": share(others, lambda m: m.read is True),
        "seal ring unread": share(matches, lambda m: m.unread),
    }


def page_figures(pages: Sequence[PageOutcome]) -> dict[str, Any]:
    """What each page is for, and which of the six materials it belongs to."""
    materials = [p for p in pages if p.role_truth.startswith("material")]
    return {
        "page roles": share(pages, lambda p: p.role_truth.split()[0] == p.role_read.split()[0]),
        "material numbers": share(materials, lambda p: p.role_truth == p.role_read),
        "page turns": share(pages, lambda p: p.rotation_right),
    }


def calibration(pairs: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """Expected calibration error of (confidence, right) pairs, and the bins it was summed over.

    ECE = Σ n_b / n · |mean confidence − share right| (Naeini and others, AAAI 2015).
    """
    bins = []
    for low, high in itertools.pairwise(BINS):
        inside = [(c, right) for c, right in pairs if low <= c < high or (high == 1.0 and c >= 1.0)]
        if inside:
            mean = statistics.fmean(c for c, _ in inside)
            right = sum(r for _, r in inside)
            bins.append({"from": low, "to": high, "n": len(inside), "confidence": mean, "right": right})
    total = max(1, len(pairs))
    error = sum(b["n"] / total * abs(b["confidence"] - b["right"] / b["n"]) for b in bins)
    return {"expected_calibration_error": error, "bins": bins}


def plain(value: Any) -> Any:
    """Figures as JSON has them: a share is [hits, all], a bound its number in 10,000, a duration seconds."""
    if isinstance(value, Share):
        return [value.hits, value.all]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, AtMost):
        return value.per_10_000
    return getattr(value, "value", value)
