"""What the fence keeps from a reading: the network, other files, secrets, the log, more than its share of the machine."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from extractors.errors import ProcessingCrashedError
from tests.worker.conftest import BUDGET, PIPELINE
from worker import fence
from worker.sandbox import Reader

needs_landlock = pytest.mark.skipif(
    fence.landlock_version() < 1, reason="needs a kernel with Landlock; what runs without it says so"
)


def test_the_network_is_cut(reader: Reader, sheet: Path) -> None:
    with socket.create_server(("127.0.0.1", 9), reuse_port=True):
        assert reader.read(sheet, "connect.png")["engine"]["models"].startswith("refused")


def test_the_network_is_cut_without_root_s_powers_too(sheet: Path) -> None:
    """CAP_SYS_ADMIN (21) is dropped from the bounding set (prctl 24), so the child starts without it."""
    script = textwrap.dedent(f"""
        import ctypes, logging, socket
        from pathlib import Path
        from worker.sandbox import Reader
        logging.basicConfig()
        ctypes.CDLL(None).prctl(24, 21, 0, 0, 0)
        with socket.create_server(("127.0.0.1", 9), reuse_port=True), Reader("fake", pipeline="{PIPELINE}") as r:
            print(r.read(Path({str(sheet)!r}), "connect.png")["engine"]["models"])
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("refused") or "forbids unshare" in done.stderr, done.stdout + done.stderr


@needs_landlock
def test_nothing_but_its_scratch_and_picture_folders_can_be_written(reader: Reader, sheet: Path) -> None:
    assert reader.read(sheet, "write.png")["engine"]["models"] == "refused refused written"


@needs_landlock
def test_the_child_reads_its_document_and_no_other_file_of_ours(reader: Reader, sheet: Path) -> None:
    (sheet.parent / "secret.key").write_text("a secret")
    reading = reader.read(sheet, "peek.png")
    assert reading["file"]["pages"] == 1
    assert reading["engine"]["models"] == "refused 13, refused 13, refused 13"


def test_no_secret_of_the_environment_reaches_the_child(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_SECRET_KEY", "canary")
    with Reader("fake", budget=BUDGET, pipeline=PIPELINE) as fresh:
        names = fresh.read(sheet, "environment.png")["engine"]["models"].split()
    assert "PATH" in names
    assert not [name for name in names if name.startswith("INTAKE_")]


def test_what_stands_on_paper_stays_out_of_the_log(
    reader: Reader, sheet: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(ProcessingCrashedError):
        reader.read(sheet, "raise.png")
    assert "ZeroDivisionError at" in caplog.text
    assert "pipelines.py" in caplog.text
    assert "张三" not in caplog.text
    assert "138" not in caplog.text


def test_a_reading_process_keeps_to_one_core(reader: Reader, sheet: Path) -> None:
    assert reader.read(sheet, "threads.png")["engine"]["models"] == "1"


def test_each_document_has_a_process_and_a_session_of_its_own(reader: Reader, sheet: Path) -> None:
    first, second = (reader.read(sheet, "session.png")["engine"]["models"].split() for _ in range(2))
    assert first[0] == second[0] == "True"
    assert first[1] != second[1]


def test_the_kernel_ends_the_reader_first_when_memory_runs_out(reader: Reader, sheet: Path) -> None:
    assert reader.read(sheet, "first_to_go.png")["engine"]["models"] == "1000"


def test_reading_leaves_the_cores_to_who_answers_people(reader: Reader, sheet: Path) -> None:
    """Above whatever this test itself was started with; where sessions share the cores, its session as well."""
    mine, group = os.getpriority(os.PRIO_PROCESS, 0), Path("/proc/self/autogroup")
    found = reader.read(sheet, "humble.png")["engine"]["models"]
    assert int(found.split()[0]) == min(19, mine + fence.NICE)
    assert not group.exists() or found.endswith(f"nice {fence.NICE}")


def test_a_kernel_without_landlock_is_told(
    sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The paper is read all the same; whoever runs the service learns what does not hold there."""
    (tmp_path / "sitecustomize.py").write_text(
        "from worker import fence\nfence.landlock_version = lambda: 0\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))  # the child is given this process's path
    with caplog.at_level(logging.WARNING), Reader("fake", budget=BUDGET, pipeline=PIPELINE) as elsewhere:
        assert elsewhere.read(sheet, "good.png")["file"]["pages"] == 1
    assert "has no Landlock" in caplog.text
