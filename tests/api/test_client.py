"""The Python client against a service that is really served."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path
from typing import Any

import pytest

from intake_service import intake
from intake_service.client import ApiError, Client, verify_signature
from intake_service.errors import QueueFullError
from tests.api.served import Served, whole_reading
from tests.intake_service.builders import JPEG, PDF, read_all
from worker.webhooks import sign


def count(client: Client) -> int:
    return len(list(client.submissions(limit="2")))


def test_from_the_file_to_the_result(client: Client, running: Served, tmp_path: Path) -> None:
    scan = tmp_path / '扫描 "1".pdf'
    scan.write_bytes(PDF + b"client")
    made = client.submit(scan, ("b.jpg", JPEG), meta={"channel": "mail", "sender": "长沙"})
    with pytest.raises(TimeoutError):
        client.wait(made["id"], longest_s=0.01)
    read_all(running.parts, whole_reading())
    done = client.wait(made["id"])
    assert (done["status"], done["meta"]["sender"]) == ("in_review", "长沙")
    assert [file["name"] for file in done["files"]] == [scan.name, "b.jpg"]
    assert client.reading(made["id"]) == whole_reading()
    assert client.result(made["id"]).value["fields"]["org_name"]["by"] == "machine"
    assert client.original(made["id"]) == PDF + b"client"
    assert client.original(made["id"], done["files"][1]["id"]) == JPEG
    assert client.page(made["id"], 1).startswith(b"\x89PNG")
    assert client.findings(made["id"])["schema"] == "intake.findings/1"
    assert client.extract(scan) == whole_reading()


def test_a_refusal_has_its_code(client: Client) -> None:
    with pytest.raises(ApiError) as refused:
        client.submit(("a.gif", b"GIF89a"))
    assert (refused.value.status, refused.value.code) == (415, "unsupported_type")
    with pytest.raises(ApiError, match="not_found"):
        client.submission("0" * 22)


def test_a_busy_service_is_asked_again_with_the_same_key(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: list[str] = []
    really = intake.accept_upload

    def busy_at_first(*arguments: Any) -> intake.Accepted:
        keys.append(arguments[-1])
        if len(keys) == 1:
            raise QueueFullError(retry_after_s=1)
        return really(*arguments)

    monkeypatch.setattr(intake, "accept_upload", busy_at_first)
    assert client.submit(("a.pdf", PDF + b"busy"))["status"] == "received"
    assert len(keys) == 2
    assert keys[0] == keys[1] != ""


def test_an_answer_that_is_lost_registers_nothing_twice(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, really = count(client), http.client.HTTPConnection.getresponse
    lost: list[bytes] = []

    def lose_the_first(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        answer = really(connection)
        if not lost:
            lost.append(answer.read())
            raise ConnectionResetError
        return answer

    monkeypatch.setattr(http.client.HTTPConnection, "getresponse", lose_the_first)
    made = client.submit(("a.pdf", PDF + b"lost"))
    assert json.loads(lost[0])["id"] == made["id"]
    assert count(client) == before + 1


def test_what_is_not_repeatable_is_not_repeated(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def break_off(connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        asked.append(connection)
        raise ConnectionResetError

    monkeypatch.setattr(http.client.HTTPConnection, "getresponse", break_off)
    with pytest.raises(ConnectionResetError):
        client.add_webhook("http://127.0.0.1/hook")
    assert len(asked) == 1


def test_a_proposal_needs_the_newest_result(client: Client, running: Served) -> None:
    seen = client.result(running.submission_id)
    told = client.propose(
        running.submission_id, seen.etag, {"fields.org_name": "湘江职业技能学校"}, "登记机关"
    )
    cell = told.value["fields"]["org_name"]
    assert (cell["text"], cell["by"]) == ("湘江职业培训学校", "machine")
    assert [(each["by"], each["who"], each["text"]) for each in cell["proposals"]] == [
        ("system", "token:served", "湘江职业技能学校")
    ]
    assert set(told.value["doubts"]) - set(seen.value["doubts"]) == {"fields.org_name"}
    assert told.etag not in {"", seen.etag}
    with pytest.raises(ApiError, match="412 precondition_failed"):
        client.propose(running.submission_id, seen.etag, {"fields.address": "长沙"})


def test_the_export_and_the_webhooks(client: Client) -> None:
    results = [json.loads(line) for line in client.export().splitlines()]
    assert {each["status"] for each in results} == {"accepted"}
    assert client.export("csv").decode("utf-8-sig").startswith("收件编号,")
    assert "备案号" in json.loads(client.table("publication"))["rows"][0]
    assert client.table("national", "csv").decode("utf-8-sig").startswith("备案号,")
    with pytest.raises(ApiError, match="404 not_found"):
        client.table("anything")
    hook = client.add_webhook("http://127.0.0.1:9/hook", ["submission.read"])
    assert len(hook["secret"]) == 64
    assert list(client.deliveries(hook["id"])) == []


def test_a_signature_holds_for_its_secret_body_and_five_minutes() -> None:
    now = int(time.time())
    signature = sign("secret", now, b"{}")
    assert verify_signature("secret", signature, b"{}")
    for secret, told, body, at in (
        ("other", signature, b"{}", now), ("secret", signature, b"{ }", now), ("secret", signature, b"{}", now + 301),
        ("secret", "", b"{}", now), ("secret", "t=,v1=", b"{}", now), ("secret", f"t={now}", b"{}", now),
        ("secret", f"t={now},v1=é", b"{}", now),
    ):  # fmt: skip
        assert not verify_signature(secret, told, body, now_s=at)
