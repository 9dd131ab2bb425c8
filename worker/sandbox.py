"""Documents are opened by a fenced child process; this is the side that stays clean.

``Reader`` starts ``worker.child`` with the OCR models loaded and hands it one document after the other. What
comes back is JSON from a process that may have been taken over, so only known shapes are let in.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from extractors.errors import (
    ERRORS_BY_CODE,
    ExtractionError,
    ProcessingCrashedError,
    ReadingTimeoutError,
    ResourceLimitError,
)
from worker.messages import SEARCHABLE, is_page, kept_of, to_object

_LOG = logging.getLogger(__name__)
_MOST_EVENT_BYTES = 64 * 1024**2
"""More than the reading of 2,000 pages; a child that sends more is not ours any longer."""
_NEAR_LIMIT = 0.4
"""A child that a signal ended with more than this share of its memory in use died of it: buffers double."""
_STOPPING_S = 10.0
"""How long the child may take to kill what it was told to stop, before it is killed itself."""
_PAGE_S = {"tesseract": 180.0}
"""An engine that needs 15 s a page on an idle machine needs more than the usual minute on a busy one."""
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "HOME", "TESSDATA_PREFIX")
"""What the child inherits; above all no secret key, no database address."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one document may use.

    ``page_s``: seconds, by the clock and by the processor, from one page's end to the next's.
    ``memory_bytes``: beyond what the loaded models take. ``start_s``: for loading the models.
    """

    page_s: float = 60.0
    memory_bytes: int = 1536 * 1024**2
    start_s: float = 120.0


OnPage = Callable[[int, int, dict[str, Any] | None], None]
"""Called with a page's number, how many there are, and what to keep of it."""


