"""Fit the weights of confidence to drawn sets that no longer judge.

    python -m tests.bench.fit out/forms-900000-… out/forms-901000-…     read what is new, then fit
    python -m tests.bench.fit                                           fit again, nothing is read

What was read is kept in ``out/fit/cells.jsonl`` (``--cells``), a line a document, so a run may be stopped and
goes on where it was; ``--again`` reads the named sets anew, after the reading itself changed. Reading takes one
process and two to three seconds a page; ``--count 5`` reads five documents of each set.

A cell's features are asked of ``extractors.confidence`` itself, by giving one weight 1 and all others 0, so a
feature is added there alone. Each of five folds of documents is judged by weights fitted on the other four, so
that the figures are not flattered. Printed: calibration, what each threshold passes and how much of that is
wrong by class, what passed wrongly, and what should stand in ``WEIGHTS``, which is also written beside the cells.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from extractors import confidence
from extractors.pipeline import build_pipeline
from extractors.transcribe import Transcript
from tests.bench.cells import SeenCell, Store, code_digest, has_ink, name_of, read_cells
from tests.bench.fit_tables import log_loss, show_cells, show_kinds, show_thresholds
from tests.bench.reading import Case, load_cases
from tests.bench.sets import JUDGING_FROM

WIDEST_GAP = 6.0
RIDGE = 1e-2
FOLDS = 5
Probabilities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One cell as the fit sees it. ``now``: confidence by today's weights; ``held_back``: what stops it at any."""

    document: str
    features: dict[str, float]
    right: bool
    now: float = 0.0
    held_back: tuple[str, ...] = ()
    cls: str = ""
    cell: SeenCell | None = None


def transcript_features(kind: str, transcript: Transcript) -> dict[str, float]:
    """Log odds with one weight 1 and the others 0: the feature that this weight multiplies."""
    out = {}
    for name in confidence.WEIGHTS:
        alone = {other: float(other == name) for other in confidence.WEIGHTS}
        with patch.dict(confidence.WEIGHTS, alone):
            p = min(1 - 1e-15, max(1e-300, confidence.transcript_to_confidence(kind, transcript)))
        out[name] = round(math.log(p) - math.log1p(-p), 9)
    return out


def rival_feature(transcript: Transcript) -> float:
    """Log odds of the chosen text against the next candidate (nats, at most 6), in case that helps."""
    others = [c.confidence for c in transcript.candidates if c.text != transcript.text]
    second = math.log(max(max(others, default=0.0), 1e-9))
    return min(WIDEST_GAP, max(-WIDEST_GAP, transcript.logp - second))


def cell_to_row(cell: SeenCell) -> Row:
    """Weigh a cell as ``extractors.confidence`` does today, whenever it was read."""
    now = confidence.transcript_to_confidence(cell.kind, cell.transcript)
    with patch.object(confidence, "AUTO_AT", 0.0):
        weighed = confidence.transcript_to_field(cell.kind, cell.transcript, required=cell.required)
    features = {
        **transcript_features(cell.kind, cell.transcript),
        "rival": rival_feature(cell.transcript),
    }
    held_back = (*weighed.reasons, *cell.later)
    return Row(cell.document, features, cell.exact, now, held_back, cell.cls, cell)


def fit(
    rows: Sequence[Row], names: Sequence[str], ridge: float = RIDGE, rounds: int = 50
) -> dict[str, float]:
    """Logistic regression by Newton's method (iteratively reweighted least squares), the bias unpunished."""
    x, y = _matrix(rows, names), np.array([row.right for row in rows], float)
    w = np.zeros(len(names))
    punish = np.array([0.0 if name == "bias" else ridge * len(rows) ** 0.5 for name in names])
    for _ in range(rounds):
        p = _sigmoid(x @ w)
        slope = x.T @ (y - p) - punish * w
        curve = (x * (p * (1 - p))[:, None]).T @ x + np.diag(punish + 1e-9)
        step = np.linalg.solve(curve, slope)
        w += step * min(1.0, 5.0 / max(1e-12, float(np.abs(step).max())))
        if float(np.abs(step).max()) < 1e-8:
            break
    return dict(zip(names, map(float, w), strict=True))


