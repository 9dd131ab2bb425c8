"""Webhooks: signed, repeated until answered, never redirected, never sent where they must not go."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from intake_service import review, webhooks
from intake_service.errors import ForbiddenError, InvalidRequestError
from intake_service.parts import Parts
from intake_service.store import Move
from intake_service.store import webhooks as stored
from tests.intake_service.builders import ADMIN, REVIEWER, make_parts, read_all, upload
from worker import webhooks as sender


@dataclass
class Receiver:
    """Another system: answers with the codes of its script, then 200."""

    answers: list[int] = field(default_factory=list)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append((self.path, dict(self.headers), body))
            code = made.answers.pop(0) if made.answers else 200
            self.send_response(code)
            if code == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = make_parts(tmp_path, webhook_private=True)
    yield made
    made.store.close()


def outcomes(parts: Parts) -> list[tuple[str, int, str]]:
    with parts.store.read() as tx:
        return [(sent.event, sent.attempts, sent.outcome) for sent in stored.log(tx)]


def test_events_are_sent_signed_and_once(parts: Parts, receiver: Receiver) -> None:
    webhook = webhooks.create_webhook(parts, ADMIN, receiver.url, ())
    submission = upload(parts)
    read_all(parts)
    review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)
    while sender.deliver_next(parts):
        pass
    events = [json.loads(body)["event"] for _path, _headers, body in receiver.got]
    assert events == ["submission.read", "submission.accepted"]
    path, headers, body = receiver.got[1]
    assert path == "/hook?a=1"
    moment, signature = (part.partition("=")[2] for part in headers["Intake-Signature"].split(","))
    expected = hmac.new(webhook.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(signature, expected)
    told = json.loads(body)["submission"]
    assert told == {
        "id": submission.id,
        "receipt_number": submission.receipt_number,
        "status": "accepted",
        "error": None,
    }


def test_only_wanted_events_are_sent(parts: Parts, receiver: Receiver) -> None:
    webhooks.create_webhook(parts, ADMIN, receiver.url, ("submission.failed",))
    upload(parts)
    read_all(parts, "encrypted_pdf")
    upload(parts)
    read_all(parts)
    while sender.deliver_next(parts):
        pass
    assert [headers["Intake-Event"] for _path, headers, _body in receiver.got] == ["submission.failed"]


@pytest.mark.parametrize("code", [500, 302, 404])
def test_anything_but_2xx_is_tried_again_and_no_redirect_followed(
    parts: Parts, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(sender, "BACK_OFF_S", (-1.0, -1.0))
    receiver.answers = [code, code]
    webhooks.create_webhook(parts, ADMIN, receiver.url, ())
    upload(parts)
    read_all(parts)
    for _ in range(3):
        assert sender.deliver_next(parts)
    assert not sender.deliver_next(parts)
    assert outcomes(parts) == [("submission.read", 3, "delivered")]
    assert {path for path, _headers, _body in receiver.got} == {"/hook?a=1"}
    assert len({headers["Intake-Delivery"] for _path, headers, _body in receiver.got}) == 1


def test_after_the_last_try_a_delivery_is_given_up(
    parts: Parts, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "BACK_OFF_S", (-1.0,))
    receiver.answers = [500] * 9
    webhooks.create_webhook(parts, ADMIN, receiver.url, ())
    upload(parts)
    read_all(parts)
    tries = 0
    while sender.deliver_next(parts):
        tries += 1
    assert (tries, outcomes(parts)) == (2, [("submission.read", 2, "answered 500")])


def test_a_deleted_address_is_told_nothing_more(parts: Parts, receiver: Receiver) -> None:
    webhook = webhooks.create_webhook(parts, ADMIN, receiver.url, ())
    upload(parts)
    read_all(parts)
    webhooks.delete_webhook(parts, ADMIN, webhook.id)
    assert not sender.deliver_next(parts)
    assert not receiver.got


def test_inner_addresses_are_not_called(parts: Parts, receiver: Receiver) -> None:
    webhooks.create_webhook(parts, ADMIN, receiver.url, ())
    careful = replace(parts, settings=replace(parts.settings, webhook_private=False))
    upload(parts)
    read_all(parts)
    assert sender.deliver_next(careful)
    assert not receiver.got
    assert outcomes(parts) == [("submission.read", 1, "not called: RefusedAddressError")]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "[::1]", "[fe80::1]",
     "[::ffff:127.0.0.1]", "[fc00::1]", "100.64.0.1", "224.0.0.1", "localhost", "2130706433", "0x7f.1"],
)  # fmt: skip
def test_every_kind_of_inner_address_is_refused(host: str) -> None:
    with pytest.raises((sender.RefusedAddressError, OSError)):
        sender._address(urlsplit(f"https://{host}/"), private=False)


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "ftp://example.com/", "https://user@example.com/", "https://", "file:///etc/passwd",
     "https://example.com:0/", "https://example.com:99999/", "https://exa\nmple.com/", "x"],
)  # fmt: skip
def test_an_odd_address_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises((InvalidRequestError, ForbiddenError)):
        webhooks.create_webhook(make_parts(tmp_path), ADMIN, url, ())
