"""Who may say where a request came from: nobody, unless the operator names a proxy."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import waitress

from intake_service.app import create_app
from intake_service.cli.roles import proxies
from intake_service.settings import Settings
from intake_service.store import people
from tests.intake_service.builders import make_parts, make_settings

SAID = {"X-Forwarded-For": "9.9.9.9, 203.0.113.7, 198.51.100.2", "X-Forwarded-Proto": "https"}


@contextmanager
def listening(application: Any, settings: Settings) -> Iterator[http.client.HTTPConnection]:
    server = waitress.create_server(application, host="127.0.0.1", port=0, **proxies(settings))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=10)
    try:
        yield connection
    finally:
        connection.close()
        server.close()
        thread.join(timeout=5)


def tell(environ: dict[str, str], start: Any) -> list[bytes]:
    start("200 OK", [("Content-Type", "application/json")])
    told = [environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_HOST", "")]
    return [json.dumps(told).encode()]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, ["127.0.0.1", "http", ""]),
        ({"trusted_proxy": "10.0.0.1"}, ["127.0.0.1", "http", ""]),
        ({"trusted_proxy": "127.0.0.1"}, ["198.51.100.2", "https", ""]),
        ({"trusted_proxy": "127.0.0.1", "trusted_proxy_hops": 2}, ["203.0.113.7", "https", ""]),
        ({"trusted_proxy": "*"}, ["198.51.100.2", "https", ""]),
    ],
)
def test_only_the_named_proxy_is_believed_and_only_its_own_words(
    tmp_path: Path, settings: dict[str, Any], told: list[str]
) -> None:
    with listening(tell, make_settings(tmp_path, **settings)) as connection:
        connection.request("GET", "/", headers={**SAID, "X-Forwarded-Host": "evil.example"})
        assert json.loads(connection.getresponse().read()) == told


@pytest.mark.parametrize(("trusted", "counted"), [("", "127.0.0.1"), ("127.0.0.1", "198.51.100.2")])
def test_a_guess_is_counted_against_the_address_that_is_believed(
    tmp_path: Path, trusted: str, counted: str
) -> None:
    parts = make_parts(tmp_path, trusted_proxy=trusted)
    with listening(create_app(parts.settings, parts), parts.settings) as connection:
        connection.request("GET", "/login")
        page = connection.getresponse()
        cookie, body = page.headers["Set-Cookie"].partition(";")[0], page.read().decode()
        word = body.partition('name="csrf" value="')[2].partition('"')[0]
        form = f"name=nobody&password=wrong&csrf={word}"
        headers = {**SAID, "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", form, headers)
        assert connection.getresponse().status == 401
    with parts.store.read() as tx:
        assert people.failures(tx, f"address:{counted}", timedelta(minutes=5)) == 1
    parts.store.close()
