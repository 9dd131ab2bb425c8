from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from intake_service import accounts, records, tokens, upkeep
from intake_service.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
)
from intake_service.parts import Actor, Parts, Role
from intake_service.store import audit
from tests.intake_service.builders import ADMIN, CLERK, REVIEWER, in_review, make_parts, upload

PASSWORD = "correct horse"


def log_in(parts: Parts, password: str = PASSWORD, name: str = "wang", address: str = "1.2.3.4") -> str:
    return accounts.log_in(parts, name, password, address)[0]


@pytest.fixture
def wang(parts: Parts) -> Actor:
    accounts.add_user(parts, ADMIN, "wang", "reviewer", PASSWORD, "王审核")
    return Actor("wang", Role.REVIEWER, "王审核")


def test_a_session_lives_until_log_out(parts: Parts, wang: Actor) -> None:
    secret, session = accounts.log_in(parts, "wang", PASSWORD, "1.2.3.4")
    assert session.actor == wang
    assert accounts.find_session(parts, secret) == session
    assert accounts.find_session(parts, secret + "x") is None
    accounts.log_out(parts, secret)
    assert accounts.find_session(parts, secret) is None


@pytest.mark.usefixtures("wang")
def test_a_session_ends_with_role_password_or_account(parts: Parts) -> None:
    for change in (
        lambda: accounts.set_role(parts, ADMIN, "wang", "clerk"),
        lambda: accounts.set_password(parts, ADMIN, "wang", PASSWORD),
        lambda: accounts.set_disabled(parts, ADMIN, "wang", disabled=True),
    ):
        secret = log_in(parts)
        change()
        assert accounts.find_session(parts, secret) is None
    with pytest.raises(UnauthorizedError):
        log_in(parts)


@pytest.mark.usefixtures("wang")
def test_a_session_runs_out(parts: Parts) -> None:
    secret = log_in(parts)
    with parts.store.write() as tx:
        tx.execute(records.sessions.update().values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert accounts.find_session(parts, secret) is None


@pytest.mark.usefixtures("wang")
def test_a_wrong_name_and_a_wrong_password_are_told_alike(parts: Parts) -> None:
    refusals = []
    for name, password in (
        ("wang", "wrong"),
        ("nobody", PASSWORD),
        ("wang", ""),
        ("", ""),
        ("x" * 5000, "y" * 5000),
    ):
        with pytest.raises(UnauthorizedError) as refusal:
            log_in(parts, password, name)
        refusals.append(refusal.value.message)
    assert len(set(refusals)) == 1


@pytest.mark.usefixtures("wang")
def test_guessing_is_stopped_by_name_and_a_right_password_forgives(parts: Parts) -> None:
    for _ in range(parts.settings.login_tries - 1):
        with pytest.raises(UnauthorizedError):
            log_in(parts, "wrong")
    log_in(parts)
    for _ in range(parts.settings.login_tries):
        with pytest.raises(UnauthorizedError):
            log_in(parts, "wrong")
    with pytest.raises(RateLimitedError) as refusal:
        log_in(parts)
    assert refusal.value.retry_after_s


def test_guessing_many_names_is_stopped_by_address(tmp_path_factory: pytest.TempPathFactory) -> None:
    parts = make_parts(tmp_path_factory.mktemp("guess"), login_tries=1)
    accounts.add_user(parts, ADMIN, "wang", "reviewer", PASSWORD)
    for number in range(10):
        with pytest.raises(UnauthorizedError):
            log_in(parts, "wrong", f"user{number}")
    with pytest.raises(RateLimitedError):
        log_in(parts)
    log_in(parts, address="5.6.7.8")


def test_odd_users_are_refused(parts: Parts) -> None:
    for name, role, password in (
        ("a b", "clerk", PASSWORD),
        ("", "clerk", PASSWORD),
        ("x", "king", PASSWORD),
        ("x", "clerk", "short"),
    ):
        with pytest.raises(InvalidRequestError):
            accounts.add_user(parts, ADMIN, name, role, password)
    accounts.add_user(parts, ADMIN, "王", "clerk", PASSWORD)
    with pytest.raises(ConflictError):
        accounts.add_user(parts, ADMIN, "王", "clerk", PASSWORD)
    with pytest.raises(NotFoundError):
        accounts.set_role(parts, ADMIN, "nobody", "clerk")


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("12345678", False),
        ("P@ssw0rd1", False),
        ("woaini1314", False),
        ("5201314520", False),
        ("Hunan2020", False),
        ("liming2020", False),
        ("19870412", False),
        ("qq123456789", False),
        ("k7#mQ2xv", True),
        ("correct horse", True),
        ("橘子 风筝 石桥 算盘", True),
    ],
)
def test_a_password_that_many_use_or_that_is_soon_guessed_is_refused(
    parts: Parts, password: str, taken: bool
) -> None:
    with nullcontext() if taken else pytest.raises(InvalidRequestError, match="请换一个"):
        accounts.add_user(parts, ADMIN, "liming", "clerk", password)


