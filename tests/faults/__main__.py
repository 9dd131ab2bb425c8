"""The long run: ``python -m tests.faults --kills 3000 --queue-faults 300``. Prints one table a round and one in all.

Rounds change queue server, database, pipeline and whether workers know that they share a machine. A tenth of the
kills strikes the real pipeline.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.faults.checker import Report
from tests.faults.kills import run_kills
from tests.faults.machine import MachineFaults
from tests.faults.stack import REAL, STANDIN, postgres_url
from tests.setup.system import missing_packages


@dataclass(frozen=True)
class Round:
    """One fresh service and what is done to it."""

    kills: int
    queue_faults: int
    pipeline: str = STANDIN
    queue: str = "valkey"
    postgres: bool = False
    foreign: bool = False
    long_downs: int = 0

    def __str__(self) -> str:
        words = [self.queue, "PostgreSQL" if self.postgres else "SQLite"]
        words += ["real pipeline"] if self.pipeline == REAL else ["stand-in pipeline"]
        return ", ".join(words + (["workers on different machines"] if self.foreign else []))


def rounds(kills: int, queue_faults: int, each: int = 150) -> Iterator[Round]:
    """Rounds of ``each`` kills at most, of every kind in turn, until the number is reached."""
    redis, postgres = (not missing_packages(name) for name in ("redis", "postgresql"))
    kinds = [
        Round(0, 0),
        Round(0, 0, queue="redis" if redis else "valkey"),
        Round(0, 0, queue="redis" if redis else "valkey", postgres=postgres),
        Round(0, 0, foreign=True, long_downs=1),
    ]
    real_left = kills // 10
    standin_left = kills - real_left
    number = 0
    while standin_left > 0 or real_left > 0:
        if real_left > 0 and (number % 5 == 4 or standin_left <= 0):
            count, real_left = min(each // 2, real_left), real_left - min(each // 2, real_left)
            yield Round(count, count * queue_faults // kills, REAL)
        else:
            count, standin_left = min(each, standin_left), standin_left - min(each, standin_left)
            kind = kinds[number % len(kinds)]
            faults = count * queue_faults // kills
            yield Round(count, faults, STANDIN, kind.queue, kind.postgres, kind.foreign, kind.long_downs)
        number += 1


def run_round(one: Round, seed: int) -> Report:
    folder = Path(tempfile.mkdtemp(prefix="intake-faults-"))
    try:
        with ExitStack() as stack:
            url = stack.enter_context(postgres_url()) if one.postgres else ""
            return run_kills(
                folder, seed, one.kills, queue_faults=one.queue_faults, pipeline=one.pipeline, queue=one.queue,
                database_url=url, foreign=one.foreign, long_downs=one.long_downs, workers=2 if one.pipeline == REAL else 3,
                pause_s=0.8 if one.pipeline == REAL else 0.15,
            )  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def add(total: Report, one: Report) -> None:
    total.faults += one.faults
    for name in ("accepted", "documents", "unanswered", "quarantined", "seconds"):
        setattr(total, name, getattr(total, name) + getattr(one, name))
    for name in ("lost", "doubled", "stuck", "errors", "recoveries_s", "from_last_s"):
        getattr(total, name).extend(getattr(one, name))


def tell(title: str, report: Report, total: Report) -> None:
    add(total, report)
    print(f"{title}\n  {report.line()}", flush=True)
    for name in ("lost", "doubled", "stuck", "errors"):
        for sentence in getattr(report, name):
            print(f"  {name}: {sentence}", flush=True)
    print(f"  so far: {total.line()}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=3000)
    parser.add_argument("--queue-faults", type=int, default=300)
    parser.add_argument(
        "--fills", type=int, default=100, help="how often each disk is filled, and the database locked"
    )
    parser.add_argument("--seed", type=int, default=70_000)
    parser.add_argument("--minutes", type=float, default=1e6, help="no new round after this time")
    chosen = parser.parse_args()
    total, end = Report(), time.monotonic() + 60 * chosen.minutes
    for number, one in enumerate(rounds(chosen.kills, chosen.queue_faults)):
        if time.monotonic() > end:
            print("time is up", flush=True)
            break
        seed = chosen.seed + number
        tell(f"seed {seed}: {one}", run_round(one, seed), total)
    if chosen.fills and time.monotonic() < end:
        with tempfile.TemporaryDirectory(prefix="intake-faults-") as folder:
            machine = MachineFaults(
                Path(folder), chosen.seed, fills=chosen.fills, locks=chosen.fills, lock_s=1.0
            )
            report = machine.run()
        disks = "small disks" if machine.mounted else "writing that fails, as no disk may be mounted"
        words = (
            f"{disks} and a locked database; answers {sorted(machine.answers)}, codes {sorted(machine.codes)}"
        )
        tell(f"seed {chosen.seed}: {words}", report, total)
    print(total.table(), flush=True)
    return int(bool(total.lost or total.doubled or total.stuck or total.errors))


if __name__ == "__main__":
    sys.exit(main())
