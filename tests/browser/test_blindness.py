"""The second person never sees the first entry before making their own: on no screen, and by no change."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from extractors.form.second_entry import SecondEntry
from intake_service import review, seconding
from intake_service.app import create_app
from intake_service.parts import Actor, Parts, Role
from tests.browser import serving
from tests.browser.paper import SAMPLE
from tests.browser.serving import REVIEWER, Prepared
from tests.browser.test_door import csrf_of, log_in
from tests.intake_service.builders import PNG

FIRST = {
    "fields.org_name": "甲乙丙丁学校",
    "fields.uscc": "52430000MJJ9999993",
    "occupations.r1.code": "4-99-99-99",
}
ADMIN = Actor("admin", Role.ADMIN, "管理员")
SCREENS = ("/queue", "/intake", "/wall", "/review/next", "/review/{id}?seen=1", "/review/{id}/state", "/review/{id}/second",
           "/submissions/{id}/register", "/submissions/{id}/receipt", "/submissions/receipts?id={id}",
           "/submissions/{id}/progress", "/queue?status=all", "/overview", "/results")  # fmt: skip


@pytest.fixture
def parts(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Parts:
    wanted = SecondEntry(("org_name", "uscc", "occupations.code"))
    monkeypatch.setattr(seconding, "rule", lambda: wanted)
    return serving.desk_parts(tmp_path_factory.mktemp("blind"))


@pytest.fixture
def entered(parts: Parts) -> str:
    """Somebody entered three values, which differ from what was read."""
    made = serving.add_read(parts, Prepared(SAMPLE, [PNG], {}))
    for version, (path, text) in enumerate(FIRST.items()):
        review.correct(parts, REVIEWER, made, version, path, text)
    return made


def client_of(parts: Parts, name: str) -> FlaskClient:
    client = create_app(parts.settings, parts).test_client()
    log_in(client, name)
    return client


def post(client: FlaskClient, path: str, body: dict[str, object]) -> int:
    word = {"X-CSRF-Token": client.get("/queue").text.split('name="csrf" content="', 1)[1].split('"', 1)[0]}
    headers = {**word, "Accept": "application/json", "Content-Type": "application/json"}
    return client.post(path, data=json.dumps(body), headers=headers).status_code


def test_no_screen_tells_the_first_entry(parts: Parts, entered: str) -> None:
    second, first = client_of(parts, "admin"), client_of(parts, "lin")
    for path in SCREENS:
        answer = second.get(path.format(id=entered))
        assert answer.status_code in {200, 302}, path
        assert [text for text in FIRST.values() if text in answer.text] == [], path
    twin = serving.add_read(parts, Prepared(SAMPLE, [PNG], {}), uscc=FIRST["fields.uscc"])
    assert (
        FIRST["fields.org_name"] not in second.get(f"/review/{twin}").text
    )  # named there as a likely duplicate
    page = first.get(f"/review/{entered}").text
    assert all(text in page for text in FIRST.values())
    assert FIRST["fields.org_name"] in first.get("/queue").text
    for version, (path, text) in enumerate(FIRST.items(), start=3):
        review.enter_second(parts, ADMIN, entered, version, path, text)
    assert FIRST["fields.org_name"] in second.get("/queue").text
    assert FIRST["fields.uscc"] in second.get(f"/review/{entered}").text


def test_nothing_hidden_is_changed_taken_back_or_decided(parts: Parts, entered: str) -> None:
    second = client_of(parts, "admin")
    for body in (
        {"path": "fields.org_name", "action": "confirm", "version": 3},
        {"path": "fields.uscc", "action": "correct", "text": "52430000MJJ0000000", "version": 3},
    ):
        assert post(second, f"/review/{entered}/save", body) == 403
    assert post(second, f"/review/{entered}/undo", {"version": 3}) == 403
    assert post(second, f"/review/{entered}/rows", {"action": "remove", "row": "r1", "version": 3}) == 403
    assert second.get(f"/review/{entered}/searchable.pdf").status_code == 403
    page = second.get(f"/review/{entered}?seen=1")
    told = {"decision": "return", "version": "3", "note": "缺页", "csrf": csrf_of(page)}
    assert second.post(f"/review/{entered}/decide", data=told).status_code == 403
    assert "去另录" in page.text
    # What is not hidden may be worked on.
    assert (
        post(second, f"/review/{entered}/save", {"path": "fields.email", "action": "confirm", "version": 3})
        == 200
    )
