"""Where the bundled queue server is looked for."""

from pathlib import Path

import pytest

from intake_service.dispatch import socket_path

LONGEST = 107
"""Bytes of a Unix socket's path on Linux, see unix(7)."""


def test_a_short_data_folder_holds_its_socket() -> None:
    assert socket_path(Path("/srv/intake")) == Path("/srv/intake/queue/queue.sock")


def test_a_long_one_has_it_where_every_process_looks_whatever_its_temporary_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = Path("/srv") / ("long" * 40)
    here = socket_path(data)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert socket_path(data) == here
    assert len(str(here)) <= LONGEST
    assert socket_path(data / "other") != here
