"""What a worker process works with, joined once when it starts."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from intake_service.parts import Parts
from worker import owners
from worker.sandbox import OnPage


class DocumentReader(Protocol):
    """Reads one file behind a wall; ``worker.sandbox.Reader`` is the real one."""

    def read(
        self,
        path: Path,
        name: str,
        *,
        pictures_dir: Path | None = None,
        on_page: OnPage | None = None,
        kept: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """The reading JSON of a file. Raises extractors.errors.ExtractionError subclasses."""
        ...

    def close(self) -> None:
        """End the child process, if any."""
        ...


class ErrandReader(DocumentReader, Protocol):
    """Does, behind the same wall, what is asked at once; see ``worker.sandbox.Reader``."""

    def reread(self, path: Path, name: str, region: Mapping[str, Any]) -> dict[str, Any]:
        """One field's reading JSON of a part of a page. Raises extractors.errors.ExtractionError subclasses."""
        ...

    def make_searchable(self, papers: Sequence[Mapping[str, Any]], into: Path) -> Path:
        """One PDF of several files, in the folder ``into``. Raises extractors.errors.ExtractionError subclasses."""
        ...

    def kill(self) -> None:
        """End the child from another thread."""
        ...


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """The service's parts, the reader, and the name under which this process takes leases."""

    service: Parts
    reader: DocumentReader
    owner: str = field(default_factory=owners.mine)
    stopping: threading.Event = field(default_factory=threading.Event)


_current: list[WorkerParts] = []


def install(parts: WorkerParts) -> None:
    """Make these the parts of this process."""
    _current[:] = [parts]


def current() -> WorkerParts:
    """The parts of this process. Raises RuntimeError before ``install``."""
    if not _current:
        raise RuntimeError("this process has not been set up as a worker; start it with `intake worker`")
    return _current[0]
