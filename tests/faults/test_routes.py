"""Every route × nobody, every lower role, a missing or foreign CSRF word, another's item. Made from the URL map:

a route that is not in ``ROUTES`` of ``routes.py`` fails ``test_every_route_has_its_entry``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intake_service import accounts, queue, tokens, webhooks
from intake_service.app import create_app
from intake_service.errors import DatabaseBusyError, QueueFullError, StorageFullError
from intake_service.parts import SYSTEM, Actor, Role
from tests.faults.routes import (
    ADMIN,
    BODIES,
    CLERK,
    REVIEWER,
    ROLES,
    ROUTES,
    World,
    api_calls,
    calls,
    desk_calls,
    make_world,
    state_of,
)
from tests.intake_service.builders import make_parts


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(tmp_path_factory.mktemp("world"))
    yield made
    made.parts.store.close()


def test_every_route_has_its_entry(world: World) -> None:
    assert {rule.endpoint for rule, _method in calls(world)} - ROUTES.keys() == set()
    assert len(desk_calls(world)) + len(api_calls(world)) > 40


def test_nobody_gets_in_without_logging_in(world: World) -> None:
    for rule, method, _role in desk_calls(world):
        assert world.call(rule, method) == 401, (rule, method)
        assert world.call(rule, method, headers={"Cookie": "intake_session=made-up"}) == 401, (rule, method)
    for rule, method, _scope in api_calls(world):
        assert world.call(rule, method) == 401, (rule, method)
        assert world.call(rule, method, ADMIN, csrf="csrf admin") == 401, "a desk session opens no API"


def test_a_page_sends_a_stranger_to_the_door(world: World) -> None:
    for rule, method, _role in desk_calls(world):
        if method == "GET":
            answer = world.app.test_client().get(world.path(rule))
            assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login"), rule


def test_lower_roles_are_refused_and_change_nothing(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    before = state_of(world)
    for rule, method, lowest in desk_calls(world):
        for role in ROLES[: ROLES.index(lowest)]:
            assert world.call(rule, method, role, csrf=f"csrf {role}") == 403, (rule, method, role)
    assert state_of(world) == before


def test_who_may_is_let_in(tmp_path: Path) -> None:
    """The other half: without it, a table that refuses everybody would pass."""
    world = make_world(tmp_path)
    ordered = sorted(desk_calls(world), key=lambda call: (call[0].endpoint == "web.logout", call[1]))
    for rule, method, lowest in ordered:
        for role in ROLES[ROLES.index(lowest) :]:
            assert world.call(rule, method, role, csrf=f"csrf {role}") not in {401, 403}, (rule, method, role)


def test_no_write_without_the_right_csrf_word_from_our_own_pages(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    before = state_of(world)
    writes = [call for call in desk_calls(world) if call[1] != "GET"]
    assert len(writes) >= 15
    for rule, method, _role in writes:
        right = "csrf admin"
        for wrong in (None, "", "csrf reviewer", right[:-1], right.upper()):
            assert world.call(rule, method, ADMIN, csrf=wrong) == 403, (rule, wrong)
        for site in ("cross-site", "same-site"):
            assert world.call(rule, method, ADMIN, csrf=right, headers={"Sec-Fetch-Site": site}) == 403
        # A form of a foreign site cannot set a header, and a plain form is no JSON.
        assert world.call(rule, method, ADMIN, data={"csrf": "guess"}, json=None) == 403, rule
    assert state_of(world) == before
    login = next(rule for rule, method in calls(world) if rule.endpoint == "web.login" and method == "POST")
    assert world.call(login, "POST", data={"name": "admin", "password": "x"}) == 403


READS_THAT_LEAVE_A_TRACE = {
    "web.publication",
    "web.original",
    "web.searchable",
    "web.export",
    "web.list_file",
    "web.review_next",
    "api.get_original",
}
"""Downloads are put on record; 下一份 claims."""


def test_reading_changes_nothing(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    before = state_of(world)
    for rule, method, _role in desk_calls(world):
        if method == "GET" and rule.endpoint not in READS_THAT_LEAVE_A_TRACE:
            world.call(rule, method, ADMIN)
    assert state_of(world) == before


ABOUT_THE_WHOLE = {"api.get_submission", "api.get_result", "api.get_findings", "api.list_letters"}
"""Calls about a submission that take no ``file``."""


def test_another_submissions_file_is_not_found_through_this_one(world: World) -> None:
    found = 0
    for rule, method, _role in desk_calls(world):
        if {"submission_id", "document_id"} <= rule.arguments:
            path = world.path(rule, document_id=world.other_document_id)
            assert world.call(rule, method, ADMIN, path=path) == 404, rule
            found += 1
    assert found >= 2
    headers = {"Authorization": f"Bearer {tokens.create_token(world.parts, SYSTEM, 'x')}"}
    for rule, method, scope in api_calls(world):
        if scope == "read" and "submission_id" in rule.arguments and rule.endpoint not in ABOUT_THE_WHOLE:
            path = f"{world.path(rule)}?file={world.other_document_id}"
            assert world.call(rule, method, path=path, headers=headers) == 404, rule


@pytest.mark.parametrize("untrusted", ["0" * 22, "..", "%2e%2e%2fsecret.key", "' OR 1=1 --", "𝟙", "a" * 5000])
def test_ids_that_nobody_gave_lead_nowhere(world: World, untrusted: str) -> None:
    headers = {"Authorization": f"Bearer {tokens.create_token(world.parts, SYSTEM, 'x')}"}
    for rule, method, _role in [*desk_calls(world), *api_calls(world)]:
        for argument in {name for name in rule.arguments if name.endswith("_id")}:
            path = world.path(rule, **{argument: untrusted})
            status = world.call(rule, method, ADMIN, csrf="csrf admin", path=path, headers=headers)
            assert status in {400, 404, 405, 409, 308}, (rule, method, argument, status)


def test_what_a_colleague_has_claimed_is_not_changed_by_others(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    queue.claim(world.parts, Actor("colleague", Role.REVIEWER), world.submission_id)
    for rule, method, _role in desk_calls(world):
        if (
            rule.endpoint in {"web.review_save", "web.review_rows", "web.review_decide", "web.claim"}
            and method == "POST"
        ):
            assert world.call(rule, method, REVIEWER, csrf="csrf reviewer") == 409, rule


def test_a_token_has_its_scopes_and_no_more(world: World) -> None:
    for rule, method, scope in api_calls(world):
        for given in tokens.SCOPES:
            secret = tokens.create_token(world.parts, SYSTEM, given, (given,))
            upload = method == "POST" and rule.endpoint not in BODIES
            body: dict[str, Any] = {"data": {"file": (io.BytesIO(b""), "a.pdf")}} if upload else {}
            status = world.call(rule, method, headers={"Authorization": f"Bearer {secret}"}, **body)
            assert (status == 403) == (given != scope), (rule, method, given, status)


def test_a_token_sees_and_deletes_no_other_systems_webhooks(world: World) -> None:
    first, second = (Actor(f"token:{name}", Role.CLERK) for name in ("first", "second"))
    made = webhooks.create_webhook(world.parts, first, "https://receiver.example/x", ())
    secret = tokens.create_token(world.parts, SYSTEM, "second", ("webhooks",))
    headers = {"Authorization": f"Bearer {secret}"}
    listing, deleting = (
        next(call for call in api_calls(world) if call[0].endpoint == f"api.{name}")
        for name in ("list_webhooks", "delete_webhook")
    )
    shown = world.app.test_client().get(world.path(listing[0]), headers=headers)
    assert shown.json["items"] == []
    assert (
        world.call(deleting[0], "DELETE", path=world.path(deleting[0], webhook_id=made.id), headers=headers)
        == 404
    )
    assert [each.id for each in webhooks.list_webhooks(world.parts, first)] == [made.id]
    assert webhooks.list_webhooks(world.parts, second) == []


def test_a_session_that_ended_opens_nothing(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    home = next(call for call in desk_calls(world) if call[0].endpoint == "web.queue")
    for name, end in (
        ("log out", lambda: accounts.log_out(world.parts, "secret-clerk")),
        ("role", lambda: accounts.set_role(world.parts, SYSTEM, "reviewer", "clerk")),
        ("shut out", lambda: accounts.set_disabled(world.parts, SYSTEM, "victim", disabled=True)),
        ("password", lambda: accounts.set_password(world.parts, SYSTEM, "admin", "a long password")),
    ):
        role = {"log out": CLERK, "role": REVIEWER, "shut out": "victim", "password": ADMIN}[name]
        assert world.call(home[0], "GET", role) == 200, name
        end()
        assert world.call(home[0], "GET", role) == 401, name


def test_browsers_are_told_of_https_where_there_is_https(tmp_path: Path) -> None:
    for secure in (False, True):
        parts = make_parts(tmp_path / str(secure), secure_cookies=secure)
        answer = create_app(parts.settings, parts).test_client().get("/login")
        assert ("Strict-Transport-Security" in answer.headers) == secure
        assert ("Secure" in answer.headers["Set-Cookie"]) == secure
        assert "HttpOnly" in answer.headers["Set-Cookie"]
        assert "SameSite" in answer.headers["Set-Cookie"]
        parts.store.close()


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (StorageFullError(), 507),
        (DatabaseBusyError(), 503),
        (QueueFullError(), 503),
        (OSError(28, "full"), 507),
    ],
)
def test_a_refusal_says_when_to_come_again(
    world: World, trouble: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise trouble

    monkeypatch.setattr("intake_service.intake.accept_upload", fail)
    headers = {"Authorization": f"Bearer {tokens.create_token(world.parts, SYSTEM, 'x')}"}
    answer = world.app.test_client().post("/api/v1/submissions", headers=headers)
    assert answer.status_code == status
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json["code"] in {"storage_full", "unavailable", "queue_full"}


def test_every_answer_carries_the_headers(world: World) -> None:
    for rule, method in calls(world):
        client = world.app.test_client()
        client.set_cookie("intake_session", "secret-admin")
        if rule.endpoint == "web.logout":
            continue
        answer = client.open(world.path(rule), method=method)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src" in policy, rule
        assert "unsafe" not in policy, rule
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers.get("Access-Control-Allow-Origin") is None
        if answer.mimetype in {"text/html", "application/json"} and ROUTES[rule.endpoint] in ROLES:
            assert answer.headers["Cache-Control"] == "no-store", rule
