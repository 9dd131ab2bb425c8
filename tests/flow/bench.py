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
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from urllib.request import urlopen

import sqlalchemy as sa

from intake_service import records
from intake_service.parts import SYSTEM, Parts, open_parts
from intake_service.settings import load_settings
from intake_service.store import documents, new_id, searching
from intake_service.tokens import create_token
from tests.flow.test_stack import INTAKE, ROOT
from tests.swift import free_port
from tests.waiting import running, until

SCAN = ROOT / "templates_ref" / "basic-info" / "hunan-2020-40" / "samples" / "4-photographed.jpg"
SCAN_BYTES, CLIENTS, STORED, BEHIND = 2_000_000, 20, 100_000, 10_000
PACE, BOUNDARY = 50.0, "0123456789abcdef" * 2
"""Uploads a second that all clients send together where they do not wait for each other; as long as our client's own."""
READ_STATES = ("in_review", "failed", "quarantined")


@cache
def padded_scan(size: int) -> bytes:
    """The scan with noise behind it, made once: what clients compute, the service cannot."""
    scan = SCAN.read_bytes()
    return scan + os.urandom(max(0, size - len(scan)))


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
        content = padded_scan(size) + os.urandom(16)  # behind a JPEG's end nobody looks
        between = f"--{BOUNDARY}".encode()
        head = between + b'\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        headers = {**self._headers, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        begun = time.perf_counter()
        self._connection.request(
            "POST", "/api/v1/submissions", head + content + b"\r\n" + between + b"--\r\n", headers
        )
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status == 202, answer.status
        return time.perf_counter() - begun


@contextmanager
def serving(folder: Path, workers: int, webs: int = 1) -> Iterator[tuple[Parts, Callable[[], Client]]]:
    """``intake serve`` on a folder; gives its parts and what makes clients."""
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"], "INTAKE_DATA": f"{folder}", "INTAKE_PORT": f"{port}",
        "INTAKE_WORKERS": f"{workers}", "INTAKE_WEB_PROCESSES": f"{webs}",
        "INTAKE_API_PER_MINUTE": "1000000", "INTAKE_MAX_WAITING": "1000000",
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


def upload_times(
    new_client: Callable[[], Client], seconds: float, pace: float | None = None, size: int = SCAN_BYTES
) -> list[float]:
    """Seconds of every upload by ``CLIENTS`` clients, each sending the next when the last was answered.

    With ``pace`` (uploads a second of all together) each sends on time, and counts from when it should have.
    """
    begun, found = time.monotonic(), []

    def send(number: int) -> None:
        client, due = new_client(), begun + number / (pace or 1.0)
        while (now := time.monotonic()) < begun + seconds:
            late = 0.0
            if pace is not None:
                time.sleep(max(0.0, due - now))
                late, due = max(0.0, now - due), due + CLIENTS / pace
            found.append(late + client.hand_in(size))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def processor_s(program: str = "") -> float:
    """Processor time so far of this bench's service, or of those of its processes whose command line has this word."""
    rows = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            told = stat.read_text().rpartition(") ")[2].split()
            ticks = sum(map(int, told[11:15]))  # with those of children that have ended
            rows[int(stat.parent.name)] = (int(told[1]), ticks, stat.with_name("cmdline").read_bytes())
    ours: set[int] = set()
    while more := {pid for pid, row in rows.items() if row[0] in {os.getpid(), *ours}} - ours:
        ours |= more
    ticks = sum(rows[pid][1] for pid in ours if program.encode() in rows[pid][2].replace(b"\0", b" "))
    return ticks / os.sysconf("SC_CLK_TCK")


def measure_uploads(parts: Parts, new_client: Callable[[], Client], seconds: float) -> None:
    """Print how many are accepted a second, what one costs, how long one takes at the promised pace, and what is kept."""
    web = " web --fd"
    answered = len(upload_times(new_client, 2))
    spent_s = processor_s(web)
    took = upload_times(new_client, seconds)
    spent_s, answered = processor_s(web) - spent_s, answered + len(took)
    print(
        f"accepted a second over {seconds:.0f} s, a worker busy: {len(took) / seconds:.1f} (goal 50); "
        f"{CLIENTS} clients without a pause: median {1000 * statistics.median(took):.0f} ms; "
        f"processor time of the web process: {1000 * spent_s / len(took):.1f} ms an upload",
        flush=True,
    )
    for pace in (PACE / 5, PACE):
        took = upload_times(new_client, seconds / 2, pace)
        answered += len(took)
        median_ms, p95_ms = 1000 * statistics.median(took), 1000 * statistics.quantiles(took, n=20)[-1]
        print(
            f"POST of 2 MB, {CLIENTS} clients sending {pace:.0f} a second: median {median_ms:.0f} ms (goal 100), "
            f"95 % {p95_ms:.0f} ms",
            flush=True,
        )

    print_kept(parts, answered)


def measure_steadily(parts: Parts, new_client: Callable[[], Client], minutes: float, size: int) -> None:
    """Print what became of ``PACE`` uploads a second for that long, minute by minute."""
    answered = 0
    for minute in range(round(minutes)):
        took = upload_times(new_client, 60, PACE, size)
        answered += len(took)
        print(
            f"minute {minute + 1}: {len(took) / 60:.1f} of {size / 1e6:.1f} MB accepted a second, "
            f"median {1000 * statistics.median(took):.0f} ms, worst {max(took):.1f} s; {read_count(parts)} read so far",
            flush=True,
        )
    print_kept(parts, answered)


