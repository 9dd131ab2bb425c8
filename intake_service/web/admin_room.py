"""管理: how the service is, what failed to be read, users."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake_service import accounts, bulk, checkup, presence, queue
from intake_service.errors import InvalidRequestError, ServiceError
from intake_service.parts import Role
from intake_service.store import State
from intake_service.store.submissions import Filter, Submission
from intake_service.web import words
from intake_service.web.door import actor, parts
from intake_service.web.queue_lines import to_lines

MOST_FAILED = 100
"""How many failed submissions are listed, and read again with one key."""


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/admin", "admin", show)
    web.add_url_rule("/admin/retry", "retry_all", retry_all, methods=["POST"])
    web.add_url_rule("/admin/users", "users", show_users)
    web.add_url_rule("/admin/users", "add_user", add_user, methods=["POST"])
    web.add_url_rule("/admin/users/<name>", "change_user", change_user, methods=["POST"])


def show() -> ResponseReturnValue:
    """How every part is, and what failed."""
    g.active = "admin"
    actor().require(Role.ADMIN)
    return render_template(
        "admin.html",
        findings=list(checkup.examine(parts(), running=True)),
        workers=[(worker, presence.is_alive(worker)) for worker in presence.workers(parts())],
        failed=to_lines(_failed()),
        left=request.args.get("left", ""),
    )


def retry_all() -> ResponseReturnValue:
    """Read everything again that failed or was set aside."""
    actor().require(Role.ADMIN)
    outcome = bulk.retry(parts(), actor(), [each.id for each in _failed()])
    return redirect(url_for("web.admin", left=len(outcome.left) or None, _anchor="failed"), code=303)


def show_users() -> ResponseReturnValue:
    """Who may log in."""
    return _users()


def add_user() -> ResponseReturnValue:
    """Add somebody."""
    form = request.form
    try:
        accounts.add_user(
            parts(), actor(), form.get("name", "").strip(), form.get("role", ""), form.get("password", ""),
            form.get("display_name", "").strip(),
        )  # fmt: skip
    except ServiceError as error:
        return _users(error)
    return redirect(url_for("web.users"), code=303)


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
        return _users(error)
    return redirect(url_for("web.users"), code=303)


def _failed() -> tuple[Submission, ...]:
    chosen = Filter(status=(State.FAILED, State.QUARANTINED))
    return queue.list_submissions(parts(), chosen, limit=MOST_FAILED).items


def _users(problem: ServiceError | None = None) -> ResponseReturnValue:
    g.active = "admin"
    page = render_template(
        "admin_users.html",
        problem=problem.message if problem else "",
        users=accounts.list_users(parts(), actor()),
        roles=words.ROLE_WORDS,
    )
    return page, problem.http_status if problem else 200
