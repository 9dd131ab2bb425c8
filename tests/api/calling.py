# mypy: disable-error-code="unreachable"
"""A system with a token that calls the API without a server in between, and what its refusals look like."""

from __future__ import annotations

import io
import json
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from intake_service import tokens
from intake_service.parts import SYSTEM, Parts


class Caller:
    """A system with a token."""

    def __init__(self, app: Flask, parts: Parts, *scopes: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.secret = tokens.create_token(parts, SYSTEM, "caller", scopes or tuple(tokens.SCOPES))

    def __call__(
        self, method: str, path: str, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> TestResponse:
        kept = {"Authorization": f"Bearer {self.secret}"} | (headers or {})
        return self.client.open(f"/api/v1{path}", method=method, headers=kept, **kwargs)

    def submit(self, *files: tuple[bytes, str], key: str = "", **data: Any) -> TestResponse:
        sent = {"file": [(io.BytesIO(content), name) for content, name in files], **data}
        return self("POST", "/submissions", {"Idempotency-Key": key} if key else None, data=sent)


def problem(response: TestResponse) -> tuple[int, str]:
    assert response.content_type == "application/problem+json"
    body = json.loads(response.data)
    assert body["status"] == response.status_code
    assert re.search(r"[\u4e00-\u9fff]", body["detail"])
    return response.status_code, body["code"]
