"""What is wanted and what was measured, one line each; nothing is called reached that a few cells cannot show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.breakdowns import Groups
from tests.bench.figures import Share
from tests.bench.intervals import interval, upper_bound
from tests.bench.lengths import Length
from tests.bench.rivals import Rival

PASSED_WRONG = 1e-4
LINEAR = 1.2
"""A page of a long file may cost this much of a page of a short one, processor time."""


@dataclass(frozen=True, slots=True)
class Goal:
    """``verdict``: reached, short (of the goal), or open, where the goal lies within what luck may explain."""

    what: str
    goal: str
    measured: str
    verdict: str


def at_least(what: str, goal: float, counted: Share | None) -> Goal | None:
    """A share that should be high. None where nothing was counted."""
    if counted is None or not counted.all:
        return None
    _, high = interval(counted.hits, counted.all)
    enough = counted.hits / counted.all >= goal
    verdict = "reached" if enough else "open" if high >= goal else "short"
    return Goal(what, f"at least {_percent(goal)}", str(counted), verdict)


def at_most(what: str, goal: float, counted: Share | None) -> Goal | None:
    """A share that should be low; with a goal of nothing at all, one hit is short of it."""
    if counted is None or not counted.all:
        return None
    low, _ = interval(counted.hits, counted.all)
    enough = counted.hits / counted.all <= goal
    verdict = "reached" if enough else "open" if low <= goal else "short"
    return Goal(what, f"at most {_percent(goal)}" if goal else "none", str(counted), verdict)


def bounded(what: str, goal: float, counted: Share) -> Goal | None:
    """A rate so low that only its upper 95 % bound says something."""
    if not counted.all:
        return None
    bound = upper_bound(counted.hits, counted.all)
    low, _ = interval(counted.hits, counted.all)
    measured = f"{counted.hits} of {counted.all}: at most {1e4 * bound:.1f} in 10,000 (95 %)"
    verdict = "reached" if bound <= goal else "open" if low <= goal else "short"
    return Goal(what, f"at most {1e4 * goal:.0f} in 10,000", measured, verdict)


def number(what: str, goal: float, measured: float, unit: str, *, more: bool = False) -> Goal:
    """A figure that is no share: seconds, MiB, times faster."""
    enough = measured >= goal if more else measured <= goal
    words = f"at {'least' if more else 'most'} {goal:g} {unit}"
    return Goal(
        what,
        words,
        f"{measured:.3g} {unit}" if measured < 100 else f"{measured:.0f} {unit}",
        "reached" if enough else "short",
    )


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


def reading_goals(classes: dict[str, dict[str, Any]], by: dict[str, Groups], error: float) -> list[Goal]:
    """What a reading is worth."""

    def of(cls: str, measure: str) -> Share | None:
        return classes.get(cls, {}).get(measure)

    rubbish = by.get("cells by hidden text", {}).get("scanner's, rubbish", {}).get("cells exact")
    statements = by.get("long texts", {}).get("statement, printed", {})
    seals = [of("all", "own seal told"), of("all", "another's seal told")]
    told = Share(sum(s.hits for s in seals if s), sum(s.all for s in seals if s))
    lines = [
        at_least("printed cells exact", 0.999, of("printed", "cells exact")),
        at_least("handwriting-like cells exact", 0.985, of("handwriting", "cells exact")),
        at_least("born-digital cells exact", 1.0, of("digital", "cells exact")),
        at_least("cells exact under a rubbish text layer", 0.999, rubbish),
        at_least("wrong on the paper, read as it stands", 0.98, of("all", "mistakes on paper kept")),
        at_most("wrong on the paper, passed", 0.0, of("all", "mistakes on paper passed")),
        at_most("rows lost", 0.0, of("all", "rows lost")),
        at_most("rows invented", 0.0, of("all", "rows invented")),
        at_most("characters wrong, printed statement", 0.005, statements.get("long texts' characters wrong")),
        at_most("long texts missing", 0.0, of("all", "long texts missing")),
        at_least("passed by itself, printed", 0.98, of("printed", "passed")),
        at_least("passed by itself, handwriting-like", 0.85, of("handwriting", "passed")),
        bounded("passed and wrong", PASSED_WRONG, of("all", "passed wrong") or Share(0, 0)),
        number("expected calibration error", 0.5, 100 * error, "%"),
        at_least("check-boxes right", 0.998, of("all", "check-boxes right")),
        at_least("seals seen", 1.0, of("all", "seals seen")),
        at_most("seals invented", 0.0, of("all", "seals invented")),
        at_least("seal's owner told", 0.98, told),
        at_most("another's seal taken for own", 0.0, of("all", "another's seal taken for own")),
        at_least("signature kind told", 0.99, of("all", "signature kind")),
        at_least("roles of pages", 0.99, of("all", "page roles")),
        at_least("material numbers", 0.97, of("all", "material numbers")),
    ]
    return [line for line in lines if line is not None]


def speed_goals(speed: dict[str, Any], rivals: Sequence[Rival], lengths: Sequence[Length] = ()) -> list[Goal]:
    """Seconds, memory, and how much quicker than others on the same pages, processor time against the same."""
    out = []
    for name, value in speed.items():
        if name.startswith("wall seconds a page, 2 "):
            out.append(number(name, 0.35, value, "s"))
    out.append(number("memory of a reading process", 900, speed["peak MiB of a reading process"], "MiB"))
    for each in lengths[1:]:
        longer = each.cpu_s_a_page / lengths[0].cpu_s_a_page
        out.append(number(f"a page of {each.pages}, {each.what}, against one alone", LINEAR, longer, "times"))
        out.append(number(f"memory for {each.pages} pages, {each.what}", 900, each.peak_mib, "MiB"))
    own = next((r for r in rivals if r.name.startswith("ours")), None)
    for rival, times in (("rapidocr", 4.5), ("tesseract", 25.0)):
        other = next((r for r in rivals if r.name.startswith(rival)), None)
        if own and other and own.cpu_s_a_page:
            faster = other.cpu_s_a_page / own.cpu_s_a_page
            out.append(number(f"quicker than {rival}, processor time", times, faster, "times", more=True))
    return out
