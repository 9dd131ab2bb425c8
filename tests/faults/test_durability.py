"""What was answered is on the disk: not in a buffer, not under a name that the disk does not know yet."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake_service.intake import Meta, UntrustedFile, accept_upload
from intake_service.store import Store
from tests.intake_service.builders import CLERK, PDF, make_parts


def test_bytes_then_name_then_folder_then_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9 alone would not tell: what was written stays in the kernel. A power cut takes what was not flushed."""
    steps: list[str] = []
    flush, rename, write = os.fsync, Path.replace, Store.write

    def note_flush(descriptor: int) -> None:
        is_folder = Path(f"/proc/self/fd/{descriptor}").readlink().is_dir()
        steps.append("flush folder" if is_folder else "flush bytes")
        flush(descriptor)

    def note_rename(path: Path, target: Path) -> Path:
        steps.append("name")
        return rename(path, target)

    @contextmanager
    def note_commit(store: Store) -> Iterator[sa.Connection]:
        with write(store) as tx:
            yield tx
        steps.append("commit")

    monkeypatch.setattr(Store, "write", note_commit)  # first, for a store remembers how it writes
    parts = make_parts(tmp_path)
    monkeypatch.setattr(os, "fsync", note_flush)
    monkeypatch.setattr(Path, "replace", note_rename)
    monkeypatch.setattr(parts.dispatch.__class__, "wake", lambda *_: steps.append("call"))
    steps.clear()
    accept_upload(parts, CLERK, [UntrustedFile("a.pdf", io.BytesIO(PDF))], Meta())
    assert steps == ["flush bytes", "name", "flush folder", "flush folder", "commit", "call"]
    parts.store.close()
