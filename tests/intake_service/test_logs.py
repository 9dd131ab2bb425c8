"""Lines of the log: JSON for collectors, ids of ours, no text of an exception, nothing of the paper."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from _pytest.logging import LogCaptureHandler

from intake_service import logs
from intake_service.app import create_app
from intake_service.logs import JsonLines, PlainLines, about, described
from intake_service.parts import Parts
from tests.intake_service.builders import make_reading, read_all, upload

PERSON = "金丝雀有限公司 13912345678"
ID = "01a20bf34b1b2d5ef9008a"


@pytest.fixture
def lines() -> Iterator[LogCaptureHandler]:
    """What collectors get of everything that is logged."""
    handler = LogCaptureHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


def told(handler: LogCaptureHandler) -> list[dict[str, str]]:
    return [json.loads(line) for line in handler.stream.getvalue().splitlines()]


def failing() -> None:
    try:
        int(PERSON)
    except ValueError as error:
        raise RuntimeError(PERSON) from error


@pytest.mark.parametrize("formatter", [JsonLines(), PlainLines()])
def test_an_exception_is_told_without_its_text(formatter: logging.Formatter) -> None:
    try:
        failing()
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "it failed", (), sys.exc_info())
    with about(submission=ID, document="张三"):
        line = formatter.format(record)
    assert "金丝雀" not in line
    assert "张三" not in line
    for word in ("it failed", "RuntimeError at test_logs.py", "failing, from ValueError", ID):
        assert word in line


def test_lines_name_the_submission_they_are_about_and_only_theirs(
    parts: Parts, lines: LogCaptureHandler
) -> None:
    one, two = upload(parts, b"%PDF-1"), upload(parts, b"%PDF-2")
    read_all(parts, make_reading(org_name=PERSON), "encrypted_pdf")
    reading = [line for line in told(lines) if line["logger"] == "worker.jobs"]
    assert [line["submission"] for line in reading if line["message"].startswith("reading")] == [
        one.id,
        two.id,
    ] or [line["submission"] for line in reading] == [one.id, two.id]
    assert all("document" in line for line in reading)
    logging.getLogger("x").info("about nothing")
    assert "submission" not in told(lines)[-1]
    client = create_app(parts.settings, parts).test_client()
    client.get(f"/api/v1/submissions/{one.id}")
    assert told(lines)[-1]["submission"] == one.id
    client.get("/api/v1/submissions/张三")
    assert "submission" not in told(lines)[-1]
    assert PERSON[:4] not in lines.stream.getvalue()


def test_every_line_is_one_object_whatever_is_in_it(lines: LogCaptureHandler) -> None:
    logging.getLogger("x").warning("two\nlines %s", '"quoted"')
    (line,) = told(lines)
    assert (line["message"], line["level"], line["logger"]) == ('two\nlines "quoted"', "WARNING", "x")
    assert line["at"].endswith("+00:00")


def test_threads_do_not_share_what_they_are_about() -> None:
    seen: list[dict[str, str]] = []
    with about(submission=ID):
        thread = threading.Thread(target=lambda: seen.append(dict(logs._about.get())))
        thread.start()
        thread.join()
    assert seen == [{}]


def test_no_error_is_no_text() -> None:
    assert described(None) == ""
