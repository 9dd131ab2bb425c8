"""What is asked of the fenced reader at once, nothing kept: one small file, a box on a page, a PDF to search in."""

from __future__ import annotations

import importlib
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from extractors.errors import EmptyFileError, ProcessingCrashedError
from intake_service.errors import QueueFullError, UnavailableError
from intake_service.files import FileStore
from intake_service.intake import check_type, clean_name
from intake_service.settings import Settings

READER = "worker.sandbox.Reader"
"""The fenced child's near side, loaded by name at the first call; it brings no vision library with it."""

WAIT_S, SHORT_WAIT_S = 20.0, 2.0
"""How long a file waits for its turn, and somebody who could type meanwhile."""


class Reader(Protocol):
    """What ``READER`` makes."""

    def read(self, path: Path, name: str) -> dict[str, Any]:
        """The reading JSON of a file. Raises extractors.errors.ExtractionError subclasses."""
        ...

    def reread(self, path: Path, name: str, region: Mapping[str, Any]) -> dict[str, Any]:
        """One field's reading JSON of a part of a page. Raises extractors.errors.ExtractionError subclasses."""
        ...

    def make_searchable(self, papers: Sequence[Mapping[str, Any]], into: Path) -> Path:
        """One PDF of several files, in the folder ``into``. Raises extractors.errors.ExtractionError subclasses."""
        ...

    def close(self) -> None:
        """End the child."""
        ...


def fenced_reader(engine: str) -> Reader:
    """A reader whose child starts with the first file."""
    module, _, name = READER.rpartition(".")
    made: Reader = getattr(importlib.import_module(module), name)(engine)
    return made


class AtOnce:
    """One warm reader of this web process; whoever comes while it is busy waits a little, then is asked to come again."""

    def __init__(self, settings: Settings, make_reader: Callable[[str], Reader] = fenced_reader) -> None:
        self._settings = settings
        self._make_reader = make_reader
        self._turn = threading.Lock()
        self._reader: Reader | None = None

    def read(
        self, untrusted_stream: IO[bytes], untrusted_name: str, wait_s: float = WAIT_S
    ) -> dict[str, Any]:
        """The reading of one file. Raises ExtractionError subclasses; QueueFullError when the reader is busy."""
        name = clean_name(untrusted_name)
        with tempfile.TemporaryDirectory(prefix="intake-once-") as folder:
            files = FileStore(Path(folder))
            stored = files.put(untrusted_stream, self._settings.max_extract_mb * 1024 * 1024)
            if stored.size == 0:
                raise EmptyFileError
            check_type(name, stored.head)
            busy = "即时识别正忙，请稍后再试，或改用 POST /submissions。"
            with self._free_reader(wait_s, busy) as reader:
                return reader.read(files.path(stored.hash), name)

    def reread(
        self, path: Path, name: str, region: Mapping[str, Any], wait_s: float = SHORT_WAIT_S
    ) -> dict[str, Any]:
        """One field read again from a region of a stored file, see ``extractors.rereading.Region``.

        Raises ExtractionError subclasses; QueueFullError when the reader is busy, UnavailableError where there is none.
        """
        with self._free_reader(wait_s, "识读程序正忙，没有重读。请直接输入，或稍后再框一次。") as reader:
            try:
                return reader.reread(path, name, region)
            except ProcessingCrashedError as error:  # as in the web's image, which has no reader at all
                raise UnavailableError("这里的识读程序不能用。请照着图直接输入。") from error

    def make_searchable(
        self, papers: Sequence[Mapping[str, Any]], into: Path, wait_s: float = WAIT_S
    ) -> Path:
        """One PDF of several stored files under a layer of text, see ``worker.searchable``; written by the child.

        Raises ExtractionError subclasses; QueueFullError when the reader is busy.
        """
        with self._free_reader(wait_s, "识读程序正忙，可搜索的 PDF 没有做成，请稍后再试。") as reader:
            return reader.make_searchable(papers, into)

    @contextmanager
    def _free_reader(self, wait_s: float, busy: str) -> Iterator[Reader]:
        if not self._turn.acquire(timeout=wait_s):
            raise QueueFullError(busy, retry_after_s=10)
        try:
            self._reader = self._reader or self._make_reader(self._settings.engine)
            yield self._reader
        finally:
            self._turn.release()
