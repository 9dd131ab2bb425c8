"""The set is read as the worker reads: fresh processes, one thread each, models loaded once."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Case:
    """A drawn document and its truth."""

    path: Path
    truth: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """One document read. ``refused`` is the error's code where there is no reading.

    ``began_s`` and ``ended_s`` are on the system's monotonic clock, which all processes share; ``cpu_s`` is the
    processor time of the reading process and ``peak_mib`` the most memory it held meanwhile, models included.
    """

    reading: dict[str, Any] | None
    refused: str
    pages: int
    began_s: float
    ended_s: float
    cpu_s: float
    peak_mib: float


def load_cases(folder: Path, limit: int | None = None) -> list[Case]:
    """Every document of a folder that has its truth beside it, in the order of the names."""
    truths = sorted(folder.glob("*.truth.json"))[:limit]
    loaded = [json.loads(path.read_text(encoding="utf-8")) for path in truths]
    return [Case(folder / truth["file"], truth) for truth in loaded]


def read_cases(cases: Sequence[Case], *, processes: int, engine: str = "rapidocr") -> Iterator[Read]:
    """Read in order; the models are loaded before the first clock starts."""
    with _one_thread(), ProcessPoolExecutor(processes, get_context("spawn"), _load, (engine,)) as pool:
        list(pool.map(_idle, [0.2] * processes * 2))
        yield from pool.map(_read, [case.path for case in cases])


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """The children's libraries look at these when they are loaded."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


_READER: dict[str, Any] = {}
"""The pipeline of a reading process, loaded by the pool's initialiser."""


def _load(engine: str) -> None:
    import cv2

    from extractors.pipeline import build_pipeline

    cv2.setNumThreads(1)
    _READER["pipeline"] = build_pipeline(engine)


def _idle(seconds: float) -> None:
    """Long enough that every process of the pool is started and has loaded its models."""
    time.sleep(seconds)


def _read(path: Path) -> Read:
    from extractors.errors import ExtractionError
    from extractors.form.reading import reading_to_json
    from extractors.pipeline import read_document

    _forget_peak()
    began, cpu = time.monotonic(), time.process_time()
    reading, refused = None, ""
    try:
        reading = reading_to_json(read_document(path, path.name, reader=_READER["pipeline"]))
    except ExtractionError as error:
        refused = error.code
    return Read(
        reading=reading,
        refused=refused,
        pages=reading["file"]["pages"] if reading else 0,
        began_s=began,
        ended_s=time.monotonic(),
        cpu_s=time.process_time() - cpu,
        peak_mib=peak_mib(),
    )


def _forget_peak() -> None:
    """From here on the kernel counts the most memory anew (proc(5), clear_refs 5); some containers do not allow it."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_mib() -> float:
    """The most memory this process held since its peak was forgotten, in MiB; its parent's is not in it.

    ``ru_maxrss`` would: it outlives the exec of a child whose parent was large.
    """
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0
