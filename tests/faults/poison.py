"""Documents that eat memory, hang, abort and fork, among good ones: set aside after three tries, every good one read."""

from __future__ import annotations

import hashlib
import random
import time
from pathlib import Path

import psutil
import sqlalchemy as sa

from intake_service import records
from tests.faults.checker import Report, check, unknown_errors
from tests.faults.process import HASTY
from tests.faults.sender import Upload, hand_in
from tests.faults.stack import Stack
from tests.faults.standin import POISONS, make_document

GOOD = 100
SETTLE_S = 300.0
CODES = {
    "eat": "resource_limit",
    "hang": "timeout",
    "abort": "processing_crashed",
    "fork": "processing_crashed",
}
TRIES = 3
VERBS = {"eat": "eats memory", "hang": "hangs", "abort": "aborts", "fork": "forks"}


def run_poison(folder: Path, seed: int, rounds: int) -> Report:
    """Every round each kind of poison and one submission of five files, one of them poisoned, among ``GOOD`` others.

    ``errors`` tells also of a code that is not the kind's, of more or fewer tries, of processes left behind.
    """
    chance = random.Random(seed)
    poison: dict[bytes, str] = {}
    handed_in: list[Upload] = []
    for number in range(0, rounds * 1000, 1000):
        good = [make_document(number + n, 2, 0.01) for n in range(GOOD)]
        alone = {make_document(number + 500 + n, poison=kind): kind for n, kind in enumerate(POISONS)}
        mixed = (*good[:4], make_document(number + 600, poison="abort"))
        poison |= {**alone, mixed[-1]: "abort"}
        singles = [(content,) for content in [*good[4:], *alone]]
        chance.shuffle(singles)
        handed_in += [Upload(files, f"{number}-{n}") for n, files in enumerate([*singles, mixed])]
    report, begun = Report(), time.monotonic()
    mine = psutil.Process()
    before = set(mine.children(recursive=True))
    with Stack(folder, workers=2, environment={HASTY: "yes"}) as stack:
        stack.wait_until_up()
        for upload in handed_in:
            hand_in(stack.port, stack.token, upload)
        kinds = {hashlib.sha256(content).hexdigest(): kind for content, kind in poison.items()}
        check(stack.parts, handed_in, report, settle_s=SETTLE_S * rounds, poisoned=frozenset(kinds))
        report.errors += unknown_errors(stack.folder / "roles.log")
        with stack.parts.store.read() as tx:
            rows = {row.file_hash: row for row in tx.execute(sa.select(records.documents))}
        for file_hash, kind in kinds.items():
            report.faults[f"poison that {VERBS[kind]}"] += 1
            ended, tries = rows[file_hash].error_code, rows[file_hash].attempts
            if (ended, tries) != (CODES[kind], TRIES):
                report.errors.append(f"poison {kind} ended as {ended} after {tries} tries")
        left = set(mine.children(recursive=True)) - before
        report.errors += [
            "what the poison forked outlives it"
            for one in left
            if "time.sleep(600)" in " ".join(one.cmdline())
        ]
    report.seconds = time.monotonic() - begun
    return report
