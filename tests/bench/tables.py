"""Results as tables on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench.breakdowns import Groups
from tests.bench.figures import Share
from tests.bench.lengths import Length
from tests.bench.remembered import Change, beyond_chance
from tests.bench.results import Results
from tests.bench.rivals import Rival


def show(console: Console, results: Results) -> None:
    """Everything, the summary last, where a reader of the terminal looks first."""
    for title, groups in results.by.items():
        _show_groups(console, title, groups)
    _show_calibration(console, results.calibration)
    _show_classes(console, results.classes)
    _show_speed(console, results.speed, results.stages)
    _show_rivals(console, results.run.rivals)
    _show_lengths(console, results.run.lengths)
    _show_real(console, results.real)
    _show_changes(console, results.changes, results.compared_with)
    _show_goals(console, results)
    for remark in results.run.remarks:
        console.print(remark)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i else "left")
    return table


def _show_classes(console: Console, classes: dict[str, dict[str, Any]]) -> None:
    table = _table("class × measure", "measure", *classes)
    for measure in next(iter(classes.values()), {}):
        table.add_row(measure, *(str(figures[measure]) for figures in classes.values()))
    console.print(table)


def _show_groups(console: Console, title: str, groups: Groups) -> None:
    table = _table(title, "", *next(iter(groups.values()), {}))
    for name, figures in groups.items():
        table.add_row(name, *map(str, figures.values()))
    console.print(table)


def _show_calibration(console: Console, calibration: dict[str, Any]) -> None:
    error = calibration["expected_calibration_error"]
    title = f"confidence, expected calibration error {error:.4f}"
    table = _table(title, "from", "to", "cells", "mean confidence", "right")
    for b in calibration["bins"]:
        right = f"{b['right'] / b['n']:.4f}"
        table.add_row(f"{b['from']}", f"{b['to']}", str(b["n"]), f"{b['confidence']:.4f}", right)
    console.print(table)


def _show_speed(console: Console, speed: dict[str, Any], stages: dict[str, float]) -> None:
    table = _table("speed and memory", "", "")
    for name, value in speed.items():
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    table.add_row("by stage, seconds a page", "  ".join(f"{name} {s:.3f}" for name, s in stages.items()))
    console.print(table)


def _show_rivals(console: Console, rivals: Sequence[Rival]) -> None:
    if not rivals:
        return
    columns = (
        "reader",
        "pages",
        "wall s a page",
        "processor s a page",
        "times ours",
        "entries found in the text",
    )
    table = _table("the same page pictures", *columns)
    for rival in rivals:
        table.add_row(
            rival.name,
            str(rival.pages),
            f"{rival.wall_s_a_page:.2f}",
            f"{rival.cpu_s_a_page:.2f}",
            f"{rival.cpu_s_a_page / max(1e-9, rivals[0].cpu_s_a_page):.1f}",
            str(Share(rival.found, rival.entries)),
        )
    console.print(table)


def _show_lengths(console: Console, lengths: Sequence[Length]) -> None:
    if not lengths:
        return
    table = _table("long files", "", "pages", "wall s a page", "processor s a page", "peak MiB")
    for each in lengths:
        speeds = f"{each.wall_s_a_page:.2f}", f"{each.cpu_s_a_page:.2f}"
        table.add_row(each.what, str(each.pages), *speeds, f"{each.peak_mib:.0f}")
    console.print(table)


def _show_real(console: Console, real: dict[str, Share]) -> None:
    if not real:
        return
    table = _table("real papers", "", "right")
    for name, counted in real.items():
        table.add_row(name, str(counted))
    console.print(table)


def _show_changes(console: Console, changes: Sequence[Change], compared_with: str) -> None:
    if not changes:
        return
    told = beyond_chance(changes)
    if not told:
        console.print(f"Against {compared_with}: {len(changes)} measures, none differs beyond chance.\n")
        return
    title = f"beyond chance against {compared_with}, of {len(changes)} measures"
    table = _table(title, "class", "measure", "then", "now", "", "chance")
    for c in told:
        then, now = Share(*c.then), Share(*c.now)
        table.add_row(c.cls, c.measure, str(then), str(now), c.verdict, f"{c.chance:.1g}")
    console.print(table)


def _show_goals(console: Console, results: Results) -> None:
    table = _table("goals", "", "goal", "measured", "")
    for goal in results.goals:
        table.add_row(goal.what, goal.goal, goal.measured, goal.verdict)
    console.print(table)
