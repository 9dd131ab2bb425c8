"""Users, sessions, log-in failures, tokens and idempotency keys. Secrets are kept as hashes only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from intake_service.errors import ConflictError
from intake_service.records import idempotency_keys, login_failures, sessions, tokens, users

# Statements of every upload, made once: see ``store.submissions``.
TOKEN = sa.select(tokens).where(tokens.c.hash == sa.bindparam("digest"))
KEEP = idempotency_keys.insert()
KEPT = sa.select(idempotency_keys.c.request_hash, idempotency_keys.c.submission_id).where(
    idempotency_keys.c.owner == sa.bindparam("whose"), idempotency_keys.c.key == sa.bindparam("which")
)


@dataclass(frozen=True, slots=True)
class User:
    """One person with an account. ``role`` is clerk, reviewer or admin."""

    name: str
    display_name: str
    password_hash: str
    role: str
    disabled: bool
    created_at: datetime
    preferences: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredSession:
    """One log-in that still runs. ``hash`` is that of the cookie's secret."""

    hash: str
    user_name: str
    csrf: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime
    browser: str


@dataclass(frozen=True, slots=True)
class Token:
    """One system with access to the API; the secret itself is not kept."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def _to_user(row: sa.RowMapping) -> User:
    return User(**{**row, "preferences": json.loads(row["preferences"])})


def add_user(tx: sa.Connection, name: str, display_name: str, password_hash: str, role: str) -> None:
    """Add one. Raises ConflictError when the name is taken."""
    if find_user(tx, name) is not None:
        raise ConflictError(f"用户名 {name} 已被使用。")
    tx.execute(
        users.insert().values(
            name=name, display_name=display_name, password_hash=password_hash, role=role, disabled=False,
            created_at=datetime.now(UTC), preferences="{}",
        )
    )  # fmt: skip


def find_user(tx: sa.Connection, name: str) -> User | None:
    """One user, or None."""
    row = tx.execute(sa.select(users).where(users.c.name == name)).mappings().one_or_none()
    return None if row is None else _to_user(row)


def all_users(tx: sa.Connection) -> list[User]:
    """Every user by name."""
    return [_to_user(row) for row in tx.execute(sa.select(users).order_by(users.c.name)).mappings()]


def update_user(tx: sa.Connection, name: str, **values: Any) -> bool:
    """Set columns of one user; False when there is no such user."""
    if "preferences" in values:
        values["preferences"] = json.dumps(values["preferences"], ensure_ascii=False)
    return tx.execute(users.update().where(users.c.name == name).values(**values)).rowcount == 1


def add_session(
    tx: sa.Connection, digest: str, user_name: str, csrf: str, hours: int, browser: str = ""
) -> None:
    """Open a session; forgets those that ran out."""
    now = datetime.now(UTC)
    tx.execute(sessions.delete().where(sessions.c.expires_at <= now))
    tx.execute(
        sessions.insert().values(
            hash=digest,
            user_name=user_name,
            csrf=csrf,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
            seen_at=now,
            browser=browser[:40],
        )
    )


def find_session(
    tx: sa.Connection, digest: str, idle: timedelta | None = None
) -> tuple[User, StoredSession] | None:
    """A running session of an enabled user that was used within ``idle``, or None."""
    row = tx.execute(_running_sessions(idle).where(sessions.c.hash == digest)).mappings().one_or_none()
    user = None if row is None else find_user(tx, row["user_name"])
    return None if row is None or user is None or user.disabled else (user, StoredSession(**row))


def sessions_of(tx: sa.Connection, user_name: str, idle: timedelta | None = None) -> list[StoredSession]:
    """A user's running sessions, the last used first."""
    query = _running_sessions(idle).where(sessions.c.user_name == user_name)
    return [StoredSession(**row) for row in tx.execute(query.order_by(sessions.c.seen_at.desc())).mappings()]


