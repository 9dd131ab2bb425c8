"""What is asked of a worker's fenced reader at once, nothing kept: one small file, a box on a page, a PDF to search in."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import IO, Any

from extractors.errors import ERRORS_BY_CODE, EmptyFileError, ProcessingCrashedError
from extractors.sniff import HEAD_BYTES, check_kind
from intake_service.errands import Chained, pack, unpack
from intake_service.errors import QueueFullError, UnavailableError
from intake_service.files import Stream
from intake_service.intake import clean_name
from intake_service.parts import Parts

WAIT_S, SHORT_WAIT_S = 20.0, 2.0
"""How long a file waits until a worker takes it, and somebody who could type meanwhile."""
ANSWER_S, SHORT_ANSWER_S = 120.0, 20.0
"""How long the worker that took it may take."""
RETRY_AFTER_S = 10


class AtOnce:
    """Asks for this web process. At most half of its threads wait at a time, so that the desk is served meanwhile."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._turns = threading.BoundedSemaphore(max(1, parts.settings.threads // 2))

    def read(self, untrusted_stream: IO[bytes], untrusted_name: str) -> dict[str, Any]:
        """The reading of one file. Raises ExtractionError subclasses; QueueFullError when no worker is free."""
        name = clean_name(untrusted_name)
        head = untrusted_stream.read(HEAD_BYTES)
        if not head:
            raise EmptyFileError
        check_kind(name, head)
        busy = "即时识别正忙，请稍后再试，或改用 POST /submissions。"
        body = Chained(BytesIO(head), untrusted_stream)
        reading, rest = self._done({"kind": "read", "name": name}, busy, WAIT_S, ANSWER_S, body)
        rest.close()
        return reading

    def reread(self, file_hash: str, name: str, region: Mapping[str, Any]) -> dict[str, Any]:
        """One field read again from a region of a stored file, see ``extractors.rereading.Region``.

        Raises ExtractionError subclasses; QueueFullError when no worker is free, UnavailableError where none can do it.
        """
        errand = {"kind": "reread", "hash": file_hash, "name": name, "region": dict(region)}
        busy = "识读程序正忙，没有重读。请直接输入，或稍后再框一次。"
        try:
            reading, rest = self._done(errand, busy, SHORT_WAIT_S, SHORT_ANSWER_S)
        except (ProcessingCrashedError, UnavailableError) as error:
            raise UnavailableError("识读程序这会儿不能用。请照着图直接输入。") from error
        rest.close()
        return reading

    def make_searchable(self, papers: Sequence[Mapping[str, Any]]) -> IO[bytes]:
        """One PDF of several stored files under a layer of text; each is a ``worker.searchable.Paper``, ``hash`` for ``path``.

        The caller closes it. Raises ExtractionError subclasses; QueueFullError when no worker is free.
        """
        errand = {"kind": "searchable", "papers": list(papers)}
        _reading, pdf = self._done(
            errand, "识读程序正忙，可搜索的 PDF 没有做成，请稍后再试。", WAIT_S, ANSWER_S
        )
        return pdf

    def _done(
        self, errand: Mapping[str, Any], busy: str, wait_s: float, answer_s: float, body: Stream | None = None
    ) -> tuple[dict[str, Any], IO[bytes]]:
        """The reading an errand asked for and the bytes behind it; no file of either is left."""
        if not self._turns.acquire(blocking=False):
            raise QueueFullError(busy, retry_after_s=RETRY_AFTER_S)
        files, left = self._parts.errands, []
        try:
            most = self._parts.settings.max_extract_mb * 1024 * 1024
            left.append(asked := pack(files, errand, body or BytesIO(), most))
            answered = self._parts.dispatch.ask(asked, wait_s, answer_s)
            if answered is None:
                raise QueueFullError(busy, retry_after_s=RETRY_AFTER_S)
            left.append(answered)
            answer, rest = unpack(files, answered)
        finally:
            self._turns.release()
            for address in left:
                files.forget(address, 0)
        if "error" not in answer:
            return answer["reading"], rest
        rest.close()
        raise ERRORS_BY_CODE.get(answer["error"], ProcessingCrashedError)(answer["message"])
