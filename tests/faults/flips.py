"""Good files with bytes flipped, cut and doubled, through the fence: ``python -m tests.faults.flips --files 10000``.

Nine of ten are only opened, page by page, which is what damage strikes; one of ten goes through the whole pipeline,
whose engine reads nothing for nine of ten of these. Each must end as a reading or as a
refusal with a code; a reading with fewer pages than the undamaged file has must say in a warning that it was damaged.
"""

from __future__ import annotations

import argparse
import itertools
import json
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractors.errors import ExtractionError
from tests.extractors.loading.test_flips import GOOD, damaged
from tests.faults import results
from tests.faults.kills import SAMPLES
from worker.sandbox import Budget, Reader

READERS = {
    "loading only": ("tests.worker.pipelines", 0.9),
    "null": ("extractors.pipeline", 0.09),
    "rapidocr": ("extractors.pipeline", 0.01),
}
"""Engine to pipeline, and to its share of the files."""
BLANK_FORM = "form.pdf"
A_ROUND = 500
SEED = 90_000
WRONG = ("services crashed", "hangs", "unknown errors", "silent page losses")


def originals() -> dict[str, bytes]:
    return {**GOOD, BLANK_FORM: (SAMPLES / "blank.pdf").read_bytes()}


@dataclass
class Flips:
    """What became of the damaged files. ``told`` holds a sentence for everything that is wrong."""

    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def run(self, engine: str, numbers: Iterable[int]) -> None:
        """Damage and read the files with these numbers; the same seed and number give the same bytes."""
        surprises = _Surprises()
        logging.getLogger("worker.sandbox").addHandler(surprises)
        good = originals()
        pipeline, _share = READERS[engine]
        with (
            Reader(engine, budget=Budget(), pipeline=pipeline) as reader,
            tempfile.TemporaryDirectory() as folder,
        ):
            whole = {name: len(_read(reader, Path(folder), name, good[name])[0]["pages"]) for name in good}
            for number in numbers:
                chance = random.Random(f"{self.seed}/{number}")
                name = chance.choice(list(good))
                content = damaged(good[name], chance)
                self._one(reader, Path(folder), name, content, whole[name], surprises, number)
        logging.getLogger("worker.sandbox").removeHandler(surprises)

    def _one(
        self, reader: Reader, folder: Path, name: str, content: bytes, whole: int, surprises: _Surprises, number: int
    ) -> None:  # fmt: skip
        reader.start()
        child, wrong = reader._child, ""
        self.counts["files"] += 1
        try:
            reading, announced = _read(reader, folder, name, content)
        except ExtractionError as error:
            self.counts[f"refused: {error.code}"] += 1
            wrong = {"timeout": "hangs", "processing_crashed": surprises.take()}.get(error.code, "")
        else:
            self.counts["read"] += 1
            pages = len(reading["pages"])
            warned = bool(reading["warnings"]) or any(page["warnings"] for page in reading["pages"])
            lost = pages < whole and not warned
            if lost or announced != list(range(1, pages + 1)) or pages != reading["file"]["pages"]:
                wrong = "silent page losses"
        if not (child and child.alive()):
            wrong = "services crashed"
        if wrong:
            self.counts[wrong] += 1
            self.told.append(f"{wrong}: {name}, seed {self.seed}, number {number}")

    def line(self) -> str:
        sums = self.counts
        refused = sum(count for name, count in sums.items() if name.startswith("refused"))
        wrong = ", ".join(f"{name} {sums[name]}" for name in WRONG)
        return f"files {sums['files']}, read {sums['read']}, refused by code {refused}, {wrong}"


class _Surprises(logging.Handler):
    """Errors of our own code in the reading child, which the fence reports to the log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._seen = False

    def emit(self, record: logging.LogRecord) -> None:
        self._seen = True
        print(record.getMessage(), flush=True)

    def take(self) -> str:
        """What a crash was: our code's surprise, or the death of a decoder, which the fence is there for."""
        seen, self._seen = self._seen, False
        return "unknown errors" if seen else ""


def _read(reader: Reader, folder: Path, name: str, content: bytes) -> tuple[dict[str, Any], list[int]]:
    path = folder / name
    path.write_bytes(content)
    announced: list[int] = []
    return reader.read(path, name, on_page=lambda number, _total, _kept: announced.append(number)), announced


def until(end: float, numbers: range) -> Iterator[int]:
    return itertools.takewhile(lambda _number: time.monotonic() < end, numbers)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000, help="how many more")
    parser.add_argument("--minutes", type=float, default=1e6, help="no new file after this time")
    parser.add_argument("--afresh", action="store_true", help="begin the sums anew")
    chosen = parser.parse_args()
    if chosen.afresh:
        results.keep("flips", {})
    begun, wrong = time.monotonic(), 0
    while (left := chosen.files) > 0 and time.monotonic() < begun + 60 * chosen.minutes:
        chosen.files -= A_ROUND
        for engine, (_pipeline, share) in READERS.items():
            wrong += run_some(engine, round(min(left, A_ROUND) * share), begun + 60 * chosen.minutes)
    print(json.dumps(results.of_part("flips"), indent=1, ensure_ascii=False))
    return int(bool(wrong))


def run_some(engine: str, count: int, end: float) -> int:
    """The next ``count`` files; how many of them were wrong."""
    begun, first = time.monotonic(), results.of_part("flips").get("files", 0)
    flips = Flips(SEED)
    flips.run(engine, until(end, range(first, first + count)))
    print(f"{engine}: {flips.line()}", *flips.told, sep="\n  ", flush=True)
    done = flips.counts["files"]
    seconds = round(time.monotonic() - begun)
    results.add("flips", {**flips.counts, "engines": {engine: done}, "seconds": seconds, "told": flips.told})
    return sum(flips.counts[name] for name in WRONG)


if __name__ == "__main__":
    sys.exit(main())
