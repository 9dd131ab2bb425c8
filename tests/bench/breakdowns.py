"""The same records parted in other ways: by damage, layout, kind of mistake, tick, seal, role.

Grass script is left out except where cells are parted by font.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from tests.bench.figures import (
    GRASS,
    box_figures,
    cell_figures,
    grouped,
    long_figures,
    mistake_figures,
    page_figures,
    row_figures,
    seal_figures,
    share,
)
from tests.bench.outcomes import CellOutcome, Outcome

T = TypeVar("T")
Groups = dict[str, dict[str, Any]]
CELL_MEASURES = ("cells exact", "passed", "passed wrong")
BY_DOCUMENT = ("layout", "pages of the form", "papers", "hidden text", "colours", "dpi")


def broken_down(outcomes: Sequence[Outcome]) -> dict[str, Groups]:
    """Title → group → measure. Groups with the least accurate cells come first, others by their names."""
    common = [outcome for outcome in outcomes if outcome.source.font != GRASS]
    scanned = [outcome for outcome in common if outcome.source.cls != "digital"]
    cells = [cell for outcome in common for cell in outcome.cells]
    out = {
        "cells by damage": _cells(scanned, lambda o: o.source.damages or ("none",)),
        **{f"cells by {name}": _cells(common, _circumstance(name)) for name in BY_DOCUMENT},
        "cells by font": _cells(outcomes, lambda o: (f"{o.source.cls}: {o.source.font}",)),
        "cells by field": _by_field(cells),
        "wrong on paper": _parted(
            [c for c in cells if c.mistake], lambda c: (c.mistake, "all"), mistake_figures
        ),
        "check-boxes by tick": _parted(
            [c for c in cells if c.field == "org_type"],
            lambda c: (c.source.circumstances.get("tick", ""), "all"),
            box_figures,
        ),
        "long texts": _parted(
            [long for o in common for long in o.longs],
            lambda t: (f"{t.field}, {t.source.cls}", f"{t.field}, all"),
            long_figures,
        ),
        **_marks_and_pages(common),
    }
    return {title: groups for title, groups in out.items() if groups}


def _circumstance(name: str) -> Callable[[Outcome], Iterable[str]]:
    return lambda o: (o.source.circumstances[name],) if name in o.source.circumstances else ()


def _cells(outcomes: Sequence[Outcome], keys: Callable[[Outcome], Iterable[str]]) -> Groups:
    groups = grouped([outcome for outcome in outcomes if outcome.cells], keys)
    figures = {
        name: {
            "documents": len(group),
            **_cell_measures([cell for o in group for cell in o.cells]),
            **_exact_by_class([cell for o in group for cell in o.cells]),
            **row_figures(group),
        }
        for name, group in groups.items()
    }
    return _worst_first(figures)


def _exact_by_class(cells: Sequence[CellOutcome]) -> dict[str, Any]:
    """A damage that met more handwriting than another would seem worse than it is."""
    return {
        f"{cls} exact": share([c for c in cells if c.source.cls == cls], lambda c: c.exact)
        for cls in ("printed", "handwriting")
    }


def _by_field(cells: Sequence[CellOutcome]) -> Groups:
    groups = grouped(cells, lambda c: (c.field,))
    return _worst_first({name: _cell_measures(group) for name, group in groups.items()})


def _cell_measures(cells: Sequence[CellOutcome]) -> dict[str, Any]:
    found = cell_figures(cells)
    return {name: found[name] for name in CELL_MEASURES}


def _worst_first(figures: Groups) -> Groups:
    def accuracy(item: tuple[str, dict[str, Any]]) -> float:
        return float(item[1]["cells exact"].hits / max(1, item[1]["cells exact"].all))

    return dict(sorted(figures.items(), key=accuracy))


def _parted(
    items: Sequence[T],
    keys: Callable[[T], Iterable[str]],
    figures: Callable[[Sequence[T]], dict[str, Any]],
) -> Groups:
    groups = grouped(items, keys)
    return {
        name: {"n": len(group), **figures(group)}
        for name, group in sorted(groups.items(), key=lambda item: (item[0] == "all", item[0]))
    }


def _marks_and_pages(outcomes: Sequence[Outcome]) -> dict[str, Groups]:
    marks = [mark for outcome in outcomes for mark in outcome.marks]
    pages = [page for outcome in outcomes for page in outcome.pages]
    seals = [mark for mark in marks if "_seal." in mark.question]
    signatures = [mark for mark in marks if mark.question == "signature.kind"]
    return {
        "seals by how they were made": _parted(seals, lambda m: (m.style, "all"), seal_figures),
        "signatures by kind": _parted(
            signatures,
            lambda m: (str(m.truth), "all"),
            lambda group: {
                "told": share(group, lambda m: m.right),
                "passed wrong": share([m for m in group if m.status == "auto"], lambda m: not m.right),
            },
        ),
        "pages by role": _parted(pages, lambda p: (p.role_truth, "all"), page_figures),
    }
