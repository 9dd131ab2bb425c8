"""The long run: ``python -m tests.faults --kills 3000``. Prints what each round found and the sums of each part.

Rounds change queue server, database, pipeline and whether workers know that they share a machine. The sums are kept in
``last_run.json``: a later run goes on with the next seed and adds to it. Load is the machine's mean over five minutes,
the run's own work included: recoveries can be judged only beside it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults import results
from tests.faults.checker import WRONG, Report, line, table
from tests.faults.crowds import save_at_once, send_at_once
from tests.faults.kills import run_kills
from tests.faults.machine import MachineFaults
from tests.faults.poison import run_poison
from tests.faults.stack import REAL, STANDIN, postgres_url
from tests.setup.system import missing_packages

KILLS_A_ROUND = 90
FIRST_SEED = 71_000
CROWDS = {"senders": send_at_once, "savers": save_at_once, "poison": run_poison}
COUNTS = (
    ("kills", 3000, "how many more; a tenth as many faults of the queue"),
    ("fills", 0, "how often each of three disks is filled"),
    ("locks", 0, "how often the database is locked"),
    ("senders", 0, "how often one file under one key comes from 2 to 50 senders at once"),
    ("savers", 0, "how often one field is saved by 2 to 20 reviewers at once"),
    ("poison", 0, "how often four kinds of poison come among a hundred good documents"),
)


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


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """For one service; what is killed may still be writing when it is removed."""
    folder = Path(tempfile.mkdtemp(prefix="intake-faults-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_round(one: Round, seed: int) -> Report:
    with ExitStack() as stack:
        folder = stack.enter_context(fresh_folder())
        url = stack.enter_context(postgres_url()) if one.postgres else ""
        return run_kills(
            folder, seed, one.kills, queue_faults=one.queue_faults, pipeline=one.pipeline, queue=one.queue,
            database_url=url, foreign=one.foreign, long_downs=one.long_downs, workers=2 if one.pipeline == REAL else 3,
            pause_s=0.8 if one.pipeline == REAL else 0.15,
        )  # fmt: skip


def machine_faults(folder: Path, seed: int, fills: int, locks: int, lock_s: float) -> tuple[str, Report]:
    """The title, which says what clients were answered, and the report."""
    machine = MachineFaults(folder, seed, fills, locks, lock_s)
    report = machine.run()
    disks = "small disks" if machine.mounted else "writing that fails, as no disk may be mounted"
    answers, codes = sorted(machine.answers), sorted(machine.codes)
    return f"{disks}, database locked for {lock_s:g} s; answers {answers}, codes {codes}", report


def tell(part: str, title: str, seed: int, report: Report) -> bool:
    """Print the round, add it to the part's sums and print those; False when something was wrong."""
    load = round(os.getloadavg()[1], 1)
    print(f"seed {seed}: {title}, load {load}\n  {report.line()}", flush=True)
    for name in (*WRONG, "slow"):
        for sentence in getattr(report, name):
            print(f"  {name}: {sentence}", flush=True)
    done = {
        "seed": seed,
        "of": title,
        "faults": sum(report.faults.values()),
        "seconds": round(report.seconds),
        "load": load,
    }
    total = results.add(part, {**report.figures(), "rounds": [done]})
    print(f"  so far: {line(total)}", flush=True)
    return not any(getattr(report, name) for name in WRONG)


def next_seed(part: str) -> int:
    return FIRST_SEED + len(results.of_part(part).get("rounds", ()))


def run_parts(chosen: argparse.Namespace) -> Iterator[bool]:
    """Whether each round was sound."""
    end = time.monotonic() + 60 * chosen.minutes
    left, seed = chosen.kills, next_seed("kills")
    for one in itertools.islice(kinds(), seed - FIRST_SEED, None):
        if left <= 0 or time.monotonic() > end:
            break
        yield tell("kills", str(one), seed, run_round(one, seed))
        left, seed = left - one.kills, seed + 1
    if chosen.fills or chosen.locks:
        with fresh_folder() as folder:
            seed = next_seed("machine")
            of = machine_faults(folder, seed, chosen.fills, chosen.locks, chosen.lock_s)
            yield tell("machine", of[0], seed, of[1])
    for part, run in CROWDS.items():
        if rounds := getattr(chosen, part):
            with fresh_folder() as folder:
                seed = next_seed(part)
                yield tell(part, f"{rounds} rounds", seed, run(folder, seed, rounds))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default, told in COUNTS:
        parser.add_argument(f"--{name}", type=int, default=default, help=told)
    parser.add_argument("--lock-s", type=float, default=1.0, help="for how many seconds")
    parser.add_argument("--afresh", action="store_true", help="begin the sums anew")
    parser.add_argument("--minutes", type=float, default=1e6, help="no new round of kills after this time")
    chosen = parser.parse_args()
    parts = ("kills", "machine", *CROWDS)
    for part in parts if chosen.afresh else ():
        results.keep(part, {})
    sound = all([*run_parts(chosen)])
    for part in parts:
        if sums := results.of_part(part):
            print(f"{part}: {table(sums)}", flush=True)
    return int(not sound)


if __name__ == "__main__":
    sys.exit(main())
