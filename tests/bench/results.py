"""A run with its truths → everything that tables, report and ``figures.json`` show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench import breakdowns, figures, goals, real, remembered, speeds
from tests.bench.breakdowns import Groups
from tests.bench.compare import compare
from tests.bench.figures import Share
from tests.bench.goals import Goal
from tests.bench.outcomes import Outcome
from tests.bench.reading import Case
from tests.bench.remembered import Change
from tests.bench.runs import Run


@dataclass(frozen=True, slots=True)
class Results:
    """``changes`` holds every measure that the committed figures have too; empty where there are none."""

    about: dict[str, Any]
    run: Run
    outcomes: tuple[Outcome, ...]
    classes: dict[str, dict[str, Any]]
    by: dict[str, Groups]
    calibration: dict[str, Any]
    speed: dict[str, Any]
    stages: dict[str, float]
    real: dict[str, Share]
    goals: tuple[Goal, ...]
    changes: tuple[Change, ...]
    compared_with: str


def results_of(run: Run, cases: Sequence[Case], about: dict[str, Any]) -> Results:
    """Compare every reading with its truth and count."""
    outcomes = tuple(
        compare(case.truth, read.reading, read.refused) for case, read in zip(cases, run.alone, strict=True)
    )
    cells = [cell for outcome in outcomes for cell in outcome.cells]
    reads = dict(zip((outcome.source.document for outcome in outcomes), run.alone, strict=True))
    classes, by = figures.class_figures(outcomes), breakdowns.broken_down(outcomes)
    for name, group in figures.classed(outcomes).items():
        classes[name] |= speeds.costs([reads[outcome.source.document] for outcome in group])
    calibration = figures.calibration(
        [(c.confidence, c.exact) for c in cells if c.text and c.field != "org_type"]
    )
    speed = speeds.speed(run.alone, run.together or run.alone, run.processes if run.together else 1)
    then = remembered.load()
    found = real.real_figures(run.real)
    now = remembered.with_real({"classes": figures.plain(classes), "real": figures.plain(found)})
    changes = remembered.compare_figures(then, now) if then else []
    error = calibration["expected_calibration_error"]
    return Results(
        about=about,
        run=run,
        outcomes=outcomes,
        classes=classes,
        by=by,
        calibration=calibration,
        speed=speed,
        stages=speeds.stages(run.alone),
        real=found,
        goals=(*goals.reading_goals(classes, by, error), *goals.speed_goals(speed, run.rivals, run.lengths)),
        changes=tuple(changes),
        compared_with=then["about"]["set"] if then else "",
    )


def to_figures(results: Results) -> dict[str, Any]:
    """Plain values for ``figures.json``."""
    return {
        "about": results.about,
        "remarks": list(results.run.remarks),
        "classes": figures.plain(results.classes),
        "by": figures.plain(results.by),
        "calibration": results.calibration,
        "speed": {**results.speed, "stages, seconds a page": results.stages},
        "rivals": [asdict(rival) for rival in results.run.rivals],
        "lengths": [asdict(length) for length in results.run.lengths],
        "real": figures.plain(results.real),
        "goals": [asdict(goal) for goal in results.goals],
    }
