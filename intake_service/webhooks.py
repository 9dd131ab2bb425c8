"""Telling other systems: which addresses want which events. Sending is the worker's."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from urllib.parse import urlsplit

from intake_service.errors import InvalidRequestError, NotFoundError
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
MAX_WEBHOOKS = 20


def create_webhook(parts: Parts, actor: Actor, untrusted_url: str, events: tuple[str, ...]) -> Webhook:
    """Add an address; its secret is shown this once. Raises InvalidRequestError.

    Whether the address is a public one is checked when it is called, as names may change what they mean.
    """
    url = _checked_url(untrusted_url, private=parts.settings.webhook_private)
    wanted = events or tuple(EVENTS)
    if set(wanted) - set(EVENTS):
        raise InvalidRequestError(f"事件应取自：{'、'.join(EVENTS)}。")
    made = Webhook(new_id(), url, secrets.token_hex(32), wanted, datetime.now(UTC), actor.name)
    with parts.store.write() as tx:
        if len(webhooks.active(tx)) >= MAX_WEBHOOKS:
            raise InvalidRequestError(f"最多登记 {MAX_WEBHOOKS} 个回调地址。")
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
        mine = any(each.id == webhook_id and _may_see(actor, each) for each in webhooks.active(tx))
        if not mine or not webhooks.delete(tx, webhook_id):
            raise NotFoundError("没有这个回调地址。")
        audit.append(tx, actor.name, "webhook.delete", webhook_id, {})


def list_deliveries(parts: Parts, actor: Actor) -> list[Sent]:
    """What was sent lately, or still waits to be. Administrators only."""
    actor.require(Role.ADMIN)
    with parts.store.read() as tx:
        return webhooks.log(tx)


def send_again(parts: Parts, actor: Actor, delivery_id: str) -> None:
    """Send one delivery once more. Raises NotFoundError."""
    actor.require(Role.ADMIN)
    with parts.store.write() as tx:
        if not webhooks.send_again(tx, delivery_id):
            raise NotFoundError("没有这条发送记录，或它的回调地址已删除。")
        audit.append(tx, actor.name, "webhook.send_again", delivery_id, {})


def _checked_url(untrusted: str, *, private: bool) -> str:
    refusal = "回调地址应为 https:// 开头的网址，不含用户名和密码。"
    try:
        split = urlsplit(untrusted.strip())
        port_fits = split.port is None or split.port > 0
    except ValueError as error:
        raise InvalidRequestError(refusal) from error
    schemes = {"https", "http"} if private else {"https"}
    plain = untrusted.isprintable() and untrusted.isascii() and len(untrusted) <= 500
    if (
        split.scheme not in schemes
        or not split.hostname
        or split.username is not None
        or not (plain and port_fits)
    ):
        raise InvalidRequestError(refusal)
    return split.geturl()