def print_kept(parts: Parts, answered: int) -> None:
    """Whether everything that was answered is there, with its whole file."""
    with parts.store.read() as tx:
        hashes = list(tx.execute(sa.select(records.documents.c.file_hash)).scalars())
    kept = sum(parts.files.path(name).stat().st_size > SCAN.stat().st_size for name in hashes)
    print(f"answered with 202: {answered}; kept with their files: {kept}; lost {answered - kept}", flush=True)


def fill(parts: Parts, count: int, known: int = 0) -> None:
    """Make ``count`` submissions out of the newest one, numbered behind ``known``."""
    table = records.submissions
    with parts.store.write() as tx:
        newest = table.c.created_at.desc()
        row = dict(tx.execute(sa.select(table).order_by(newest).limit(1)).mappings().one())
        for start in range(known, known + count, 10_000):
            numbers = range(start, min(known + count, start + 10_000))
            made = [{**row, "id": new_id(), "receipt_number": f"B{number:09}"} for number in numbers]
            tx.execute(table.insert(), made)
            found = [{"submission_id": each["id"], "text": searching.text_of(each)} for each in made]
            tx.execute(records.search_texts.insert(), found)


def read_count(parts: Parts) -> int:
    """Documents that are done with."""
    with parts.store.read() as tx:
        table = records.submissions
        return tx.execute(sa.select(sa.func.count()).where(table.c.status.in_(READ_STATES))).scalar_one()


def wait_behind(parts: Parts, count: int, known: int = 0) -> None:
    """Let ``count`` submissions more wait, numbered behind ``known``, each with the newest one's file."""
    fill(parts, count, known)
    table = records.documents
    with parts.store.write() as tx:
        file = tx.execute(sa.select(table).order_by(table.c.created_at.desc()).limit(1)).mappings().one()
        told = {name: file[name] for name in ("name", "file_hash", "size", "media_type")}
        number = records.submissions.c.receipt_number
        filled = sa.select(records.submissions.c.id).where(number >= f"B{known:09}", number.like("B%"))
        for submission_id in tx.execute(filled).scalars().all():
            documents.insert(tx, id=new_id(), submission_id=submission_id, position=0, **told)


def pages_a_minute(workers: int, count: int, behind: int = 0) -> tuple[float, float]:
    """What ``workers`` read of one-page photographs, from the first one's end to the last one's; ``behind`` more wait.

    Beside it the processor seconds that one took: where two workers wait for the memory, it takes each longer.
    """
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), workers) as (parts, new_client):
        client = new_client()
        for _ in range(count + workers):
            client.hand_in(0)
        if behind:
            wait_behind(parts, behind)
        until(lambda: read_count(parts) >= workers, 120, "the models")
        first, begun, spent_s = read_count(parts), time.monotonic(), processor_s()
        until(lambda: read_count(parts) >= count + workers, 60.0 * count, "the readings")
        read, took_s = count + workers - first, time.monotonic() - begun
        return 60 * read / took_s, (processor_s() - spent_s) / read


def measure_web(chosen: argparse.Namespace) -> None:
    """Uploads, then lists."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), 1, chosen.web) as (parts, new_client):
        print(f"{chosen.web} web processes, one worker", flush=True)
        if chosen.minutes:
            measure_steadily(parts, new_client, chosen.minutes, chosen.size)
            return
        measure_uploads(parts, new_client, chosen.seconds)
        if chosen.only:
            return
        fill(parts, STORED)
        client = new_client()
        for path in ("", "?status=in_review", "?order=deadline", "?q=B000099999"):
            times = [client.get(f"/api/v1/submissions{path}") for _ in range(7)]
            print(
                f"list of {STORED:,}{path}: median {1000 * statistics.median(times):.0f} ms (goal 200)",
                flush=True,
            )


def measure_workers(count: int) -> None:
    """One worker, two, and two with a backlog."""
    (one, one_s), (two, two_s) = (pages_a_minute(workers, count) for workers in (1, 2))
    backlog, backlog_s = pages_a_minute(2, count, BEHIND)
    print(f"pages a minute: one worker {one:.0f}, two {two:.0f}, times {two / one:.2f} (goal 1.8)")
    print(
        f"two workers with {BEHIND:,} more waiting: {backlog:.0f} pages a minute, times {backlog / two:.2f}"
    )
    print(
        f"processor seconds a page: one worker {one_s:.2f}, two {two_s:.2f}, with them waiting {backlog_s:.2f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of uploading")
    parser.add_argument("--web", type=int, default=2, help="web processes that take them")
    parser.add_argument(
        "--minutes", type=float, default=0, help="of uploads at the promised pace, and nothing else"
    )
    parser.add_argument("--size", type=int, default=500_000, help="bytes of each of these")
    parser.add_argument("--only", choices=("uploads", "workers"), help="nothing else")
    parser.add_argument("--documents", type=int, default=30, help="to read with one worker and with two")
    chosen = parser.parse_args()
    print(f"load of this machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    if chosen.only != "workers":
        measure_web(chosen)
    if chosen.only != "uploads" and not chosen.minutes:
        measure_workers(chosen.documents)


if __name__ == "__main__":
    main()
