"""The API described as data: routes, OpenAPI 3.1 and the page for people are made from one table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from intake_service.intake import CHANNELS, ENVELOPES
from intake_service.store import State
from intake_service.store.submissions import ORDERS
from intake_service.tokens import SCOPES
from intake_service.webhooks import EVENTS

RULE_PART = re.compile(r"<(?:(?:int|string):)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query or header parameter; ``schema`` is JSON Schema."""

    name: str
    help: str
    schema: dict[str, Any]
    where: str = "query"


@dataclass(frozen=True, slots=True)
class Call:
    """One route. ``scope`` is what the token needs, empty for an open call; ``refusals`` are codes by status.

    ``answer`` and ``takes`` name schemas, empty for no content.
    """

    method: str
    rule: str
    endpoint: str
    scope: str
    summary: str
    answer: str
    status: int = 200
    media_type: str = "application/json"
    parameters: tuple[Parameter, ...] = ()
    upload: bool = False
    takes: str = ""
    refusals: tuple[tuple[int, str], ...] = ()

    @property
    def path(self) -> str:
        """The rule as OpenAPI writes it."""
        return RULE_PART.sub(r"{\1}", self.rule)


_TEXT = {"type": "string"}
_FILE = Parameter("file", "文件编号（一次提交有多个文件时）；默认是含有基本情况表的文件", _TEXT)
_UPLOAD_REFUSALS = (
    (400, "empty_file"), (400, "invalid_request"), (413, "file_too_large"), (415, "unsupported_type"),
    (415, "type_mismatch"),
)  # fmt: skip
_ONE = "/submissions/<submission_id>"

