"""What was measured, kept as JSON beside the report, so that tables and report are drawn anew without reading."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.bench import lengths, real, rivals
from tests.bench.lengths import Length
from tests.bench.reading import Case, Read, read_cases
from tests.bench.real import Finding
from tests.bench.rivals import Rival

T = TypeVar("T")
Progress = Callable[[str, Iterable[T], int], Iterable[T]]


@dataclass(frozen=True, slots=True)
class Run:
    """Every reading and clock of one run. ``together`` is empty where only one process read."""

    documents: tuple[str, ...]
    machine: str
    load: float
    processes: int
    alone: tuple[Read, ...]
    together: tuple[Read, ...] = ()
    rivals: tuple[Rival, ...] = ()
    lengths: tuple[Length, ...] = ()
    real: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = field(default=())


def measure(
    cases: Sequence[Case],
    *,
    processes: int,
    rival_count: int,
    with_lengths: bool,
    real_folder: Path,
    scratch: Path,
    progress: Progress[Any],
) -> Run:
    """Read the set, then what stands beside it: other readers, a long file, real papers."""
    load = os.getloadavg()[0]
    remarks = []
    if load > 1:
        remarks.append(f"Other work was running (load {load:.1f}): speeds are those of a busy machine.")
    alone = tuple(progress("one process", read_cases(cases, processes=1), len(cases)))
    together: tuple[Read, ...] = ()
    if processes > 1:
        words = f"{processes} processes"
        together = tuple(progress(words, read_cases(cases, processes=processes), len(cases)))
    others, left_out = rivals.measure_all(cases, rival_count, processes)
    remarks += left_out
    found = real.look_at(real_folder)
    if found is None:
        remarks.append(f"{real_folder} is not here: no real paper was looked at.")
    return Run(
        documents=tuple(case.path.name for case in cases),
        machine=f"{os.cpu_count()} × {platform.machine()}, Python {platform.python_version()}",
        load=load,
        processes=processes,
        alone=alone,
        together=together,
        rivals=tuple(others),
        lengths=tuple(lengths.measure(cases, scratch)) if with_lengths else (),
        real=found or (),
        remarks=tuple(remarks),
    )


def save(run: Run, path: Path) -> None:
    """Keep a run; readings hold invented people only."""
    path.write_text(json.dumps(asdict(run), ensure_ascii=False) + "\n", encoding="utf-8")


def load(path: Path) -> Run:
    """A run as it was kept. Raises FileNotFoundError where there is none."""
    data = json.loads(path.read_text(encoding="utf-8"))
    kinds: dict[str, Callable[..., object]] = {
        "alone": Read,
        "together": Read,
        "rivals": Rival,
        "lengths": Length,
        "real": Finding,
    }
    for name, kind in kinds.items():
        data[name] = tuple(kind(**each) for each in data[name])
    return Run(**{**data, "documents": tuple(data["documents"]), "remarks": tuple(data["remarks"])})
