"""The web application: the one place that joins doors, use cases and parts."""

from __future__ import annotations

import hashlib
import logging
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO

from flask import Flask, Request, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from intake_service import api, logs, web
from intake_service.api import problems
from intake_service.at_once import AtOnce
from intake_service.errors import StorageFullError
from intake_service.files import FULL
from intake_service.parts import Parts, open_parts
from intake_service.settings import Settings, load_settings
from intake_service.web.door import http_refused, refused

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
GUARDED = {403, 429}
"""Refusals that an attack would be made of. An expired session (401) is every day's."""
log = logging.getLogger(__name__)
FILES_AT_ONCE = 4
"""A request may be this many times the largest file: several scans are dropped at once."""
IN_MEMORY_BYTES = 4 * 1024 * 1024
"""A request up to this size is never written to a temporary file: its copies would cost more than all the rest."""


class UploadRequest(Request):
    """A request whose files, taken together, stay in memory while they are small."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        if total_content_length is not None and total_content_length <= IN_MEMORY_BYTES:
            return BytesIO()
        return TemporaryFile("rb+")


def create_app(settings: Settings | None = None, parts: Parts | None = None) -> Flask:
    """The application, with its tables brought to the newest shape. Opens no connection to the queue."""
    chosen = settings or load_settings()
    joined = parts or open_parts(chosen)
    joined.store.migrate()
    app = Flask(__name__, static_folder=None)
    app.request_class = UploadRequest
    app.config.update(
        SECRET_KEY=hashlib.sha256(b"flask" + chosen.secret_key.encode()).digest(),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=chosen.secure_cookies,
        MAX_CONTENT_LENGTH=chosen.max_file_mb * FILES_AT_ONCE * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["intake"] = joined
    once = AtOnce(joined)
    app.register_blueprint(api.create_blueprint(joined, once))
    app.register_blueprint(api.create_health_blueprint(joined))
    app.register_blueprint(web.create_blueprint(joined, once))
    app.register_error_handler(OSError, _machine_trouble)
    app.register_error_handler(HTTPException, _no_such_address)
    app.before_request(_name_submission)
    app.after_request(_log_refusal)
    app.after_request(lambda response: _secured(response, https=chosen.secure_cookies))
    return app


def _machine_trouble(error: OSError) -> ResponseReturnValue:
    """A full disk, wherever it shows (an upload's temporary file, say), as the refusal it is."""
    if error.errno not in FULL:
        raise error
    told = StorageFullError()
    if request.path.startswith("/api/"):
        return problems.from_service(told)
    return refused(told)


def _no_such_address(error: HTTPException) -> ResponseReturnValue:
    """An address or method that no door knows: programs get a problem document, people a page."""
    if request.path.startswith("/api/"):
        return problems.from_http(error)
    return http_refused(error)


def _name_submission() -> None:
    """Lines of the log that this request writes name its submission."""
    logs.begin(submission=str((request.view_args or {}).get("submission_id", "")))


def _log_refusal(response: Response) -> Response:
    """Who watches the log sees what was refused where; never who asked, nor for whose paper."""
    if response.status_code >= 400:
        serious = response.status_code in GUARDED or response.status_code >= 500
        rule = request.url_rule.rule if request.url_rule else "no such address"
        log.log(
            logging.WARNING if serious else logging.INFO,
            "refused %s: %s %s",
            response.status_code,
            request.method,
            rule,
        )
    return response


def _secured(response: Response, *, https: bool) -> Response:
    """``https``: the service is reached by HTTPS alone, and browsers may be told to remember that."""
    if https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