def predict(rows: Sequence[Row], weights: dict[str, float]) -> Probabilities:
    """Probability that each row is right."""
    names = tuple(weights)
    return _sigmoid(_matrix(rows, names) @ np.array([weights[name] for name in names]))


def _matrix(rows: Sequence[Row], names: Sequence[str]) -> Probabilities:
    return np.array([[row.features[name] for name in names] for row in rows], float).reshape(len(rows), -1)


def _sigmoid(z: Probabilities) -> Probabilities:
    return np.asarray(1 / (1 + np.exp(-np.clip(z, -40, 40))), float)


def judged_by_others(rows: Sequence[Row], names: Sequence[str]) -> Probabilities:
    """Each document's cells by weights fitted without its fold."""
    fold = np.array([zlib.crc32(row.document.encode()) % FOLDS for row in rows])
    out = np.zeros(len(rows))
    for k in range(FOLDS):
        held = [row for row, f in zip(rows, fold, strict=True) if f == k]
        rest = [row for row, f in zip(rows, fold, strict=True) if f != k]
        if held and rest:
            out[fold == k] = predict(held, fit(rest, names))
    return out


def main() -> int:
    """Read what is new, fit, print; exit 2 for sets that still judge, 1 where there is too little to fit."""
    options = _options()
    console = Console(width=None if sys.stdout.isatty() else 150)
    cases = [case for folder in options.folders for case in load_cases(folder, options.count)]
    if any(case.truth["seed"] >= JUDGING_FROM for case in cases):
        console.print(f"Seeds from {JUDGING_FROM} on judge; nothing may be fitted to them.")
        return 2
    store = Store(options.cells)
    _read(store, cases, console, again=options.again)
    rows = [cell_to_row(cell) for cell in store.cells()]
    wrong = sum(not row.right for row in rows)
    console.print(f"{len(rows)} cells of {len({row.document for row in rows})} scans, {wrong} of them wrong")
    if not 0 < wrong < len(rows):
        console.print("Nothing to fit: right and wrong cells are needed.")
        return 1
    if wrong < 100:
        console.print("Fewer than 100 wrong cells: these weights will move with the next set.")
    names = tuple(confidence.WEIGHTS)
    now = np.array([row.now for row in rows])
    show_thresholds(console, "as it stands", rows, now)
    show_kinds(console, rows, now, confidence.AUTO_AT)
    show_cells(console, "passes wrongly as it stands", rows, now, confidence.AUTO_AT)
    honest = judged_by_others(rows, names)
    show_thresholds(console, "fitted on " + ", ".join(names), rows, honest)
    show_cells(console, "would pass wrongly", rows, honest, confidence.AUTO_AT)
    more = log_loss(rows, judged_by_others(rows, (*names, "rival")))
    console.print(f"With the next candidate's probability as one more feature the log loss is {more:.4f}.\n")
    weights = fit(rows, names)
    _write(options.cells.with_name("weights.json"), weights)
    lines = ",\n".join(f'    "{name}": {value:.2f}' for name, value in weights.items())
    console.print(f"WEIGHTS = {{\n{lines},\n}}", markup=False, highlight=False)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.fit",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="*", type=Path, help="drawn sets with their truth; none: only fit")
    parser.add_argument("--cells", type=Path, default=Path("out/fit/cells.jsonl"), help="what was read")
    parser.add_argument("--count", type=int, help="documents of each set, by default all")
    parser.add_argument("--again", action="store_true", help="read the named documents anew")
    return parser.parse_args()


def _read(store: Store, cases: Sequence[Case], console: Console, *, again: bool) -> None:
    known, code = store.documents(), code_digest()
    new = [case for case in cases if has_ink(case) and (again or name_of(case) not in known)]
    if new:
        done = store.add(read_cells(new, build_pipeline()))
        for _ in track(done, "reading", len(new), console=console, disable=not console.is_terminal):
            pass
    stale = sum(digest != code for digest in store.documents().values())
    if stale:
        console.print(f"{stale} documents were read by other code than today's; --again reads a set anew.")


def _write(path: Path, weights: dict[str, float]) -> None:
    path.write_text(json.dumps({k: round(v, 2) for k, v in weights.items()}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
