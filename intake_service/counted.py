"""What is counted while the work is done, for ``/metrics``: names of ours and numbers, nothing of any paper."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from intake_service.current import PERSON, Cell, Current, Mark
from intake_service.seconding import is_machines_word

STAGE = re.compile(r"[a-z_]{1,30}")
MOST_STAGES = 30
ROW = re.compile(r"occupations\.[^.]+\.")
SEAL_NUMBER = re.compile(r"(marks\.edge_seals)\.\d+")

Counts = dict[str, float]


def series(name: str, **labels: str) -> str:
    """A series as Prometheus writes it; labels are words of ours."""
    inside = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{inside}}}" if inside else name


def place_of(path: str) -> str:
    """A path without its row: what is counted together."""
    return SEAL_NUMBER.sub(r"\1", ROW.sub("occupations.", path))


def of_reading(untrusted: Mapping[str, Any], waited_s: float) -> Counts:
    """A document that was read, ``waited_s`` after it came. Its stages are named by the reading child."""
    stages = {
        stage: float(seconds)
        for stage, seconds in list(untrusted.get("timing_s", {}).items())[:MOST_STAGES]
        if STAGE.fullmatch(stage) and isinstance(seconds, int | float) and 0 <= seconds < 1e6
    }
    return {
        "intake_documents_read_total": 1,
        "intake_pages_read_total": len(untrusted["pages"]),
        "intake_waited_seconds_total": max(0.0, waited_s),
        **{series("intake_reading_seconds_total", stage=stage): seconds for stage, seconds in stages.items()},
    }


def of_failure(code: str) -> Counts:
    """A try that ended in an error of ours."""
    return {series("intake_reading_failures_total", code=code): 1}


def of_acceptance(current: Current) -> Counts:
    """Every value the machine read on a form that is accepted, by what people did with it."""
    items: list[Cell | Mark] = [*current.cells(), *current.marks.values()]
    return dict(
        Counter(
            series("intake_values_total", field=place_of(item.path), outcome=_outcome(item))
            for item in items
            if item.machine
        )
    )


def _outcome(item: Cell | Mark) -> str:
    if item.by != PERSON:
        return "unsettled" if item.doubtful else "passed"
    return "confirmed" if is_machines_word(item) else "corrected"
