"""The fence: whatever happens in the child, the caller gets a reading or an error with a code, in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import psutil
import pytest
from PIL import Image

from extractors.errors import (
    CorruptFileError,
    ExtractionError,
    ProcessingCrashedError,
    ReadingTimeoutError,
    ResourceLimitError,
    TypeMismatchError,
)
from tests.worker.conftest import BUDGET, PIPELINE
from worker.sandbox import Budget, Reader


@pytest.fixture(scope="module")
def hasty() -> Iterator[Reader]:
    """One second a page: for what must run out of time."""
    with Reader("fake", budget=replace(BUDGET, page_s=1.0), pipeline=PIPELINE) as made:
        yield made


@pytest.fixture
def patient() -> Iterator[Reader]:
    """Three seconds: where a good page follows, on whatever machine."""
    with Reader("fake", budget=replace(BUDGET, page_s=3.0), pipeline=PIPELINE) as made:
        yield made


@pytest.fixture
def three_pages(tmp_path: Path) -> Path:
    path = tmp_path / "three.tif"
    frames = [Image.new("RGB", (1700, 40 + n), (0, 0, 255)) for n in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    return path


def no_children_left(reader: Reader) -> bool:
    assert reader._child is not None
    return not psutil.Process(reader._child._process.pid).children(recursive=True)


def test_a_reading_comes_back(reader: Reader, sheet: Path) -> None:
    reading = reader.read(sheet, "扫描 1.png")
    assert reading["schema"] == "intake.reading/1"
    assert reading["file"] == {"name": "扫描 1.png", "sha256": "0" * 64, "pages": 1}
    assert no_children_left(reader)


def test_pages_are_announced_as_they_are_done_with_their_pictures(
    reader: Reader, three_pages: Path, tmp_path: Path
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    seen: list[tuple[int, int, object]] = []

    def on_page(number: int, total: int, kept: object) -> None:
        seen.append((number, total, kept))
        assert (pictures / f"{number:04}.png").exists()

    reader.read(three_pages, "slow.tif", pictures_dir=pictures, on_page=on_page)
    assert seen == [(1, 3, {"number": 1}), (2, 3, {"number": 2}), (3, 3, {"number": 3})]
    assert sorted(p.name for p in pictures.iterdir()) == ["0001.png", "0002.png", "0003.png"]
    first = cv2.imread(str(pictures / "0001.png"))
    assert first.shape == (38, 1600, 3)
    assert first[5, 5].tolist() == [255, 0, 0], "blue paper, as OpenCV's BGR"


def test_pages_known_from_before_are_announced_without_a_picture(
    reader: Reader, three_pages: Path, tmp_path: Path
) -> None:
    seen: list[tuple[int, int, object]] = []
    reader.read(three_pages, "three.tif", tmp_path, lambda *page: seen.append(page), [{"number": 2}])
    assert seen == [(1, 3, {"number": 1}), (2, 3, None), (3, 3, {"number": 3})]
    assert sorted(p.name for p in tmp_path.glob("*.png")) == ["0001.png", "0003.png"]


def test_the_budget_is_a_page_not_a_document(hasty: Reader, three_pages: Path) -> None:
    hasty.start()
    started = time.monotonic()
    hasty.read(three_pages, "slow.tif")
    assert time.monotonic() - started > 1.0


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("eat", ResourceLimitError),
        ("eat_and_die", ResourceLimitError),
        ("abort", ProcessingCrashedError),
        ("segfault", ProcessingCrashedError),
        ("exit", ProcessingCrashedError),
        ("raise", ProcessingCrashedError),
        ("forge", ProcessingCrashedError),
    ],
)
def test_misbehaviour_becomes_a_code_and_the_next_document_is_read(
    reader: Reader, sheet: Path, behaviour: str, expected: type[ExtractionError]
) -> None:
    with pytest.raises(ExtractionError) as caught:
        reader.read(sheet, f"{behaviour}.png")
    assert type(caught.value) is expected
    assert no_children_left(reader)
    assert reader.read(sheet, "good.png")["engine"] == {"name": "fake", "version": "0", "models": ""}


@pytest.mark.parametrize("behaviour", ["hang", "stall", "leave_and_hang"])
def test_who_does_not_come_back_in_time_is_killed_with_all_it_started(
    patient: Reader, sheet: Path, behaviour: str
) -> None:
    patient.start()
    started = time.monotonic()
    with pytest.raises(ReadingTimeoutError):
        patient.read(sheet, f"{behaviour}.png")
    assert 0.9 < time.monotonic() - started < 8
    assert no_children_left(patient)
    assert patient.read(sheet, "good.png")


def test_a_loop_in_c_code_is_ended_by_processor_time_or_the_clock(hasty: Reader, sheet: Path) -> None:
    with pytest.raises((ReadingTimeoutError, ResourceLimitError)):
        hasty.read(sheet, "spin.png")


def test_a_flood_of_events_buys_no_time(hasty: Reader, sheet: Path) -> None:
    hasty.start()
    seen: list[int] = []
    started = time.monotonic()
    with pytest.raises(ReadingTimeoutError):
        hasty.read(sheet, "flood.png", None, lambda number, _total, _kept: seen.append(number))
    assert time.monotonic() - started < 8
    assert seen == [1]
    assert hasty.read(sheet, "good.png")


def test_processes_left_behind_in_other_sessions_are_killed(reader: Reader, sheet: Path) -> None:
    reader.read(sheet, "leave.png")
    assert no_children_left(reader)


def test_refusals_keep_their_code_and_sentence(reader: Reader, sheet: Path, tmp_path: Path) -> None:
    with pytest.raises(TypeMismatchError, match="PNG"):
        reader.read(sheet, "scan.pdf")
    broken = tmp_path / "broken.png"
    broken.write_bytes(sheet.read_bytes()[:100])
    with pytest.raises(CorruptFileError, match="损坏"):
        reader.read(broken, "broken.png")


def test_a_killed_child_is_started_again(reader: Reader, sheet: Path) -> None:
    reader.start()
    assert reader._child is not None
    os.kill(reader._child._process.pid, signal.SIGKILL)
    reader._child._process.wait()
    assert reader.read(sheet, "good.png")


def test_an_error_of_the_caller_ends_the_child_rather_than_mixing_two_documents(
    reader: Reader, three_pages: Path, sheet: Path
) -> None:
    def on_page(number: int, _total: int, _kept: object) -> None:
        raise KeyError(number)

    with pytest.raises(KeyError):
        reader.read(three_pages, "slow.tif", on_page=on_page)
    assert reader.read(sheet, "good.png")["file"]["name"] == "good.png"


def test_models_that_do_not_load_are_an_error_not_a_hang(sheet: Path) -> None:
    with (
        Reader("unstartable", budget=BUDGET, pipeline=PIPELINE) as fresh,
        pytest.raises(ProcessingCrashedError, match="doctor"),
    ):
        fresh.read(sheet, "good.png")


def test_the_reading_process_dies_with_the_child_that_made_it(sheet: Path) -> None:
    with Reader("fake", pipeline=PIPELINE) as fresh:
        fresh.start()
        assert fresh._child is not None
        warm = psutil.Process(fresh._child._process.pid)
        seen: list[psutil.Process] = []

        def kill_once_it_reads() -> None:
            while not (found := warm.children()):
                time.sleep(0.02)
            seen.extend(found)
            time.sleep(0.2)
            warm.kill()

        with ThreadPoolExecutor(1) as other:
            other.submit(kill_once_it_reads)
            with pytest.raises(ProcessingCrashedError):
                fresh.read(sheet, "hang.png")
    _gone, alive = psutil.wait_procs(seen, timeout=5)
    assert len(seen) == 1
    assert not alive


def test_the_child_dies_with_its_parent(sheet: Path) -> None:
    script = textwrap.dedent(f"""
        import sys
        from pathlib import Path
        from worker.sandbox import Budget, Reader
        reader = Reader("fake", budget=Budget(page_s=600), pipeline="{PIPELINE}")
        reader.start()
        print(reader._child._process.pid, flush=True)
        reader.read(Path({str(sheet)!r}), "hang.png")
    """)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        warm = psutil.Process(int(parent.stdout.readline()))
        while not (reading := warm.children()):
            time.sleep(0.02)
        parent.kill()
    _gone, alive = psutil.wait_procs([warm, *reading], timeout=5)
    assert not alive


def test_a_slow_engine_has_more_time_a_page() -> None:
    assert Reader()._budget == Budget(page_s=60.0, memory_bytes=1536 * 1024**2)
    assert Reader("tesseract")._budget.page_s == 180.0