def _running_sessions(idle: timedelta | None) -> sa.Select[Any]:
    now = datetime.now(UTC)
    query = sa.select(sessions).where(sessions.c.expires_at > now)
    return query if idle is None else query.where(sessions.c.seen_at > now - idle)


def touch_session(tx: sa.Connection, digest: str) -> None:
    """Note that a session was used."""
    tx.execute(sessions.update().where(sessions.c.hash == digest).values(seen_at=datetime.now(UTC)))


def end_session(tx: sa.Connection, digest: str) -> None:
    """End one session."""
    tx.execute(sessions.delete().where(sessions.c.hash == digest))


def end_sessions_of(tx: sa.Connection, user_name: str) -> None:
    """End every session of a user."""
    tx.execute(sessions.delete().where(sessions.c.user_name == user_name))


def failures(tx: sa.Connection, key: str, within: timedelta) -> int:
    """Wrong passwords in a row under this key, 0 when the last pause is over."""
    query = sa.select(login_failures.c.count).where(
        login_failures.c.key == key, login_failures.c.since > datetime.now(UTC) - within
    )
    return tx.execute(query).scalar_one_or_none() or 0


def note_failure(tx: sa.Connection, key: str, within: timedelta) -> None:
    """One more wrong password; the pause counts from the last one."""
    count = failures(tx, key, within) + 1
    tx.execute(login_failures.delete().where(login_failures.c.key == key))
    tx.execute(login_failures.insert().values(key=key, count=count, since=datetime.now(UTC)))


def take_back_failure(tx: sa.Connection, key: str) -> None:
    """What was counted before the password was looked at was none."""
    tx.execute(
        login_failures.update().where(login_failures.c.key == key).values(count=login_failures.c.count - 1)
    )


def forget_failures(tx: sa.Connection, key: str) -> None:
    """A right password was given."""
    tx.execute(login_failures.delete().where(login_failures.c.key == key))


def _to_token(row: sa.RowMapping) -> Token:
    values = {name: row[name] for name in Token.__slots__}
    return Token(**{**values, "scopes": tuple(row["scopes"].split())})


def add_token(tx: sa.Connection, digest: str, token: Token) -> None:
    """Keep a token by its hash."""
    tx.execute(
        tokens.insert().values(
            id=token.id, name=token.name, hash=digest, scopes=" ".join(token.scopes), created_at=token.created_at,
            created_by=token.created_by, expires_at=token.expires_at,
        )
    )  # fmt: skip


def find_token(tx: sa.Connection, digest: str) -> Token | None:
    """The token with this hash, valid or not."""
    row = tx.execute(TOKEN, {"digest": digest}).mappings().one_or_none()
    return None if row is None else _to_token(row)


def all_tokens(tx: sa.Connection) -> list[Token]:
    """Every token, revoked ones too, oldest first."""
    return [_to_token(row) for row in tx.execute(sa.select(tokens).order_by(tokens.c.id)).mappings()]


def touch_token(tx: sa.Connection, token_id: str) -> None:
    """Note that a token was used."""
    tx.execute(tokens.update().where(tokens.c.id == token_id).values(last_used_at=datetime.now(UTC)))


def revoke_token(tx: sa.Connection, token_id: str) -> bool:
    """End a token; False when there is none or it was ended before."""
    done = tx.execute(
        tokens.update()
        .where(tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC))
    )
    return done.rowcount == 1


def find_key(tx: sa.Connection, owner: str, key: str) -> tuple[str, str] | None:
    """Request hash and submission id kept under an idempotency key, or None."""
    row = tx.execute(KEPT, {"whose": owner, "which": key}).one_or_none()
    return None if row is None else (row.request_hash, row.submission_id)


def add_key(tx: sa.Connection, owner: str, key: str, request_hash: str, submission_id: str) -> None:
    """Keep an idempotency key. Raises sqlalchemy.exc.IntegrityError when it was taken meanwhile."""
    kept = {"owner": owner, "key": key, "request_hash": request_hash, "submission_id": submission_id}
    tx.execute(KEEP, {**kept, "created_at": datetime.now(UTC)})
