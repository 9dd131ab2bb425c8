"""Who may come in: users, roles, passwords, sessions."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from intake_service.errors import (
    InvalidRequestError,
    NotFoundError,
    RateLimitedError,
    ServiceError,
    UnauthorizedError,
)
from intake_service.parts import SYSTEM, Actor, Parts, Role
from intake_service.store import audit, people
from intake_service.store.people import StoredSession, User

NAME = re.compile(r"[A-Za-z0-9_.\-\u4e00-\u9fff]{1,32}")
TOUCH_EVERY = timedelta(minutes=1)
MIN_PASSWORD = 8
MAX_PASSWORD = 200
FEWEST_GUESSES = 3e7
"""Below this a password is a common one or made of few parts; eight random signs are worth 1e8."""
ESTIMATED = 72
"""Signs that are looked at: more of them cannot make a password easier to guess, only the estimate slower."""
NEAR_WORDS = ("woaini", "5201314", "hunan", "changsha", "zhongguo", "renshe", "rensheting", "intake", "admin")
"""What the estimator's lists, made elsewhere, hold too seldom, and people here would try first."""

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """Checked when the name is unknown, so that the answer takes as long as for a known one."""
    return _hasher.hash(secrets.token_hex(8))


@dataclass(frozen=True, slots=True)
class Session:
    """A running session: who, and the word every form must carry against cross-site requests."""

    actor: Actor
    csrf: str
    id: str


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _session_id(digest: str) -> str:
    """What names a session where it is listed; it opens none."""
    return digest[:16]


def _to_actor(user: User) -> Actor:
    return Actor(user.name, Role(user.role), user.display_name)


