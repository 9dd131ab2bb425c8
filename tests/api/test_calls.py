# mypy: disable-error-code="index, union-attr, unreachable"
from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from extractors.errors import ERRORS_BY_CODE
from intake_service import queue, tokens
from intake_service.api.description import openapi
from intake_service.app import create_app
from intake_service.errors import ServiceError
from intake_service.parts import SYSTEM, Parts
from intake_service.store.submissions import Filter
from tests.api.calling import Caller, problem
from tests.api.served import whole_reading
from tests.intake_service.builders import (
    JPEG,
    PDF,
    AnsweringDispatch,
    ScriptedReader,
    answering,
    in_review,
    make_parts,
    make_reading,
    read_all,
    upload,
)


def test_an_upload_answers_202_with_number_and_links(call: Caller) -> None:
    sent = call.submit(
        (PDF, "扫描件.pdf"), (JPEG, "b.jpg"), meta=json.dumps({"channel": "mail", "copies": 2})
    )
    assert sent.status_code == 202
    assert re.fullmatch(r"\d{4}-\d{6}", sent.json["receipt_number"])
    shown = call("GET", f"/submissions/{sent.json['id']}").json
    assert [file["name"] for file in shown["files"]] == ["扫描件.pdf", "b.jpg"]
    assert (shown["meta"]["channel"], shown["progress"]["files_total"], shown["error"]) == ("mail", 2, None)


def test_the_same_key_gives_the_same_answer(call: Caller) -> None:
    first, again = (call.submit((PDF, "a.pdf"), key="k1") for _ in range(2))
    assert (first.status_code, again.status_code, first.json["id"]) == (202, 202, again.json["id"])
    assert problem(call.submit((JPEG, "a.jpg"), key="k1")) == (422, "idempotency_mismatch")


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"", "a.pdf", (400, "empty_file")),
        (b"GIF89a", "a.gif", (415, "unsupported_type")),
        (JPEG, "a.pdf", (415, "type_mismatch")),
    ],
)
def test_a_bad_file_is_refused_with_its_code(
    call: Caller, content: bytes, name: str, expected: tuple[int, str]
) -> None:
    assert problem(call.submit((content, name))) == expected


@pytest.mark.parametrize("meta", ["[1]", "{", '{"channel": "pigeon"}', "[" * 100_000])
def test_bad_meta_is_refused(call: Caller, meta: str) -> None:
    assert problem(call.submit((PDF, "a.pdf"), meta=meta)) == (400, "invalid_request")


def test_no_file_is_refused(call: Caller) -> None:
    assert problem(call.submit()) == (400, "invalid_request")


def test_a_request_past_the_limit_is_413(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, max_file_mb=1)
    call = Caller(create_app(parts.settings, parts), parts)
    assert problem(call.submit((PDF + b"x" * 1024 * 1024, "a.pdf"))) == (413, "file_too_large")
    assert problem(call.submit((PDF + b"x" * 5 * 1024 * 1024, "a.pdf"))) == (413, "file_too_large")


@pytest.mark.parametrize(("size", "written"), [(3_000_000, 0), (5_000_000, 1)])
def test_only_a_large_upload_takes_the_way_over_a_temporary_file(
    call: Caller, parts: Parts, monkeypatch: pytest.MonkeyPatch, size: int, written: int
) -> None:
    made: list[IO[bytes]] = []

    def make(mode: str) -> IO[bytes]:
        made.append(TemporaryFile(mode))  # noqa: SIM115 - whoever asked closes it
        return made[-1]

    monkeypatch.setattr("intake_service.app.TemporaryFile", make)
    content = PDF + bytes(size)
    sent = call.submit((content, "a.pdf"))
    assert (sent.status_code, len(made)) == (202, written)
    _submission, files = queue.get_submission(parts, sent.json["id"])
    assert parts.files.path(files[0].file_hash).read_bytes() == content


def test_reading_result_pages_and_original(call: Caller, parts: Parts) -> None:
    submission = in_review(parts, make_reading(org_name="湘江学校"))
    here = f"/submissions/{submission.id}"
    assert call("GET", f"{here}/reading").json == make_reading(org_name="湘江学校")
    assert call("GET", f"{here}/result").json["fields"]["org_name"]["by"] == "machine"
    assert call("GET", f"{here}/findings").json["schema"] == "intake.findings/1"
    page = call("GET", f"{here}/pages/1.png")
    assert (page.content_type, page.data[:4]) == ("image/png", b"\x89PNG")
    assert problem(call("GET", f"{here}/pages/9.png")) == (404, "not_found")
    original = call("GET", f"{here}/original")
    assert original.data == PDF
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert original.headers["X-Content-Type-Options"] == "nosniff"
    assert original.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_an_unread_submission_has_no_reading_yet(call: Caller, parts: Parts) -> None:
    submission = upload(parts)
    assert problem(call("GET", f"/submissions/{submission.id}/reading")) == (404, "not_found")
    read_all(parts, "encrypted_pdf")
    assert call("GET", f"/submissions/{submission.id}").json["error"]["code"] == "encrypted_pdf"


