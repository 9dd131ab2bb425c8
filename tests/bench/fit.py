"""``python -m tests.bench.fit FOLDER...``: fit the weights of confidence to drawn sets of developing seeds.

Every cell that was read from ink gives a row of features, as ``extractors.confidence`` weighs them, and whether
the text was right. Prints what should stand in ``WEIGHTS`` and what each threshold would pass. Documents are
parted into five; each is judged by weights fitted on the other four, so that the figures are not flattered.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from extractors import assemble, confidence
from extractors.errors import ExtractionError
from extractors.form.reading import FieldReading, reading_to_json
from extractors.pipeline import Pipeline, build_pipeline, read_document
from extractors.transcribe import LONG_KINDS, Transcript
from tests.bench.compare import CellOutcome, compare
from tests.bench.figures import GRASS, calibration
from tests.bench.reading import Case, load_cases

SET_ASIDE = 900_000
FEATURES = ("bias", "logp", "agree", "formed", "malformed", "gap", "supported", "stretched")
MORE_FEATURES = (*FEATURES, "rival")
"""``rival``: log odds of the chosen text against the next candidate (nats, at most 6), if that helps."""
LEAST_LOGP = -6.0
WIDEST_GAP = 6.0
RIDGE = 1e-2
FOLDS = 5
THRESHOLDS = (0.5, 0.9, 0.95, 0.97, 0.98, 0.985, 0.99, 0.993, 0.995, 0.997, 0.998, 0.999)


@dataclass(frozen=True, slots=True)
class Row:
    """One cell: its features by name, and whether its text was right. ``now``: confidence as it is today."""

    document: str
    features: dict[str, float]
    right: bool
    now: float = 0.0


def transcript_features(transcript: Transcript) -> dict[str, float]:
    """What ``transcript_to_confidence`` weighs, and the gap to the next candidate."""
    others = [c.confidence for c in transcript.candidates if c.text != transcript.text]
    second = np.log(max(max(others, default=0.0), 1e-9))
    return {
        "bias": 1.0,
        "logp": max(LEAST_LOGP, transcript.logp),
        "agree": confidence.agreement(transcript),
        "formed": float(transcript.well_formed is True),
        "malformed": float(transcript.well_formed is False),
        "gap": min(transcript.gap, confidence.WIDE_NATS) - confidence.WIDE_NATS,
        "supported": float(transcript.supported),
        "stretched": float(transcript.stretch > confidence.STRETCHED),
        "rival": float(np.clip(transcript.logp - second, -WIDEST_GAP, WIDEST_GAP)),
    }


Place = tuple[int, tuple[float, ...]]


class _Listener:
    """Keeps every transcript that becomes a field, by the place of its first part.

    The reading leaves transcripts behind, so the arrow to fields is replaced while a set is read.
    """

    def __init__(self) -> None:
        self.seen: dict[Place, Transcript] = {}

    def __call__(
        self, kind: str, transcript: Transcript | None, *, required: bool, **more: Any
    ) -> FieldReading:
        field = confidence.transcript_to_field(kind, transcript, required=required, **more)
        if transcript is not None and field.text and kind not in LONG_KINDS and not transcript.digital:
            part = transcript.parts[0]
            self.seen[part.page, tuple(part.box.rounded())] = transcript
        return field


def collect(cases: Sequence[Case], reader: Pipeline) -> Iterator[Row]:
    """Rows of all cells with ink, from documents that can be opened; grass script is left out."""
    listener = _Listener()
    with patch.object(assemble, "transcript_to_field", listener):
        for case in cases:
            if case.truth["class"] == "digital" or case.truth["font"] == GRASS:
                continue
            listener.seen.clear()
            try:
                reading = read_document(case.path, case.path.name, reader=reader)
            except ExtractionError:
                continue
            for cell in compare(case.truth, reading_to_json(reading)).cells:
                transcript = listener.seen.get(_place(cell))
                if transcript is not None and transcript.text == cell.text:
                    features = transcript_features(transcript)
                    yield Row(case.path.name, features, cell.exact, cell.confidence)


def _place(cell: CellOutcome) -> Place:
    return cell.page or 0, cell.box


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


def predict(rows: Sequence[Row], weights: dict[str, float]) -> NDArray[np.float64]:
    """Probability that each row is right."""
    names = tuple(weights)
    return _sigmoid(_matrix(rows, names) @ np.array([weights[name] for name in names]))


def _matrix(rows: Sequence[Row], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[row.features[name] for name in names] for row in rows], float).reshape(len(rows), -1)


def _sigmoid(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(z, -40, 40))), float)


def judged_by_others(rows: Sequence[Row], names: Sequence[str]) -> NDArray[np.float64]:
    """Each document's cells by weights fitted without its fold."""
    fold = np.array([zlib.crc32(row.document.encode()) % FOLDS for row in rows])
    out = np.zeros(len(rows))
    for k in range(FOLDS):
        held = [row for row, f in zip(rows, fold, strict=True) if f == k]
        rest = [row for row, f in zip(rows, fold, strict=True) if f != k]
        if held and rest:
            out[fold == k] = predict(held, fit(rest, names))
    return out


def log_loss(rows: Sequence[Row], p: NDArray[np.float64]) -> float:
    """Mean of -ln of the probability given to what came true."""
    y = np.array([row.right for row in rows])
    return float(-np.mean(np.log(np.clip(np.where(y, p, 1 - p), 1e-9, 1))))


def show(console: Console, title: str, rows: Sequence[Row], p: NDArray[np.float64]) -> None:
    """Calibration and what each threshold passes."""
    right = np.array([row.right for row in rows])
    pairs = [(float(c), bool(r)) for c, r in zip(p, right, strict=True)]
    error = calibration(pairs)["expected_calibration_error"]
    caption = f"{title}: expected calibration error {error:.4f}, log loss {log_loss(rows, p):.4f}"
    table = Table(title=caption, title_justify="left")
    for column in ("threshold", "passed", "share", "wrong passed", "wrong in 10,000 passed"):
        table.add_column(column, justify="right")
    for threshold in THRESHOLDS:
        passed = p >= threshold
        wrong = int((passed & ~right).sum())
        rate = 1e4 * wrong / max(1, int(passed.sum()))
        table.add_row(
            str(threshold), str(int(passed.sum())), f"{passed.mean():.1%}", str(wrong), f"{rate:.1f}"
        )
    console.print(table)


def main() -> int:
    """Read, fit, print; exit 2 for seeds that are set aside, 1 where there is too little to fit."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fit", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 130)
    cases = [case for folder in options.folders for case in load_cases(folder)]
    if any(case.truth["seed"] >= SET_ASIDE for case in cases):
        console.print("Seeds from 900000 on judge; nothing may be fitted to them.")
        return 2
    rows = list(collect(cases, build_pipeline()))
    wrong = sum(not row.right for row in rows)
    console.print(f"{len(rows)} cells of {len({row.document for row in rows})} scans, {wrong} of them wrong")
    if not 0 < wrong < len(rows):
        console.print("Nothing to fit: right and wrong cells are needed.")
        return 1
    if wrong < 100:
        console.print("Fewer than 100 wrong cells: these weights will move with the next set.")
    show(console, "as it stands", rows, np.array([row.now for row in rows]))
    for names in (FEATURES, MORE_FEATURES):
        show(console, "fitted on " + ", ".join(names), rows, judged_by_others(rows, names))
        weights = fit(rows, names)
        lines = ",\n".join(f'    "{name}": {value:.2f}' for name, value in weights.items())
        console.print(f"WEIGHTS = {{\n{lines},\n}}\n", markup=False, highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
