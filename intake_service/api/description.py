"""The OpenAPI 3.1 document, made from the calls, the schemas and the errors."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from intake_service.api.calls import CALLS, ID, RULE_PART, Call
from intake_service.api.schemas import META, TEXT, WHOLE, ref, schemas
from intake_service.letters import MEDIA_TYPES
from intake_service.lists import TABLES
from intake_service.tokens import SCOPES
from intake_service.webhooks import EVENTS, PING

GUARDED = ((401, "unauthorized"), (403, "forbidden"), (429, "rate_limited"), (503, "unavailable"))
"""How any call that needs a token may be refused."""
WHOLE_PARTS = {
    "number": {"type": "integer", "minimum": 1, "maximum": 9999},
    "form": {"type": "string", "enum": list(MEDIA_TYPES)},
    "list_name": {"type": "string", "enum": list(TABLES)},
}
"""Parts of an address that are no ids."""

LEADS = {
    "submit": ("submission_id", "$response.body#/id"),
    "create_webhook": ("webhook_id", "$response.body#/id"),
    "ping_webhook": ("delivery_id", "$response.body#/id"),
}
"""Endpoint → the part of other addresses that its answer names, and where."""

TAGS = {
    "submissions": "收件与结果", "export": "导出", "lists": "导出", "extract": "即时识别", "webhooks": "回调",
    "openapi.json": "说明",
}  # fmt: skip
"""First part of an address → the group its calls stand in."""

_ETAG = {"ETag": {"description": "这份内容的标记，供 If-None-Match 和 If-Match 使用", "schema": TEXT}}
_LIMITS = {
    "RateLimit": {
        "description": '这一分钟还可请求几次（r）、几秒后重新计（t）："minute";r=599;t=42',
        "schema": TEXT,
    },
    "RateLimit-Policy": {"description": '每个令牌的上限："minute";q=600;w=60', "schema": TEXT},
}
_LATER = {"Retry-After": {"description": "几秒后可再试", "schema": WHOLE}}
_ABOUT = """所有地址在 /api/v1 之下。请求头 Authorization: Bearer 令牌；令牌由管理员发放，有范围和有效期。
出错时回答 application/problem+json，请按其中的 code 判断。GET 的回答带 ETag，可用 If-None-Match 省去重复传输。"""


@cache
def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {"title": "社会培训评价组织基本情况表 收件识别接口", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/api/v1"}],
        "tags": [{"name": title} for title in dict.fromkeys(TAGS.values())],
        "paths": paths,
        "webhooks": {event: {"post": _told(event, words)} for event, words in {**EVENTS, PING: "试验通知"}.items()},
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": _scope_words()}},
        },
    }  # fmt: skip


def tag_of(call: Call) -> str:
    """The group a call stands in."""
    return TAGS[call.path.split("/")[1]]


def refusals(call: Call) -> list[tuple[int, str]]:
    """Every status and code that a call may be refused with."""
    asked = [(400, "invalid_request")] if any(each.where == "query" for each in call.parameters) else []
    return sorted({*call.refusals, *asked, *(GUARDED if call.scope else ())})


def _scope_words() -> str:
    return "；".join(f"{scope}：{words}" for scope, words in SCOPES.items())


def _operation(call: Call) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": call.endpoint,
        "tags": [tag_of(call)],
        "summary": call.summary,
        "parameters": [*_path_parameters(call), *_named_parameters(call)],
        "responses": {str(status): answer for status, answer in _answers(call)},
        "security": [{"bearer": []}] if call.scope else [],
    }
    if call.scope:
        operation["description"] = f"令牌范围：{call.scope}"
    if call.upload:
        operation["requestBody"] = _upload_body(call)
    if call.takes:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": ref(call.takes)}},
        }
    return operation


def _answers(call: Call) -> Iterable[tuple[int, dict[str, Any]]]:
    limits = _LIMITS if call.scope else {}
    tag = _ETAG if call.tagged or call.method == "patch" else {}
    done: dict[str, Any] = {"description": call.summary, "headers": {**tag, **limits}}
    if links := _links(call):
        done["links"] = links
    if call.answer:
        done["content"] = {each: {"schema": ref(call.answer)} for each in call.media_types}
    yield call.status, done
    if call.in_parts:
        yield 206, {**done, "description": "所要的那一段（Range）"}
        yield 416, _refusal(["range_not_satisfiable"], {})
    if call.tagged:
        yield 304, {"description": "内容没有变（If-None-Match）", "headers": _ETAG}
    refused = refusals(call)
    for status in sorted({status for status, _code in refused}):
        codes = [code for each, code in refused if each == status]
        yield status, _refusal(codes, _LATER if status in {429, 503, 507} else {})


def _links(call: Call) -> dict[str, Any]:
    """Which calls go on with what this one answers."""
    if call.endpoint not in LEADS:
        return {}
    name, where = LEADS[call.endpoint]
    others = [each for each in CALLS if f"<{name}>" in each.rule and each.endpoint != call.endpoint]
    kept = {part: f"$request.path.{part}" for part in RULE_PART.findall(call.rule)}
    return {
        each.endpoint: {"operationId": each.endpoint, "parameters": {**kept, name: where}} for each in others
    }


def _refusal(codes: list[str], headers: dict[str, Any]) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": ref("Problem")}}
    return {"description": "、".join(codes), "headers": headers, "content": content}


def _told(event: str, words: str) -> dict[str, Any]:
    """What an address is sent. The signature is described where README describes it."""
    headers = {
        "Intake-Event": "事件", "Intake-Delivery": "发送编号，重发时不变",
        "Intake-Signature": "t=秒,v1=HMAC-SHA-256(secret, “秒.正文”)",
    }  # fmt: skip
    return {
        "operationId": f"told_{event.replace('.', '_')}",
        "summary": words,
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": help_, "schema": TEXT}
            for name, help_ in headers.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": ref("Event")}}},
        "responses": {"2XX": {"description": "收到了；其他回答会再发，约一天后放弃"}},
    }


def _path_parameters(call: Call) -> list[dict[str, Any]]:
    names = RULE_PART.findall(call.rule)
    return [
        {"name": name, "in": "path", "required": True, "schema": WHOLE_PARTS.get(name, ID)} for name in names
    ]


def _named_parameters(call: Call) -> Iterable[dict[str, Any]]:
    for each in call.parameters:
        yield {
            "name": each.name,
            "in": each.where,
            "required": each.required,
            "description": each.help,
            "schema": each.schema,
        }
    if call.tagged:
        words = "手上内容的 ETag；没有变时回答 304"
        yield {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "description": words,
            "schema": TEXT,
        }


def _upload_body(call: Call) -> dict[str, Any]:
    binary = {"type": "string", "format": "binary"}
    several = call.endpoint == "submit"
    files = {"type": "array", "items": binary, "minItems": 1, "maxItems": 50} if several else binary
    fields: dict[str, Any] = {"file": files}
    content: dict[str, Any] = {"schema": {"type": "object", "properties": fields, "required": ["file"]}}
    if several:
        fields["meta"] = META
        content["encoding"] = {"meta": {"contentType": "application/json"}}
    return {"required": True, "content": {"multipart/form-data": content}}
