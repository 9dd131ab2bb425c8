"""What a request says, checked by the schemas that the description shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import g, request
from jsonschema import Draft202012Validator

from intake_service.api.calls import Parameter
from intake_service.api.schemas import schemas
from intake_service.errors import InvalidRequestError, PreconditionFailedError, PreconditionRequiredError
from intake_service.parts import Actor

NUMBER = re.compile(r"[0-9]{1,9}")


def who() -> Actor:
    """Whose token it is; the guard has looked."""
    actor: Actor = g.actor
    return actor


def body(schema: str) -> Any:
    """The JSON of the request. Raises InvalidRequestError where it is none, or not as ``schema`` says."""
    return _checked(request.get_data(), schema, "请求内容")


def meta() -> dict[str, Any]:
    """What an upload says about its envelope. Raises InvalidRequestError."""
    found: dict[str, Any] = _checked(request.form.get("meta") or "{}", "Meta", "meta")
    return found


def limit() -> int:
    """How much of a list is wanted; ``check_query`` has looked that it is a number."""
    return request.args.get("limit", 50, type=int)


def check_query(parameters: Iterable[Parameter]) -> None:
    """Raises InvalidRequestError for a query parameter that is not as its schema says, or told twice."""
    for each in parameters:
        given: list[Any] = request.args.getlist(each.name) if each.where == "query" else []
        if each.schema["type"] == "integer":
            given = [int(text) if NUMBER.fullmatch(text) else text for text in given]
        told: Any = given if each.schema["type"] == "array" else next(iter(given), None)
        twice = len(given) > 1 and each.schema["type"] != "array"
        if given and (twice or not Draft202012Validator(each.schema).is_valid(told)):
            raise InvalidRequestError(f"参数 {each.name} 不符合接口说明，见 /api/docs。")


def require_match(etag: str) -> None:
    """Raises PreconditionRequiredError without If-Match, PreconditionFailedError when it names something else."""
    if not request.if_match or request.if_match.star_tag:
        raise PreconditionRequiredError
    if not request.if_match.contains(etag):
        raise PreconditionFailedError


def _checked(untrusted: str | bytes, schema: str, name: str) -> Any:
    try:
        found = json.loads(untrusted)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(f"{name}应为 JSON 对象。") from error
    wrong = next(_validator(schema).iter_errors(found), None)
    if wrong is not None:
        place = ".".join(map(str, wrong.absolute_path)) or "整体"
        raise InvalidRequestError(
            f"{name}不符合接口说明（{place[:100]}：{wrong.validator}）。见 /api/docs#{schema}。"
        )
    return found


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(schemas()[schema])
