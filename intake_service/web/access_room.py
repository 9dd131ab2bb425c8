"""管理 › 接口: other systems' tokens, and the addresses that are told of events."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake_service import tokens, trail, webhooks
from intake_service.errors import ServiceError
from intake_service.parts import Role
from intake_service.web.door import actor, parts


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/admin/access", "access", show)
    web.add_url_rule("/admin/tokens", "add_token", add_token, methods=["POST"])
    web.add_url_rule("/admin/tokens/<token_id>/revoke", "revoke_token", revoke_token, methods=["POST"])
    web.add_url_rule("/admin/webhooks", "add_webhook", add_webhook, methods=["POST"])
    web.add_url_rule("/admin/webhooks/<webhook_id>/delete", "drop_webhook", drop_webhook, methods=["POST"])
    web.add_url_rule("/admin/webhooks/<webhook_id>/ping", "ping_webhook", ping_webhook, methods=["POST"])
    web.add_url_rule("/admin/deliveries/<delivery_id>/again", "send_again", send_again, methods=["POST"])


def show() -> ResponseReturnValue:
    """Tokens, addresses, and what was sent to them lately."""
    return _page()


def add_token() -> ResponseReturnValue:
    """Make a token; its secret is shown on this one page."""
    form = request.form
    try:
        secret = tokens.create_token(
            parts(), actor(), form.get("name", ""), tuple(form.getlist("scope")), form.get("expires", "")
        )
    except ServiceError as error:
        return _page(error)
    return _page(secret=secret, what="新令牌")


def revoke_token(token_id: str) -> ResponseReturnValue:
    """End a token."""
    tokens.revoke_token(parts(), actor(), token_id)
    return redirect(url_for("web.access", _anchor="tokens"), code=303)


def add_webhook() -> ResponseReturnValue:
    """Add an address; the secret that signs what it is sent is shown on this one page."""
    actor().require(Role.ADMIN)
    try:
        made = webhooks.create_webhook(
            parts(), actor(), request.form.get("url", ""), tuple(request.form.getlist("event"))
        )
    except ServiceError as error:
        return _page(error)
    return _page(secret=made.secret, what="新回调的签名密钥")


def drop_webhook(webhook_id: str) -> ResponseReturnValue:
    """Tell an address nothing more."""
    actor().require(Role.ADMIN)
    webhooks.delete_webhook(parts(), actor(), webhook_id)
    return redirect(url_for("web.access", _anchor="webhooks"), code=303)


def ping_webhook(webhook_id: str) -> ResponseReturnValue:
    """Send a test."""
    actor().require(Role.ADMIN)
    webhooks.ping(parts(), actor(), webhook_id)
    return redirect(url_for("web.access", _anchor="deliveries"), code=303)


def send_again(delivery_id: str) -> ResponseReturnValue:
    """Send one delivery once more."""
    webhooks.send_again(parts(), actor(), delivery_id)
    return redirect(url_for("web.access", _anchor="deliveries"), code=303)


def _page(problem: ServiceError | None = None, secret: str = "", what: str = "") -> ResponseReturnValue:
    g.active = "admin"
    sent = webhooks.list_deliveries(parts(), actor())
    page = render_template(
        "access.html",
        problem=problem.message if problem else "",
        secret=secret,
        what=what,
        tokens=tokens.list_tokens(parts(), actor()),
        scopes=tokens.SCOPES,
        webhooks=webhooks.list_webhooks(parts(), actor()),
        events=webhooks.EVENTS,
        event_words={**webhooks.EVENTS, webhooks.PING: "试验"},
        deliveries=sent,
        numbers=trail.receipt_numbers(parts(), {each.submission_id for each in sent}),
        now=datetime.now(UTC),
    )
    return page, problem.http_status if problem else 200