CALLS: tuple[Call, ...] = (
    Call(
        "post", "/submissions", "submit", "submit", "提交一份材料（一个或多个文件），落盘入库后即回答",
        "Accepted", status=202, upload=True,
        parameters=(Parameter("Idempotency-Key", "同一个键重复提交只登记一次", _TEXT, "header"),),
        refusals=(*_UPLOAD_REFUSALS, (422, "idempotency_mismatch"), (503, "queue_full"), (507, "storage_full")),
    ),
    Call(
        "get", "/submissions", "list_submissions", "read", "列出收件，新的在前，用 cursor 翻页", "List",
        parameters=(
            Parameter("status", "状态，可重复", {"type": "string", "enum": [str(state) for state in State]}),
            Parameter("q", "在编号、名称、信用代码、电话、寄件人、运单号中查找", _TEXT),
            Parameter("channel", "渠道", {"type": "string", "enum": list(CHANNELS)}),
            Parameter("call", "征集批次", _TEXT),
            Parameter("uscc", "统一社会信用代码", _TEXT),
            Parameter("order", "排序：deadline 先到期的在前，doubtful 疑点多的在前", {"type": "string", "enum": list(ORDERS)}),
            Parameter("cursor", "上一页给出的 next_cursor", _TEXT),
            Parameter("limit", "每页几份", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
        ),
        refusals=((400, "invalid_request"),),
    ),
    Call("get", _ONE, "get_submission", "read", "一份收件的状态与进度", "Submission", refusals=((404, "not_found"),)),
    Call(
        "get", f"{_ONE}/reading", "get_reading", "read", "机器读到的内容，读完后不再改变", "Reading",
        parameters=(_FILE,), refusals=((404, "not_found"),),
    ),
    Call(
        "get", f"{_ONE}/result", "get_result", "read", "审核后的内容，逐项注明出自机器还是人、何时", "Result",
        refusals=((404, "not_found"),),
    ),
    Call(
        "get", f"{_ONE}/findings", "get_findings", "read", "逐条规则的结论：依据的条款、所看的内容和位置", "Findings",
        refusals=((404, "not_found"),),
    ),
    Call(
        "get", f"{_ONE}/pages/<int:number>.png", "get_page", "read", "一页的图像（已转正）", "Picture",
        media_type="image/png", parameters=(_FILE,), refusals=((404, "not_found"),),
    ),
    Call(
        "get", f"{_ONE}/original", "get_original", "read", "原始文件（作为附件下载，会记入日志）", "Original",
        media_type="application/octet-stream", parameters=(_FILE,), refusals=((404, "not_found"),),
    ),
    Call(
        "post", "/extract", "extract", "extract", "即时识别一个小文件，不留存", "Reading", upload=True,
        refusals=(*_UPLOAD_REFUSALS, (422, "corrupt_file"), (422, "encrypted_pdf"), (422, "no_pages"),
                  (422, "too_many_pages"), (422, "page_too_large"), (422, "image_too_large"),
                  (422, "resource_limit"), (422, "timeout"), (422, "processing_crashed"), (503, "queue_full")),
    ),
    Call(
        "post", "/webhooks", "create_webhook", "webhooks", "登记回调地址；回答中的 secret 只显示这一次", "Webhook",
        status=201, takes="WebhookRequest", refusals=((400, "invalid_request"),),
    ),
    Call("get", "/webhooks", "list_webhooks", "webhooks", "列出回调地址", "Webhooks"),
    Call(
        "delete", "/webhooks/<webhook_id>", "delete_webhook", "webhooks", "撤销回调地址", "", status=204,
        refusals=((404, "not_found"),),
    ),
    Call("get", "/openapi.json", "describe", "", "本接口的 OpenAPI 3.1 描述", "Description"),
)  # fmt: skip

_MOMENT = {"type": "string", "format": "date-time"}
_ERROR = {
    "type": ["object", "null"],
    "properties": {"code": _TEXT, "message": _TEXT},
}
_PROGRESS = {
    "type": "object",
    "properties": {
        "files_done": {"type": "integer"}, "files_total": {"type": "integer"},
        "pages_done": {"type": "integer"}, "pages_total": {"type": ["integer", "null"]},
    },
}  # fmt: skip
_META = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "channel": {"type": "string", "enum": list(CHANNELS)},
        "tracking_number": _TEXT,
        "postmark_date": {"type": ["string", "null"], "format": "date"},
        "received_at": _MOMENT,
        "sender": _TEXT,
        "copies": {"type": "integer", "minimum": 0, "maximum": 999},
        "envelope": {"type": "string", "enum": ["", *ENVELOPES]},
        "call": _TEXT,
        "note": _TEXT,
    },
}
_EVENTS = {"type": "array", "items": {"type": "string", "enum": list(EVENTS)}}
_ACCEPTED = {
    "id": _TEXT,
    "receipt_number": _TEXT,
    "status": {"type": "string", "enum": [str(state) for state in State]},
    "links": {"type": "object", "additionalProperties": _TEXT},
}
_BRIEF = {
    **_ACCEPTED,
    "error": _ERROR,
    "org_name": _TEXT,
    "uscc": _TEXT,
    "doubts": {"type": "integer"},
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
    "decided_at": {"type": ["string", "null"], "format": "date-time"},
    "meta": _META,
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Accepted": {"type": "object", "properties": _ACCEPTED, "required": list(_ACCEPTED)},
    "List": {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"type": "object", "properties": _BRIEF}},
            "next_cursor": {"type": ["string", "null"]},
        },
        "required": ["items", "next_cursor"],
    },
    "Submission": {
        "type": "object",
        "properties": {
            **_BRIEF, "progress": _PROGRESS, "files": {"type": "array", "items": {"type": "object"}},
        },
        "required": [*_ACCEPTED, "progress", "error"],
    },
    "Reading": {"type": "object", "description": "intake.reading/1", "required": ["schema", "file", "form"]},
    "Findings": {"type": "object", "description": "intake.findings/1", "required": ["schema", "call", "rules"]},
    "Result": {"type": "object", "description": "intake.result/1", "required": ["schema", "fields", "occupations"]},
    "Description": {"type": "object"},
    "WebhookRequest": {
        "type": "object",
        "properties": {"url": {"type": "string", "format": "uri"}, "events": _EVENTS},
        "required": ["url"],
    },
    "Webhook": {
        "type": "object",
        "properties": {"id": _TEXT, "url": _TEXT, "events": _EVENTS, "created_at": _MOMENT, "secret": _TEXT},
        "required": ["id", "url", "events"],
    },
    "Webhooks": {
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/Webhook"}}},
        "required": ["items"],
    },
    "Picture": {"type": "string", "format": "binary"},
    "Original": {"type": "string", "format": "binary"},
    "Problem": {
        "type": "object",
        "properties": {
            "type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "code": _TEXT, "detail": _TEXT,
        },
        "required": ["code", "status", "detail"],
    },
}  # fmt: skip


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
            "schema": {"type": "integer"} if name in whole else _TEXT,
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
        fields["meta"] = _META
        content["encoding"] = {"meta": {"contentType": "application/json"}}
    return {"required": True, "content": {"multipart/form-data": content}}
