"""What README shows of the API is run as it stands there, against a service that is really served."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.api.served import Served, whole_reading
from tests.intake_service.builders import PDF, read_all
from worker.webhooks import sign

ROOT = Path(__file__).parents[2]
CHAPTER = re.search(
    r"<!-- api:.*?<!-- end of api -->", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
)


def blocks(language: str) -> list[str]:
    assert CHAPTER is not None
    return re.findall(rf"^```{language}\n(.*?)^```", CHAPTER[0], re.MULTILINE | re.DOTALL)


def run(running: Served, folder: Path, *command: str) -> str:
    (folder / "scan.pdf").write_bytes(PDF + folder.name.encode())
    told = {"INTAKE": running.url, "TOKEN": running.token, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(
        command, cwd=folder, env=os.environ | told, text=True, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.needs("curl")
def test_curl(running: Served, tmp_path: Path) -> None:
    (block,) = blocks("sh")
    said = run(running, tmp_path, "bash", "-euo", "pipefail", "-c", block)
    assert '"receipt_number"' in said
    assert '"next_cursor"' in said
    assert (tmp_path / "accepted.csv").read_text(encoding="utf-8-sig").startswith("收件编号,")


def test_python(running: Served, tmp_path: Path) -> None:
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.1):
            read_all(running.parts, whole_reading())

    worker = threading.Thread(target=work)
    worker.start()
    try:
        said = run(running, tmp_path, sys.executable, "-c", blocks("python")[0])
    finally:
        stop.set()
        worker.join()
    assert re.match(r"\d{4}-\d{6}\n湘江职业培训学校 \[", said)
    assert (tmp_path / "searchable.pdf").read_bytes().startswith(b"%PDF")


def test_the_receiver_of_a_notice() -> None:
    names: dict[str, object] = {}
    exec(blocks("python")[1], names)  # what README shows is what is tried
    receive = names["receive"]
    assert callable(receive)
    body = b'{"event": "ping"}'
    headers = {"Intake-Signature": sign("secret", int(time.time()), body)}
    assert receive(headers, body, "secret")
    assert not receive(headers, body, "another")
