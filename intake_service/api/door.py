"""The blueprint under ``/api`` and what guards it: tokens, limits, tags, errors as problem documents."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from extractors.errors import ExtractionError
from intake_service import tokens
from intake_service.api import asking, page, problems, submissions, telling
from intake_service.api.calls import CALLS
from intake_service.api.description import openapi
from intake_service.api.limits import MinuteLimit
from intake_service.at_once import AtOnce
from intake_service.errors import NotFoundError, ServiceError, UnauthorizedError
from intake_service.parts import Parts

SCOPES = {call.endpoint: call.scope for call in CALLS}
PARAMETERS = {call.endpoint: call.parameters for call in CALLS}
TAGGED = {call.endpoint for call in CALLS if call.tagged}


def create_blueprint(parts: Parts, at_once: AtOnce) -> Blueprint:
    """All calls of the API, mounted under ``/api``."""
    api = Blueprint("api", __name__, url_prefix="/api", template_folder="templates", static_folder="static")
    limit = MinuteLimit(parts.settings.api_per_minute, parts.dispatch)

    @api.before_request
    def guard() -> None:
        g.parts, g.at_once = parts, at_once
        if scope := SCOPES.get(_endpoint()):
            g.actor = tokens.check_token(parts, _bearer(), scope)
            g.left = limit.count(g.actor.name)
        if "\0" in request.path:
            raise NotFoundError  # no id has one, and not every database bears to be asked
        asking.check_query(PARAMETERS.get(_endpoint(), ()))

    api.after_request(_finish)
    api.register_error_handler(ServiceError, problems.from_service)
    api.register_error_handler(ExtractionError, problems.from_file)
    api.register_error_handler(HTTPException, problems.from_http)
    handlers = {**submissions.HANDLERS, **telling.HANDLERS, "describe": describe}
    for call in CALLS:
        api.add_url_rule(
            f"/v1{call.rule}", call.endpoint, handlers[call.endpoint], methods=[call.method.upper()]
        )
    api.add_url_rule("/docs", "docs", docs)
    return api


def _endpoint() -> str:
    return (request.endpoint or "").removeprefix("api.")


def _bearer() -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise UnauthorizedError("请在 Authorization 头中提供 Bearer 令牌。")
    return secret.strip()


def _finish(response: Response) -> Response:
    """What is left of the token's minute; no copy on the way of what stands on paper; 304 for what the caller has."""
    if "left" in g:
        response.headers.update(g.left.headers)
    endpoint = _endpoint()
    if endpoint in SCOPES:
        response.headers["Cache-Control"] = "no-store" if SCOPES[endpoint] else "no-cache"
    if endpoint in TAGGED and response.status_code == 200 and not response.direct_passthrough:
        response.add_etag()
        response.make_conditional(request)
    return response


def describe() -> ResponseReturnValue:
    """GET /openapi.json."""
    return jsonify(openapi())


def docs() -> ResponseReturnValue:
    """GET /api/docs: the description for people."""
    return render_template("api/docs.html", **page.context())
