"""管理: users, access tokens, and what failed to be read."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake_service import accounts, queue, tokens, trail
from intake_service.errors import InvalidRequestError, ServiceError
from intake_service.parts import Role
from intake_service.store import State
from intake_service.store.submissions import Filter
from intake_service.web import words
from intake_service.web.door import actor, parts
from intake_service.web.queue_lines import to_lines

PAGE = 100
"""Entries of the trail on one page."""


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/admin", "admin", show)
    web.add_url_rule("/admin/trail", "trail", show_trail)
    web.add_url_rule("/admin/users", "add_user", add_user, methods=["POST"])
    web.add_url_rule("/admin/users/<name>", "change_user", change_user, methods=["POST"])
    web.add_url_rule("/admin/tokens", "add_token", add_token, methods=["POST"])
    web.add_url_rule("/admin/tokens/<token_id>/revoke", "revoke_token", revoke_token, methods=["POST"])


def show() -> ResponseReturnValue:
    """The whole room."""
    return _page()


def show_trail() -> ResponseReturnValue:
    """Who did what, newest first; with ``verify`` also whether every seal holds."""
    g.active = "admin"
    before = request.args.get("before", "")
    entries = trail.latest(parts(), actor(), PAGE, int(before) if before.isdigit() else None)
    broken = trail.first_broken(parts(), actor()) if "verify" in request.args else None
    return render_template(
        "trail.html",
        entries=[(entry, words.ACTION_WORDS.get(entry.action, entry.action)) for entry in entries],
        numbers=trail.receipt_numbers(parts(), entries),
        verified="verify" in request.args,
        broken=broken,
        older=url_for("web.trail", before=entries[-1].number) if len(entries) == PAGE else "",
    )


def add_user() -> ResponseReturnValue:
    """Add somebody."""
    form = request.form
    try:
        accounts.add_user(
            parts(), actor(), form.get("name", "").strip(), form.get("role", ""), form.get("password", ""),
            form.get("display_name", "").strip(),
        )  # fmt: skip
    except ServiceError as error:
        return _page(problem=error.message, status=error.http_status)
    return redirect(url_for("web.admin", _anchor="users"), code=303)


def change_user(name: str) -> ResponseReturnValue:
    """Shut out, let in, give another role or password; that user's sessions end."""
    form = request.form
    try:
        match form.get("action"):
            case "disable":
                accounts.set_disabled(parts(), actor(), name, disabled=True)
            case "enable":
                accounts.set_disabled(parts(), actor(), name, disabled=False)
            case "role":
                accounts.set_role(parts(), actor(), name, form.get("role", ""))
            case "password":
                accounts.set_password(parts(), actor(), name, form.get("password", ""))
            case _:
                raise InvalidRequestError
    except ServiceError as error:
        return _page(problem=error.message, status=error.http_status)
    return redirect(url_for("web.admin", _anchor="users"), code=303)


def add_token() -> ResponseReturnValue:
    """Make a token; its secret is shown on this one page."""
    form = request.form
    days = form.get("days", "")
    try:
        secret = tokens.create_token(
            parts(),
            actor(),
            form.get("name", ""),
            tuple(form.getlist("scope")),
            int(days) if days.isdigit() else None,
        )
    except ServiceError as error:
        return _page(problem=error.message, status=error.http_status)
    return _page(secret=secret)


def revoke_token(token_id: str) -> ResponseReturnValue:
    """End a token."""
    tokens.revoke_token(parts(), actor(), token_id)
    return redirect(url_for("web.admin", _anchor="tokens"), code=303)


def _page(problem: str = "", secret: str = "", status: int = 200) -> ResponseReturnValue:
    g.active = "admin"
    actor().require(Role.ADMIN)
    failed = queue.list_submissions(parts(), Filter(status=(State.FAILED, State.QUARANTINED)), limit=100)
    page = render_template(
        "admin.html",
        problem=problem,
        secret=secret,
        users=accounts.list_users(parts(), actor()),
        tokens=tokens.list_tokens(parts(), actor()),
        scopes=tokens.SCOPES,
        roles=words.ROLE_WORDS,
        failed=to_lines(failed.items),
    )
    return page, status
