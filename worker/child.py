"""The process that opens uploads. Not imported by anything: ``worker.sandbox`` runs it with ``-m``.

It loads the OCR models once and then, for each document, forks a grand-child that fences itself, reads and
dies; so every document starts from the same clean, warm state, and the models' memory is shared.

Three pipes, JSON Lines each: *control* (requests, in), *status* (this process: ready, ended; out) and
*events* (the grand-child: pages, reading, error; out). A grand-child that hostile bytes have taken over can
write nonsense into *events* only, and its end is reported by its parent.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import select
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from worker import fence
from worker.leftovers import SCRATCH
from worker.messages import SEARCHABLE

_SAMPLE_MS = 50
"""How often the grand-child's memory is looked at, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one document may use: bytes of memory beyond the models, processor seconds a page."""

    memory_bytes: int
    page_s: int


@dataclass(frozen=True, slots=True)
class Channels:
    """File descriptors of the three pipes."""

    control: int
    status: int
    events: int


def main(arguments: list[str]) -> None:
    """Load, say ready, serve one document after the other until the control pipe closes."""
    parser = argparse.ArgumentParser()
    for name in ("engine", "pipeline"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--layout", type=Path)
    for name in ("control", "status", "events", "memory-bytes", "page-s"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args(arguments)
    channels = Channels(options.control, options.status, options.events)
    budget = Budget(options.memory_bytes, options.page_s)

    os.umask(0o077)
    fenced = fence.cut_network()
    fence.adopt_orphans()
    warm_pid = os.getpid()
    pipeline_module = importlib.import_module(options.pipeline)
    of_layout = {} if options.layout is None else {"layout": options.layout}
    pipeline = pipeline_module.build_pipeline(options.engine, **of_layout)
    gc.freeze()
    _report(channels, {"ready": True, "network_cut": fenced, "landlock": fence.landlock_version()})
    for request in _requests(channels.control):
        if request.get("stop"):
            continue
        try:
            with tempfile.TemporaryDirectory(prefix=SCRATCH, ignore_cleanup_errors=True) as scratch:
                pid = os.fork()
                if pid == 0:
                    _grandchild(request, pipeline_module, pipeline, channels, budget, Path(scratch))
                ended = _watch(pid, channels.control)
        except OSError:  # no room for the folder, no further process: the worker looks which
            if os.getpid() != warm_pid:
                os._exit(1)  # a grand-child that could not even fence itself
            ended = {"ended": 1, "stopped": False, "memory_bytes": 0}
        _report(channels, ended)


def _report(channels: Channels, message: dict[str, Any]) -> None:
    with suppress(BrokenPipeError):  # the worker is gone: the control pipe is closed, too, and ends all this
        _send(channels.status, message)


def _requests(control: int) -> Iterator[dict[str, Any]]:
    buffer = b""
    while chunk := os.read(control, 65536):
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            yield json.loads(line)


def _watch(pid: int, control: int) -> dict[str, Any]:
    """Wait for the grand-child; anything on the control pipe, its end above all, means: kill it.

    Returns how it ended and the most address space it was seen with, beyond what it was forked with.
    """
    before = peak = fence.mapped_bytes(os.getpid())
    poll = select.poll()
    pidfd = os.pidfd_open(pid)
    poll.register(pidfd, select.POLLIN)
    poll.register(control, select.POLLIN)
    stopped = False
    while pidfd not in (ready := [fd for fd, _event in poll.poll(_SAMPLE_MS)]):
        peak = max(peak, fence.mapped_bytes(pid))
        if control in ready and not stopped:
            stopped = True
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)  # before it had its own group
            poll.unregister(control)
    os.close(pidfd)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    fence.kill_children()
    return {
        "ended": os.waitstatus_to_exitcode(status),
        "stopped": stopped,
        "memory_bytes": max(0, peak - before),
    }


def _grandchild(
    request: dict[str, Any],
    pipeline_module: Any,
    pipeline: Any,
    channels: Channels,
    budget: Budget,
    scratch: Path,
) -> NoReturn:
    warm_pid = os.getppid()
    os.setsid()
    fence.die_with_parent(warm_pid)
    os.close(channels.control)
    os.close(channels.status)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # decoders write what they find in hostile bytes to stderr
        os.dup2(nowhere, stream)
    os.close(nowhere)
    tempfile.tempdir = os.environ["TMPDIR"] = str(scratch)
    try:
        fence.let_others_first()
        fence.limit_resources(memory_bytes=budget.memory_bytes, processor_s=budget.page_s)
        writable = [scratch, *(Path(f) for f in [request.get("pictures_dir"), request.get("into")] if f)]
        package = str(pipeline_module.__name__).partition(".")[0]
        opened = [Path(each["path"]) for each in request.get("papers", [request])]
        readable = [*opened, *fence.programs("extractors", "templates_ref", "worker", package)]
        fence.forbid_files_except(writable, readable)
        answer = _read(request, pipeline_module, pipeline, channels.events, budget)
    except MemoryError:
        answer = {"error": "resource_limit"}
    except Exception as error:  # noqa: BLE001 - the last door of this process
        answer = {"error": "processing_crashed", "detail": _describe(error)}
    _send(channels.events, answer)
    os._exit(0)


def _read(
    request: dict[str, Any], pipeline_module: Any, pipeline: Any, events: int, budget: Budget
) -> dict[str, Any]:
    from extractors.errors import ExtractionError
    from extractors.form.reading import reading_to_json

    pictures = Path(request["pictures_dir"]) if request.get("pictures_dir") else None

    def on_page(done: Any) -> None:
        if pictures is not None and done.picture is not None:
            if done.cover is not None:
                _keep_cover(done.cover, done.picture, pictures / f"{done.number:04}.cover")
            _keep_picture(done.picture, pictures / f"{done.number:04}.png")
        went_on(done.number, done.total, done.kept)

    def went_on(number: int, total: int, kept: Any = None) -> None:
        fence.extend_processor_time(budget.page_s)
        _send(events, {"page": number, "of": total, "kept": kept})

    try:
        if request.get("region"):
            return {"reading": _reread(request, pipeline)}
        if request.get("papers"):
            return {"reading": _make_searchable(request, went_on)}
        reading = pipeline_module.read_document(
            Path(request["path"]), request["name"], reader=pipeline, on_page=on_page, kept=request["kept"]
        )
    except ExtractionError as error:
        return {"error": error.code, "message": error.message}
    return {"reading": reading_to_json(reading)}


def _reread(request: dict[str, Any], pipeline: Any) -> dict[str, Any]:
    from extractors.form.reading import field_to_json
    from extractors.rereading import Region, reread

    region = Region.from_json(request["region"])
    return field_to_json(reread(Path(request["path"]), request["name"], region, reader=pipeline))


def _make_searchable(request: dict[str, Any], on_page: Callable[[int, int], None]) -> dict[str, int]:
    from worker.searchable import Paper, papers_to_pdf

    papers = [Paper.from_json(each) for each in request["papers"]]
    return {"pages": papers_to_pdf(papers, Path(request["into"]) / SEARCHABLE, on_page)}


def _keep_picture(rgb: Any, target: Path, *, widest_px: int = 1600) -> None:
    """Write an upright page (height, width, 3; RGB) as PNG."""
    import cv2

    height, width = rgb.shape[:2]
    if width > widest_px:
        size = (widest_px, max(1, round(height * widest_px / width)))
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    _write_png(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), target)


def _keep_cover(cover: Any, rgb: Any, target: Path) -> None:
    """Write what hides the printed form: the paper's colour where ``cover`` is set, elsewhere transparent."""
    import cv2
    import numpy as np

    red, green, blue = (int(value) for value in np.median(rgb[::8, ::8].reshape(-1, 3), axis=0))
    paper = [np.full_like(cover, value) for value in (blue, green, red)]
    _write_png(cv2.merge([*paper, cover]), target)


def _write_png(pixels: Any, target: Path) -> None:
    """``pixels`` in OpenCV's order of channels; the file is complete under its name or not there."""
    import cv2

    _done, encoded = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 2])
    partial = target.with_suffix(".part")
    partial.write_bytes(encoded.tobytes())
    partial.replace(target)


def _describe(error: Exception) -> str:
    """Where an unexpected error was raised; without its text, which may hold what stands on the paper."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {places}"


def _send(descriptor: int, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode() + b"\n"  # ASCII: names may hold lone surrogates
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    main(sys.argv[1:])
