"""Records → figures: counts that can be added, written to ``figures.json`` and printed as tables."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from tests.bench.compare import CellOutcome, LongOutcome, MarkOutcome, Outcome
from tests.bench.reading import Read
from tests.bench.rivals import Rival

GRASS = "Liu Jian Mao Cao"
"""Grass script, which people hardly read: counted apart from other handwriting."""
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
    """Every measure for each class and for all together (``all`` leaves grass script out)."""
    groups = grouped(outcomes, lambda o: (group_of(o), *(("all",) if o.source.font != GRASS else ())))
    order = ("printed", "handwriting", "grass script", "digital", "all")
    return {name: _measures(groups[name]) for name in order if name in groups}


def _measures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    cells = [cell for outcome in outcomes for cell in outcome.cells]
    longs = [long for outcome in outcomes for long in outcome.longs]
    marks = [mark for outcome in outcomes for mark in outcome.marks]
    pages = [page for outcome in outcomes for page in outcome.pages]
    return {
        "documents": len(outcomes),
        "pages": len(pages),
        **cell_figures(cells),
        "mistakes on paper kept": share([c for c in cells if c.wrong_on_paper], lambda c: c.exact),
        "mistakes on paper repaired and passed": sum(
            c.wrong_on_paper and c.passed and not c.exact for c in cells
        ),
        **_long_figures(longs),
        "rows lost": sum(o.rows_lost for o in outcomes),
        "rows invented": sum(o.rows_invented for o in outcomes),
        **_mark_figures(marks),
        "page roles": share(pages, lambda p: p.role_truth == p.role_read),
        "page turns": share(pages, lambda p: p.rotation_right),
        "form found or not": share(outcomes, lambda o: o.matched_right),
        "refused": sum(bool(o.refused) for o in outcomes),
    }


def cell_figures(cells: Sequence[CellOutcome]) -> dict[str, Any]:
    """Accuracy and what passes without a person."""
    passed = [cell for cell in cells if cell.passed]
    return {
        "cells exact": share(cells, lambda c: c.exact),
        "written cells exact": share([c for c in cells if c.truth], lambda c: c.exact),
        "values equal": share(cells, lambda c: c.value_equal),
        "passed": share(cells, lambda c: c.passed),
        "passed wrong": share(passed, lambda c: not c.exact),
    }


def _long_figures(longs: Sequence[LongOutcome]) -> dict[str, Any]:
    written = [long for long in longs if long.truth]
    return {
        "long texts exact": share(longs, lambda t: t.exact),
        "long texts' characters wrong": Share(
            sum(min(t.errors, len(t.truth)) for t in written), sum(len(t.truth) for t in written)
        ),
        "long texts missing": share(written, lambda t: t.missing),
        "long texts passed wrong": share([t for t in longs if t.status == "auto"], lambda t: not t.exact),
    }


def _mark_figures(marks: Sequence[MarkOutcome]) -> dict[str, Any]:
    present = [m for m in marks if m.question.endswith(".present")]
    matches = [m for m in marks if m.question.endswith(".matches")]
    return {
        "signature kind": share([m for m in marks if m.question == "signature.kind"], lambda m: m.right),
        "seal there or not": share(present, lambda m: m.right),
        "seal matches right": share(matches, lambda m: m.right),
        "seal ring unread": share(matches, lambda m: m.unread),
        "seal match contradicted": share(matches, lambda m: not m.right and not m.unread),
    }


def broken_down(outcomes: Sequence[Outcome]) -> dict[str, dict[str, dict[str, Any]]]:
    """Cells by damage, by font and by field, grass script left out except by font."""
    cells = [cell for outcome in outcomes for cell in outcome.cells]
    common = [cell for cell in cells if cell.source.font != GRASS]
    scanned = [cell for cell in common if cell.source.cls != "digital"]
    ways = {
        "damage": grouped(scanned, lambda c: c.source.damages or ("none",)),
        "font": grouped(cells, lambda c: (f"{c.source.cls}: {c.source.font}",)),
        "field": grouped(common, lambda c: (c.field,)),
    }
    return {
        way: {
            name: cell_figures(group)
            for name, group in sorted(groups.items(), key=lambda item: _accuracy(item[1]))
        }
        for way, groups in ways.items()
    }


def _accuracy(cells: Sequence[CellOutcome]) -> float:
    return sum(cell.exact for cell in cells) / max(1, len(cells))


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


def speed(alone: Sequence[Read], together: Sequence[Read], processes: int) -> dict[str, Any]:
    """Seconds a page with one process (median over documents) and on the wall with several."""
    each = [(r.ended_s - r.began_s) / r.pages for r in alone if r.pages]
    cpu = [r.cpu_s / r.pages for r in alone if r.pages]
    wall = max((r.ended_s for r in together), default=0.0) - min((r.began_s for r in together), default=0.0)
    return {
        "seconds a page, one process, median over documents": statistics.median(each or [0.0]),
        "seconds a page, one process, slowest document": max(each, default=0.0),
        "processor seconds a page, median over documents": statistics.median(cpu or [0.0]),
        f"wall seconds a page, {processes} processes": wall / max(1, sum(r.pages for r in together)),
        "peak MiB of a reading process": max((r.peak_mib for r in alone), default=0.0),
        "pages": sum(r.pages for r in alone),
        "stages, seconds a page": _stages(alone),
    }


def _stages(reads: Sequence[Read]) -> dict[str, float]:
    pages = max(1, sum(read.pages for read in reads))
    total: dict[str, float] = defaultdict(float)
    for read in reads:
        for stage, seconds in (read.reading or {}).get("timing_s", {}).items():
            total[stage] += seconds
    return {stage: seconds / pages for stage, seconds in total.items()}


def all_figures(
    outcomes: Sequence[Outcome], speeds: dict[str, Any], rivals: Sequence[Rival], about: dict[str, Any]
) -> dict[str, Any]:
    """Everything, as plain values for JSON."""
    cells = [cell for outcome in outcomes for cell in outcome.cells]
    pairs = [(c.confidence, c.exact) for c in cells if c.text and c.field != "org_type"]
    return {
        "about": about,
        "classes": _plain(class_figures(outcomes)),
        "by": _plain(broken_down(outcomes)),
        "calibration": calibration(pairs),
        "speed": speeds,
        "rivals": [asdict(rival) for rival in rivals],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Share):
        return [value.hits, value.all]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
