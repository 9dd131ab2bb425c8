"""管理 › 保存期, 操作记录: what is removed when and was removed, who did what."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from intake_service import lists, queue, retention, trail
from intake_service.parts import SYSTEM, WATCHED_FOLDER
from intake_service.web import words
from intake_service.web.door import actor, parts

PAGE = 100
"""Entries of the trail on one page."""


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/admin/keeping", "keeping", show)
    web.add_url_rule("/admin/certificates/<int:number>.json", "certificate", certificate)
    web.add_url_rule("/admin/trail", "trail", show_trail)


def show() -> ResponseReturnValue:
    """How long decided submissions are kept, which go next, and the certificates of those that went."""
    g.active = "admin"
    made = retention.certificates(parts(), actor())
    return render_template(
        "keeping.html",
        days=parts().settings.retention_days,
        due=retention.next_to_go(parts(), actor()),
        certificates=[(each, json.loads(each.text)) for each in made],
    )


def certificate(number: int) -> ResponseReturnValue:
    """One certificate as it was sealed."""
    found = retention.certificate(parts(), actor(), number)
    answer = Response(found.text, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="certificate-{number}.json"'
    return answer


def show_trail() -> ResponseReturnValue:
    """Who did what, newest first; with ``verify`` also whether every seal holds."""
    g.active = "admin"
    asked = request.args
    before = asked.get("before", "")
    wanted = trail.Wanted(*(asked.get(name, "").strip() for name in ("who", "action", "subject")))
    entries = trail.latest(parts(), actor(), PAGE, int(before) if before.isdigit() else None, wanted)
    people = {each.name: each.display_name for each in (SYSTEM, WATCHED_FOLDER)} | queue.people(parts())
    more = {"who": wanted.who, "action": wanted.action, "subject": wanted.subject}
    return render_template(
        "trail.html",
        entries=[(entry, words.ACTION_WORDS.get(entry.action, entry.action)) for entry in entries],
        numbers=trail.receipt_numbers(parts(), {entry.subject for entry in entries}),
        subjects={"accepted": "已通过的件"} | {name: table.title for name, table in lists.TABLES.items()},
        wanted=wanted,
        people=people,
        actions=words.ACTION_WORDS,
        verified="verify" in asked,
        broken=trail.first_broken(parts(), actor()) if "verify" in asked else None,
        older=f"?{urlencode({**more, 'before': entries[-1].number})}" if len(entries) == PAGE else "",
    )
