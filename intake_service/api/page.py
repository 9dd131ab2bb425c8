"""What the readable page at ``/api/docs`` shows: the calls with an example each, the schemas, and every code with its meaning."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cache
from typing import Any

from extractors.errors import ERRORS_BY_CODE
from intake_service.api.calls import CALLS, RULE_PART, Call
from intake_service.api.description import TAGS, openapi, refusals, tag_of
from intake_service.api.problems import FILE_STATUS, HTTP_CODES
from intake_service.api.schemas import schemas
from intake_service.errors import ServiceError
from intake_service.tokens import SCOPES
from intake_service.webhooks import EVENTS, PING

UNPROCESSABLE = 422
MANY = 14
"""So many properties are not listed in one line."""
BODIES = {
    "Proposals": '{"proposals": [{"path": "fields.legal_representative", "text": "张三", "reason": "登记系统"}]}',
    "LetterRequest": '{"kind": "supplement"}',
    "WebhookRequest": '{"url": "https://example.org/notices", "events": ["submission.accepted"]}',
}
"""What is sent in the examples, by the schema that a call takes."""


@dataclass(frozen=True, slots=True)
class CallView:
    """One call as the page shows it. ``refused``: status and code."""

    call: Call
    parameters: tuple[dict[str, Any], ...]
    refused: tuple[tuple[int, str], ...]
    example: str


@dataclass(frozen=True, slots=True)
class Row:
    """One property of a schema. ``refers_to``: the named schema that says more."""

    name: str
    needed: bool
    kind: str
    refers_to: str
    help: str


@dataclass(frozen=True, slots=True)
class Code:
    """One stable code with the status it comes with and what it means."""

    code: str
    status: int
    meaning: str


def context() -> dict[str, Any]:
    """Everything the template shows."""
    return {
        "api": openapi(), "groups": groups(), "scopes": SCOPES, "codes": codes(), "schemas": schema_rows(),
        "events": {**EVENTS, PING: "试验通知，由 …/ping 发出"},
    }  # fmt: skip


@cache
def groups() -> dict[str, list[CallView]]:
    """The calls under the title of their group."""
    found: dict[str, list[CallView]] = {title: [] for title in TAGS.values()}
    for call in CALLS:
        operation = openapi()["paths"][call.path][call.method]
        found[tag_of(call)].append(
            CallView(call, tuple(operation["parameters"]), tuple(refusals(call)), curl(call))
        )
    return found


def curl(call: Call) -> str:
    """A call as a command, with the service's address and the token in variables."""
    address = RULE_PART.sub(lambda part: "1" if part[1] == "number" else f"${part[1].upper()}", call.rule)
    words = [] if call.method in {"get", "post"} and not call.takes else [f"-X {call.method.upper()}"]
    if call.method == "post" and not (call.upload or call.takes):
        words = ["-X POST"]
    words += ['-H "Authorization: Bearer $TOKEN"'] if call.scope else []
    words += [
        f'-H "{each.name}: ${each.name.replace("-", "_").upper()}"'
        for each in call.parameters
        if each.required
    ]
    if call.upload:
        words.append("-F file=@scan.pdf")
    if call.endpoint == "submit":
        words += ['-H "Idempotency-Key: letter-4711"', "-F " + shlex.quote('meta={"channel": "mail"}')]
    if call.takes:
        words += ['-H "Content-Type: application/json"', "-d " + shlex.quote(BODIES[call.takes])]
    return " \\\n  ".join([f'curl "$INTAKE/api/v1{address}"', *words])


@cache
def codes() -> list[Code]:
    """Every stable code, by status."""
    found = {code: Code(code, status, words) for status, (code, words) in HTTP_CODES.items()}
    for code, error in ERRORS_BY_CODE.items():
        found[code] = Code(code, FILE_STATUS.get(code, UNPROCESSABLE), error.default_message)
    for kind in _kinds(ServiceError):
        found.setdefault(kind.code, Code(kind.code, kind.http_status, kind.default_message))
    return sorted(found.values(), key=lambda each: (each.status, each.code))


def _kinds(parent: type[ServiceError]) -> list[type[ServiceError]]:
    return [parent, *(kind for child in parent.__subclasses__() for kind in _kinds(child))]


@cache
def schema_rows() -> dict[str, list[Row]]:
    """Every named object with its properties, what they may be, and whether they are always there."""
    return {
        name: [_row(key, each, schema.get("required", ())) for key, each in schema["properties"].items()]
        for name, schema in schemas().items()
        if "properties" in schema
    }


def _row(name: str, schema: dict[str, Any], required: list[str]) -> Row:
    refers_to = next(iter(_references(schema)), "")
    return Row(name, name in required, _kind(schema), refers_to, schema.get("description", ""))


def _references(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["$ref"].rpartition("/")[2]] if "$ref" in schema else []
        return own + [name for each in schema.values() for name in _references(each)]
    return [name for each in schema for name in _references(each)] if isinstance(schema, list) else []


def _kind(schema: dict[str, Any]) -> str:
    """What a value may be, in short."""
    match schema:
        case {"$ref": target}:
            return str(target).rpartition("/")[2]
        case {"enum": words}:
            return " | ".join("null" if word is None else str(word) or '""' for word in words)
        case {"const": word}:
            return str(word)
        case {"anyOf": ways} | {"allOf": ways}:
            return " | ".join(dict.fromkeys(filter(None, map(_kind, ways))))
        case _:
            return _typed(schema)


def _typed(schema: dict[str, Any]) -> str:
    match schema:
        case {"type": "array", "items": items}:
            return f"[{_kind(items)}, …]"
        case {"type": "object", "properties": properties} if len(properties) < MANY:
            return "{" + ", ".join(properties) + "}"
        case {"type": [*kinds]}:
            return " | ".join(map(str, kinds))
        case _:
            return str(schema.get("format") or schema.get("type") or "")
