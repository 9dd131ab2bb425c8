"""Log-in, log-out and the way home."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake_service import accounts
from intake_service.errors import InvalidRequestError, ServiceError
from intake_service.parts import Role
from intake_service.web import words
from intake_service.web.door import (
    CHOSE_OWN,
    DOOR_COOKIE,
    SESSION_COOKIE,
    actor,
    parts,
    safe_next,
)


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/", "home", home)
    web.add_url_rule("/login", "login", login, methods=["GET", "POST"])
    web.add_url_rule("/logout", "logout", logout, methods=["POST"])
    web.add_url_rule("/account", "account", account, methods=["GET", "POST"])
    web.add_url_rule("/account/sessions/<session_id>/end", "end_session", end_session, methods=["POST"])


def home() -> ResponseReturnValue:
    """Reviewers to the queue, the mail room to intake."""
    return redirect(url_for("web.queue" if actor().may(Role.REVIEWER) else "web.intake"))


def login() -> ResponseReturnValue:
    """Show the form; check name and password; open a session."""
    wanted = request.values.get("next", "")
    if request.method == "GET":
        return redirect(url_for("web.home")) if g.actor else _form("", "", wanted, 200)
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    try:
        browser = words.browser(request.user_agent.string)
        secret, _session = accounts.log_in(parts(), name, password, request.remote_addr or "?", browser)
    except ServiceError as error:
        return _form(error.message, name, wanted, error.http_status, error.headers)
    response = redirect(safe_next(wanted), code=303)
    _set_cookie(response, SESSION_COOKIE, secret, parts().settings.session_hours * 3600)
    response.delete_cookie(DOOR_COOKIE)
    return response


def account() -> ResponseReturnValue:
    """Where one is logged in; change one's own password: every session of that person ends, so log-in follows."""
    if request.method == "GET":
        return _account()
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    try:
        if new != again:
            raise InvalidRequestError("两次输入的新密码不一样。")
        accounts.set_password(parts(), actor(), actor().name, new, old_password=old)
    except ServiceError as error:
        return _account(error)
    accounts.save_preferences(parts(), actor(), {**accounts.preferences(parts(), actor()), CHOSE_OWN: True})
    response = redirect(url_for("web.login", changed="1"), code=303)
    response.delete_cookie(SESSION_COOKIE)
    return response


def end_session(session_id: str) -> ResponseReturnValue:
    """End a log-in that one left open somewhere."""
    accounts.end_session(parts(), actor(), session_id)
    return redirect(url_for("web.account"), code=303)


def logout() -> ResponseReturnValue:
    """End the session on the server and forget its cookie."""
    accounts.log_out(parts(), request.cookies.get(SESSION_COOKIE, ""))
    response = redirect(url_for("web.login"), code=303)
    response.delete_cookie(SESSION_COOKIE)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _account(problem: ServiceError | None = None) -> ResponseReturnValue:
    sessions = accounts.list_sessions(parts(), actor())
    page = render_template(
        "account.html", problem=problem.message if problem else "", sessions=sessions, here=g.session_id
    )
    return (page, problem.http_status, problem.headers) if problem else page


def _form(
    problem: str, name: str, wanted: str, status: int, headers: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    page = render_template("login.html", problem=problem, name=name, next=wanted)
    response = make_response(page, status, dict(headers or {}))
    _set_cookie(response, DOOR_COOKIE, g.csrf, 3600)
    return response


def _set_cookie(response: object, name: str, value: str, seconds: int) -> None:
    response.set_cookie(  # type: ignore[attr-defined]
        name, value, max_age=seconds, httponly=True, samesite="Lax", secure=parts().settings.secure_cookies
    )
