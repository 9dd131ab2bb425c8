"""The OpenAPI 3.1 document, made from the calls and the schemas."""

from __future__ import annotations

from typing import Any

from intake_service.api.calls import CALLS, RULE_PART, Call
from intake_service.api.schemas import META, SCHEMAS
from intake_service.tokens import SCOPES


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {"title": "社会培训评价组织基本情况表 收件识别接口", "version": "1"},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": _scope_words()}
            },
        },
    }


def _scope_words() -> str:
    return "；".join(f"{scope}：{words}" for scope, words in SCOPES.items())


def _operation(call: Call) -> dict[str, Any]:
    answers: dict[str, Any] = {str(call.status): {"description": call.summary}}
    if call.answer:
        answers[str(call.status)]["content"] = {call.media_type: {"schema": _ref(call.answer)}}
    refusals = (
        *call.refusals,
        *(((401, "unauthorized"), (403, "forbidden"), (429, "rate_limited")) if call.scope else ()),
    )
    for status in sorted({status for status, _code in refusals}):
        codes = "、".join(code for each, code in refusals if each == status)
        answers[str(status)] = {
            "description": codes,
            "content": {"application/problem+json": {"schema": _ref("Problem")}},
        }
    operation: dict[str, Any] = {
        "operationId": call.endpoint,
        "summary": call.summary,
        "parameters": [*_path_parameters(call), *_named_parameters(call)],
        "responses": answers,
        "security": [{"bearer": []}] if call.scope else [],
    }
    if call.upload:
        operation["requestBody"] = _upload_body(call)
    if call.takes:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(call.takes)}},
        }
    return operation


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _path_parameters(call: Call) -> list[dict[str, Any]]:
    whole = {name for name in RULE_PART.findall(call.rule) if f"<int:{name}>" in call.rule}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer"} if name in whole else {"type": "string"},
        }
        for name in RULE_PART.findall(call.rule)
    ]


def _named_parameters(call: Call) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "in": each.where,
            "required": False,
            "description": each.help,
            "schema": each.schema,
        }
        for each in call.parameters
    ]


def _upload_body(call: Call) -> dict[str, Any]:
    binary = {"type": "string", "format": "binary"}
    several = call.endpoint == "submit"
    fields: dict[str, Any] = {"file": {"type": "array", "items": binary} if several else binary}
    body: dict[str, Any] = {"type": "object", "properties": fields, "required": ["file"]}
    content: dict[str, Any] = {"schema": body}
    if several:
        fields["meta"] = META
        content["encoding"] = {"meta": {"contentType": "application/json"}}
    return {"required": True, "content": {"multipart/form-data": content}}
