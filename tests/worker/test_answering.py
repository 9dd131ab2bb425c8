"""What a web process asks at once: through a real queue server, done by a worker's thread, nothing left anywhere."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from extractors.errors import EncryptedPdfError, ExtractionError, ProcessingCrashedError
from intake_service import at_once
from intake_service.at_once import AtOnce
from intake_service.cli import queue_server
from intake_service.dispatch import ASKED, connect
from intake_service.errors import QueueFullError, UnavailableError
from intake_service.parts import Parts, open_parts
from intake_service.settings import Settings
from tests.intake_service.builders import JPEG, PDF, ScriptedReader, make_settings
from worker import answering
from worker.answering import answer_until

WORDS = [["湘江职业培训学校", [0.1, 0.1, 0.5, 0.2]]]


@dataclass
class RecordingReader(ScriptedReader):
    """Keeps what it was given to read, and may take its time until it is killed."""

    contents: list[bytes] = field(default_factory=list)
    busy: threading.Event = field(default_factory=threading.Event)
    hold: threading.Event | None = None

    def read(self, path: Path, name: str, **more: Any) -> dict[str, Any]:
        self.contents.append(path.read_bytes())
        self.busy.set()
        if self.hold is not None and self.hold.wait(20):
            raise ProcessingCrashedError
        return super().read(path, name, **more)

    def make_searchable(self, papers: Sequence[Mapping[str, Any]], into: Path) -> Path:
        self.contents += [Path(paper["path"]).read_bytes() for paper in papers]
        return super().make_searchable(papers, into)

    def kill(self) -> None:
        if self.hold is not None:
            self.hold.set()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    made = make_settings(tmp_path_factory.mktemp("once"), threads=4)
    process = queue_server.start(made)
    yield made
    process.kill()
    process.wait()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "WAIT_S", 0.05)


@pytest.fixture
def parts(settings: Settings) -> Iterator[Parts]:
    made = open_parts(settings)
    yield made
    assert connect(settings).llen(ASKED) == 0
    assert [path for path in (settings.data / "files" / "errands").rglob("*") if path.is_file()] == []


@contextmanager
def worker(parts: Parts, reader: ScriptedReader) -> Iterator[threading.Event]:
    stopping = threading.Event()
    thread = threading.Thread(target=answer_until, args=(parts, stopping, reader))
    thread.start()
    yield stopping
    stopping.set()
    thread.join(10)
    assert not thread.is_alive()


def test_a_file_a_box_and_a_pdf_go_to_the_worker_and_come_back(parts: Parts) -> None:
    reader, once = RecordingReader(), AtOnce(parts)
    kept = parts.files.put(io.BytesIO(JPEG), 1000).hash
    with worker(parts, reader):
        assert once.read(io.BytesIO(PDF), "扫描件.pdf")["schema"] == "intake.reading/1"
        assert once.reread(kept, "b.jpg", {"page": 1})["text"] == "框内的字"
        with once.make_searchable(
            [{"hash": kept, "name": "b.jpg", "turns": {}, "words": {"1": WORDS}}]
        ) as pdf:
            assert pdf.read() == b"%PDF-made"
    assert reader.contents == [PDF, JPEG]
    assert reader.reads == ["扫描件.pdf", "b.jpg"]
    assert reader.papers[0]["words"] == {"1": WORDS}
    assert reader.closed


@pytest.mark.parametrize(
    ("error", "told"),
    [(EncryptedPdfError("有密码"), EncryptedPdfError), (ProcessingCrashedError(), ProcessingCrashedError)],
)
def test_a_refusal_comes_back_as_what_it_is(
    parts: Parts, error: ExtractionError, told: type[ExtractionError]
) -> None:
    with worker(parts, ScriptedReader([error.code])), pytest.raises(told) as refused:
        AtOnce(parts).read(io.BytesIO(PDF), "a.pdf")
    assert refused.value.code == error.code


def test_nobody_waits_long_where_no_worker_is_free(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_once, "WAIT_S", 0.2)
    begun = time.monotonic()
    with pytest.raises(QueueFullError) as refused:
        AtOnce(parts).read(io.BytesIO(PDF), "a.pdf")
    assert refused.value.retry_after_s == at_once.RETRY_AFTER_S
    assert time.monotonic() - begun < 3


def test_half_of_the_threads_are_left_for_the_desk(parts: Parts) -> None:
    reader, once = RecordingReader(hold=threading.Event()), AtOnce(parts)
    with ThreadPoolExecutor(2) as callers, worker(parts, reader):
        waiting = [callers.submit(once.read, io.BytesIO(PDF), "a.pdf") for _ in range(2)]
        assert reader.busy.wait(10)
        while connect(parts.settings).llen(ASKED) == 0:  # the other one
            time.sleep(0.01)
        with pytest.raises(QueueFullError):
            once.read(io.BytesIO(PDF), "a.pdf")
        reader.kill()
        for each in waiting:
            with pytest.raises(ProcessingCrashedError):
                each.result(10)


def test_who_asked_a_worker_that_ends_is_told_at_once(parts: Parts) -> None:
    reader = RecordingReader(hold=threading.Event())
    with ThreadPoolExecutor(1) as callers, worker(parts, reader) as stopping:
        waiting = callers.submit(AtOnce(parts).read, io.BytesIO(PDF), "a.pdf")
        assert reader.busy.wait(10)
        stopping.set()
        with pytest.raises(UnavailableError):
            waiting.result(10)


def test_an_errand_that_is_none_leaves_the_next_one_answered(
    parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    with worker(parts, ScriptedReader()):
        strange = parts.errands.put(io.BytesIO(b"[1]\n"), 100).hash
        connect(parts.settings).rpush(ASKED, b"../../etc/passwd", b"\xff", strange)
        assert AtOnce(parts).read(io.BytesIO(PDF), "a.pdf")["fields"]
    parts.errands.forget(strange, 0)
    assert "passwd" not in caplog.text


def test_without_a_queue_server_it_is_said_at_once(tmp_path: Path) -> None:
    lonely = open_parts(make_settings(tmp_path))
    for ask in (
        lambda: AtOnce(lonely).read(io.BytesIO(PDF), "a.pdf"),
        lambda: AtOnce(lonely).reread("0" * 64, "a.pdf", {}),
    ):
        with pytest.raises(UnavailableError):
            ask()


def test_the_child_ends_when_nobody_asked_for_a_while(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "IDLE_S", 0.0)
    reader = ScriptedReader()
    with worker(parts, reader):
        AtOnce(parts).read(io.BytesIO(PDF), "a.pdf")
        reader.closed = False
        end = time.monotonic() + 5
        while not reader.closed:
            assert time.monotonic() < end
            time.sleep(0.02)
