"""The service as real processes that are started again when they die, as ``intake serve`` does it, but killed from here."""

from __future__ import annotations

import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from intake_service import tokens
from intake_service.cli import queue_server
from intake_service.parts import SYSTEM, Parts, open_parts
from intake_service.records import documents
from intake_service.settings import load_settings
from intake_service.store import State
from tests.faults.process import FOREIGN
from tests.flow import test_stack
from tests.swift import free_port

ROOT = Path(__file__).resolve().parents[2]
STANDIN, REAL = "tests.faults.standin", "extractors.pipeline"
WATCH_S = 0.02


class Forked:
    """A role that the forking process started; its number stays ours to kill until it has ended."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            self._descriptor = -1

    def poll(self) -> int | None:
        """None while it runs."""
        ended = self._descriptor < 0 or bool(select.select([self._descriptor], [], [], 0)[0])
        if ended and self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        return -9 if ended else None

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(0.01)
        return -9


Process = subprocess.Popen[bytes] | Forked


@dataclass
class Slot:
    """One process of the service and how to start it."""

    name: str
    start: Callable[[], Process]
    process: Process | None = None
    held_down: bool = False
    starts: int = 0

    @property
    def pid(self) -> int:
        """Of the running process, 0 when it is down."""
        process = self.process
        return process.pid if process is not None and process.poll() is None else 0


@dataclass
class Stack:
    """Web, workers, queue and database on one folder. ``queue``: valkey or redis; ``database``: sqlite or postgres."""

    folder: Path
    pipeline: str = STANDIN
    workers: int = 3
    queue: str = "valkey"
    database_url: str = ""
    foreign: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan = self.folder / "plan"
        (self.plan / "hit").mkdir(parents=True, exist_ok=True)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = int(self._listener.getsockname()[1])
        self._ending = threading.Event()
        env = {
            "INTAKE_DATA": str(self.folder / "data"),
            "INTAKE_MIN_FREE_MB": "0",
            "INTAKE_API_PER_MINUTE": "10000000",
            **({"INTAKE_DATABASE_URL": self.database_url} if self.database_url else {}),
            **self.settings,
        }
        if self.queue == "redis":
            self._queue_port, self._password = free_port(), secrets.token_hex(16)
            env["INTAKE_REDIS_URL"] = f"redis://:{self._password}@127.0.0.1:{self._queue_port}/0"
        if self.foreign:
            self.environment[FOREIGN] = "yes"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        (self.folder / "tmp").mkdir(exist_ok=True)
        own = {"OMP_NUM_THREADS": "1", "TMPDIR": str(self.folder / "tmp")}
        self.environment = {**kept, **own, **env, **self.environment}
        self.parts: Parts = open_parts(load_settings(env))
        self.parts.store.migrate()
        self.token = tokens.create_token(self.parts, SYSTEM, "harness")
        self.slots = [
            Slot("queue", self._start_queue),
            Slot("web", lambda: self._start_role("web", "--fd", str(self._listener.fileno()))),
            *(Slot(f"worker {n}", lambda: self._start_role("worker")) for n in range(self.workers)),
        ]

    def slot(self, name: str) -> Slot:
        return next(slot for slot in self.slots if slot.name == name)

    def worker_slots(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.name.startswith("worker")]

    def _start_role(self, *arguments: str) -> Forked:
        assert self._forker.stdin is not None
        assert self._forker.stdout is not None
        self._forker.stdin.write(" ".join(arguments) + "\n")
        self._forker.stdin.flush()
        return Forked(int(self._forker.stdout.readline()))

    def _start_forker(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.faults.process", str(self.plan), self.pipeline]
        with (self.folder / "roles.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                stderr=log, pass_fds=(self._listener.fileno(),), start_new_session=True,
            )  # fmt: skip

    def _start_queue(self) -> subprocess.Popen[bytes]:
        if self.queue == "valkey":
            return queue_server.start(self.parts.settings)
        folder = self.folder / "redis"
        folder.mkdir(exist_ok=True)
        lines = (
            f"bind 127.0.0.1\nport {self._queue_port}\nrequirepass {self._password}\nappendonly yes\n"
            f'maxmemory-policy noeviction\nsave ""\ndir {folder}\n'
        )
        (folder / "redis.conf").write_text(lines, encoding="ascii")
        return subprocess.Popen(
            ["redis-server", str(folder / "redis.conf")], stdout=subprocess.DEVNULL, start_new_session=True
        )

    def __enter__(self) -> Stack:
        self._forker = self._start_forker()
        self._keep_up()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._watcher.join()
        for slot in reversed(self.slots):
            if slot.process is not None:
                with suppress(ProcessLookupError):
                    os.killpg(slot.process.pid, signal.SIGKILL)
                slot.process.wait()
        self._forker.kill()
        self._forker.wait()
        self.parts.store.close()
        self._listener.close()

    def _watch(self) -> None:
        while not self._ending.wait(WATCH_S):
            self._keep_up()

    def _keep_up(self) -> None:
        for slot in self.slots:
            if not slot.pid and not slot.held_down:
                with suppress(RuntimeError):  # a queue server killed while it starts
                    slot.process = slot.start()
                    slot.starts += 1

    def kill(self, slot: Slot) -> int:
        """kill -9 of one process, without its children; its number, 0 when it was down."""
        if pid := slot.pid:
            os.kill(pid, signal.SIGKILL)
        return pid

    def read_by(self, pid: int) -> list[str]:
        """Ids of the documents which the worker with this number was reading."""
        query = sa.select(documents.c.id).where(
            documents.c.status == State.READING, documents.c.lease_owner.like(f"%:{pid}:%")
        )
        with self.parts.store.read() as tx:
            return list(tx.execute(query).scalars())

    def wait_until_up(self, seconds: float = 30) -> None:
        """Until the web server answers."""
        import http.client

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            with suppress(OSError, http.client.HTTPException):
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            connection.close()
            time.sleep(0.05)
        raise AssertionError("the web server does not come up")


@contextmanager
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of our own with an empty database."""
    place = Path(subprocess.run(["mktemp", "-d"], check=True, capture_output=True, text=True).stdout.strip())
    place.chmod(0o755)
    port, password = free_port(), secrets.token_hex(8)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        stack.enter_context(test_stack.postgres(place / "database", port, password))
        yield f"postgresql://intake:{password}@127.0.0.1:{port}/intake"