def test_the_list_turns_its_pages_and_filters(call: Caller, tmp_path: Path) -> None:
    parts = make_parts(tmp_path)
    call = Caller(create_app(parts.settings, parts), parts)
    made = [upload(parts, PDF + bytes([n])).id for n in range(5)]
    read_all(parts, make_reading(org_name="湘江学校"))
    seen, cursor = [], ""
    while cursor is not None:
        page = call("GET", "/submissions", query_string={"limit": 2, "cursor": cursor}).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == made[::-1]
    assert len(call("GET", "/submissions?status=in_review&q=湘江").json["items"]) == 5
    assert not call("GET", "/submissions?q=%25").json["items"]
    assert not call("GET", "/submissions?status=received").json["items"]
    assert problem(call("GET", "/submissions?status=lost")) == (400, "invalid_request")
    assert problem(call("GET", "/submissions?limit=0")) == (400, "invalid_request")


ONE = "/submissions/0123456789abcdef012345"
CLOSED = [
    ("POST", "/submissions", "submit"), ("GET", "/submissions", "read"), ("GET", ONE, "read"),
    ("GET", f"{ONE}/reading", "read"), ("GET", f"{ONE}/result", "read"), ("GET", f"{ONE}/findings", "read"),
    ("GET", f"{ONE}/pages/1.png", "read"),
    ("GET", f"{ONE}/original", "read"), ("POST", "/extract", "extract"),
    ("POST", "/webhooks", "webhooks"), ("GET", "/webhooks", "webhooks"),
    ("DELETE", "/webhooks/0123", "webhooks"), ("POST", "/webhooks/0123/ping", "webhooks"),
    ("GET", "/webhooks/0123/deliveries", "webhooks"), ("POST", "/webhooks/0123/deliveries/4567/replay", "webhooks"),
    ("GET", f"{ONE}/letters", "read"), ("POST", f"{ONE}/letters", "review"), ("GET", f"{ONE}/letters/0123.pdf", "read"),
    ("PATCH", f"{ONE}/result", "review"), ("GET", "/export", "export"), ("GET", "/lists/publication", "export"),
    ("GET", f"{ONE}/searchable.pdf", "read"),
]  # fmt: skip


