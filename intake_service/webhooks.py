"""Telling other systems: which addresses want which events. Sending is the worker's."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from urllib.parse import urlsplit

import sqlalchemy as sa

from intake_service.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError
from intake_service.parts import Actor, Parts, Role
from intake_service.store import audit, new_id, webhooks
from intake_service.store.webhooks import Sent, Webhook

EVENTS = {
    "submission.read": "读完，进入审核",
    "submission.failed": "读取失败或已隔离",
    "submission.accepted": "审核通过",
    "submission.returned": "退回补正",
    "submission.rejected": "不予受理",
}
PING = "ping"
"""The event of a test, sent to whoever asks for it."""
MAX_WEBHOOKS = 20
MAX_PAGE = 200


def create_webhook(parts: Parts, actor: Actor, untrusted_url: str, events: tuple[str, ...]) -> Webhook:
    """Add an address; its secret is shown this once.

    Raises InvalidRequestError, ForbiddenError for one without HTTPS, ConflictError when there are too many. Whether the
    address is a public one is checked when it is called, as names may change what they mean.
    """
    url = _checked_url(untrusted_url, private=parts.settings.webhook_private)
    wanted = events or tuple(EVENTS)
    if set(wanted) - set(EVENTS):
        raise InvalidRequestError(f"事件应取自：{'、'.join(EVENTS)}。")
    made = Webhook(new_id(), url, secrets.token_hex(32), wanted, datetime.now(UTC), actor.name)
    with parts.store.write() as tx:
        if len(webhooks.active(tx)) >= MAX_WEBHOOKS:
            raise ConflictError(f"已登记 {MAX_WEBHOOKS} 个回调地址，不能再多。请先撤销不用的。")
        webhooks.add(tx, made)
        audit.append(tx, actor.name, "webhook.create", made.id, {"events": list(wanted)})
    return made


def list_webhooks(parts: Parts, actor: Actor) -> list[Webhook]:
    """The addresses in use that the actor added; an administrator sees all."""
    with parts.store.read() as tx:
        return [each for each in webhooks.active(tx) if _may_see(actor, each)]


def _may_see(actor: Actor, webhook: Webhook) -> bool:
    return webhook.created_by == actor.name or actor.may(Role.ADMIN)


def delete_webhook(parts: Parts, actor: Actor, webhook_id: str) -> None:
    """Take an address out at once. Raises NotFoundError, also for one that another system added."""
    with parts.store.write() as tx:
        _require_mine(tx, actor, webhook_id)
        webhooks.delete(tx, webhook_id)
        audit.append(tx, actor.name, "webhook.delete", webhook_id, {})


def ping(parts: Parts, actor: Actor, webhook_id: str) -> Sent:
    """Send a test to one address, whatever events it wants. Raises NotFoundError."""
    with parts.store.write() as tx:
        _require_mine(tx, actor, webhook_id)
        delivery_id = webhooks.emit_to(tx, webhook_id, PING, None)
        return _sent(tx, webhook_id, delivery_id)


def list_deliveries(parts: Parts, actor: Actor) -> list[Sent]:
    """What was sent lately to any address, or still waits to be. Administrators only."""
    actor.require(Role.ADMIN)
    with parts.store.read() as tx:
        return webhooks.log(tx)


def deliveries_of(
    parts: Parts, actor: Actor, webhook_id: str, cursor: str | None, limit: int
) -> tuple[list[Sent], str | None]:
    """A part of what was sent to one address, newest first, and where the next begins. Raises NotFoundError."""
    if not 1 <= limit <= MAX_PAGE:
        raise InvalidRequestError(f"limit 应为 1 到 {MAX_PAGE}。")
    with parts.store.read() as tx:
        _require_mine(tx, actor, webhook_id)
        found = webhooks.log(tx, limit + 1, webhook_id, cursor or "")
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def replay(parts: Parts, actor: Actor, webhook_id: str, delivery_id: str) -> Sent:
    """Send one delivery once more, under the same id. Raises NotFoundError."""
    with parts.store.write() as tx:
        _require_mine(tx, actor, webhook_id)
        _send_again(tx, actor, delivery_id)
        return _sent(tx, webhook_id, delivery_id)  # or all is rolled back


def send_again(parts: Parts, actor: Actor, delivery_id: str) -> None:
    """``replay`` for administrators, to whichever address it went. Raises NotFoundError."""
    actor.require(Role.ADMIN)
    with parts.store.write() as tx:
        _send_again(tx, actor, delivery_id)


def _send_again(tx: sa.Connection, actor: Actor, delivery_id: str) -> None:
    if not webhooks.send_again(tx, delivery_id):
        raise NotFoundError("没有这条发送记录，或它的回调地址已删除。")
    audit.append(tx, actor.name, "webhook.send_again", delivery_id, {})


def _require_mine(tx: sa.Connection, actor: Actor, webhook_id: str) -> None:
    if not any(each.id == webhook_id and _may_see(actor, each) for each in webhooks.active(tx)):
        raise NotFoundError("没有这个回调地址。")


def _sent(tx: sa.Connection, webhook_id: str, delivery_id: str) -> Sent:
    found = webhooks.log(tx, 1, webhook_id, delivery_id=delivery_id)
    if not found:
        raise NotFoundError("这个回调地址没有这条发送记录。")
    return found[0]


def _checked_url(untrusted: str, *, private: bool) -> str:
    refusal = "回调地址应为 https:// 开头的网址，不含用户名和密码。"
    try:
        split = urlsplit(untrusted.strip())
        port_fits = split.port is None or split.port > 0
    except ValueError as error:
        raise InvalidRequestError(refusal) from error
    plain = untrusted.isprintable() and untrusted.isascii() and len(untrusted) <= 500
    if (
        split.scheme not in {"https", "http"}
        or not split.hostname
        or split.username is not None
        or not (plain and port_fits)
    ):
        raise InvalidRequestError(refusal)
    if split.scheme == "http" and not private:
        raise ForbiddenError("这台服务只向 https:// 地址发通知。需要内网地址时请联系管理员。")
    return split.geturl()
