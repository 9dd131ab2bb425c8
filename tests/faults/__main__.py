"""The long run: ``python -m tests.faults --kills 3000 --fills 100``. Prints what each round found and the sum of all.

Rounds change queue server, database, pipeline and whether workers know that they share a machine. The sum is kept in
``last_run.json``: a later run goes on with the next seed and adds to it.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.faults import results
from tests.faults.checker import WRONG, Report, line, table
from tests.faults.kills import run_kills
from tests.faults.machine import MachineFaults
from tests.faults.stack import REAL, STANDIN, postgres_url
from tests.setup.system import missing_packages

KILLS_A_ROUND = 90
FIRST_SEED = 71_000


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


def kinds() -> Iterator[Round]:
    """Rounds of every kind in turn, for ever; every fifth strikes the real pipeline, which is a tenth of all kills."""
    queue = "valkey" if missing_packages("redis") else "redis"
    postgres = not missing_packages("postgresql")
    faults = KILLS_A_ROUND // 10
    turn = itertools.cycle(
        [
            Round(KILLS_A_ROUND, faults),
            Round(KILLS_A_ROUND, faults, queue=queue),
            Round(KILLS_A_ROUND, faults, queue=queue, postgres=postgres),
            Round(KILLS_A_ROUND, faults, foreign=True, long_downs=1),
        ]
    )
    while True:
        yield from itertools.islice(turn, 4)
        yield Round(KILLS_A_ROUND * 4 // 9, faults * 4 // 9, REAL)


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


def tell(title: str, seed: int, report: Report) -> bool:
    """Print the round, add it to what was found so far and print that; False when something was wrong."""
    print(f"seed {seed}: {title}\n  {report.line()}", flush=True)
    for name in (*WRONG, "slow"):
        for sentence in getattr(report, name):
            print(f"  {name}: {sentence}", flush=True)
    done = {
        "seed": seed,
        "of": title,
        "faults": sum(report.faults.values()),
        "seconds": round(report.seconds),
    }
    total = results.add("kills", {**report.figures(), "rounds": [done]})
    print(f"  so far: {line(total)}", flush=True)
    return not any(getattr(report, name) for name in WRONG)


def strike_machine(seed: int, times: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="intake-faults-") as folder:
        machine = MachineFaults(Path(folder), seed, fills=times, locks=times, lock_s=1.0)
        report = machine.run()
    disks = "small disks" if machine.mounted else "writing that fails, as no disk may be mounted"
    answers, codes = sorted(machine.answers), sorted(machine.codes)
    return tell(f"{disks} and a locked database; answers {answers}, codes {codes}", seed, report)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--kills", type=int, default=3000, help="how many more; a tenth as many faults of the queue"
    )
    parser.add_argument(
        "--fills", type=int, default=0, help="how often each disk is filled, and the database locked"
    )
    parser.add_argument("--afresh", action="store_true", help="begin the sums anew")
    parser.add_argument("--minutes", type=float, default=1e6, help="no new round after this time")
    chosen = parser.parse_args()
    if chosen.afresh:
        results.keep("kills", {})
    end = time.monotonic() + 60 * chosen.minutes
    done, sound = len(results.of_part("kills").get("rounds", ())), True
    left = chosen.kills
    for seed, one in itertools.islice(enumerate(kinds(), FIRST_SEED), done, None):
        if left <= 0 or time.monotonic() > end:
            break
        left -= one.kills
        sound &= tell(str(one), seed, run_round(one, seed))
    if chosen.fills:
        sound &= strike_machine(FIRST_SEED, chosen.fills)
    print(table(results.of_part("kills")), flush=True)
    return int(not sound)


if __name__ == "__main__":
    sys.exit(main())
