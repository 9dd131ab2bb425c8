"""Errors as RFC 9457 problem documents with the contract's stable codes."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Response
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from extractors.errors import ExtractionError
from intake_service.errors import ServiceError

FILE_STATUS = {"file_too_large": 413, "unsupported_type": 415, "type_mismatch": 415, "empty_file": 400}
"""HTTP status of a refused file by its code; 422 for the others."""

HTTP_CODES = {
    400: ("invalid_request", "请求内容有误。"),
    404: ("not_found", "没有这个地址。接口说明见 /api/docs。"),
    405: ("method_not_allowed", "这个地址不支持该方法。接口说明见 /api/docs。"),
    413: ("file_too_large", "提交的内容超过上限。请分成几次提交。"),
    416: ("range_not_satisfiable", "文件没有所要的这一段。"),
    500: ("internal_error", "服务出错，请稍后再试。"),
}
"""What Flask itself refuses."""


def problem(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """One problem document; ``title`` is the code, which programs should branch on."""
    body = {"type": f"/api/docs#{code}", "title": code, "status": status, "code": code, "detail": detail}
    response = Response(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json"
    )
    response.headers.update(headers or {})
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def from_service(error: ServiceError) -> Response:
    """A refused request."""
    return problem(error.http_status, error.code, error.message, error.headers)


def from_file(error: ExtractionError) -> Response:
    """A refused file."""
    return problem(FILE_STATUS.get(error.code, 422), error.code, error.message)


def from_http(error: HTTPException) -> ResponseReturnValue:
    """What Flask itself refuses, with its own headers (``Allow``, say); a redirect stays one."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    code, detail = HTTP_CODES.get(status) or HTTP_CODES[400 if status < 500 else 500]
    kept = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return problem(status, code, detail, kept)
