"""Does what a web process asks at once, in a fenced child of its own, beside the documents that wait.

Each worker has one such child. It starts with the first errand and ends after a while without any: until then the
models of two children are in memory.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import redis

from extractors.errors import ExtractionError
from intake_service.errands import pack, unpack
from intake_service.errors import ServiceError
from intake_service.parts import Parts
from worker.leftovers import ONCE
from worker.parts import ErrandReader
from worker.sandbox import Reader

WAIT_S = 2.0
IDLE_S = 600.0
"""After so long without an errand the child ends, and its memory is free again."""
MOST_PDF_BYTES = 4 * 1024**3

log = logging.getLogger(__name__)


def answer_until(parts: Parts, stopping: threading.Event, reader: ErrandReader | None = None) -> None:
    """Do one errand after the other until ``stopping`` is set, which also cuts short the one under way."""
    own = reader or Reader(parts.settings.engine)
    threading.Thread(target=_kill_when, args=(stopping, own), name="errands end", daemon=True).start()
    used_at = time.monotonic()
    while not stopping.is_set():
        try:
            errand = parts.dispatch.next_errand(WAIT_S)
            if errand is not None:
                done = answer(parts, own, errand)
                if stopping.is_set() and done:
                    # What a child says that was killed because this worker ends is nothing about the paper.
                    parts.errands.forget(done, 0)
                    done = ""
                parts.dispatch.answer(errand, done)
                used_at = time.monotonic()
        except (redis.RedisError, OSError):
            stopping.wait(WAIT_S)
        except Exception:  # the thread's last door: one odd errand must not leave all others unanswered
            log.exception("an errand could not be done; others follow")
        if time.monotonic() - used_at > IDLE_S:
            own.close()
    own.close()


def answer(parts: Parts, reader: ErrandReader, errand: str) -> str:
    """Do the errand at this address; returns the answer's address, empty when there is none to be had here."""
    try:
        asked, body = unpack(parts.errands, errand)
        with body, tempfile.TemporaryDirectory(prefix=ONCE) as folder:
            try:
                reading, made = KINDS[asked["kind"]](parts, reader, asked, body, Path(folder))
            except ExtractionError as error:
                told = {"error": error.code, "message": error.message}
                return pack(parts.errands, told, BytesIO(), 0)
            with made.open("rb") if made else BytesIO() as pdf:
                return pack(parts.errands, {"reading": reading}, pdf, MOST_PDF_BYTES)
    except (ServiceError, OSError) as error:
        log.warning("an errand could not be done here: %s", type(error).__name__)
        return ""


Asked = Mapping[str, Any]
Done = tuple[dict[str, Any], Path | None]
"""What was read, and the file that was made, if any."""


def _read(_parts: Parts, reader: ErrandReader, asked: Asked, body: IO[bytes], folder: Path) -> Done:
    paper = folder / "paper"
    with paper.open("wb") as out:
        shutil.copyfileobj(body, out)
    return reader.read(paper, asked["name"]), None


def _reread(parts: Parts, reader: ErrandReader, asked: Asked, _body: IO[bytes], _folder: Path) -> Done:
    return reader.reread(parts.files.path(asked["hash"]), asked["name"], asked["region"]), None


def _make_searchable(
    parts: Parts, reader: ErrandReader, asked: Asked, _body: IO[bytes], folder: Path
) -> Done:
    papers = [
        {
            **{key: value for key, value in paper.items() if key != "hash"},
            "path": str(parts.files.path(paper["hash"])),
        }
        for paper in asked["papers"]
    ]
    return {}, reader.make_searchable(papers, folder)


KINDS: Mapping[str, Callable[[Parts, ErrandReader, Asked, IO[bytes], Path], Done]] = {
    "read": _read, "reread": _reread, "searchable": _make_searchable,
}  # fmt: skip


def _kill_when(stopping: threading.Event, reader: ErrandReader) -> None:
    stopping.wait()
    reader.kill()
