"""Those who guess, plant sessions, listen at caches or stand behind an address: what each is answered."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from intake_service import accounts, intake, records, tokens, webhooks
from intake_service.app import HEADERS
from intake_service.errors import RateLimitedError, UnauthorizedError
from intake_service.parts import SYSTEM, Actor, Parts, Role
from intake_service.store import audit
from intake_service.web.door import SESSION_COOKIE
from tests.faults.crowds import at_once
from tests.faults.routes import ROLES, ROUTES, World, calls, make_world
from tests.intake_service.builders import ADMIN, PDF, make_parts, read_all, upload
from worker import webhooks as sender

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(tmp_path_factory.mktemp("world"))
    accounts.add_user(made.parts, ADMIN, "wang", "reviewer", PASSWORD)
    yield made
    made.parts.store.close()


def test_guesses_that_come_at_once_are_no_more_than_guesses_in_a_row(tmp_path: Path) -> None:
    parts = make_parts(tmp_path)
    accounts.add_user(parts, ADMIN, "wang", "reviewer", PASSWORD)
    ends: Counter[str] = Counter()

    def guess(number: int) -> None:
        try:
            accounts.log_in(parts, "wang", f"guess {number}", "1.2.3.4")
        except (UnauthorizedError, RateLimitedError) as error:
            ends[error.code] += 1

    at_once(guess, 24)
    limit = parts.settings.login_tries
    assert ends == {"unauthorized": limit, "rate_limited": 24 - limit}
    parts.store.close()


def test_who_logs_in_often_from_one_address_is_not_counted_as_guessing(tmp_path: Path) -> None:
    parts = make_parts(tmp_path, login_tries=1)
    accounts.add_user(parts, ADMIN, "wang", "reviewer", PASSWORD)
    for _ in range(12):
        accounts.log_in(parts, "wang", PASSWORD, "1.2.3.4")
    parts.store.close()


def test_a_password_is_compared_to_its_last_sign(tmp_path: Path) -> None:
    parts = make_parts(tmp_path)
    longest = "".join(chr(0x4E00 + n * n % 5003) for n in range(accounts.MAX_PASSWORD))
    accounts.add_user(parts, ADMIN, "wang", "reviewer", longest)
    with pytest.raises(UnauthorizedError):
        accounts.log_in(parts, "wang", longest + "x", "1.2.3.4")
    accounts.log_in(parts, "wang", longest, "1.2.3.4")
    parts.store.close()


def test_a_planted_session_is_not_the_one_that_logs_in(world: World) -> None:
    """Session fixation: a cookie and a CSRF word from before the log-in are worth nothing after it."""
    client = world.app.test_client()
    client.set_cookie(SESSION_COOKIE, "planted")
    client.get("/login")
    door = client.get_cookie("intake_door")
    assert door is not None
    answer = client.post("/login", data={"name": "wang", "password": PASSWORD, "csrf": door.value})
    assert answer.status_code == 303
    given = client.get_cookie(SESSION_COOKIE)
    assert given is not None
    assert given.value != "planted"
    assert accounts.find_session(world.parts, "planted") is None
    session = accounts.find_session(world.parts, given.value)
    assert session is not None
    assert session.csrf != door.value
    refused = client.post("/logout", headers={"X-CSRF-Token": door.value, "Accept": "application/json"})
    assert refused.status_code == 403


def test_refusals_carry_the_headers_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, stranger = world.app.test_client(), world.app.test_client()
    admin.set_cookie(SESSION_COOKIE, "secret-admin")
    token = {"Authorization": f"Bearer {tokens.create_token(world.parts, SYSTEM, 'x')}"}

    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("what nobody foresaw")

    monkeypatch.setattr("intake_service.queue.get_submission", fail)
    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    broken = f"/submissions/{world.submission_id}/progress"
    answers = {
        "redirect to the door": (302, stranger.get("/queue")),
        "not logged in": (401, stranger.get("/queue", headers={"Accept": "application/json"})),
        "no CSRF word": (403, admin.post("/logout")),
        "no such page": (404, admin.get("/no/such/page")),
        "no such page of the API": (404, stranger.get("/api/v1/nothing")),
        "no token": (401, stranger.get("/api/v1/submissions")),
        "wrong method": (405, admin.delete("/queue")),
        "method that echoes": (405, admin.open("/queue", method="TRACE")),
        "odd request": (400, stranger.post("/api/v1/submissions", headers=token)),
        "surprise": (500, admin.get(broken)),
        "surprise in the API": (
            500,
            stranger.get(f"/api/v1/submissions/{world.submission_id}", headers=token),
        ),
    }
    for what, (status, answer) in answers.items():
        assert answer.status_code == status, what
        assert HEADERS.keys() <= set(answer.headers.keys()), what
        assert "unsafe" not in answer.headers["Content-Security-Policy"], what
        assert answer.headers.get("Cache-Control") in {"no-store", None}, what
        assert "what nobody foresaw" not in answer.text, what
        assert "Traceback" not in answer.text, what
        assert answer.headers.get("Server", "") == "", what


def test_another_systems_key_leads_to_nothing_of_its_own(tmp_path: Path) -> None:
    parts = make_parts(tmp_path)
    mine, theirs = (
        intake.accept_upload(
            parts, Actor(f"token:{name}", Role.CLERK), [intake.UntrustedFile("a.pdf", io.BytesIO(PDF))],
            intake.Meta(), "the same key",
        )
        for name in ("first", "second")
    )  # fmt: skip
    assert mine.submission.id != theirs.submission.id
    assert not theirs.repeated
    parts.store.close()


def test_what_stands_on_paper_is_kept_by_no_cache_on_the_way(world: World) -> None:
    """Every route that wants a role or a token, pictures and tables included; the API's pages were public once."""
    token = {"Authorization": f"Bearer {tokens.create_token(world.parts, SYSTEM, 'x')}"}
    client = world.app.test_client()
    client.set_cookie(SESSION_COOKIE, "secret-admin")
    seen = 0
    for rule, method in calls(world):
        lowest = ROUTES[rule.endpoint]
        if method != "GET" or (lowest not in ROLES and lowest not in tokens.SCOPES):
            continue
        answer = client.get(world.path(rule), headers=token if lowest in tokens.SCOPES else {})
        said = answer.headers.get("Cache-Control", "")
        assert "public" not in said, (rule, said)
        assert "no-store" in said or "private" in said, (rule, said)
        seen += 1
    assert seen > 20


