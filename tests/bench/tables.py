"""Figures as tables on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.rivals import Rival


def show_classes(console: Console, classes: dict[str, dict[str, Any]]) -> None:
    """One row a measure, one column a class."""
    table = Table(title="class × measure", title_justify="left")
    table.add_column("measure")
    for name in classes:
        table.add_column(name, justify="right")
    for measure in next(iter(classes.values()), {}):
        table.add_row(measure, *(str(figures[measure]) for figures in classes.values()))
    console.print(table)


def show_broken_down(console: Console, ways: dict[str, dict[str, dict[str, Any]]]) -> None:
    """A table for each way to part the cells, the worst group first."""
    for way, groups in ways.items():
        table = Table(title=f"cells by {way}", title_justify="left")
        table.add_column(way)
        for measure in next(iter(groups.values()), {}):
            table.add_column(measure, justify="right")
        for name, figures in groups.items():
            table.add_row(name, *map(str, figures.values()))
        console.print(table)


def show_calibration(console: Console, calibration: dict[str, Any]) -> None:
    """Confidence against what came true."""
    error = calibration["expected_calibration_error"]
    table = Table(title=f"confidence, expected calibration error {error:.4f}", title_justify="left")
    for column in ("from", "to", "cells", "mean confidence", "right"):
        table.add_column(column, justify="right")
    for b in calibration["bins"]:
        right = f"{b['right'] / b['n']:.4f}"
        table.add_row(f"{b['from']}", f"{b['to']}", str(b["n"]), f"{b['confidence']:.4f}", right)
    console.print(table)


def show_speed(console: Console, speed: dict[str, Any], rivals: Sequence[Rival]) -> None:
    """Speed and memory, then the same pages with other readers."""
    table = Table(title="speed", title_justify="left", show_header=False)
    for name, value in speed.items():
        table.add_row(name, _written(value))
    console.print(table)
    if not rivals:
        return
    table = Table(title="the same page pictures", title_justify="left")
    for column in ("reader", "pages", "seconds a page", "entries found in the text"):
        table.add_column(column, justify="right")
    for rival in rivals:
        found = f"{100 * rival.found / max(1, rival.entries):.1f} %  {rival.found}/{rival.entries}"
        table.add_row(rival.name, str(rival.pages), f"{rival.seconds_a_page:.2f}", found)
    console.print(table)


def _written(value: object) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name} {_written(each)}" for name, each in value.items())
    return f"{value:.3f}" if isinstance(value, float) else str(value)
