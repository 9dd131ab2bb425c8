"""kill -9, again and again, of what is at work, at named places and at random; seeded."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import redis

from intake_service.dispatch import connect
from intake_service.errors import ServiceError
from intake_service.faultpoints import POINTS
from intake_service.store import documents as store_documents
from tests.faults.checker import Report, check, note_recoveries, unknown_errors
from tests.faults.process import kill_children
from tests.faults.sender import Senders
from tests.faults.stack import REAL, ROOT, STANDIN, Stack
from tests.faults.standin import make_document

WEB = POINTS[: POINTS.index("intake.called") + 1]
WORKER = (
    "files.named", "call.taken", "job.leased", "page.done", "page.keeping", "page.kept", "job.read",
    "job.finishing", "job.finished", "sweep.taken_over", "sweep.called",
)  # fmt: skip
IN_READING = ("page.done", "page.keeping", "page.kept")
SAMPLES = ROOT / "templates_ref" / "basic-info" / "hunan-2020-40"
HIT_S = {STANDIN: 4.0, REAL: 15.0}
MOST_WAITING = {STANDIN: 16, REAL: 4}
SETTLE_S = {STANDIN: 90.0, REAL: 600.0}
"""After the last kill. Every document is read in it, or stuck; a real page may take long on a busy machine."""
LONG_DOWN_S = 60.0
CHILD_KILLS_EACH = 2
"""A document whose child dies a third time is quarantined, rightly: the harness stops before."""


@dataclass
class Kills:
    """One run: ``count`` kills and ``queue_faults`` faults of the queue server."""

    stack: Stack
    seed: int
    count: int
    queue_faults: int = 0
    pause_s: float = 0.15
    down_s: float = 3.0
    long_downs: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.report = Report()
        self.struck: dict[str, list[float]] = {}
        self.child_kills: dict[str, int] = {}

    def run(self) -> Report:
        begun = time.monotonic()
        self.stack.wait_until_up()
        senders = Senders(
            self.stack.port, self.stack.token, self.seed, self._documents(),
            waiting=self._waiting, most_waiting=MOST_WAITING[self.stack.pipeline],
        )  # fmt: skip
        steps = ["kill"] * self.count + ["queue"] * self.queue_faults + ["long down"] * self.long_downs
        self.chance.shuffle(steps)
        for step in steps:
            for _try in range(20):
                if self._kill() if step == "kill" else self._strike_queue(long=step == "long down"):
                    break
            time.sleep(self.pause_s * (0.5 + self.chance.random()))
        uploads = senders.stop()
        self.report.seconds = time.monotonic() - begun
        pipeline = self.stack.pipeline
        settle_s = SETTLE_S[pipeline]
        check(self.stack.parts, uploads, self.report, settle_s=settle_s, standin=pipeline == STANDIN)
        self.report.errors += unknown_errors(self.stack.folder / "roles.log")
        note_recoveries(self.stack.parts, self.struck, self.report)
        self.report.seconds = time.monotonic() - begun
        return self.report

    def _documents(self):
        if self.stack.pipeline == REAL:
            samples = [(SAMPLES / "blank.pdf").read_bytes()]
            # Bytes after the end mark of a PDF are no part of it: the same pages under another hash.
            return lambda number, _chance: [samples[0] + f"\n% {number}\n".encode()]

        def make(number: int, chance: random.Random) -> Sequence[bytes]:
            files = chance.choice((1, 1, 1, 1, 2, 3))
            return [
                make_document(number * 10 + n, chance.randint(1, 5), chance.choice((0.01, 0.05, 0.2)))
                for n in range(files)
            ]

        return make

    def _waiting(self) -> int:
        try:
            with self.stack.parts.store.read() as tx:
                return store_documents.count_waiting(tx)
        except ServiceError:
            return 10**6

    def _waits(self, document_id: str) -> bool:
        with self.stack.parts.store.read() as tx:
            return store_documents.get(tx, document_id).status in store_documents.WAITING

    def _kill(self) -> bool:
        kind = self.chance.choices(("worker alone", "worker + child", "child", "web"), (3, 3, 2, 3))[0]
        if kind == "child" and max(self.child_kills.values(), default=0) >= CHILD_KILLS_EACH:
            settled = [one for one, times in self.child_kills.items() if times >= CHILD_KILLS_EACH]
            if any(self._waits(one) for one in settled):
                return False
            for one in settled:
                self.child_kills.pop(one)
        named = self.chance.random() < 0.6
        found = self._kill_named(kind) if named else self._kill_at_random(kind)
        if found:
            self.report.faults[f"kill {kind}{' at ' + found if named else ' at random'}"] += 1
        return bool(found)

    def _kill_named(self, kind: str) -> str:
        names = {"web": WEB, "child": IN_READING}.get(kind, WORKER)
        name = self.chance.choice(names)
        victim = {"worker + child": "both", "child": "child"}.get(kind, "self")
        if name.startswith("files.") and kind != "web":
            name = "page.done"  # the web process passes there too and could take the token
        token = self.stack.plan / f"{name}@{victim}"
        token.touch()
        end = time.monotonic() + HIT_S[self.stack.pipeline]
        while time.monotonic() < end:
            if hits := list((self.stack.plan / "hit").glob(f"{token.name}.*")):
                pid = int(hits[0].name.rpartition(".")[2])
                hits[0].unlink()
                self._note_victims(pid, child=kind == "child")
                return name
            time.sleep(0.005)
        token.unlink(missing_ok=True)
        return ""

    def _kill_at_random(self, kind: str) -> str:
        time.sleep(self.chance.random() * 0.3)
        if kind == "web":
            return "random" if self.stack.kill(self.stack.slot("web")) else ""
        slot = self.chance.choice(self.stack.worker_slots())
        pid = slot.pid
        if not pid:
            return ""
        with suppress(psutil.NoSuchProcess):
            if kind == "child":
                if not self._kill_one_child(pid):
                    return ""
            elif kind == "worker + child":
                kill_children(pid)
        if kind != "child":
            self.stack.kill(slot)
        self._note_victims(pid, child=kind == "child")
        return "random"

    def _kill_one_child(self, pid: int) -> bool:
        """The warm child, or the grand-child that has the document open."""
        family = psutil.Process(pid).children(recursive=True)
        if not family:
            return False
        with suppress(ProcessLookupError):
            os.kill(self.chance.choice(family).pid, signal.SIGKILL)
        return True

    def _note_victims(self, pid: int, *, child: bool) -> None:
        now = time.time()
        for document_id in self.stack.read_by(pid):
            self.struck.setdefault(document_id, []).append(now)
            if child:
                self.child_kills[document_id] = self.child_kills.get(document_id, 0) + 1

    def _strike_queue(self, *, long: bool) -> bool:
        kind = "down" if long else self.chance.choices(("killed", "flushed", "down"), (4, 4, 1))[0]
        slot = self.stack.slot("queue")
        if kind == "flushed":
            try:
                connect(self.stack.parts.settings).flushall()
            except (redis.RedisError, OSError):
                return False
        else:
            slot.held_down = kind == "down"
            self.stack.kill(slot)
            time.sleep(LONG_DOWN_S if long else self.down_s if kind == "down" else 0)
            slot.held_down = False
        self.report.faults[f"queue {kind}{' for a minute' if long else ''}"] += 1
        return True


def run_kills(folder: Path, seed: int, count: int, **options: Any) -> Report:
    """A whole run on a fresh service in ``folder``."""
    names = ("queue_faults", "pause_s", "down_s", "long_downs")
    own = {name: options.pop(name) for name in names if name in options}
    with Stack(folder, **options) as stack:
        return Kills(stack, seed, count, **own).run()
