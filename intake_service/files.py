"""Files by their content: every file is named after the SHA-256 of its bytes; here, in a folder.

What is there is whole and never changes: bytes go to a temporary file first, are flushed to the disk,
and only then get their name; then the folder itself is flushed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from extractors.errors import FileTooLargeError
from extractors.sniff import HEAD_BYTES
from intake_service.errors import NotFoundError, StorageFullError
from intake_service.faultpoints import reach

CHUNK = 1024 * 1024
HASHED = "[0-9a-f][0-9a-f]"
"""The folders of whole files, by the first two letters of their names."""
FRESH_S = 3600.0
"""A file that came within this time may belong to an upload that is being registered."""
FULL_BYTES = 4 * 1024 * 1024
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Numbers of errors that mean: no room."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is safe on disk. ``head`` is its first ``HEAD_BYTES``, which tell its type."""

    hash: str
    size: int
    head: bytes


class Stream(Protocol):
    """Bytes to come; empty at their end."""

    def read(self, size: int, /) -> bytes: ...


class Files(Protocol):
    """What keeps files: a folder (``FileStore``) or an object store (``objects.ObjectStore``)."""

    def put(self, untrusted_stream: Stream, limit: int) -> StoredFile:
        """Keep a stream of at most ``limit`` bytes; it is safe when this returns."""
        ...

    def put_file(self, path: Path, limit: int) -> StoredFile:
        """Keep a copy of a file."""
        ...

    def path(self, file_hash: str) -> Path:
        """Where the bytes lie on this machine, for reading only. Raises NotFoundError."""
        ...

    def require(self, file_hash: str) -> None:
        """Raises NotFoundError when the file is not (or no longer) safe."""
        ...

    def free_bytes(self) -> int:
        """Room left on this machine for new files."""
        ...

    def is_full(self) -> bool:
        """Whether what dies now may have died for want of room."""
        ...

    def is_nearly_full(self) -> bool:
        """Whether reading waits for room, too."""
        ...

    def is_writable(self) -> bool:
        """True after a probe was written. Raises OSError, UnavailableError."""
        ...

    def forget(self, file_hash: str, spare_s: float = FRESH_S) -> bool:
        """Remove a file that nothing refers to; False (and it stays) when it came within ``spare_s`` seconds."""
        ...

    def forget_older(self, older_than_s: float = FRESH_S) -> int:
        """Remove every file that came longer ago, whatever refers to it; returns how many."""
        ...

    def forget_unfinished(self, older_than_s: float = 24 * 3600) -> int:
        """Remove what uploads that died half-way left behind; returns how many files."""
        ...


