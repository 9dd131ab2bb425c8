"""Every call of the API as data: the routes, the OpenAPI document and the page for people are made from this table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from intake_service.intake import CHANNELS
from intake_service.letters import MEDIA_TYPES
from intake_service.lists import MAKERS
from intake_service.store import State
from intake_service.store.submissions import ORDERS
from intake_service.workbook import MEDIA_TYPE

RULE_PART = re.compile(r"<(?:(?:int|string):)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query or header parameter; ``schema`` is JSON Schema."""

    name: str
    help: str
    schema: dict[str, Any]
    where: str = "query"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One route. ``scope`` is what the token needs, empty for an open call; ``refusals`` are codes by status.

    ``answer`` and ``takes`` name schemas, empty for no content. ``media_types``: what the answer may be.
    """

    method: str
    rule: str
    endpoint: str
    scope: str
    summary: str
    answer: str
    status: int = 200
    media_types: tuple[str, ...] = ("application/json",)
    parameters: tuple[Parameter, ...] = ()
    upload: bool = False
    takes: str = ""
    refusals: tuple[tuple[int, str], ...] = ()

    @property
    def path(self) -> str:
        """The rule as OpenAPI writes it."""
        return RULE_PART.sub(r"{\1}", self.rule)

    @property
    def tagged(self) -> bool:
        """Whether the answer has an ETag and may be asked for with If-None-Match."""
        return self.method == "get" and self.answer not in STREAMS

    @property
    def in_parts(self) -> bool:
        """Whether a part of the answer may be asked for with Range."""
        return self.answer in FILES


FILES = frozenset({"Picture", "Original", "LetterFile"})
STREAMS = frozenset({"Export", "Table", "Searchable"})
_TEXT = {"type": "string", "maxLength": 200, "pattern": "^[^\\u0000]*$"}
ID = {"type": "string", "pattern": "^[0-9a-f]{22}$"}
_FILE = Parameter("file", "文件编号（一次提交有多个文件时）；默认是含有基本情况表的文件", ID)
_UPLOAD_REFUSALS = (
    (400, "empty_file"), (400, "invalid_request"), (413, "file_too_large"), (415, "unsupported_type"),
    (415, "type_mismatch"), (422, "image_too_large"), (507, "storage_full"),
)  # fmt: skip
_CANNOT_OPEN = tuple(
    (422, code)
    for code in ("corrupt_file", "encrypted_pdf", "no_pages", "too_many_pages", "page_too_large", "resource_limit",
                 "timeout", "processing_crashed")
)  # fmt: skip
_LOST = (404, "not_found")
_ONE = "/submissions/<submission_id>"
_HOOK = "/webhooks/<webhook_id>"
_SEARCH = (
    Parameter("q", "在编号、名称、信用代码、电话、寄件人、运单号中查找", _TEXT),
    Parameter("channel", "渠道", {"type": "string", "enum": list(CHANNELS)}),
    Parameter("call", "征集批次", _TEXT),
)
_TURN = (
    Parameter(
        "cursor", "上一页给出的 next_cursor", {"type": "string", "maxLength": 100, "pattern": "^[^\\u0000]*$"}
    ),
    Parameter("limit", "每页几份", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
)

CALLS: tuple[Call, ...] = (
    Call(
        "post", "/submissions", "submit", "submit", "提交一份材料（一个或多个文件），落盘入库后即回答",
        "Accepted", status=202, upload=True,
        parameters=(Parameter("Idempotency-Key", "同一个键重复提交只登记一次", _TEXT, "header"),),
        refusals=(*_UPLOAD_REFUSALS, _LOST, (409, "conflict"), (422, "idempotency_mismatch"), (503, "queue_full")),
    ),
    Call(
        "get", "/submissions", "list_submissions", "read", "列出收件，新的在前，用 cursor 翻页", "List",
        parameters=(
            Parameter("status", "状态，可重复", {"type": "array", "items": {"type": "string", "enum": list(map(str, State))}}),
            *_SEARCH,
            Parameter("uscc", "统一社会信用代码", _TEXT),
            Parameter("order", "排序：deadline 先到期的在前，doubtful 疑点多的在前", {"type": "string", "enum": list(ORDERS)}),
            *_TURN,
        ),
    ),
    Call("get", _ONE, "get_submission", "read", "一份收件的状态与进度", "Submission", refusals=(_LOST,)),
    Call(
        "get", f"{_ONE}/reading", "get_reading", "read", "机器读到的内容，读完后不再改变", "Reading",
        parameters=(_FILE,), refusals=(_LOST,),
    ),
    Call(
        "get", f"{_ONE}/result", "get_result", "read", "审核后的内容，逐项注明出自机器还是人、何时", "Result",
        refusals=(_LOST,),
    ),
    Call(
        "patch", f"{_ONE}/result", "propose", "review",
        "对一栏或几栏提出另一种写法：作为候选和疑点交给审核人，不改变现有的值；全部写入或全部不写", "Result", takes="Proposals",
        parameters=(
            Parameter(
                "If-Match", "所看到的结果的 ETag；内容已变时回答 412",
                {"type": "string", "pattern": '^"[0-9a-f]{40}"$'}, "header", required=True,
            ),
        ),
        refusals=((400, "invalid_request"), _LOST, (409, "conflict"), (412, "precondition_failed"),
                  (428, "precondition_required")),
    ),
    Call(
        "get", f"{_ONE}/findings", "get_findings", "read", "逐条规则的结论：依据的条款、所看的内容和位置", "Findings",
        refusals=(_LOST,),
    ),
    Call(
        "get", f"{_ONE}/pages/<int:number>.png", "get_page", "read", "一页的图像（已转正）", "Picture",
        media_types=("image/png",), parameters=(_FILE,), refusals=(_LOST,),
    ),
    Call(
        "get", f"{_ONE}/original", "get_original", "read", "原始文件（作为附件下载，会记入日志）", "Original",
        media_types=("application/pdf", "image/jpeg", "image/png", "image/tiff"), parameters=(_FILE,), refusals=(_LOST,),
    ),
    Call(
        "get", f"{_ONE}/searchable.pdf", "get_searchable", "read",
        "可搜索的 PDF：原来的页面加一层看不见的文字（现在的值，在各自的位置），每次现做。会记入日志", "Searchable",
        media_types=("application/pdf",),
        parameters=(Parameter("file", "文件编号；默认是全部文件合成一份", ID),),
        refusals=(_LOST, *_CANNOT_OPEN, (503, "queue_full")),
    ),
    Call("get", f"{_ONE}/letters", "list_letters", "read", "已出具的文书，先出具的在前", "Letters", refusals=(_LOST,)),
    Call(
        "post", f"{_ONE}/letters", "issue_letter", "review",
        "出具一份文书：编号、存档，内容不再改变；再次出具是新的一份。与现在的决定不符时回答 409", "IssuedLetter", status=201,
        takes="LetterRequest", refusals=((400, "invalid_request"), _LOST, (409, "conflict")),
    ),
    Call(
        "get", f"{_ONE}/letters/<letter_id>.<form>", "get_letter_file", "read", "文书的文件，form 为 pdf 或 docx",
        "LetterFile", media_types=tuple(MEDIA_TYPES.values()), refusals=((400, "invalid_request"), _LOST, (503, "unavailable")),
    ),
    Call(
        "get", "/export", "export_accepted", "export",
        "已通过的全部结果：每行一份（jsonl）、每个职业一行（csv）、机构与职业各一张表（xlsx）。会记入日志",
        "Export", media_types=("application/jsonl", "text/csv", MEDIA_TYPE),
        parameters=(
            Parameter("format", "格式", {"type": "string", "enum": ["jsonl", "csv", "xlsx"], "default": "jsonl"}),
            *_SEARCH,
        ),
    ),
    Call(
        "get", "/lists/<list_name>", "get_list", "export",
        "通过的机构列成表，每个职业一行：publication 公布名单、supervision 省监管平台用表、national 国家平台用表"
        "（平台没有公开导入格式，不保证能直接导入）。会记入日志", "Table",
        media_types=tuple(media_type.partition(";")[0] for _make, media_type in MAKERS.values()),
        parameters=(
            Parameter("format", "格式", {"type": "string", "enum": list(MAKERS), "default": "json"}),
        ),
        refusals=(_LOST,),
    ),
    Call(
        "post", "/extract", "extract", "extract", "即时识别一个小文件，不留存", "Reading", upload=True,
        refusals=(*_UPLOAD_REFUSALS, *_CANNOT_OPEN, (503, "queue_full")),
    ),
    Call(
        "post", "/webhooks", "create_webhook", "webhooks", "登记回调地址；回答中的 secret 只显示这一次", "NewWebhook",
        status=201, takes="WebhookRequest", refusals=((400, "invalid_request"), (409, "conflict")),
    ),
    Call("get", "/webhooks", "list_webhooks", "webhooks", "列出自己登记的回调地址", "Webhooks"),
    Call(
        "delete", _HOOK, "delete_webhook", "webhooks", "撤销回调地址", "", status=204, refusals=(_LOST,),
    ),
    Call(
        "post", f"{_HOOK}/ping", "ping_webhook", "webhooks", "发一条试验通知（事件 ping）", "Delivery", status=202,
        refusals=(_LOST,),
    ),
    Call(
        "get", f"{_HOOK}/deliveries", "list_deliveries", "webhooks", "发送记录，新的在前，用 cursor 翻页", "Deliveries",
        parameters=_TURN, refusals=(_LOST,),
    ),
    Call(
        "post", f"{_HOOK}/deliveries/<delivery_id>/replay", "replay_delivery", "webhooks", "把一条通知以同一编号重发",
        "Delivery", status=202, refusals=(_LOST,),
    ),
    Call("get", "/openapi.json", "describe", "", "本接口的 OpenAPI 3.1 描述", "Description"),
)  # fmt: skip
