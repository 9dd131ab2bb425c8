"""Log-ins that are listed, ended and run out; refusals that say when to come again and leave a line in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from intake_service import accounts, intake, records
from intake_service.app import create_app
from intake_service.errors import DatabaseBusyError, QueueFullError
from intake_service.parts import Parts
from intake_service.web import words
from tests.browser import serving
from tests.browser.test_door import JSON, csrf_of, log_in

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0 Safari/537.36"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = serving.desk_parts(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def client(parts: Parts) -> FlaskClient:
    return create_app(parts.settings, parts).test_client()


def word_of(client: FlaskClient) -> dict[str, str]:
    return {"csrf": client.get("/account").text.split('name="csrf" content="', 1)[1].split('"', 1)[0]}


def seen(parts: Parts, minutes_ago: int) -> None:
    with parts.store.write() as tx:
        moment = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        tx.execute(records.sessions.update().values(seen_at=moment))


def test_who_does_nothing_is_logged_out_and_a_page_that_asks_by_itself_is_nobody(
    client: FlaskClient, parts: Parts
) -> None:
    log_in(client, "shou")
    idle = parts.settings.session_idle_minutes
    seen(parts, idle - 1)
    assert client.get("/intake/news", headers=JSON).status_code == 200
    assert client.get("/intake").status_code == 200  # a person: the time begins anew
    seen(parts, idle - 1)
    client.get("/intake/news", headers=JSON)
    with parts.store.read() as tx:
        (moment,) = tx.execute(records.sessions.select()).mappings().all()
    assert moment["seen_at"] < datetime.now(UTC) - timedelta(minutes=idle - 2)
    seen(parts, idle + 1)
    assert client.get("/intake").status_code == 302
    assert client.get("/intake/news", headers=JSON).status_code == 401


def test_use_is_written_down_at_most_once_a_minute(client: FlaskClient, parts: Parts) -> None:
    log_in(client, "shou")

    def moment() -> datetime:
        with parts.store.read() as tx:
            return tx.execute(records.sessions.select()).mappings().one()["seen_at"]

    first = moment()
    client.get("/intake")
    assert moment() == first
    seen(parts, 2)
    client.get("/intake")
    assert moment() > first


def test_a_log_in_left_open_elsewhere_is_listed_and_ended(client: FlaskClient, parts: Parts) -> None:
    other, stranger = (create_app(parts.settings, parts).test_client() for _ in range(2))
    token = csrf_of(other.get("/login"))
    form = {"name": "shou", "password": serving.PASSWORD, "csrf": token}
    other.post("/login", data=form, headers={"User-Agent": CHROME})
    log_in(client, "shou")
    log_in(stranger, "lin")
    page = client.get("/account").text
    assert "Chrome · Windows" in page
    assert page.count("这里</span>") == 1
    (address,) = [
        each.split('"')[0] for each in page.split('action="') if each.startswith("/account/sessions/")
    ]
    assert stranger.post(address, data=word_of(stranger)).status_code == 404  # nobody else's
    assert other.get("/intake").status_code == 200
    assert client.post(address, data=word_of(client)).status_code == 303
    assert other.get("/intake").status_code == 302
    assert client.get("/intake").status_code == 200
    assert client.post(address, data=word_of(client)).status_code == 404


@pytest.mark.parametrize(
    ("agent", "word"),
    [
        (CHROME, "Chrome · Windows"),
        (CHROME + " Edg/118", "Edge · Windows"),
        ("curl/8", "别的程序"),
        ("", "别的程序"),
    ],
)
def test_browsers_are_told_apart(agent: str, word: str) -> None:
    assert words.browser(agent) == word


def test_a_refusal_says_when_to_come_again_to_scripts_and_pages(
    client: FlaskClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(client, "shou")

    def full(*_args: object) -> None:
        raise QueueFullError(retry_after_s=17)

    monkeypatch.setattr(intake, "accept_upload", full)
    word = word_of(client)
    for headers in (JSON, {}):
        answer = client.post("/intake/upload", data=word, headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "17")
    monkeypatch.undo()
    closed = create_app(
        replace(parts.settings, login_tries=0),
        replace(parts, settings=replace(parts.settings, login_tries=0)),
    )
    answer = log_in(closed.test_client(), "shou")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")


def test_a_busy_database_costs_nobody_the_name_they_typed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object) -> None:
        raise DatabaseBusyError

    monkeypatch.setattr(accounts, "log_in", busy)
    form = {"name": "lin", "password": "x" * 12, "csrf": csrf_of(client.get("/login"))}
    answer = client.post("/login", data=form)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert 'value="lin"' in answer.text
    assert "数据库暂时没有回应" in answer.text


def test_the_log_tells_of_refusals_without_saying_whose(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "intake_service.app")
    log_in(client, "shou")
    client.get("/admin/users")
    client.post("/submissions/secret-id/materials", headers={"X-CSRF-Token": "guessed"})
    told = [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if record.name == "intake_service.app"
    ]
    assert told == [
        ("WARNING", "refused 403: GET /admin/users"),
        ("WARNING", "refused 403: POST /submissions/<submission_id>/materials"),
    ]
