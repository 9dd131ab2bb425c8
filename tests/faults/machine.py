"""What the machine does to the service: disks that fill up, a database that somebody holds locked."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.checker import Report, check, unknown_errors
from tests.faults.process import FULL
from tests.faults.sender import Senders, Upload, hand_in
from tests.faults.stack import Stack
from tests.faults.standin import make_document

PLACES = ("store", "temporary", "database")
DISK_MB = {"store": 256, "temporary": 32, "database": 32}
"""A quick machine takes in some 200 documents of 0.7 MB meanwhile; a disk full of them would rightly stop the reading."""
CLEAR = {"storage_full", "unavailable", "queue_full"}
"""The codes a client may be answered with meanwhile."""
ANSWERS = {0, 202, 503, 507}
"""0: nobody answered, as when the server has no room for an upload that it is still receiving."""


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """A disk of its own at ``folder``, or False where nothing may be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)]
    mounted = subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Use up the last byte."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as out:
        for size in (1 << 20, 4096, 1):
            with suppress(OSError):
                while out.write(b"x" * size):
                    pass
    return filler


@contextmanager
def full(stack: Stack, folder: Path, *, mounted: bool) -> Iterator[None]:
    """The disk at ``folder`` is full while the block runs."""
    filler = fill(folder) if mounted else stack.plan / FULL
    filler.touch()
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody holds the database's write lock while the block runs."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


@dataclass
class MachineFaults:
    """``fills`` fillings of each place and ``locks`` locks of ``lock_s`` seconds; a probe hands in during the last one.

    The probe waits as long as a request waits for the database, which is longer than a short lock.
    """

    folder: Path
    seed: int
    fills: int
    locks: int
    lock_s: float = 0.5
    full_s: float = 0.4
    codes: set[str] = field(default_factory=set)
    answers: set[int] = field(default_factory=set)
    mounted: bool = False
    probes: list[Upload] = field(default_factory=list)

    def run(self) -> Report:
        chance = random.Random(self.seed)
        disks = {place: self.folder / place for place in PLACES}
        report, begun = Report(), time.monotonic()
        steps = [place for place in PLACES for _ in range(self.fills)] + ["lock"] * (self.locks - 1)
        chance.shuffle(steps)
        with (
            small_disk(disks["store"], DISK_MB["store"]) as self.mounted,
            small_disk(disks["temporary"], DISK_MB["temporary"]),
            small_disk(disks["database"], DISK_MB["database"]),
        ):
            environment = {
                "INTAKE_FILES_URL": disks["store"].as_uri(),
                "INTAKE_DATABASE_URL": f"sqlite:///{disks['database']}/intake.db",
            }
            own = {"TMPDIR": str(disks["temporary"])}
            with Stack(self.folder / "service", settings=environment, environment=own, workers=2) as stack:
                stack.wait_until_up()
                senders = Senders(
                    stack.port, stack.token, self.seed,
                    lambda number, _chance: [make_document(number, 2, 0.02) + b"%" * 700_000],
                    waiting=lambda: 0 if not senders_busy(stack) else 99, threads=2,
                )  # fmt: skip
                for step in [*steps, *["long lock"][: self.locks]]:
                    self._strike(stack, step, disks, report)
                    time.sleep(0.2 + 0.2 * chance.random())
                uploads = senders.stop() + self.probes
                self.codes = {code for upload in uploads for code in upload.codes}
                self.answers = {status for upload in uploads for status in upload.answers}
                check(stack.parts, uploads, report)
                report.errors += unknown_errors(stack.folder / "roles.log")
        report.seconds = time.monotonic() - begun
        return report

    def _strike(self, stack: Stack, step: str, disks: dict[str, Path], report: Report) -> None:
        if "lock" in step:
            with locked(disks["database"] / "intake.db"):
                end = time.monotonic() + self.lock_s
                if step == "long lock":
                    self._probe(stack)
                time.sleep(max(0.0, end - time.monotonic()))
        else:
            with full(stack, disks[step], mounted=self.mounted):
                self._probe(stack)
                time.sleep(self.full_s)
        report.faults[step if "lock" in step else f"disk full: {step}"] += 1

    def _probe(self, stack: Stack) -> None:
        """One upload now, by a client that does not come again."""
        upload = Upload((make_document(10**6 + len(self.probes)),))
        hand_in(stack.port, stack.token, upload)
        self.probes.append(upload)


def senders_busy(stack: Stack) -> bool:
    """Whether enough waits already; a small disk holds little."""
    from intake_service.errors import ServiceError
    from intake_service.store import documents

    try:
        with stack.parts.store.read() as tx:
            return documents.count_waiting(tx) > 12
    except ServiceError:
        return False
