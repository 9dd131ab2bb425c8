"""The watched folder's process, killed at every named place of taking in: each file is taken once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from intake_service import faultpoints
from intake_service.store import documents, processes
from tests.intake_service.builders import make_parts
from tests.waiting import until
from tests.worker.test_watch import PDF, handed_in, names, taken
from worker.watch import NOTE, REFUSED

ROOT = Path(__file__).resolve().parents[2]
STRUCK = """
import os, signal, sys
from pathlib import Path
from intake_service import faultpoints
from intake_service.settings import load_settings
from worker import watch
def strike(name):
    try:
        Path(os.environ["PLAN"], name).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
faultpoints.arm(strike)
while True:  # each start is a fork of what is loaded already
    pid = os.fork()
    if not pid:
        watch.run(load_settings())
    print(pid, flush=True)
    status = os.waitpid(pid, 0)[1]
    print(status, flush=True)
    if status != signal.SIGKILL:
        sys.exit(status)
"""
KILLED_AT = tuple(place for place in faultpoints.POINTS if place.startswith(("files.", "intake.")))


def has_taken(folder: Path, number: int) -> bool:
    return len(taken(folder)) == number


def start(tmp_path: Path, folder: Path) -> subprocess.Popen[str]:
    environment = {
        "PATH": os.environ["PATH"], "INTAKE_DATA": str(tmp_path / "data"), "INTAKE_MIN_FREE_MB": "0",
        "INTAKE_WATCH": str(folder), "INTAKE_WATCH_QUIET_S": "0", "PLAN": str(tmp_path / "plan"),
    }  # fmt: skip
    command = [sys.executable, "-c", STRUCK]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_killed_at_every_place_it_takes_each_file_once(tmp_path: Path) -> None:
    """A slow writer and a refused file beside it."""
    parts, folder = make_parts(tmp_path / "data"), tmp_path / "扫描"
    folder.mkdir()
    assert KILLED_AT
    plan = tmp_path / "plan"
    plan.mkdir()
    running = start(tmp_path, folder)
    assert running.stdout is not None
    try:
        pid = int(running.stdout.readline())
        for number, place in enumerate(KILLED_AT):
            (plan / place).touch()
            (folder / f"{number}.pdf").write_bytes(PDF + bytes([number]))
            assert int(running.stdout.readline()) == signal.SIGKILL, place
            pid = int(running.stdout.readline())
            until(partial(has_taken, folder, number + 1))
        (folder / "x.docx").write_bytes(b"PK\x03\x04")
        with (folder / "slow.pdf").open("wb") as writer:
            for byte in PDF * 4:
                writer.write(bytes([byte]))
                writer.flush()
                time.sleep(0.02)
                assert not any("slow" in name for name in taken(folder))
        until(lambda: len(taken(folder)) == len(KILLED_AT) + 1 and list((folder / REFUSED).glob(f"*{NOTE}")))
        os.kill(pid, signal.SIGTERM)
        assert running.wait(10) == 0
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        running.kill()
        running.wait()
    found = [name for submission in handed_in(parts) for name in names(parts, submission)]
    assert sorted(found) == [*(f"{number}.pdf" for number in range(len(KILLED_AT))), "slow.pdf"]
    with parts.store.read() as tx:
        slow = documents.of_submission(tx, handed_in(parts)[-1].id)[0]
        assert not any(f":{pid}:" in process.name for process in processes.known(tx))  # it said that it ends
    assert slow.size == len(PDF) * 4
    parts.store.close()
