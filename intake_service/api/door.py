"""Routes under ``/api``: parse, one call, answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, NotFound

from extractors.errors import ExtractionError
from intake_service import explaining, export, intake, pages, queue, review, tokens, webhooks
from intake_service.api import problems, shapes
from intake_service.api.calls import CALLS
from intake_service.api.description import openapi
from intake_service.api.limits import MinuteLimit
from intake_service.at_once import AtOnce
from intake_service.errors import InvalidRequestError, ServiceError, UnauthorizedError
from intake_service.parts import Actor, Parts
from intake_service.store.submissions import Filter

ORIGINAL_POLICY = "sandbox; default-src 'none'"
SCOPES = {call.endpoint: call.scope for call in CALLS}


def create_blueprint(parts: Parts, at_once: AtOnce) -> Blueprint:
    """All calls of the API, mounted under ``/api``."""
    api = Blueprint("api", __name__, url_prefix="/api", template_folder="templates", static_folder="static")
    limit = MinuteLimit(parts.settings.api_per_minute)

    @api.before_request
    def guard() -> None:
        g.parts, g.at_once = parts, at_once
        if scope := SCOPES.get((request.endpoint or "").removeprefix("api.")):
            g.actor = tokens.check_token(parts, _bearer(), scope)
            limit.count(g.actor.name)

    @api.after_request
    def keep_private(response: Response) -> Response:
        if request.endpoint and request.endpoint.removeprefix("api.") in SCOPES:
            response.headers["Cache-Control"] = (
                "no-store"  # what stands on paper belongs into no cache on the way
            )
        return response

    api.register_error_handler(ServiceError, problems.from_service)
    api.register_error_handler(ExtractionError, problems.from_file)
    api.register_error_handler(HTTPException, problems.from_http)
    for call in CALLS:
        api.add_url_rule(
            f"/v1{call.rule}", call.endpoint, globals()[call.endpoint], methods=[call.method.upper()]
        )
    api.add_url_rule("/docs", "docs", docs)
    api.add_url_rule("/<path:rest>", "unknown", unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    return api


def _bearer() -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise UnauthorizedError("请在 Authorization 头中提供 Bearer 令牌。")
    return secret.strip()


def _who() -> Actor:
    actor: Actor = g.actor
    return actor


def _untrusted_meta() -> Mapping[str, Any]:
    try:
        found = json.loads(request.form.get("meta") or "{}")
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidRequestError("meta 应为 JSON 对象。") from error
    if not isinstance(found, dict):
        raise InvalidRequestError("meta 应为 JSON 对象。")
    return found


def submit() -> ResponseReturnValue:
    """POST /submissions."""
    files = [intake.UntrustedFile(each.filename or "", each.stream) for each in request.files.getlist("file")]
    meta = intake.parse_meta(_untrusted_meta())
    key = request.headers.get("Idempotency-Key", "")
    done = intake.accept_upload(g.parts, _who(), files, meta, key)
    answer = jsonify({**shapes.accepted(done.submission), "same_bytes_as": list(done.same_bytes)})
    answer.headers["Location"] = shapes.links(done.submission)["self"]
    return answer, 202


def list_submissions() -> ResponseReturnValue:
    """GET /submissions."""
    asked = request.args
    chosen = Filter(
        status=tuple(asked.getlist("status")), search=asked.get("q", ""), channel=asked.get("channel", ""),
        call=asked.get("call", ""), uscc=asked.get("uscc", ""), order=asked.get("order", "newest"),
    )  # fmt: skip
    page = queue.list_submissions(g.parts, chosen, asked.get("cursor"), asked.get("limit", 50, type=int))
    return jsonify({"items": [shapes.brief(each) for each in page.items], "next_cursor": page.cursor})


def get_submission(submission_id: str) -> ResponseReturnValue:
    """GET /submissions/{id}."""
    return jsonify(shapes.full(*queue.get_submission(g.parts, submission_id)))


def get_reading(submission_id: str) -> ResponseReturnValue:
    """GET /submissions/{id}/reading."""
    return jsonify(review.reading(g.parts, submission_id, request.args.get("file")))


def get_result(submission_id: str) -> ResponseReturnValue:
    """GET /submissions/{id}/result."""
    return jsonify(export.result(g.parts, submission_id))


def get_findings(submission_id: str) -> ResponseReturnValue:
    """GET /submissions/{id}/findings."""
    return jsonify(explaining.explain(g.parts, submission_id))


def get_page(submission_id: str, number: int) -> ResponseReturnValue:
    """GET /submissions/{id}/pages/{n}.png."""
    found = pages.page_picture(g.parts, submission_id, number, request.args.get("file"))
    return send_file(found.path, mimetype=found.media_type)


def get_original(submission_id: str) -> ResponseReturnValue:
    """GET /submissions/{id}/original."""
    found = pages.original(g.parts, _who(), submission_id, request.args.get("file"))
    answer = send_file(found.path, mimetype=found.media_type, as_attachment=True, download_name=found.name)
    answer.headers["Content-Security-Policy"] = ORIGINAL_POLICY
    return answer


def extract() -> ResponseReturnValue:
    """POST /extract."""
    file = request.files.get("file")
    if file is None:
        raise InvalidRequestError("请用 multipart 字段 file 提交一个文件。")
    return jsonify(g.at_once.read(file.stream, file.filename or ""))


def create_webhook() -> ResponseReturnValue:
    """POST /webhooks."""
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get("events", []), list):
        raise InvalidRequestError('请提交 JSON：{"url": …, "events": […]}。')
    events = tuple(str(event) for event in asked.get("events", []))
    made = webhooks.create_webhook(g.parts, _who(), str(asked.get("url", "")), events)
    return jsonify({**shapes.webhook(made), "secret": made.secret}), 201


def list_webhooks() -> ResponseReturnValue:
    """GET /webhooks."""
    return jsonify({"items": [shapes.webhook(each) for each in webhooks.list_webhooks(g.parts, _who())]})


def delete_webhook(webhook_id: str) -> ResponseReturnValue:
    """DELETE /webhooks/{id}."""
    webhooks.delete_webhook(g.parts, _who(), webhook_id)
    return "", 204


def describe() -> ResponseReturnValue:
    """GET /openapi.json."""
    return jsonify(openapi())


def docs() -> ResponseReturnValue:
    """GET /api/docs: the description for people."""
    return render_template("api/docs.html", calls=CALLS, api=openapi())


def unknown(rest: str) -> ResponseReturnValue:  # noqa: ARG001
    """Anything else under ``/api``: programs get a problem document, not a page."""
    raise NotFound
