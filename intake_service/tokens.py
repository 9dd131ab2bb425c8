"""Access for other systems: bearer tokens with scopes, shown once, kept as hashes."""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from extractors.form.workdays import LOCAL_UTC_OFFSET
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
    "review": "提出另一种写法（由人取舍）",
    "export": "导出已通过的结果",
    "extract": "即时识别，不留存",
    "webhooks": "登记回调地址",
}
ROLES = {"review": Role.REVIEWER, "export": Role.REVIEWER}
"""What a token may do through a scope; a clerk's work through the others."""
PREFIX = "itk_"
LONGEST_DAYS = 3650
TOUCH_EVERY = timedelta(minutes=1)


def create_token(
    parts: Parts, actor: Actor, name: str, scopes: tuple[str, ...] = tuple(SCOPES), untrusted_expiry: str = ""
) -> str:
    """Make a token; returns its secret, which is not kept. For ``untrusted_expiry`` see ``parse_expiry``."""
    actor.require(Role.ADMIN)
    if not name.strip() or len(name) > 50:
        raise InvalidRequestError("令牌名称应为 1 到 50 个字符。")
    if not scopes or set(scopes) - set(SCOPES):
        raise InvalidRequestError(f"令牌范围应取自：{'、'.join(SCOPES)}。")
    secret = PREFIX + secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    expires_at = parse_expiry(untrusted_expiry, now)
    token = Token(new_id(), name.strip(), scopes, now, actor.name, expires_at, None, None)
    with parts.store.write() as tx:
        people.add_token(tx, _digest(secret), token)
        audit.append(tx, actor.name, "token.create", token.id, {"scopes": list(scopes)})
    return secret


def parse_expiry(untrusted: str, now: datetime) -> datetime | None:
    """``90d`` from now, or ``2027-01-01``, a day of the office's calendar that is its last; None for empty: no end.

    Raises InvalidRequestError for anything else, a day that is over, or more than ten years.
    """
    text = untrusted.strip()
    if not text:
        return None
    try:
        if days := re.fullmatch(r"([0-9]{1,4})d", text):
            ends = now + timedelta(days=int(days[1]))
        else:
            day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
            ends = day + timedelta(days=1) - LOCAL_UTC_OFFSET
    except ValueError as error:
        raise InvalidRequestError("有效期应写作 90d（天数）或 2027-01-01（最后一天）。") from error
    if not now < ends <= now + timedelta(days=LONGEST_DAYS):
        raise InvalidRequestError("有效期应在今后十年之内。")
    return ends


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
    if token is None or token.revoked_at:
        raise UnauthorizedError("令牌无效或已撤销。请向管理员索取新的令牌。")
    if is_expired(token, now):
        raise UnauthorizedError("令牌已过有效期。请向管理员索取新的令牌。")
    if scope not in token.scopes:
        raise ForbiddenError(f"这个令牌没有“{SCOPES[scope]}”（{scope}）的权限。")
    if token.last_used_at is None or token.last_used_at < now - TOUCH_EVERY:
        with (
            suppress(ServiceError),
            parts.store.write() as tx,
        ):  # a busy or full database must not shut anybody out
            people.touch_token(tx, token.id)
    return Actor(f"token:{token.name}", ROLES.get(scope, Role.CLERK), token.name)


def is_expired(token: Token, now: datetime) -> bool:
    """Whether its time is over."""
    return token.expires_at is not None and token.expires_at <= now


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