class FileStore:
    """A folder store. ``min_free`` bytes of the disk are left free for the database."""

    def __init__(self, folder: Path, min_free: int = 0) -> None:
        self._folder = folder
        self._min_free = min_free

    @classmethod
    def from_url(cls, url: str, min_free: int = 0) -> FileStore:
        """The store at ``file:///folder``. Raises ValueError for any other scheme."""
        split = urlsplit(url)
        if split.scheme != "file":
            raise ValueError(f"INTAKE_FILES_URL 应以 file:/// 或 s3:// 开头，现为 {split.scheme}:")
        return cls(Path(unquote(split.path)), min_free)

    def put(self, untrusted_stream: Stream, limit: int) -> StoredFile:
        """Keep a stream of at most ``limit`` bytes.

        Raises FileTooLargeError, StorageFullError; then nothing is kept.
        """
        temporary_folder = self._folder / "incoming"
        temporary_folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(temporary_folder).free < self._min_free:
            raise StorageFullError
        temporary = temporary_folder / secrets.token_hex(16)
        try:
            stored = _write(untrusted_stream, temporary, limit)
            reach("files.written")
            self._name(temporary, self._path(stored.hash))
            reach("files.named")
        except OSError as error:
            if error.errno in FULL:
                raise StorageFullError from error
            raise
        finally:
            temporary.unlink(missing_ok=True)
        return stored

    def put_file(self, path: Path, limit: int) -> StoredFile:
        """Keep a copy of a file."""
        with path.open("rb") as stream:
            return self.put(stream, limit)

    def path(self, file_hash: str, *, use: bool = False) -> Path:
        """Where the bytes lie, for reading only; ``use``: ``shrink`` is to leave them a while. Raises NotFoundError."""
        path = self._path(file_hash)
        if use:
            with suppress(FileNotFoundError):
                os.utime(path)
        if not path.is_file():
            raise NotFoundError("文件库里找不到这个文件，请联系管理员检查存储。")
        return path

    def require(self, file_hash: str) -> None:
        """Raises NotFoundError when the file is not there."""
        self.path(file_hash)

    def shrink(self, most_bytes: int, spare_s: float, stale_s: float) -> None:
        """Where this is a cache: remove what nobody used for ``stale_s`` seconds, and, while it is too large, the longest unused.

        Nothing goes that was used within ``spare_s`` seconds.
        """
        kept: list[tuple[Path, os.stat_result]] = []
        for path in self._folder.glob(f"{HASHED}/*"):
            with suppress(FileNotFoundError):  # another process makes room, too
                kept.append((path, path.stat()))
        size, now = sum(stat.st_size for _path, stat in kept), time.time()
        for path, stat in sorted(kept, key=lambda each: each[1].st_mtime):
            unused_s = now - stat.st_mtime
            if unused_s < spare_s or (size <= most_bytes and unused_s < stale_s):
                return
            path.unlink(missing_ok=True)
            size -= stat.st_size

    def free_bytes(self) -> int:
        """Room left for new files, in the store or for the temporary ones, whichever has less."""
        here = next(folder for folder in (self._folder, *self._folder.parents) if folder.exists())
        return min(shutil.disk_usage(place).free for place in (here, tempfile.gettempdir()))

    def is_full(self) -> bool:
        """Whether what dies now may have died for want of room."""
        return self.free_bytes() < FULL_BYTES

    def is_nearly_full(self) -> bool:
        """Whether half of what uploads leave free is used up: reading waits, too, so that people can go on working."""
        return self.free_bytes() < self._min_free // 2

    def is_writable(self) -> bool:
        """True after a probe was written and removed. Raises OSError when the folder cannot be written."""
        folder = self._folder / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / secrets.token_hex(16)
        probe.write_bytes(b"probe")
        probe.unlink()
        return True

    def forget(self, file_hash: str, spare_s: float = FRESH_S) -> bool:
        """Remove a file that nothing refers to; False (and it stays) when it came less than ``spare_s`` seconds ago."""
        path = self._path(file_hash)
        try:
            if time.time() - path.stat().st_mtime < spare_s:
                return False
            path.unlink()
            flush_folder(path.parent)
        except FileNotFoundError:
            return True
        return True

    def forget_older(self, older_than_s: float = FRESH_S) -> int:
        """Remove every file that came longer ago, whatever refers to it; returns how many."""
        return self._remove(f"{HASHED}/*", older_than_s)

    def forget_unfinished(self, older_than_s: float = 24 * 3600) -> int:
        """Remove what uploads that died half-way left behind; returns how many files."""
        return self._remove("incoming/*", older_than_s)

    def _remove(self, pattern: str, older_than_s: float) -> int:
        oldest = time.time() - older_than_s
        removed = 0
        for path in self._folder.glob(pattern):
            with suppress(FileNotFoundError):  # named, or removed, meanwhile
                if path.stat().st_mtime < oldest:
                    path.unlink()
                    removed += 1
        return removed

    def _path(self, file_hash: str) -> Path:
        if len(file_hash) != 64 or not file_hash.isalnum():
            raise NotFoundError
        return self._folder / file_hash[:2] / file_hash

    @staticmethod
    def _name(temporary: Path, path: Path) -> None:
        # Flushed also where nothing was made here: whoever made it, a moment ago, may not have come to that yet.
        try:
            os.utime(path)  # just handed in again: not to be forgotten now
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(path)
        flush_folder(path.parent)
        flush_folder(path.parent.parent)


def _write(untrusted_stream: Stream, path: Path, limit: int) -> StoredFile:
    digest, size, head = hashlib.sha256(), 0, b""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while chunk := untrusted_stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise FileTooLargeError(
                    f"文件超过 {limit // (1024 * 1024)} MB 的上限。请降低扫描分辨率或分成几份提交。"
                )
            if len(head) < HEAD_BYTES:
                head = (head + chunk)[:HEAD_BYTES]
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return StoredFile(digest.hexdigest(), size, head)


def flush_folder(folder: Path) -> None:
    """Have the disk know a folder's names, as a file's own flush does not."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
