"""Calls about webhooks: parse, one call, answer."""

from __future__ import annotations

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue

from intake_service import webhooks
from intake_service.api import asking, shapes


def create_webhook() -> ResponseReturnValue:
    """POST /webhooks."""
    asked = asking.body("WebhookRequest")
    made = webhooks.create_webhook(g.parts, asking.who(), asked["url"], tuple(asked.get("events", ())))
    return jsonify({**shapes.webhook(made), "secret": made.secret}), 201


def list_webhooks() -> ResponseReturnValue:
    """GET /webhooks."""
    found = webhooks.list_webhooks(g.parts, asking.who())
    return jsonify({"items": [shapes.webhook(each) for each in found]})


def delete_webhook(webhook_id: str) -> ResponseReturnValue:
    """DELETE /webhooks/{id}."""
    webhooks.delete_webhook(g.parts, asking.who(), webhook_id)
    return "", 204


def ping_webhook(webhook_id: str) -> ResponseReturnValue:
    """POST /webhooks/{id}/ping."""
    return jsonify(shapes.delivery(webhooks.ping(g.parts, asking.who(), webhook_id))), 202


def list_deliveries(webhook_id: str) -> ResponseReturnValue:
    """GET /webhooks/{id}/deliveries."""
    items, cursor = webhooks.deliveries_of(
        g.parts, asking.who(), webhook_id, request.args.get("cursor"), asking.limit()
    )
    return jsonify({"items": [shapes.delivery(each) for each in items], "next_cursor": cursor})


def replay_delivery(webhook_id: str, delivery_id: str) -> ResponseReturnValue:
    """POST /webhooks/{id}/deliveries/{delivery}/replay."""
    return jsonify(shapes.delivery(webhooks.replay(g.parts, asking.who(), webhook_id, delivery_id))), 202


HANDLERS = {
    each.__name__: each
    for each in (
        create_webhook,
        list_webhooks,
        delete_webhook,
        ping_webhook,
        list_deliveries,
        replay_delivery,
    )
}
