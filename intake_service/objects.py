"""Files by their content in an object store that speaks S3, for several machines without a folder they share.

What is read passes through a folder on this machine, because readers and senders want paths. A file there is whole and
is what its name says, or is not there; what nobody used for an hour makes room for others, and goes after a day.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.exceptions import NotFoundError as NoSuchObjectError
from obstore.store import S3Store

from intake_service.errors import NotFoundError, ServiceError, UnavailableError
from intake_service.files import CHUNK, FRESH_S, FileStore, StoredFile, Stream

CONNECT_S, REQUEST_S, TRIES_S = 5, 60, 20
"""For a connection, for one request, and how long a failed one is repeated."""
IN_USE_S = 3600.0
"""A file of the cache that was asked for within this time may just be read."""
STALE_S = 24 * 3600.0
"""A file that nobody asked for within this time goes: it may have been purged, on another machine."""
LOOK_S = 300.0
"""How often the cache's size is looked at."""
WHOLE = 1 << 40
NO_BUCKET = "文件库里没有 INTAKE_FILES_URL 所写的桶，请管理员先建好。"
UNREACHABLE = "文件库暂时连接不上，请稍后再试；多次出现请联系管理员。"


class ObjectStore:
    """A bucket, or what lies under a prefix of it, with ``cache`` before it, kept to about ``cache_bytes``."""

    def __init__(self, bucket: S3Store, cache: FileStore, cache_bytes: int) -> None:
        self._bucket = bucket
        self._cache = cache
        self._cache_bytes = cache_bytes
        self._next_look = 0.0

    @classmethod
    def from_url(cls, url: str, key_id: str, secret: str, cache: FileStore, cache_bytes: int) -> ObjectStore:
        """The store at ``s3://bucket/prefix?endpoint=https://host:port&region=…``; opens no connection yet.

        Raises ValueError for an address without a bucket or with a word it does not know.
        """
        split, words = urlsplit(url), parse_qs(urlsplit(url).query)
        if not split.netloc or set(words) - {"endpoint", "region"}:
            raise ValueError("INTAKE_FILES_URL 应为 s3://桶/前缀?endpoint=https://主机:端口&region=区域")
        endpoint = words.get("endpoint", [None])[0]
        bucket = S3Store(
            split.netloc,
            prefix=unquote(split.path).strip("/") or None,
            endpoint=endpoint,
            region=words.get("region", ["us-east-1"])[0],
            access_key_id=key_id,
            secret_access_key=secret,
            client_options={
                "timeout": timedelta(seconds=REQUEST_S),
                "connect_timeout": timedelta(seconds=CONNECT_S),
                "allow_http": (endpoint or "").startswith("http://"),
            },
            retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=TRIES_S)},
        )
        return cls(bucket, cache, cache_bytes)

    def put(self, untrusted_stream: Stream, limit: int) -> StoredFile:
        """Keep a stream; when this returns, the object store has said that it has all of it.

        Raises FileTooLargeError, StorageFullError; UnavailableError when the object store does not answer.
        """
        stored = self._cache.put(untrusted_stream, limit)
        with _told(UnavailableError(NO_BUCKET)):
            # Also where it is there already: it must not look old to a purge that is under way.
            obstore.put(self._bucket, _key(stored.hash), self._cache.path(stored.hash))
        self._make_room()
        return stored

    def put_file(self, path: Path, limit: int) -> StoredFile:
        """Keep a copy of a file."""
        with path.open("rb") as stream:
            return self.put(stream, limit)

    def path(self, file_hash: str) -> Path:
        """Where a copy of the bytes lies on this machine, for reading only.

        Raises NotFoundError, also for bytes that are not what their name says; UnavailableError, StorageFullError.
        """
        with suppress(NotFoundError):
            return self._cache.path(file_hash, use=True)
        with _told():
            found = _Pieces(obstore.get(self._bucket, _key(file_hash)).stream(min_chunk_size=CHUNK))
            came = self._cache.put(found, WHOLE)
        if came.hash != file_hash:
            self._cache.forget(came.hash, 0)
            raise NotFoundError("文件库里的这个文件已损坏，请联系管理员检查存储。")
        self._make_room()
        return self._cache.path(file_hash)

    def require(self, file_hash: str) -> None:
        """Raises NotFoundError when the object store, whatever lies in the cache, has no such file."""
        with _told():
            obstore.head(self._bucket, _key(file_hash))

    def free_bytes(self) -> int:
        """Room on this machine; the object store's own is for its keeper to watch."""
        return self._cache.free_bytes()

    def is_full(self) -> bool:
        """Whether what dies now may have died for want of room."""
        return self._cache.is_full()

    def is_nearly_full(self) -> bool:
        """Whether reading waits for room, too."""
        return self._cache.is_nearly_full()

    def is_writable(self) -> bool:
        """True after a probe was written and removed. Raises UnavailableError, OSError."""
        with _told(UnavailableError(NO_BUCKET)):
            obstore.put(self._bucket, "probe", b"probe")
        return self._cache.is_writable()

    def forget(self, file_hash: str, spare_s: float = FRESH_S) -> bool:
        """Remove a file that nothing refers to; False (and it stays) when it came less than ``spare_s`` seconds ago."""
        with suppress(NotFoundError), _told():
            if spare_s > 0:
                came: datetime = obstore.head(self._bucket, _key(file_hash))["last_modified"]
                if (datetime.now(UTC) - came).total_seconds() < spare_s:
                    return False
            obstore.delete(self._bucket, _key(file_hash))
        self._cache.forget(file_hash, 0)
        return True

    def forget_older(self, older_than_s: float = FRESH_S) -> int:
        """Remove every file that came longer ago, whatever refers to it; returns how many."""
        oldest = datetime.now(UTC) - timedelta(seconds=older_than_s)
        with _told():
            found = [each for some in obstore.list(self._bucket) for each in some]
        old = [Path(each["path"]).name for each in found if each["last_modified"] < oldest]
        return sum(self.forget(name, older_than_s) for name in old if _is_hash(name))

    def forget_unfinished(self, older_than_s: float = 24 * 3600) -> int:
        """Remove what uploads that died half-way left on this machine; returns how many files."""
        self._make_room()
        return self._cache.forget_unfinished(older_than_s)

    def _make_room(self) -> None:
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LOOK_S
            self._cache.shrink(self._cache_bytes, IN_USE_S, STALE_S)


class _Pieces:
    """A download as a stream to read from, whatever the size of its pieces."""

    def __init__(self, pieces: obstore.BytesStream) -> None:
        self._pieces = pieces

    def read(self, _size: int = -1, /) -> bytes:
        """The next piece, empty at the end."""
        return bytes(next(self._pieces, b""))


def _is_hash(name: str) -> bool:
    return len(name) == 64 and name.isalnum()


def _key(file_hash: str) -> str:
    if not _is_hash(file_hash):
        raise NotFoundError
    return f"{file_hash[:2]}/{file_hash}"


@contextmanager
def _told(lacking: ServiceError | None = None) -> Iterator[None]:
    """What the object store's client raises, in our words; ``lacking`` when there is no such thing."""
    try:
        yield
    except (FileNotFoundError, NoSuchObjectError) as error:
        raise lacking or NotFoundError("文件库里找不到这个文件，请联系管理员检查存储。") from error
    except BaseError as error:
        raise UnavailableError(UNREACHABLE) from error
