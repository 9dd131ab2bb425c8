"""What the queue does to all lines that were chosen."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from intake_service import bulk
from intake_service.errors import InvalidRequestError
from intake_service.web.door import actor, parts, untrusted_json

ACTIONS = {"claim": bulk.claim, "release": bulk.release, "retry": bulk.retry}


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/queue/chosen", "chosen", act, methods=["POST"])


def act() -> ResponseReturnValue:
    """One action on the submissions ``ids``; the answer names those it was not done to."""
    asked = untrusted_json()
    ids = asked.get("ids")
    if not isinstance(ids, list) or not ids:
        raise InvalidRequestError("请先选择要处理的件。")
    chosen = [str(each) for each in ids]
    action = str(asked.get("action"))
    if action == "hand_over":
        to, note = str(asked.get("to", "")), str(asked.get("note", ""))
        outcome = bulk.hand_over(parts(), actor(), chosen, to, note)
    elif action in ACTIONS:
        outcome = ACTIONS[action](parts(), actor(), chosen)
    else:
        raise InvalidRequestError
    return jsonify(done=list(outcome.done), left=dict(outcome.left))
