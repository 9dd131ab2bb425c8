"""A quick stand-in for the pipeline: its documents say how many pages they have, how long each takes, how they misbehave.

What it reads out is bound to the bytes it was given, so that the checker can tell a mixed-up reading.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2  # noqa: F401 - loaded once here, not anew in every grand-child
import numpy as np

from extractors.form.reading import DocumentReading, EngineInfo, FormMatch, PageSummary, Role
from extractors.pages import PageDone

MARK = b"%PDF-1.7 stand-in "
MIB = 1024**2


def make_document(number: int, pages: int = 2, page_s: float = 0.03, poison: str = "") -> bytes:
    """The bytes of a document for this pipeline."""
    told = {"number": number, "pages": pages, "page_s": page_s, "poison": poison}
    return MARK + json.dumps(told).encode() + b"\n" + b"%" * 2000


def build_pipeline(engine: str) -> str:
    return engine


def read_document(
    path: Path,
    name: str,
    *,
    reader: str,
    on_page: Callable[[PageDone], None] | None,
    kept: Sequence[Mapping[str, Any]],
) -> DocumentReading:
    content = path.read_bytes()
    told = json.loads(content.removeprefix(MARK).splitlines()[0])
    pages = []
    known = {page["number"] for page in kept if page["document"] == told["number"]}
    for number in range(1, told["pages"] + 1):
        pages.append(PageSummary(number, Role.OTHER, source="scan", dpi=200))
        done = PageDone(number, told["pages"])
        if number in known:
            if on_page is not None:
                on_page(done)
            continue
        time.sleep(told["page_s"])
        if told["poison"] and number == 2:
            POISONS[told["poison"]]()
        picture = np.full((12, 8, 3), (told["number"] * 7 + number) % 256, np.uint8)
        picture[0, 0] = (told["number"] % 256, told["number"] // 256 % 256, number % 256)
        if on_page is not None:
            keep = {"document": told["number"], "number": number}
            on_page(replace(done, picture=picture, kept=keep))
    return DocumentReading(
        name,
        hashlib.sha256(content).hexdigest(),
        told["pages"],
        FormMatch(),
        EngineInfo(reader, "0", str(told["number"])),
        pages=tuple(pages),
    )


def _eat() -> None:
    hoard = []
    while True:
        hoard.append(np.empty(16 * MIB, np.uint8))  # asked for, not touched: quick on a busy machine


def _hang() -> None:
    while True:
        time.sleep(600)


def _fork() -> None:
    """Leaves processes behind in sessions of their own, then dies."""
    for _ in range(4):
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    ctypes.string_at(0)


POISONS: dict[str, Callable[[], object]] = {"eat": _eat, "hang": _hang, "abort": os.abort, "fork": _fork}
