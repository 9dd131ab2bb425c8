"""Those who hand in: threads that upload as careful and careless clients do, and write down every answer."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

ANSWER_S = 45.0
GIVE_UP_S = 120.0
EDGE = "edge-of-parts-7f3a"


@dataclass
class Upload:
    """One thing handed in: its files, its key (empty for a careless client), what was answered."""

    files: tuple[bytes, ...]
    key: str = ""
    accepted: str = ""
    accepted_at: float = 0.0
    tries: int = 0
    answers: list[int] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    names: tuple[str, ...] = ()

    @property
    def hashes(self) -> list[str]:
        return [hashlib.sha256(content).hexdigest() for content in self.files]


def body_of(upload: Upload) -> tuple[bytes, str]:
    """The upload as a form sends it, and its content type."""
    body = bytearray()
    for number, content in enumerate(upload.files):
        name = upload.names[number] if upload.names else f"scan{number}.pdf"
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    body += f"--{EDGE}--\r\n".encode()
    return bytes(body), f"multipart/form-data; boundary={EDGE}"


def post(port: int, token: str, upload: Upload, timeout_s: float = ANSWER_S) -> tuple[int, dict[str, object]]:
    """One try; 0 when nobody answered."""
    body, kind = body_of(upload)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    if upload.key:
        headers["Idempotency-Key"] = upload.key
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("POST", "/api/v1/submissions", body, headers)
        answer = connection.getresponse()
        found = json.loads(answer.read() or b"{}")
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()
    return answer.status, found


def hand_in(port: int, token: str, upload: Upload) -> None:
    """Upload. With a key again and again until it is taken or refused for good; without a key once."""
    end = time.monotonic() + GIVE_UP_S
    while not upload.accepted and time.monotonic() < end:
        upload.tries += 1
        status, found = post(port, token, upload)
        upload.answers.append(status)
        if status == 202:
            upload.accepted, upload.accepted_at = str(found["id"]), time.time()
        elif found.get("code"):
            upload.codes.add(str(found["code"]))
        if not upload.key or 400 <= status < 500:
            return
        time.sleep(0.05 if status != 202 else 0)


class Senders:
    """Some threads that go on handing in until they are told to stop, as long as not too much waits."""

    def __init__(
        self, port: int, token: str, seed: int, make: Callable[[int, random.Random], Sequence[bytes]],
        *, waiting: Callable[[], int], most_waiting: int = 24, threads: int = 3,
    ) -> None:  # fmt: skip
        self.uploads: list[Upload] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._count = 0
        self._seed, self._make, self._port, self._token = seed, make, port, token
        self._waiting, self._most_waiting = waiting, most_waiting
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> list[Upload]:
        """Let what is under way come to its end; everything that was tried."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return self.uploads

    def _next(self) -> Upload:
        with self._lock:
            self._count += 1
            number = self._count
            chance = random.Random(f"{self._seed}/{number}")
            key = "" if chance.random() < 0.15 else f"{self._seed}-{number}"
            upload = Upload(tuple(self._make(number, chance)), key)
            self.uploads.append(upload)
            return upload

    def _send(self) -> None:
        while not self._stop.is_set():
            if self._waiting() > self._most_waiting:
                self._stop.wait(0.1)
                continue
            hand_in(self._port, self._token, self._next())
