"""Every call of the API as data: the routes, the OpenAPI document and the page for people are made from this table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from intake_service.intake import CHANNELS
from intake_service.store import State
from intake_service.store.submissions import ORDERS

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
