"""Access for other systems: bearer tokens with scopes, shown once, kept as hashes."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from intake_service.errors import (
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    ServiceError,
    UnauthorizedError,
)
from intake_service.parts import Actor, Parts, Role
from intake_service.store import audit, new_id, people
from intake_service.store.people import Token

SCOPES = {
    "submit": "提交文件",
    "read": "查看进度与结果",
    "extract": "即时识别，不留存",
    "webhooks": "登记回调地址",
}
PREFIX = "itk_"
TOUCH_EVERY = timedelta(minutes=1)


def create_token(
    parts: Parts, actor: Actor, name: str, scopes: tuple[str, ...] = tuple(SCOPES), days: int | None = None
) -> str:
    """Make a token; returns its secret, which is not kept. ``days`` None: it does not run out."""
    actor.require(Role.ADMIN)
    if not name.strip() or len(name) > 50:
        raise InvalidRequestError("令牌名称应为 1 到 50 个字符。")
    if not scopes or set(scopes) - set(SCOPES):
        raise InvalidRequestError(f"令牌范围应取自：{'、'.join(SCOPES)}。")
    secret = PREFIX + secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    expires_at = None if days is None else now + timedelta(days=days)
    token = Token(new_id(), name.strip(), scopes, now, actor.name, expires_at, None, None)
    with parts.store.write() as tx:
        people.add_token(tx, _digest(secret), token)
        audit.append(tx, actor.name, "token.create", token.id, {"scopes": list(scopes)})
    return secret


def list_tokens(parts: Parts, actor: Actor) -> list[Token]:
    """Every token, without secrets."""
    actor.require(Role.ADMIN)
    with parts.store.read() as tx:
        return people.all_tokens(tx)


def revoke_token(parts: Parts, actor: Actor, token_id: str) -> None:
    """End a token at once."""
    actor.require(Role.ADMIN)
    with parts.store.write() as tx:
        if not people.revoke_token(tx, token_id):
            raise NotFoundError("没有这个令牌，或已被撤销。")
        audit.append(tx, actor.name, "token.revoke", token_id, {})


def check_token(parts: Parts, untrusted_secret: str, scope: str) -> Actor:
    """Who comes with this secret. Raises UnauthorizedError, or ForbiddenError without the scope."""
    now = datetime.now(UTC)
    with parts.store.read() as tx:
        token = people.find_token(tx, _digest(untrusted_secret))
    if token is None or token.revoked_at or (token.expires_at and token.expires_at <= now):
        raise UnauthorizedError("令牌无效、已过期或已撤销。")
    if scope not in token.scopes:
        raise ForbiddenError(f"这个令牌没有“{SCOPES[scope]}”（{scope}）的权限。")
    if token.last_used_at is None or token.last_used_at < now - TOUCH_EVERY:
        with (
            suppress(ServiceError),
            parts.store.write() as tx,
        ):  # a busy or full database must not shut anybody out
            people.touch_token(tx, token.id)
    return Actor(f"token:{token.name}", Role.CLERK, token.name)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
