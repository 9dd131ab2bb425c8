"""Seconds and memory of a set's readings."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.reading import Read


@dataclass(frozen=True, slots=True)
class Seconds:
    """A duration that is written with two digits."""

    value: float

    def __str__(self) -> str:
        return f"{self.value:.2f} s"


def speed(alone: Sequence[Read], together: Sequence[Read], processes: int) -> dict[str, Any]:
    """Seconds a page with one process (median over documents) and on the wall with several."""
    each = [(r.ended_s - r.began_s) / r.pages for r in alone if r.pages]
    cpu = [r.cpu_s / r.pages for r in alone if r.pages]
    several = (
        {} if processes == 1 else {f"wall seconds a page, {processes} processes": _wall_s_a_page(together)}
    )
    return {
        "seconds a page, one process, median over documents": statistics.median(each or [0.0]),
        "seconds a page, one process, slowest document": max(each, default=0.0),
        "processor seconds a page, median over documents": statistics.median(cpu or [0.0]),
        "wall seconds a page, one process": _wall_s_a_page(alone),
        **several,
        "peak MiB of a reading process": max((r.peak_mib for r in alone), default=0.0),
        "pages": sum(r.pages for r in alone),
    }


def costs(reads: Sequence[Read]) -> dict[str, Any]:
    """What a class costs, for the table of classes; processor time, as other work may share the machine."""
    cpu = [r.cpu_s / r.pages for r in reads if r.pages]
    return {
        "processor seconds a page, median": Seconds(statistics.median(cpu or [0.0])),
        "slowest document's": Seconds(max(cpu, default=0.0)),
        "peak MiB": round(max((r.peak_mib for r in reads), default=0.0)),
    }


def _wall_s_a_page(reads: Sequence[Read]) -> float:
    wall = max((r.ended_s for r in reads), default=0.0) - min((r.began_s for r in reads), default=0.0)
    return wall / max(1, sum(r.pages for r in reads))


def stages(reads: Sequence[Read]) -> dict[str, float]:
    """Mean seconds a page by stage, in the order in which a document meets them; without their total."""
    pages = max(1, sum(read.pages for read in reads))
    total: dict[str, float] = defaultdict(float)
    for read in reads:
        for stage, seconds in (read.reading or {}).get("timing_s", {}).items():
            total[stage] += seconds
    return {stage: seconds / pages for stage, seconds in total.items() if stage != "total"}
