"""The three doors a file may come in by: a clerk's browser, the API, the command; and what became of it at each.

A verdict is in the words of the collection's manifest: ``accept`` with an ``accept_warn:…`` for every warning, or
``reject:code``. Anything else (no answer, a page that is missing, a refusal that gives no advice) is told as it is.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from intake_service import accounts, records
from intake_service.parts import SYSTEM, Parts
from intake_service.store import State
from tests.extractors.test_badinputs import is_deserved
from tests.faults.checker import unknown_errors, wait_until_settled
from tests.faults.sender import Upload, body_of, hand_in
from tests.faults.stack import Stack

DOORS = ("web", "api", "command")
Verdict = frozenset[str]
PASSWORD = "a clerk's long password"
COMMAND = (
    "import functools, sys; from worker import extract; "
    "extract.Reader = functools.partial(extract.Reader, pipeline=sys.argv.pop(1)); extract.extract()"
)
"""``intake extract`` with another pipeline."""
ENOUGH_ADVICE = 8


class Clerk:
    """Somebody of the mail room at a browser, logged in with a password."""

    def __init__(self, stack: Stack, name: str = "clerk") -> None:
        accounts.add_user(stack.parts, SYSTEM, name, "clerk", PASSWORD)
        self._port = stack.port
        self._cookies: dict[str, str] = {}
        word = self._word(self._ask("GET", "/login")[1])
        form = urlencode({"name": name, "password": PASSWORD, "csrf": word}).encode()
        status, _page = self._ask(
            "POST", "/login", form, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert status == 303, "the clerk was not let in"
        self._csrf = self._word(self._ask("GET", "/intake")[1])

    def upload(self, upload: Upload) -> None:
        """What the drop zone's script sends."""
        body, kind = body_of(upload)
        headers = {"Content-Type": kind, "Accept": "application/json", "X-CSRF-Token": self._csrf}
        status, page = self._ask("POST", "/intake/upload", body, headers)
        answer = json.loads(page)
        upload.answers.append(status)
        if status == 202:
            upload.accepted = answer["url"].rpartition("/")[2]
        else:
            upload.codes.add(answer["code"] if len(answer["message"]) > ENOUGH_ADVICE else "no advice")

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        connection.request(method, path, body, {**(headers or {}), "Cookie": cookies})
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        page = answer.read()
        connection.close()
        return answer.status, page

    def _word(self, page: bytes) -> str:
        found = re.search(rb'name="csrf" (?:content|value)="([^"]+)"', page)
        assert found is not None
        return found[1].decode()


def through_service(
    folder: Path,
    files: Sequence[tuple[str, bytes]],
    pipeline: str,
    settle_s: float,
    doors: Sequence[str] = DOORS[:2],
) -> dict[str, list[Verdict]]:
    """Each file by each of the doors ``web`` and ``api`` of one running service, which must not die of any."""
    with Stack(folder, pipeline=pipeline, workers=2) as stack:
        stack.wait_until_up()
        uploads = {
            door: [Upload((content,), f"k{n}", names=(name,)) for n, (name, content) in enumerate(files)]
            for door in doors
        }
        for upload in uploads.get("api", ()):
            hand_in(stack.port, stack.token, upload)
        if "web" in uploads:
            clerk = Clerk(stack)
            for upload in uploads["web"]:
                clerk.upload(upload)
        assert not wait_until_settled(stack.parts, settle_s)
        assert not unknown_errors(stack.folder / "roles.log")
        starts = [slot.starts for slot in stack.slots]
        assert starts == [1] * len(starts), "something of the service died"
        return {door: _verdicts(stack.parts, uploads[door]) for door in doors}


def _verdicts(parts: Parts, uploads: Sequence[Upload]) -> list[Verdict]:
    with parts.store.read() as tx:
        documents = {row.submission_id: row for row in tx.execute(sa.select(records.documents))}
        readings = {row.document_id: json.loads(row.json) for row in tx.execute(sa.select(records.readings))}
    found = []
    for upload in uploads:
        if not upload.accepted:
            told = {f"reject:{code}" for code in upload.codes} or {f"answered {upload.answers}"}
            found.append(frozenset(told))
            continue
        row = documents[upload.accepted]
        if row.status == State.IN_REVIEW:
            found.append(of_reading(readings[row.id], row.pages_done))
        else:
            found.append(of_refusal(row.error_code, row.error_message))
    return found


def through_command(
    folder: Path, files: Sequence[tuple[str, bytes]], pipeline: str, settle_s: float
) -> list[Verdict]:
    """All files by one call of ``intake extract``, as a person would list them."""
    given = folder / "given"
    paths = []
    for number, (name, content) in enumerate(files):
        path = given / str(number) / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        paths.append(str(path))
    command = [sys.executable, "-c", COMMAND, pipeline, "--jobs", "2", *paths]
    done = subprocess.run(command, capture_output=True, check=False, timeout=settle_s)
    shutil.rmtree(given)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(files), done.stderr.decode(errors="replace")[-2000:]
    assert done.returncode == (3 if any("error" in answer for answer in answers) else 0)
    return [
        of_refusal(answer["error"]["code"], answer["error"]["message"])
        if "error" in answer
        else of_reading(answer)
        for answer in answers
    ]


def of_refusal(code: str, message: str) -> Verdict:
    return frozenset({f"reject:{code}" if len(message) > ENOUGH_ADVICE else f"{code} without advice"})


def of_reading(reading: Mapping[str, Any], pages_done: int | None = None) -> Verdict:
    """``pages_done``: how many pages the store has."""
    if not len(reading["pages"]) == reading["file"]["pages"] == (pages_done or reading["file"]["pages"]):
        return frozenset({"a page lost in silence"})
    warnings = {*reading["warnings"], *(w for page in reading["pages"] for w in page["warnings"])}
    return frozenset({"accept", *(f"accept_warn:{warning}" for warning in warnings)})


def deviations(
    listed: Sequence[tuple[str, str]], found: Mapping[str, Sequence[Verdict]]
) -> tuple[list[str], list[str]]:
    """What the manifest does not allow, and what is not the same at each door; one line each."""
    undeserved, unlike = [], []
    for number, (name, expect) in enumerate(listed):
        at = {door: verdicts[number] for door, verdicts in found.items()}
        undeserved += [
            f"{name} at {door}: {', '.join(sorted(verdict))} instead of {expect}"
            for door, verdict in at.items()
            if not is_deserved(set(verdict), expect)
        ]
        if len(set(at.values())) > 1:
            unlike.append(f"{name}: " + "; ".join(f"{door} {', '.join(sorted(v))}" for door, v in at.items()))
    return undeserved, unlike


def table(found: Mapping[str, Sequence[Verdict]]) -> str:
    """How often each verdict was given at each door; a reading with warnings counts as ``accept``."""
    counts = {
        door: Counter("accept" if "accept" in v else ", ".join(sorted(v)) for v in verdicts)
        for door, verdicts in found.items()
    }
    words = sorted({word for count in counts.values() for word in count})
    lines = [f"{'':<28}" + "".join(f"{door:>9}" for door in counts)]
    lines += [f"{word:<28}" + "".join(f"{count[word]:>9}" for count in counts.values()) for word in words]
    return "\n".join(lines)