def _checked_password(password: str, user: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidRequestError(f"密码应为 {MIN_PASSWORD} 到 {MAX_PASSWORD} 个字符。")
    # Loaded here: its lists of 30,000 leaked passwords and names are wanted seldom.
    from zxcvbn import zxcvbn

    if zxcvbn(password[:ESTIMATED], user_inputs=[user, *NEAR_WORDS])["guesses"] < FEWEST_GUESSES:
        raise InvalidRequestError(
            "这个密码很多人用过，或者很容易猜到。请换一个，例如几个不相干的词连在一起。"
        )
    return _hasher.hash(password)


def log_in(parts: Parts, name: str, password: str, address: str, browser: str = "") -> tuple[str, Session]:
    """Check a password and open a session; returns the cookie's secret and the session.

    Raises UnauthorizedError for a wrong name or password (it does not say which), RateLimitedError after
    ``login_tries`` wrong ones in a row for this name, or ten times as many from this address.
    """
    settings = parts.settings
    by_name, by_address = f"name:{name[:64]}", f"address:{address[:64]}"
    _count_try(parts, {by_name: settings.login_tries, by_address: settings.login_tries * 10})
    with parts.store.read() as tx:
        user = people.find_user(tx, name)
    known = user is not None and not user.disabled
    if not _fits(user.password_hash if user is not None else _nobody(), password) or not known:
        with parts.store.write() as tx:
            audit.append(tx, SYSTEM.name, "login.refused", name[:64] if known else "?", {})
        raise UnauthorizedError("用户名或密码不对。")
    assert user is not None
    secret, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    with parts.store.write() as tx:
        people.forget_failures(tx, by_name)
        people.take_back_failure(tx, by_address)
        people.add_session(tx, _digest(secret), user.name, csrf, settings.session_hours, browser)
        audit.append(tx, user.name, "login", user.name, {})
    return secret, Session(_to_actor(user), csrf, _session_id(_digest(secret)))


def _count_try(parts: Parts, limits: Mapping[str, int]) -> None:
    """Count a try as failed before the password is looked at: many at once are worth no more than many in a row.

    Raises RateLimitedError where one of the ``limits`` (most tries by key) is reached.
    """
    minutes = parts.settings.login_pause_minutes
    pause = timedelta(minutes=minutes)
    with parts.store.write() as tx:
        if any(people.failures(tx, key, pause) >= limit for key, limit in limits.items()):
            raise RateLimitedError(f"密码错误次数过多，请 {minutes} 分钟后再试。", retry_after_s=minutes * 60)
        for key in limits:
            people.note_failure(tx, key, pause)


def _fits(password_hash: str, password: str) -> bool:
    """One sign more than a password may have is looked at: a longer one is another, and costs no more time."""
    try:
        return _hasher.verify(password_hash, password[: MAX_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


def find_session(parts: Parts, secret: str, *, in_use: bool = True) -> Session | None:
    """The running session behind a cookie, or None; ``in_use``: a person asks, so that it is not idle."""
    digest = _digest(secret)
    with parts.store.read() as tx:
        found = people.find_session(tx, digest, _idle(parts))
    if found is None:
        return None
    user, session = found
    if in_use and session.seen_at < datetime.now(UTC) - TOUCH_EVERY:
        with suppress(ServiceError), parts.store.write() as tx:  # a busy database must not shut anybody out
            people.touch_session(tx, digest)
    return Session(_to_actor(user), session.csrf, _session_id(digest))


def _idle(parts: Parts) -> timedelta:
    return timedelta(minutes=parts.settings.session_idle_minutes)


def list_sessions(parts: Parts, actor: Actor) -> list[tuple[str, StoredSession]]:
    """Where the actor is logged in, the last used first, each behind its id."""
    with parts.store.read() as tx:
        return [(_session_id(each.hash), each) for each in people.sessions_of(tx, actor.name, _idle(parts))]


def end_session(parts: Parts, actor: Actor, session_id: str) -> None:
    """End one of the actor's own sessions. Raises NotFoundError."""
    with parts.store.write() as tx:
        mine = [each for each in people.sessions_of(tx, actor.name) if _session_id(each.hash) == session_id]
        if not mine:
            raise NotFoundError("这个登录已经结束。")
        people.end_session(tx, mine[0].hash)
        audit.append(tx, actor.name, "session.end", actor.name, {})


def log_out(parts: Parts, secret: str) -> None:
    """End a session."""
    with parts.store.write() as tx:
        people.end_session(tx, _digest(secret))


def list_users(parts: Parts, actor: Actor) -> list[User]:
    """Every user. Administrators only."""
    actor.require(Role.ADMIN)
    with parts.store.read() as tx:
        return people.all_users(tx)


def add_user(parts: Parts, actor: Actor, name: str, role: str, password: str, display_name: str = "") -> None:
    """Add a user. Raises InvalidRequestError for an odd name, role or password, ConflictError for a taken name."""
    actor.require(Role.ADMIN)
    if not NAME.fullmatch(name):
        raise InvalidRequestError("用户名只能用 1 到 32 个字母、数字、汉字或 _ . -。")
    if role not in set(Role):
        raise InvalidRequestError("角色应为 clerk、reviewer 或 admin。")
    password_hash = _checked_password(password, name)
    with parts.store.write() as tx:
        people.add_user(tx, name, display_name or name, password_hash, role)
        audit.append(tx, actor.name, "user.add", name, {"role": role})


def set_password(
    parts: Parts, actor: Actor, name: str, password: str, old_password: str | None = None
) -> None:
    """Change a password: one's own with the old one, or anybody's as administrator. Ends that user's sessions."""
    if actor.name == name and old_password is not None:
        _check_old_password(parts, name, old_password)
    else:
        actor.require(Role.ADMIN)
    _change_user(parts, actor, name, "user.password", password_hash=_checked_password(password, name))


def _check_old_password(parts: Parts, name: str, old_password: str) -> None:
    """As strict as logging in: who found a desk unattended may not try passwords for ever."""
    key = f"name:{name[:64]}"
    _count_try(parts, {key: parts.settings.login_tries})
    with parts.store.read() as tx:
        user = people.find_user(tx, name)
    fits = user is not None and _fits(user.password_hash, old_password)
    with parts.store.write() as tx:
        if fits:
            people.forget_failures(tx, key)
        else:
            audit.append(tx, name, "password.refused", name, {})
    if not fits:
        raise UnauthorizedError("原密码不对。")


def set_role(parts: Parts, actor: Actor, name: str, role: str) -> None:
    """Change a role and end that user's sessions."""
    actor.require(Role.ADMIN)
    if role not in set(Role):
        raise InvalidRequestError("角色应为 clerk、reviewer 或 admin。")
    _change_user(parts, actor, name, "user.role", role=role)


def set_disabled(parts: Parts, actor: Actor, name: str, *, disabled: bool) -> None:
    """Shut a user out, or let him in again. Nobody shuts himself out."""
    actor.require(Role.ADMIN)
    if name == actor.name:
        raise InvalidRequestError("不能停用自己的账号。")
    _change_user(parts, actor, name, "user.disable" if disabled else "user.enable", disabled=disabled)


def save_preferences(parts: Parts, actor: Actor, preferences: dict[str, object]) -> None:
    """Keep the interface's own settings of a user (theme, side, key hints)."""
    with parts.store.write() as tx:
        people.update_user(tx, actor.name, preferences=preferences)


def preferences(parts: Parts, actor: Actor) -> dict[str, object]:
    """What ``save_preferences`` kept."""
    with parts.store.read() as tx:
        user = people.find_user(tx, actor.name)
    return {} if user is None else user.preferences


def _change_user(parts: Parts, actor: Actor, name: str, action: str, **values: object) -> None:
    with parts.store.write() as tx:
        if not people.update_user(tx, name, **values):
            raise NotFoundError(f"没有用户 {name}。")
        people.end_sessions_of(tx, name)
        shown = {key: value for key, value in values.items() if key != "password_hash"}
        audit.append(tx, actor.name, action, name, shown)


def first_administrator(parts: Parts) -> str | None:
    """On a service without users, add the user ``admin``; returns the password, to be shown once."""
    with parts.store.read() as tx:
        if people.all_users(tx):
            return None
    password = secrets.token_urlsafe(12)
    add_user(parts, SYSTEM, "admin", Role.ADMIN, password, "管理员")
    return password
