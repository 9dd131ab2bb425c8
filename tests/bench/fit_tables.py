"""What a set of confidences lets pass, as tables on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench.figures import calibration
from tests.bench.intervals import upper_bound

if TYPE_CHECKING:
    from tests.bench.fit import Row

THRESHOLDS = (0.5, 0.9, 0.95, 0.97, 0.98, 0.985, 0.99, 0.993, 0.995, 0.997, 0.998, 0.999)
MOST_CELLS = 40


def log_loss(rows: Sequence[Row], p: NDArray[np.float64]) -> float:
    """Mean of -ln of the probability given to what came true."""
    y = np.array([row.right for row in rows])
    return float(-np.mean(np.log(np.clip(np.where(y, p, 1 - p), 1e-9, 1))))


def show_thresholds(console: Console, title: str, rows: Sequence[Row], p: NDArray[np.float64]) -> None:
    """Calibration, and what each threshold passes: a cell that something else holds back passes at none."""
    pairs = [(float(c), row.right) for c, row in zip(p, rows, strict=True)]
    error = calibration(pairs)["expected_calibration_error"]
    classes = sorted({row.cls for row in rows if row.cls})
    caption = f"{title}\nexpected calibration error {error:.4f}, log loss {log_loss(rows, p):.4f}"
    table = Table(title=caption, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("threshold", justify="right")
    for name in (*classes, "all"):
        table.add_column(f"{name}\npassed", justify="right")
        table.add_column("wrong", justify="right")
    table.add_column("wrong in 10,000\nat most (95 %)", justify="right")
    free = np.array([not row.held_back for row in rows])
    right = np.array([row.right for row in rows])
    for threshold in THRESHOLDS:
        passed = (p >= threshold) & free
        cells: list[str] = []
        for name in (*classes, "all"):
            inside = np.array([name in ("all", row.cls) for row in rows])
            count, wrong = int((passed & inside).sum()), int((passed & inside & ~right).sum())
            cells += [f"{count / max(1, int(inside.sum())):.1%} {count}", str(wrong)]
        bound = 1e4 * upper_bound(int((passed & ~right).sum()), int(passed.sum()))
        table.add_row(str(threshold), *cells, f"{bound:.1f}")
    console.print(table)


def show_kinds(console: Console, rows: Sequence[Row], p: NDArray[np.float64], threshold: float) -> None:
    """Kind of cell by kind: what passes, and what keeps the right ones from passing."""
    columns = ("kind", "cells", "right", "passed", "wrong passed", "right, held by", "confidence alone")
    table = Table(title=f"by kind at {threshold}", title_justify="left", box=box.SIMPLE_HEAD)
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if 0 < i != 5 else "left")
    kinds = sorted({row.cell.kind for row in rows if row.cell})
    for kind in kinds:
        mine = [(c, row) for c, row in zip(p, rows, strict=True) if row.cell and row.cell.kind == kind]
        passed = [row for c, row in mine if c >= threshold and not row.held_back]
        reasons = Counter(reason for _, row in mine if row.right for reason in row.held_back)
        table.add_row(
            kind,
            str(len(mine)),
            f"{sum(row.right for _, row in mine) / len(mine):.1%}",
            f"{len(passed) / len(mine):.1%}",
            str(sum(not row.right for row in passed)),
            ", ".join(f"{reason} {count}" for reason, count in reasons.most_common(3)),
            str(sum(row.right and not row.held_back and c < threshold for c, row in mine)),
        )
    console.print(table)


def show_cells(
    console: Console, title: str, rows: Sequence[Row], p: NDArray[np.float64], threshold: float
) -> None:
    """The cells that pass and should not, the surest first."""
    bad = [
        (float(c), row)
        for c, row in zip(p, rows, strict=True)
        if c >= threshold and not row.right and not row.held_back and row.cell is not None
    ]
    table = Table(title=f"{title} at {threshold}: {len(bad)}", title_justify="left", box=box.SIMPLE_HEAD)
    if not bad:
        console.print(f"{title} at {threshold}: none\n")
        return
    for column in ("document", "field", "truth", "reading", "confidence"):
        table.add_column(column)
    for c, row in sorted(bad, key=lambda item: -item[0])[:MOST_CELLS]:
        if row.cell is not None:
            cell = row.cell
            place = f"{cell.field} {cell.row or ''}"
            table.add_row(row.document, place, cell.truth, cell.transcript.text, f"{c:.4f}")
    console.print(table)