def test_the_end_of_the_audit_trail_cannot_be_cut_off_or_rewritten(tmp_path: Path) -> None:
    """Entries seal the one before; only the counter knows the last."""
    last = sa.select(sa.func.max(records.audit.c.number)).scalar_subquery()

    def rewrite(tx: sa.Connection) -> None:
        row = tx.execute(sa.select(records.audit).where(records.audit.c.number == last)).mappings().one()
        words = (row["actor"], "nothing.happened", row["subject"], row["detail"])
        seal = audit._digest(row["previous_hash"], row["number"], row["at"], *words)
        changed = records.audit.update().where(records.audit.c.number == row["number"])
        tx.execute(changed.values(action="nothing.happened", hash=seal))

    def cut(tx: sa.Connection) -> None:
        tx.execute(records.audit.delete().where(records.audit.c.number == last))

    def forget(tx: sa.Connection) -> None:
        tx.execute(records.counters.delete().where(records.counters.c.name == "audit"))

    for number, tamper in enumerate((rewrite, cut, forget)):
        parts = make_parts(tmp_path / str(number))
        for name in ("a", "b", "c"):
            accounts.add_user(parts, ADMIN, name, "clerk", PASSWORD)
        with parts.store.read() as tx:
            assert audit.first_broken(tx) is None
        with parts.store.write() as tx:
            tamper(tx)
        with parts.store.read() as tx:
            assert audit.first_broken(tx) is not None, tamper
        parts.store.close()


@pytest.mark.parametrize(
    "address",
    ["::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1", "::ffff:10.0.0.1", "::"],
)  # fmt: skip
def test_an_inner_address_wrapped_in_ipv6_is_refused(address: str) -> None:
    assert not sender._is_public(address)
    assert sender._is_public("2606:2800:220:1:248:1893:25c8:1946")
    assert sender._is_public("64:ff9b::808:808")


def test_a_name_that_changes_its_address_is_called_at_the_one_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: public when asked first, inner when asked again."""
    asked: list[str] = []
    called: list[str] = []

    def resolve(host: str, port: int, *_rest: object, **_options: object) -> list[tuple[object, ...]]:
        asked.append(host)
        address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address: tuple[str, int], **_options: object) -> socket.socket:
        called.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    split = urlsplit("https://rebinding.example/")
    with pytest.raises(ConnectionRefusedError):
        sender._connection(split, sender._address(split, private=False))
    assert (asked, called) == (["rebinding.example"], ["93.184.215.14"])


def test_a_name_with_one_inner_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_o: both)
    with pytest.raises(sender.RefusedAddressError):
        sender._address(urlsplit("https://both.example/"), private=False)


@pytest.fixture
def dripping() -> Iterator[str]:
    """A receiver that answers a byte now and then, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    ending = threading.Event()

    def serve() -> None:
        line, _address = listener.accept()
        with line:
            while not ending.wait(0.05):
                try:
                    line.sendall(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    ending.set()
    thread.join(5)
    listener.close()


def test_a_receiver_that_drips_its_answer_does_not_silence_the_others(
    tmp_path: Path, dripping: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "WHOLE_ANSWER_S", 0.5)
    parts: Parts = make_parts(tmp_path, webhook_private=True)
    webhooks.create_webhook(parts, ADMIN, dripping, ())
    upload(parts)
    read_all(parts)
    begun = time.monotonic()
    assert sender.deliver_next(parts)
    assert time.monotonic() - begun < sender.ANSWER_S
    parts.store.close()


def test_a_signed_delivery_is_bound_to_its_moment_and_body() -> None:
    signed = sender.sign("secret", 1, b"body")
    others = [
        sender.sign("secret", 2, b"body"),
        sender.sign("secret", 1, b"bodz"),
        sender.sign("other", 1, b"body"),
    ]
    assert len({signed.partition(",")[2], *(other.partition(",")[2] for other in others)}) == 4
