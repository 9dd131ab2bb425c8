"""README keeps its word: its settings table is the program's own, and every command it shows is run.

Convention: a fenced ```console block holds commands behind `$ `, run from top to bottom in one folder that
looks like the checkout; what they write stays out of it. Commands that need what no test machine has stand in
```sh blocks.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.setup import readme

ROOT = Path(__file__).resolve().parents[1]
TEXT = readme.README.read_text(encoding="utf-8")
# Already running, or run by another test.
ELSEWHERE = {"make test", "make lint", "make bench", "make bench-quick", "bash .ci/run"}
SERVERS = re.compile(r"^make demo$|/intake (serve|demo)\b")
ADDRESS = re.compile(r"http://[\w.:\[\]-]+")
START_S = 90
STOP_S = 30


def _place(command: str, checkout: Path) -> Path:
    return ROOT if command.startswith("make ") else checkout


def _commands() -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    joined = "".join(blocks).replace("\\\n", "")
    return [line.removeprefix("$ ") for line in joined.splitlines() if line.startswith("$ ")]


COMMANDS = [command for command in dict.fromkeys(_commands()) if command not in ELSEWHERE]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same names as the checkout, in which new files may appear.

    Not for `make`: an installation begun here would write this folder's path into `.venv/`.
    """
    folder = tmp_path_factory.mktemp("readme")
    for entry in ROOT.iterdir():
        if entry.name not in {".git", "var", "out"}:
            (folder / entry.name).symlink_to(entry)
    return folder


@pytest.fixture
def environment(checkout: Path) -> dict[str, str]:
    """A port of its own, so that a server already running here is left alone."""
    temporary = checkout / "tmp"
    temporary.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INTAKE_", "MAKE"))}
    return {**kept, "INTAKE_PORT": "18431", "INTAKE_DATA": str(checkout / "var"), "TMPDIR": str(temporary)}


@pytest.mark.parametrize("command", [one for one in COMMANDS if not SERVERS.search(one)])
def test_command_ends_well(command: str, checkout: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=_place(command, checkout),
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


@pytest.mark.parametrize("command", [one for one in COMMANDS if SERVERS.search(one)])
def test_server_starts_answers_and_leaves_nothing_behind(
    command: str, checkout: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            ["bash", "-c", command],
            cwd=_place(command, checkout),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    family = [psutil.Process(server.pid)]
    try:
        address = _wait_for_address(server, log)
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
            assert answer.status == 200
        family += family[0].children(recursive=True)
        os.killpg(server.pid, signal.SIGINT)  # what Ctrl-C does: every process of the terminal hears it
        server.wait(timeout=STOP_S)
        _, alive = psutil.wait_procs(family[1:], timeout=5)
        assert not alive, log.read_text()[-4000:]
    finally:
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


def _wait_for_address(server: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if found := ADDRESS.search(log.read_text()):
            return found[0]
        assert server.poll() is None, log.read_text()[-4000:]
        time.sleep(0.2)
    raise AssertionError(f"no address within {START_S} s: {log.read_text()[-4000:]}")


def test_the_settings_table_is_the_programs_own() -> None:
    assert readme.written_table(TEXT) == readme.settings_table(), "run: make readme"


def test_links_inside_the_repository_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", TEXT)
    assert targets
    assert not [target for target in targets if not (ROOT / target).exists()]