class Reader:
    """Reads documents in a fenced child that starts at the first ``read`` and ends at ``close``.

    For one thread at a time. ``layout`` is the folder of another form than ours. ``pipeline`` names the module with
    ``build_pipeline(engine)`` and ``read_document(path, name, reader=, on_page=, kept=)``; tests put misbehaving ones there.
    """

    def __init__(
        self,
        engine: str = "rapidocr",
        *,
        budget: Budget | None = None,
        pipeline: str = "extractors.pipeline",
        layout: Path | None = None,
    ) -> None:
        self._engine = engine
        self._budget = budget or Budget(page_s=_PAGE_S.get(engine, 60.0))
        self._pipeline = pipeline
        self._layout = layout
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Load the models now instead of at the first document.

        Raises:
            ProcessingCrashedError: the child could not be started.
        """
        if self._child is None or not self._child.alive():
            self.close()
            self._child = _Child(self._engine, self._pipeline, self._budget, self._layout)

    def close(self) -> None:
        """End the child and whatever it is reading. May be called twice."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def kill(self) -> None:
        """Kill the child from another thread; the ``read`` under way raises ProcessingCrashedError."""
        if self._child is not None:
            self._child.kill()

    def read(
        self,
        path: Path,
        name: str,
        pictures_dir: Path | None = None,
        on_page: OnPage | None = None,
        kept: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """The reading (``intake.reading/1``) of the untrusted file at ``path``; ``name`` is its sender's.

        With ``pictures_dir``, an existing folder, each upright page is written to ``0001.png`` and so on, at
        most 1,600 px wide, before ``on_page(number, total, kept)`` is called for it. What that was told of a file
        spares these pages when the file is read again; they are announced, and come without pictures.

        Raises:
            ExtractionError: the file's refusal, or ReadingTimeoutError, ResourceLimitError,
                ProcessingCrashedError as the child's end. None of them is retried here.
        """
        request = {
            "path": str(path.absolute()),
            "name": name,
            "pictures_dir": str(pictures_dir.absolute()) if pictures_dir else None,
            "kept": list(kept),
        }
        return self._ask(request, on_page)

    def reread(self, path: Path, name: str, region: Mapping[str, Any]) -> dict[str, Any]:
        """One field's reading of a part of one page; ``region`` is an ``extractors.rereading.Region`` as JSON.

        Raises:
            ExtractionError: as ``read`` does.
        """
        return self._ask({"path": str(path.absolute()), "name": name, "region": dict(region)})

    def make_searchable(self, papers: Sequence[Mapping[str, Any]], into: Path) -> Path:
        """One PDF with a layer of text, in the existing folder ``into``; ``papers`` are ``worker.searchable.Paper`` as JSON.

        What lies there was written by a process that may have been taken over: it is handed on, never opened.

        Raises:
            ExtractionError: as ``read`` does.
        """
        self._ask({"papers": list(papers), "into": str(into.absolute())})
        return into / SEARCHABLE

    def _ask(self, request: dict[str, Any], on_page: OnPage | None = None) -> dict[str, Any]:
        self.start()
        child = self._child
        assert child is not None
        try:
            return child.ask(request, on_page)
        except BaseException as error:
            if not isinstance(error, ExtractionError) or not child.alive():
                self.close()  # an interrupted conversation cannot be taken up again
            raise


class _Child:
    """One warm process and its three pipes."""

    def __init__(self, engine: str, pipeline: str, budget: Budget, layout: Path | None) -> None:
        self._budget = budget
        control_out, self._control = os.pipe()
        self._status, status_in = os.pipe()
        self._events, events_in = os.pipe()
        self._partial = {self._status: b"", self._events: b""}
        self._closed = False
        self._deadline = time.monotonic() + budget.start_s
        theirs = (control_out, status_in, events_in)
        options = {
            "engine": engine, "pipeline": pipeline, "control": control_out, "status": status_in,
            "events": events_in, "memory-bytes": budget.memory_bytes, "page-s": max(1, round(budget.page_s)),
            **({"layout": layout.absolute()} if layout else {}),
        }  # fmt: skip
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "worker.child", *(f"--{k}={v}" for k, v in options.items())],
                env=_child_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=theirs,
                start_new_session=True,
            )
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        ready = self._await_ready()
        if not ready.get("network_cut"):
            _LOG.warning("the reading child keeps its network: this kernel or container forbids unshare")
        if ready.get("landlock", 0) < 1:
            _LOG.warning("the reading child may write files: this kernel or container has no Landlock")

    def alive(self) -> bool:
        return not self._closed and self._process.poll() is None

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # its grand-child dies with it

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self.kill()
        self._process.wait()
        for descriptor in (self._control, self._status, self._events):
            os.close(descriptor)

    def ask(self, request: dict[str, Any], on_page: OnPage | None) -> dict[str, Any]:
        """One document: send it, follow its pages, judge its end."""
        self._send(request)
        answer: dict[str, Any] = {}
        done = 0
        self._deadline = time.monotonic() + self._budget.page_s
        for channel, message in self._messages():
            if channel == self._status:
                return self._judge(message, answer)
            if is_page(message, done + 1):
                done += 1
                self._deadline = time.monotonic() + self._budget.page_s
                if on_page is not None:
                    on_page(message["page"], message["of"], kept_of(message))
            else:
                answer = message
        self._send({"stop": True})
        self._deadline = time.monotonic() + _STOPPING_S
        for channel, _message in self._messages():
            if channel == self._status:
                raise ReadingTimeoutError
        self.close()
        raise ReadingTimeoutError

    def _await_ready(self) -> dict[str, Any]:
        with suppress(ProcessingCrashedError):
            for channel, message in self._messages():
                if channel == self._status and message.get("ready"):
                    return message
        self.close()
        raise ProcessingCrashedError(
            "读取程序没有启动（识别引擎未能载入）。请管理员运行 intake doctor 检查。"
        )

    def _messages(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Messages as they come, the grand-child's before the report of its end; stops at the deadline.

        Raises:
            ProcessingCrashedError: the child is gone.
        """
        received = 0
        while (left_s := self._deadline - time.monotonic()) > 0 and received < _MOST_EVENT_BYTES:
            ready = select.select([self._events, self._status], [], [], left_s)[0]
            for channel in ready or ():
                if channel == self._status and self._events in ready:
                    continue  # events first
                chunk = os.read(channel, 1 << 20)
                received += len(chunk)
                *lines, self._partial[channel] = (self._partial[channel] + chunk).split(b"\n")
                for line in lines:
                    yield channel, to_object(line)
                if not chunk:
                    self.close()
                    raise ProcessingCrashedError

    def _judge(self, ended: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        self._partial[self._events] = b""  # half a line of a killed grand-child
        if ended["ended"] != 0:
            raise self._death(-ended["ended"], ended["memory_bytes"])
        if isinstance(answer.get("reading"), dict):
            reading: dict[str, Any] = answer["reading"]
            return reading
        if "detail" in answer or not answer:
            detail = str(answer.get("detail", "no answer"))[:500]
            _LOG.error("the reading child failed: %s", detail.encode("unicode_escape").decode())
        found = ERRORS_BY_CODE.get(str(answer.get("error")), ProcessingCrashedError)
        message = answer.get("message")
        raise found(message[:300] if isinstance(message, str) else None)

    def _death(self, signal_number: int, memory_bytes: int) -> ExtractionError:
        """What a death points to. A SIGKILL that is not ours is the kernel's, for want of memory."""
        _LOG.info("the reading child died of signal %d with %d MiB", signal_number, memory_bytes >> 20)
        if signal_number in {signal.SIGXCPU, signal.SIGXFSZ, signal.SIGKILL}:
            return ResourceLimitError()
        if signal_number > 0 and memory_bytes > _NEAR_LIMIT * self._budget.memory_bytes:
            return ResourceLimitError()
        return ProcessingCrashedError()

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode() + b"\n"
        try:
            while data:
                data = data[os.write(self._control, data) :]
        except BrokenPipeError as error:
            self.close()
            raise ProcessingCrashedError from error


def _child_environment() -> dict[str, str]:
    """The few variables the child needs; one thread, as parallelism is a matter of several children."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return kept | {
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
        "OMP_THREAD_LIMIT": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OPENCV_FOR_THREADS_NUM": "1",
    }