def test_the_list_of_closed_calls_is_whole(app: Flask) -> None:
    rules = {
        (rule.rule.removeprefix("/api/v1"), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    matcher = app.url_map.bind("")
    closed = set()
    for method, path, _scope in CLOSED:
        rule, _values = matcher.match(f"/api/v1{path}", method, return_rule=True)
        closed.add((rule.rule.removeprefix("/api/v1"), method))
    assert rules - closed == {("/openapi.json", "GET")}


@pytest.mark.parametrize(("method", "path", "scope"), CLOSED)
def test_a_call_needs_a_token_with_its_scope(
    app: Flask, parts: Parts, method: str, path: str, scope: str
) -> None:
    call = Caller(app, parts)
    assert problem(app.test_client().open(f"/api/v1{path}", method=method)) == (401, "unauthorized")
    assert problem(call(method, path, {"Authorization": "Bearer itk_wrong"})) == (401, "unauthorized")
    assert problem(call(method, path, {"Authorization": f"Basic {call.secret}"})) == (401, "unauthorized")
    lacking = Caller(app, parts, *(other for other in tokens.SCOPES if other != scope))
    assert problem(lacking(method, path)) == (403, "forbidden")
    assert call(method, path).status_code not in {401, 403}


def test_a_revoked_or_expired_token_is_shut_out(app: Flask, parts: Parts) -> None:
    call = Caller(app, parts)
    for token in tokens.list_tokens(parts, SYSTEM):
        if token.revoked_at is None:
            tokens.revoke_token(parts, SYSTEM, token.id)
    assert problem(call("GET", "/submissions")) == (401, "unauthorized")


def test_too_many_requests_are_told_to_wait(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, api_per_minute=3)
    call = Caller(create_app(parts.settings, parts), parts)
    answers = [call("GET", "/submissions") for _ in range(8)]
    assert problem(answers[-1]) == (429, "rate_limited")
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_the_description_and_the_routes_are_the_same(app: Flask) -> None:
    described = {(method.upper(), path) for path, calls in openapi()["paths"].items() for method in calls}
    routed = {
        (method, re.sub(r"<(?:int:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routed
    for calls in openapi()["paths"].values():
        for operation in calls.values():
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    name = content["schema"]["$ref"].rpartition("/")[2]
                    assert name in openapi()["components"]["schemas"]


def test_the_description_is_served_for_programs_and_people(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/api/v1/openapi.json").json["openapi"] == "3.1.0"
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "style=" not in page.text
    assert "<script" not in page.text
    assert "POST" in page.text
    assert client.get("/api/static/docs.css").status_code == 200
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_what_the_api_does_not_know_is_a_problem_too(call: Caller) -> None:
    assert problem(call("GET", "/submissions/nothing")) == (404, "not_found")
    assert problem(call("GET", "/submissions/nothing/pages/1.png")) == (404, "not_found")
    assert problem(call("GET", "/nothing")) == (404, "not_found")
    assert problem(call("GET", "/submissions/%00")) == (404, "not_found")
    wrong = call("DELETE", "/submissions")
    assert problem(wrong) == (405, "method_not_allowed")
    assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert problem(call("PUT", "/nothing")) == (404, "not_found")


def test_the_watchers_see_it_alive_and_ready(app: Flask, parts: Parts) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["parts"]) == (
        200,
        {"database": True, "files": True, "room": True, "backlog": True, "queue": False, "workers": False},
    )
    total = sum(queue.count_by_status(parts, Filter()).values())
    counted = sum(
        int(n)
        for n in re.findall(r"^intake_submissions\{.*\} (\d+)$", client.get("/metrics").text, re.MULTILINE)
    )
    assert counted == total


def test_not_ready_without_a_place_for_files(tmp_path: Path) -> None:
    parts = make_parts(tmp_path)
    app = create_app(parts.settings, parts)
    (tmp_path / "files").write_text("a file where the folder should be")
    assert app.test_client().get("/readyz").status_code == 503


def test_reading_at_once_keeps_nothing(parts: Parts, tmp_path: Path) -> None:
    joined = answering(parts, ScriptedReader())
    assert isinstance(joined.dispatch, AnsweringDispatch)
    call = Caller(create_app(joined.settings, joined), joined)
    before = sum(queue.count_by_status(parts).values())

    def extract() -> TestResponse:
        return call("POST", "/extract", data={"file": (io.BytesIO(PDF), "a.pdf")})

    assert extract().json["schema"] == "intake.reading/1"
    assert sum(queue.count_by_status(parts).values()) == before
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    joined.dispatch.busy.append("with something else")
    busy = extract()
    assert problem(busy) == (503, "queue_full")
    assert busy.headers["Retry-After"] == "10"
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_reading_at_once_has_its_own_limit(parts: Parts) -> None:
    small = replace(parts.settings, max_extract_mb=1)
    call = Caller(create_app(small, replace(parts, settings=small)), parts)
    sent = {"file": (io.BytesIO(PDF + b"x" * 1024 * 1024), "a.pdf")}
    assert problem(call("POST", "/extract", data=sent)) == (413, "file_too_large")


def test_every_code_and_schema_of_the_description_has_its_place_on_the_page(app: Flask) -> None:
    """``type`` of a problem leads there."""
    text = app.test_client().get("/api/docs").text
    ids = set(re.findall(r' id="([^"]+)"', text))
    told = re.findall(r'href="#([^"]+)"', text)
    assert set(told) <= ids
    for name, value in openapi()["paths"].items():
        for operation in value.values():
            assert operation["operationId"] in ids, name
    codes = {kind.code for kind in kinds_of(ServiceError)} | set(ERRORS_BY_CODE)
    assert codes <= ids


def kinds_of(parent: type[ServiceError]) -> list[type[ServiceError]]:
    return [parent, *(kind for child in parent.__subclasses__() for kind in kinds_of(child))]


def test_the_reading_is_described_as_the_pipeline_writes_it() -> None:
    described = openapi()["components"]["schemas"]
    resolver = {"components": {"schemas": described}, "$ref": "#/components/schemas/Reading"}
    assert Draft202012Validator(resolver).is_valid(whole_reading())
    assert not Draft202012Validator(resolver).is_valid(
        {**whole_reading(), "fields": {"org_name": {"text": 1}}}
    )
