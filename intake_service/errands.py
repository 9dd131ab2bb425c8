"""What web and worker tell each other about something asked at once: a line of JSON, then perhaps bytes, as one file.

The queue carries the file's address alone, so nothing that stands on paper lies there. No two errands are the same
file: each has a number of its own, so that one can be forgotten while another asks just the same.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from intake_service.files import Files, Stream

MOST_HEAD_BYTES = 64 * 1024 * 1024
"""The reading of 2,000 pages, with room."""


class Chained:
    """One stream behind the other."""

    def __init__(self, *streams: Stream) -> None:
        self._streams = list(streams)

    def read(self, size: int, /) -> bytes:
        """The next bytes, ``size`` at most; empty at the end of the last."""
        while self._streams:
            if found := self._streams[0].read(size):
                return found
            del self._streams[0]
        return b""


def pack(files: Files, head: Mapping[str, Any], body: Stream, most_body_bytes: int) -> str:
    """Keep both as one file; returns its address.

    Raises FileTooLargeError for a longer ``body``, StorageFullError, UnavailableError.
    """
    numbered = {**head, "number": secrets.token_hex(16)}
    line = json.dumps(numbered).encode() + b"\n"  # ASCII: names may hold lone surrogates
    return files.put(Chained(BytesIO(line), body), len(line) + most_body_bytes).hash


def unpack(files: Files, address: str) -> tuple[dict[str, Any], IO[bytes]]:
    """The head, and the body's stream, which the caller closes. Raises NotFoundError, UnavailableError."""
    stream = files.path(address).open("rb")
    head: dict[str, Any] = json.loads(stream.readline(MOST_HEAD_BYTES))
    return head, stream