@pytest.mark.parametrize("actor", [CLERK, REVIEWER])
def test_only_administrators_manage(parts: Parts, actor: Actor) -> None:
    for attempt in (
        lambda: accounts.add_user(parts, actor, "x", "admin", PASSWORD),
        lambda: accounts.list_users(parts, actor),
        lambda: accounts.set_role(parts, actor, actor.name, "admin"),
        lambda: accounts.set_disabled(parts, actor, "boss", disabled=True),
        lambda: accounts.set_password(parts, actor, "boss", PASSWORD),
        lambda: tokens.create_token(parts, actor, "x"),
        lambda: tokens.list_tokens(parts, actor),
    ):
        with pytest.raises(ForbiddenError):
            attempt()


def test_one_changes_ones_own_password_with_the_old_one(parts: Parts, wang: Actor) -> None:
    with pytest.raises(UnauthorizedError):
        accounts.set_password(parts, wang, "wang", "another horse", "wrong")
    accounts.set_password(parts, wang, "wang", "another horse", PASSWORD)
    log_in(parts, "another horse")


def test_the_first_administrator_is_made_once(parts: Parts) -> None:
    password = accounts.first_administrator(parts)
    assert password
    assert accounts.log_in(parts, "admin", password, "")[1].actor.role is Role.ADMIN
    assert accounts.first_administrator(parts) is None


def test_no_secret_is_kept_readable(parts: Parts, wang: Actor) -> None:
    cookie = log_in(parts, name=wang.name)
    token = tokens.create_token(parts, ADMIN, "register")
    with parts.store.read() as tx:
        kept = "\n".join(str(tx.execute(table.select()).all()) for table in records.metadata.sorted_tables)
    assert "王审核" in kept
    for secret in (PASSWORD, cookie, token):
        assert secret not in kept


def test_tampering_with_the_audit_trail_shows(parts: Parts) -> None:
    in_review(parts)
    upload(parts)
    assert upkeep.first_broken_audit_entry(parts) is None
    changes = [
        (records.audit.update().where(records.audit.c.number == 2).values(actor="somebody else"), 2),
        (records.audit.delete().where(records.audit.c.number == 1), 1),
        (records.audit.delete().where(records.audit.c.number == 3), 3),
    ]
    for change, number in changes:
        connection = parts.store._engine.connect()
        with connection, connection.begin() as transaction:
            connection.execute(change)
            assert audit.first_broken(connection) == number
            transaction.rollback()


def test_the_audit_trail_names_nobody_on_the_paper(parts: Parts) -> None:
    in_review(parts)
    with parts.store.read() as tx:
        told = str(audit.latest(tx))
    assert "湘江职业培训学校" not in told
    assert [entry.action for entry in audit_entries(parts)] == ["document.read", "submission.accept_upload"]


def audit_entries(parts: Parts) -> list[audit.AuditEntry]:
    with parts.store.read() as tx:
        return audit.latest(tx)


def test_guessing_ones_own_old_password_is_stopped_too(parts: Parts, wang: Actor) -> None:
    for _ in range(parts.settings.login_tries):
        with pytest.raises(UnauthorizedError):
            accounts.set_password(parts, wang, wang.name, "another-password", "a wrong one")
    with pytest.raises(RateLimitedError):
        accounts.set_password(parts, wang, wang.name, "another-password", "a wrong one")
