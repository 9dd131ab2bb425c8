# mypy: disable-error-code="index, union-attr, unreachable"
"""What systems may change, what they are told of it, and what of their token is left."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from intake_service import export, review, tokens
from intake_service.app import create_app
from intake_service.errors import InvalidRequestError
from intake_service.parts import SYSTEM, Parts
from intake_service.store import Move
from intake_service.store import webhooks as stored
from tests.api.calling import Caller, problem
from tests.intake_service.builders import (
    REVIEWER,
    in_review,
    make_parts,
    make_reading,
)


def test_what_the_caller_has_is_not_sent_again(call: Caller, parts: Parts) -> None:
    submission = in_review(parts)
    here = f"/submissions/{submission.id}"
    for path in (here, f"{here}/reading", f"{here}/result", f"{here}/pages/1.png", "/openapi.json"):
        first = call("GET", path)
        again = call("GET", path, {"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        assert call("GET", path, {"If-None-Match": '"other"'}).status_code == 200
    page = call("GET", f"{here}/pages/1.png")
    assert page.headers["ETag"] == f'"{hashlib.sha256(page.data).hexdigest()}"', "the same from every machine"
    tag = call("GET", f"{here}/result").headers["ETag"]
    review.correct(parts, REVIEWER, submission.id, 0, "fields.address", "长沙")
    assert call("GET", f"{here}/result", {"If-None-Match": tag}).status_code == 200


def test_a_change_names_what_it_was_made_for(call: Caller, parts: Parts) -> None:
    here = f"/submissions/{in_review(parts).id}/result"
    body = {"proposals": [{"path": "fields.address", "text": "岳麓区"}]}
    tag = {"If-Match": call("GET", here).headers["ETag"]}
    for lacking in ({}, {"If-Match": "*"}):
        assert problem(call("PATCH", here, lacking, json=body)) == (428, "precondition_required")
    marks = {"proposals": [{"path": "marks.org_seal", "text": ""}]}
    wrongs: list[Any] = [{}, [], {"proposals": []}, marks, {**body, "by": "person"}]
    for wrong in wrongs:
        assert problem(call("PATCH", here, tag, json=wrong)) == (400, "invalid_request"), wrong
    odd = b'{"proposals": [{"path": "fields.address", "text": "\\u5cb3\\ud800", "reason": "\\udfff\\u0000"}]}'
    assert problem(call("PATCH", here, {"If-Match": '"0"'}, json=body)) == (412, "precondition_failed")
    done = call("PATCH", here, tag, data=odd)
    assert (done.status_code, done.headers["ETag"]) == (200, call("GET", here).headers["ETag"])
    assert problem(call("PATCH", here, tag, json=body)) == (412, "precondition_failed")


def test_of_many_at_once_one_changes_it(app: Flask, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """All have seen the same result, and none sees the others until it writes."""
    call, submission = Caller(app, parts), in_review(parts)
    here = f"/submissions/{submission.id}/result"
    tag = {"If-Match": call("GET", here).headers["ETag"]}
    stands = export.result(parts, submission.id)
    monkeypatch.setattr(export, "result", lambda *_arguments: stands)
    bodies = [{"proposals": [{"path": "fields.address", "text": f"{n} 号"}]} for n in range(3)]
    answers = [call("PATCH", here, tag, json=body).status_code for body in bodies]
    assert answers == [200, 412, 412]


def test_a_query_is_taken_as_described_or_refused(call: Caller) -> None:
    for query in (
        "limit=null",
        "limit=2&limit=3",
        "limit=201",
        "channel=pigeon",
        "q=" + "x" * 201,
        "q=%00",
        "order=up",
    ):
        assert problem(call("GET", f"/submissions?{query}")) == (400, "invalid_request"), query
    assert call("GET", "/submissions?status=received&status=reading&unknown=1").status_code == 200


def test_a_token_ends_when_it_was_to_end(app: Flask, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    call = Caller(app, parts)
    call.secret = tokens.create_token(parts, SYSTEM, "short", ("read",), "2d")
    assert call("GET", "/submissions").status_code == 200
    tokens_of = {each.name: each for each in tokens.list_tokens(parts, SYSTEM)}
    assert tokens.is_expired(tokens_of["short"], datetime.now(UTC) + timedelta(days=2, seconds=1))
    monkeypatch.setattr(tokens, "is_expired", lambda *_arguments: True)
    ended = call("GET", "/submissions")
    assert problem(ended) == (401, "unauthorized")
    assert "有效期" in ended.json["detail"]
    assert ended.headers["WWW-Authenticate"] == "Bearer"


def test_the_last_day_of_a_token_is_the_offices() -> None:
    now = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
    assert tokens.parse_expiry("", now) is None
    assert tokens.parse_expiry("90d", now) == now + timedelta(days=90)
    assert tokens.parse_expiry("2026-12-31", now) == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    for wrong in (
        "0d",
        "-1d",
        "90",
        "90 d",
        "2026-12-30",
        "2026-13-01",
        "2040-01-01",
        "9999d",
        "always",
        "٩d",
    ):
        with pytest.raises(InvalidRequestError):
            tokens.parse_expiry(wrong, now)


def test_every_answer_tells_what_is_left_of_the_minute(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, api_per_minute=3)
    call = Caller(create_app(parts.settings, parts), parts)
    answers = [call("GET", "/submissions") for _ in range(2)]
    left = [int(re.search(r'^"minute";r=(\d+);t=\d+$', each.headers["RateLimit"])[1]) for each in answers]
    assert left in ([2, 1], [2, 2])  # a new minute may begin between the two
    assert answers[0].headers["RateLimit-Policy"] == '"minute";q=3;w=60'


def test_a_system_looks_up_and_repeats_its_own_deliveries(call: Caller, parts: Parts, app: Flask) -> None:
    hook = call("POST", "/webhooks", json={"url": "https://receiver.example/"}).json["id"]
    submission = in_review(parts)
    pinged = call("POST", f"/webhooks/{hook}/ping")
    assert (pinged.status_code, pinged.json["event"], pinged.json["submission_id"]) == (202, "ping", None)
    first = call("GET", f"/webhooks/{hook}/deliveries?limit=1").json
    second = call("GET", f"/webhooks/{hook}/deliveries?limit=1&cursor={first['next_cursor']}").json
    assert [first["items"][0]["event"], second["items"][0]["event"]] == ["ping", "submission.read"]
    assert (second["items"][0]["submission_id"], second["next_cursor"]) == (submission.id, None)
    read = second["items"][0]["id"]
    with parts.store.write() as tx:
        stored.end_delivery(tx, read, "answered 500", None)
    log = call("GET", f"/webhooks/{hook}/deliveries").json["items"]
    assert (log[1]["status"], log[1]["outcome"]) == ("given_up", "answered 500")
    assert log[1]["tried_at"] is not None
    again = call("POST", f"/webhooks/{hook}/deliveries/{read}/replay")
    assert (again.status_code, again.json["id"], again.json["status"]) == (202, read, "waiting")
    other = call("POST", "/webhooks", json={"url": "https://other.example/"}).json["id"]
    assert problem(call("POST", f"/webhooks/{other}/deliveries/{read}/replay")) == (404, "not_found")
    stranger = Caller(app, parts)
    stranger.secret = tokens.create_token(parts, SYSTEM, "stranger", ("webhooks",))
    for method, path in (("GET", "deliveries"), ("POST", "ping"), ("POST", f"deliveries/{read}/replay")):
        assert problem(stranger(method, f"/webhooks/{hook}/{path}")) == (404, "not_found")


def test_the_export_hands_out_what_was_accepted(call: Caller, parts: Parts) -> None:
    submission = in_review(parts, make_reading(org_name="=1+1"))
    in_review(parts)
    review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)
    lines = call("GET", "/export").text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [submission.id]
    table = call("GET", "/export?format=csv")
    assert (table.mimetype, table.text.splitlines()[1].split(",")[2]) == ("text/csv", "'=1+1")
    assert call("GET", "/export?call=another").text == ""
    assert problem(call("GET", "/export?format=exe")) == (400, "invalid_request")
