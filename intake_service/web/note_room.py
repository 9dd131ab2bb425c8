"""电话记录: what was said on the telephone, typed in where there is no paper."""

from __future__ import annotations

import secrets

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake_service import intake, notes
from intake_service.errors import ServiceError
from intake_service.web.door import actor, parts
from intake_service.web.intake_room import now_local

TYPED = ("received_at", "sender", "supplements", "note")


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/intake/note", "note", show)
    web.add_url_rule("/intake/note", "take_note", take, methods=["POST"])


def show() -> ResponseReturnValue:
    """An empty note."""
    told = {"received_at": now_local(), "supplements": request.args.get("supplements", "")}
    return _page(told, secrets.token_urlsafe(16))


def take() -> ResponseReturnValue:
    """Hand the note in."""
    told = {name: value for name in TYPED if (value := request.form.get(name, "").strip())}
    text, key = request.form.get("text", ""), request.form.get("key", "")
    try:
        done = notes.take_note(parts(), actor(), intake.parse_meta(told), text, key)
    except ServiceError as error:
        return _page({**told, "text": text}, key, error)
    return redirect(url_for("web.register", submission_id=done.submission.id, noted="1"), code=303)


def _page(told: dict[str, str], key: str, problem: ServiceError | None = None) -> ResponseReturnValue:
    g.active = "inbox"
    said = problem.message if problem else ""
    page = render_template("note.html", told=told, key=key, problem=said, most=notes.MAX_TEXT)
    return page, problem.http_status if problem else 200
