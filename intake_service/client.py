"""A client for the API: ``with Client("http://127.0.0.1:8080", token) as intake: intake.submit(Path("scan.pdf"))``.

Needs the standard library only, so that this one file can be copied. Answers are the API's JSON as it is described at
``/api/docs``; a refusal is raised as ``ApiError``. What is busy for a while (429, 503 with Retry-After, a connection that
broke) is asked again; an upload carries an idempotency key, so that this registers nothing twice.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

Json = dict[str, Any]
File = Path | tuple[str, bytes]
"""A file of this machine, or a name and what is in it."""

CHUNK = 64 * 1024
BUSY = {429, 503}
UNREAD = {"received", "reading"}
"""Statuses of what a worker still has to do with."""
FRESH_S = 300
"""A notice whose signature is older than this may be a repeated one."""


class ApiError(Exception):
    """A refused request; branch on ``code``, which is stable. ``detail`` is a sentence in Chinese."""

    def __init__(self, status: int, code: str, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Tagged:
    """An answer and its ETag, which a change has to name."""

    value: Json
    etag: str


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | _Upload | None = None
    repeatable: bool = True
    """Whether it may be sent again when nobody knows whether it arrived."""


class Client:
    """One connection to the service; not to be shared by threads.

    ``patience_s``: how long one call goes on asking a busy service. ``timeout_s``: how long each step of an answer may take.
    """

    def __init__(self, url: str, token: str, *, timeout_s: float = 60.0, patience_s: float = 120.0) -> None:
        split = urlsplit(url)
        make = http.client.HTTPSConnection if split.scheme == "https" else http.client.HTTPConnection
        self._connection = make(str(split.hostname), split.port, timeout=timeout_s)
        self._root = f"{split.path.rstrip('/')}/api/v1"
        self._token = token
        self._patience_s = patience_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the next call would open another."""
        self._connection.close()

    def submit(self, *files: File, meta: Mapping[str, Any] | None = None, key: str | None = None) -> Json:
        """Hand in one submission of one or more files; returns its ``id``, ``receipt_number``, ``status`` and ``links``.

        ``key``: the idempotency key, by default a new one, so that only this call's own repetitions are the same.
        """
        upload = _Upload(files, {"meta": json.dumps(dict(meta or {}))})
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        return self._json(_Request("POST", "/submissions", headers, upload))

    def submission(self, submission_id: str) -> Json:
        """Status, progress, files and error of one submission."""
        return self._json(self._get(f"/submissions/{submission_id}"))

    def submissions(self, **filters: str | Sequence[str]) -> Iterator[Json]:
        """Every submission that passes the filters, which are those of ``GET /submissions``; asked for page by page."""
        yield from self._pages("/submissions", filters)

    def wait(self, submission_id: str, *, longest_s: float = 600.0, every_s: float = 1.0) -> Json:
        """The submission once it was read, or could not be. Raises TimeoutError after ``longest_s``."""
        until = time.monotonic() + longest_s
        while (found := self.submission(submission_id))["status"] in UNREAD:
            if time.monotonic() + every_s > until:
                raise TimeoutError(f"{submission_id} is not read after {longest_s:g} s")
            time.sleep(every_s)
        return found

    def reading(self, submission_id: str, file_id: str | None = None) -> Json:
        """What the machine read (``intake.reading/1``); it never changes."""
        return self._json(self._get(f"/submissions/{submission_id}/reading", file=file_id))

    def result(self, submission_id: str) -> Tagged:
        """The values after review (``intake.result/1``)."""
        return self._tagged(self._get(f"/submissions/{submission_id}/result"))

    def propose(
        self, submission_id: str, etag: str, proposals: Mapping[str, str], reason: str = ""
    ) -> Tagged:
        """Say for some places (``fields.uscc`` → text) what should stand there; people decide.

        Raises ApiError ``precondition_failed`` when the result is no longer what ``etag`` tags.
        """
        told = [{"path": path, "text": text, "reason": reason} for path, text in proposals.items()]
        body = json.dumps({"proposals": told}).encode()
        headers = {"If-Match": etag, "Content-Type": "application/json"}
        return self._tagged(_Request("PATCH", f"/submissions/{submission_id}/result", headers, body))

    def findings(self, submission_id: str) -> Json:
        """Every rule of the call with its outcome (``intake.findings/1``)."""
        return self._json(self._get(f"/submissions/{submission_id}/findings"))

    def page(self, submission_id: str, number: int, file_id: str | None = None) -> bytes:
        """The upright picture of a page (PNG)."""
        return self._bytes(self._get(f"/submissions/{submission_id}/pages/{number}.png", file=file_id))

    def original(self, submission_id: str, file_id: str | None = None) -> bytes:
        """A file as it was handed in."""
        return self._bytes(self._get(f"/submissions/{submission_id}/original", file=file_id))

    def searchable_pdf(self, submission_id: str) -> bytes:
        """The pages with their text behind them (PDF)."""
        return self._bytes(self._get(f"/submissions/{submission_id}/searchable.pdf"))

    def export(self, kind: str = "jsonl", **filters: str) -> bytes:
        """What was accepted: ``jsonl``, one result a line, or ``csv``, one occupation a line."""
        return self._bytes(self._get("/export", format=kind, **filters))

    def table(self, name: str, kind: str = "json") -> bytes:
        """``publication``, ``supervision`` or ``national`` as ``json``, ``csv`` or ``xlsx``, one occupation a line."""
        return self._bytes(self._get(f"/lists/{name}", format=kind))

    def extract(self, file: File) -> Json:
        """The reading of one small file; nothing is kept."""
        return self._json(_Request("POST", "/extract", {}, _Upload([file], {})))

    def add_webhook(self, url: str, events: Sequence[str] = ()) -> Json:
        """Be told of events (none: of all) at ``url``; the answer's ``secret`` is shown this once."""
        body = json.dumps({"url": url, "events": list(events)}).encode()
        request = _Request("POST", "/webhooks", {"Content-Type": "application/json"}, body, repeatable=False)
        return self._json(request)

    def deliveries(self, webhook_id: str) -> Iterator[Json]:
        """What was sent to a webhook, newest first."""
        yield from self._pages(f"/webhooks/{webhook_id}/deliveries", {})

    def replay(self, webhook_id: str, delivery_id: str) -> Json:
        """Have a delivery sent once more, under the same id."""
        return self._json(_Request("POST", f"/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", {}))

    @staticmethod
    def _get(path: str, **query: str | Sequence[str] | None) -> _Request:
        asked = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
        return _Request("GET", f"{path}?{asked}" if asked else path, {})

    def _pages(self, path: str, filters: Mapping[str, str | Sequence[str]]) -> Iterator[Json]:
        cursor: str | None = None
        while True:
            page = self._json(self._get(path, **filters, cursor=cursor))
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def _json(self, request: _Request) -> Json:
        return self._tagged(request).value

    def _tagged(self, request: _Request) -> Tagged:
        headers, body = self._ask(request)
        value: Json = json.loads(body)
        return Tagged(value, headers.get("ETag", ""))

    def _bytes(self, request: _Request) -> bytes:
        return self._ask(request)[1]

    def _ask(self, request: _Request) -> tuple[http.client.HTTPMessage, bytes]:
        """The answer to a request, which is sent again while the service is busy."""
        until = time.monotonic() + self._patience_s
        for wait_s in chain([0.0], repeat(1.0)):
            try:
                return self._ask_once(request)
            except ApiError as error:
                pause_s = error.retry_after_s if error.status in BUSY else None
                if pause_s is None or time.monotonic() + pause_s > until:
                    raise
            except (ConnectionError, http.client.HTTPException):
                self._connection.close()
                pause_s = wait_s  # none at first: an idle connection is closed by the service
                if not request.repeatable or time.monotonic() + pause_s > until:
                    raise
            time.sleep(pause_s)
        raise AssertionError("unreachable")

    def _ask_once(self, request: _Request) -> tuple[http.client.HTTPMessage, bytes]:
        body = request.body
        headers = {"Authorization": f"Bearer {self._token}", **request.headers}
        if isinstance(body, _Upload):
            headers |= {"Content-Type": body.media_type, "Content-Length": str(body.size)}
        sent: Iterable[bytes] | bytes | None = body.chunks() if isinstance(body, _Upload) else body
        self._connection.request(request.method, self._root + request.path, sent, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise _refusal(answer.status, answer.headers, content)
        return answer.headers, content


class _Upload:
    """A multipart body that can be sent again, and is not held in memory."""

    def __init__(self, files: Sequence[File], fields: Mapping[str, str]) -> None:
        self._boundary = uuid.uuid4().hex
        self._files = [(*_name_and_size(file), file) for file in files]
        self._fields = fields
        ends = sum(len(part) for part in self._texts())
        heads = sum(len(self._head(name)) + len(b"\r\n") for name, _size, _file in self._files)
        self.size = ends + heads + sum(size for _name, size, _file in self._files)
        self.media_type = f"multipart/form-data; boundary={self._boundary}"

    def chunks(self) -> Iterator[bytes]:
        """The body from its beginning."""
        for name, _size, file in self._files:
            yield self._head(name)
            yield from _chunks(file)
            yield b"\r\n"
        yield from self._texts()

    def _head(self, file_name: str) -> bytes:
        shown = file_name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        disposition = f'Content-Disposition: form-data; name="file"; filename="{shown}"'
        return (
            f"--{self._boundary}\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n".encode()
        )

    def _texts(self) -> Iterator[bytes]:
        for name, value in self._fields.items():
            head = f'--{self._boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            yield f"{head}{value}\r\n".encode()
        yield f"--{self._boundary}--\r\n".encode()


def _name_and_size(file: File) -> tuple[str, int]:
    return (file.name, file.stat().st_size) if isinstance(file, Path) else (file[0], len(file[1]))


def _chunks(file: File) -> Iterator[bytes]:
    if not isinstance(file, Path):
        yield file[1]
        return
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _refusal(status: int, headers: http.client.HTTPMessage, content: bytes) -> ApiError:
    try:
        told = json.loads(content)
        code, detail = str(told["code"]), str(told["detail"])
    except (ValueError, KeyError, TypeError):
        code, detail = "unknown", "no problem document: is this the service?"
    seconds = headers.get("Retry-After", "")
    return ApiError(status, code, detail, float(seconds) if seconds.isdigit() else None)


def verify_signature(secret: str, signature: str, body: bytes, *, now_s: float | None = None) -> bool:
    """Whether a notice's ``Intake-Signature`` is ours and at most five minutes old. ``body``: the bytes as they came.

    Keep the ``Intake-Delivery`` ids that you have seen, too: a notice is repeated until it is answered 2xx.
    """
    told = dict(part.partition("=")[::2] for part in signature.split(","))
    moment = told.get("t", "")
    if not (moment.isascii() and moment.isdigit()):
        return False
    expected = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    fresh = abs((time.time() if now_s is None else now_s) - int(moment)) <= FRESH_S
    return fresh and hmac.compare_digest(expected.encode(), told.get("v1", "").encode())
