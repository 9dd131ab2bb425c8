"""``intake serve`` as people start, stop and lose it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "intake_service.cli"]


def environment(data: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "INTAKE_DATA": str(data),
        "INTAKE_LEASE_S": "3",
        "INTAKE_MIN_FREE_MB": "0",
    }


def intake(data: Path, *arguments: str, typed: str = "") -> str:
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(data),
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class Service:
    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"],
            env=environment(data),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.first_lines = self.process.stdout.readline()
        self.url = re.search(r"http://[0-9.:]+", self.first_lines)[0]

    def ask(
        self, path: str, secret: str, body: bytes | None = None, content_type: str = ""
    ) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {secret}"} | (
            {"Content-Type": content_type} if content_type else {}
        )
        request = urllib.request.Request(self.url + path, body, headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return dict(json.load(answer))

    def submit(self, secret: str, content: bytes) -> str:
        body = (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
            + content
            + b"\r\n--b--\r\n"
        )
        return str(self.ask("/api/v1/submissions", secret, body, "multipart/form-data; boundary=b")["id"])

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@contextmanager
def serving(data: Path) -> Iterator[Service]:
    service = Service(data)
    children = service.children()
    try:
        yield service
    finally:
        service.process.kill()
        service.process.wait()
        psutil.wait_procs(children, timeout=20)


def wait_until_failed(
    service: Service, secret: str, submission_id: str, seconds: float = 60
) -> dict[str, object]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = service.ask(f"/api/v1/submissions/{submission_id}", secret)
        if found["status"] == "failed":
            return found
        time.sleep(0.2)
    pytest.fail(f"still {found['status']}")


def test_serve_works_dies_comes_back_and_stops(tmp_path: Path) -> None:
    """A broken PDF goes the whole way to the fenced child and back, before and after kill -9 of everything's parent."""
    with serving(tmp_path) as service:
        password_line = service.process.stdout.readline()
        assert re.search(r"admin.*\S{12,}", password_line)
        secret = intake(tmp_path, "token", "create", "--name", "register").strip()
        submission_id = service.submit(secret, b"%PDF-1.7 broken")
        children = service.children()
        assert len(children) >= 3
        service.process.send_signal(signal.SIGKILL)
        _gone, alive = psutil.wait_procs(children, timeout=15)
        assert not alive
    with serving(tmp_path) as service:
        failed = wait_until_failed(service, secret, submission_id)
        assert failed["error"]["code"] == "corrupt_file"
        children = service.children()
        second = subprocess.run(
            [*COMMAND, "serve", "--port", "0"],
            env=environment(tmp_path),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert "已有一个服务在运行" in second.stderr
        service.process.send_signal(signal.SIGINT)
        assert service.process.wait(timeout=30) == 0
        _gone, alive = psutil.wait_procs(children, timeout=5)
        assert not alive
        assert "password" not in service.process.stdout.read()
