"""Pipelines to put behind the fence: one that only loads pages, and ones that misbehave on purpose.

The file's name chooses: ``hang.png`` hangs, ``eat.png`` eats memory, any other name is read without OCR.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2

from extractors.form.reading import DocumentReading, EngineInfo, FormMatch, PageSummary, Role
from extractors.loading import file_to_pages
from extractors.pages import PageDone

MIB = 1024**2


def build_pipeline(engine: str) -> str:
    if engine == "unstartable":
        raise RuntimeError("no models here")
    return engine


def read_document(
    path: Path,
    name: str,
    *,
    reader: str,
    on_page: Callable[[PageDone], None] | None,
    kept: Sequence[Mapping[str, Any]],
) -> DocumentReading:
    extra = BEHAVIOURS.get(Path(name).stem, lambda: "")()
    if name.startswith("peek"):
        extra = " ".join(_peek(beside) for beside in sorted(path.parent.glob("secret*")))
    loaded = file_to_pages(path, name=name)
    pages = []
    known = {page["number"] for page in kept}
    for page in loaded.pages():
        if on_page is not None:
            done = PageDone(page.number, loaded.page_count)
            whole = replace(
                done,
                picture=page.rgb,
                kept={"number": page.number},
            )
            on_page(done if page.number in known else whole)
        pages.append(
            PageSummary(page.number, Role.OTHER, source=page.source, dpi=page.dpi, warnings=page.warnings)
        )
        if name.startswith("slow"):
            time.sleep(0.4)
        if name.startswith("stall"):
            time.sleep(600)
    return DocumentReading(
        name,
        "0" * 64,
        loaded.page_count,
        FormMatch(),
        EngineInfo(reader, "0", str(extra)),
        pages=tuple(pages),
        warnings=loaded.warnings,
    )


def _hang() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(600)


def _spin() -> None:
    while True:
        pass


def _eat() -> None:
    hoard = []
    while True:
        hoard.append(bytearray(16 * MIB))


def _eat_and_die() -> None:
    """What pdfium does: C code that aborts when its next allocation fails."""
    hoard = []
    try:
        while True:
            hoard.append(bytearray(8 * MIB))
            time.sleep(0.002)
    except MemoryError:
        os.abort()


def _segfault() -> None:
    ctypes.string_at(0)


def _leave_children() -> None:
    """Grandchildren in sessions of their own, which no killpg reaches."""
    for _ in range(3):
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)


def _leave_children_and_hang() -> None:
    _leave_children()
    _hang()


def _connect() -> str:
    try:
        socket.create_connection(("127.0.0.1", int(os.environ.get("TEST_PORT", "9"))), timeout=2)
    except OSError as error:
        return f"refused {error.errno}"
    return "connected"


def _raise() -> None:
    raise ZeroDivisionError("张三 13800000000")


def _forge() -> None:
    """What a taken-over child could send: a false end, a false error, half a line."""
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b'{"ended": 0}\n{"page": "x", "of": []}\n[1]\nnot json\n{"error": "no_such"')
        except OSError:
            continue
    os._exit(0)


def _flood() -> None:
    for descriptor in range(3, 64):
        try:
            while True:
                os.write(descriptor, b'{"page": 1, "of": 1}\n' * 1000)
        except OSError:
            continue


def _peek(path: Path) -> str:
    """Whether another file than the document can be read, and what its parents were started with."""
    found = []
    for wanted in (path, *(Path(f"/proc/{pid}/environ") for pid in (os.getppid(), 1))):
        try:
            found.append("read" if wanted.read_bytes() else "empty")
        except OSError as error:
            found.append(f"refused {error.errno}")
    return ", ".join(found)


def _write() -> str:
    """Whether a file can be planted at home, in the shared temporary folder, in the document's own."""
    found = []
    for folder in (Path.home(), Path(tempfile.gettempdir()).parent, Path(tempfile.gettempdir())):
        planted = folder / f"planted-{os.getpid()}"
        try:
            planted.write_bytes(b"x")
            planted.unlink()
        except PermissionError:
            found.append("refused")
        else:
            found.append("written")
    return " ".join(found)


BEHAVIOURS: dict[str, Callable[[], object]] = {
    "hang": _hang,
    "spin": _spin,
    "eat": _eat,
    "eat_and_die": _eat_and_die,
    "abort": os.abort,
    "segfault": _segfault,
    "exit": lambda: os._exit(7),
    "leave": _leave_children,
    "leave_and_hang": _leave_children_and_hang,
    "connect": _connect,
    "raise": _raise,
    "forge": _forge,
    "flood": _flood,
    "write": _write,
    "first_to_go": lambda: Path("/proc/self/oom_score_adj").read_text().strip(),
    "humble": lambda: (
        f"{os.getpriority(os.PRIO_PROCESS, 0)} {Path('/proc/self/autogroup').read_text().strip()}"
    ),
    "environment": lambda: " ".join(sorted(os.environ)),
    "threads": cv2.getNumThreads,
    "session": lambda: f"{os.getsid(0) == os.getpid()} {os.getpid()}",
}
