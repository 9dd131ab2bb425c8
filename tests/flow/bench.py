"""How quick uploads, lists and workers are: ``python -m tests.flow.bench``, printed beside what we promise ourselves.

Everything runs on this machine, the clients as well; nothing else should run beside it. The machine's load is printed.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import sqlalchemy as sa

from intake_service import records
from intake_service.parts import SYSTEM, Parts, open_parts
from intake_service.settings import load_settings
from intake_service.store import new_id
from intake_service.tokens import create_token
from tests.flow.test_stack import INTAKE, ROOT
from tests.swift import free_port
from tests.waiting import running, until

SCAN = ROOT / "templates_ref" / "basic-info" / "hunan-2020-40" / "samples" / "4-photographed.jpg"
SCAN_BYTES, CLIENTS, STORED = 2_000_000, 20, 100_000
READ_STATES = ("in_review", "failed", "quarantined")


class Client:
    """One connection that hands in scans, each another."""

    def __init__(self, port: int, secret: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {secret}"}

    def get(self, path: str) -> float:
        """Seconds until the whole answer was there."""
        begun = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)
        return time.perf_counter() - begun

    def hand_in(self, size: int = SCAN_BYTES) -> float:
        """Seconds until the answer to one upload."""
        scan = SCAN.read_bytes()
        content = scan + os.urandom(max(16, size - len(scan)))  # behind a JPEG's end nobody looks
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        headers = {**self._headers, "Content-Type": "multipart/form-data; boundary=b"}
        begun = time.perf_counter()
        self._connection.request("POST", "/api/v1/submissions", head + content + b"\r\n--b--\r\n", headers)
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status == 202, answer.status
        return time.perf_counter() - begun


@contextmanager
def serving(folder: Path, workers: int) -> Iterator[tuple[Parts, Callable[[], Client]]]:
    """``intake serve`` on a folder; gives its parts and what makes clients."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"], "INTAKE_DATA": f"{folder}", "INTAKE_PORT": f"{port}",
        "INTAKE_WORKERS": f"{workers}", "INTAKE_API_PER_MINUTE": "1000000", "INTAKE_MAX_WAITING": "1000000",
        "INTAKE_LOG": "ERROR",
    }  # fmt: skip
    with running([*INTAKE, "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL):
        until(
            lambda: urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).status == 200, 60, "the web server"
        )
        parts = open_parts(load_settings({"INTAKE_DATA": f"{folder}"}))
        secret = create_token(parts, SYSTEM, f"bench {new_id()}")
        yield parts, lambda: Client(port, secret)
        parts.store.close()


def upload_times(new_client: Callable[[], Client], seconds: float) -> list[float]:
    """Seconds of every upload by ``CLIENTS`` clients, each sending the next when the last was answered."""
    end, found = time.monotonic() + seconds, []

    def send() -> None:
        client = new_client()
        while time.monotonic() < end:
            found.append(client.hand_in())

    threads = [threading.Thread(target=send) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def fill(parts: Parts, count: int) -> None:
    """Make ``count`` submissions out of the newest one."""
    table = records.submissions
    with parts.store.write() as tx:
        newest = table.c.created_at.desc()
        row = dict(tx.execute(sa.select(table).order_by(newest).limit(1)).mappings().one())
        for start in range(0, count, 10_000):
            numbers = range(start, min(count, start + 10_000))
            made = [{**row, "id": new_id(), "receipt_number": f"B{number:09}"} for number in numbers]
            tx.execute(table.insert(), made)


def read_count(parts: Parts) -> int:
    """Documents that are done with."""
    with parts.store.read() as tx:
        table = records.submissions
        return tx.execute(sa.select(sa.func.count()).where(table.c.status.in_(READ_STATES))).scalar_one()


def pages_a_minute(workers: int, documents: int) -> float:
    """What ``workers`` read of one-page photographs, from the first one's end to the last one's."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), workers) as (parts, new_client):
        client = new_client()
        for _ in range(documents + workers):
            client.hand_in(0)
        until(lambda: read_count(parts) >= workers, 120, "the models")
        first, begun = read_count(parts), time.monotonic()
        until(lambda: read_count(parts) == documents + workers, 60.0 * documents, "the readings")
        return 60 * (documents + workers - first) / (time.monotonic() - begun)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of uploading")
    parser.add_argument("--documents", type=int, default=30, help="to read with one worker and with two")
    chosen = parser.parse_args()
    print(f"load of this machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), 1) as (parts, new_client):
        took = upload_times(new_client, chosen.seconds)
        median_ms, p95_ms = 1000 * statistics.median(took), 1000 * statistics.quantiles(took, n=20)[-1]
        print(
            f"POST of 2 MB, {CLIENTS} clients, a worker busy: median {median_ms:.0f} ms (goal 100), 95 % {p95_ms:.0f} ms"
        )
        print(
            f"accepted a second over {chosen.seconds:.0f} s: {len(took) / chosen.seconds:.1f} (goal 50)",
            flush=True,
        )
        fill(parts, STORED)
        client = new_client()
        for path in ("", "?status=in_review", "?order=deadline", "?q=B000099999"):
            times = [client.get(f"/api/v1/submissions{path}") for _ in range(7)]
            print(
                f"list of {STORED:,}{path}: median {1000 * statistics.median(times):.0f} ms (goal 200)",
                flush=True,
            )
    one, two = (pages_a_minute(workers, chosen.documents) for workers in (1, 2))
    print(f"pages a minute: one worker {one:.0f}, two {two:.0f}, times {two / one:.2f} (goal 1.8)")


if __name__ == "__main__":
    main()
