"""What another system says of a cell: beside the value, as a candidate and a doubt for a person, never instead of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from intake_service.current import PERSON, Cell, Current
from intake_service.errors import ConflictError, NotFoundError
from intake_service.parts import Actor, Parts
from intake_service.review.opening import open_review
from intake_service.review.recording import Plan, Step, record_all, typed
from intake_service.seconding import is_same

MAX_PROPOSALS = 100


def propose(
    parts: Parts, actor: Actor, submission_id: str, version: int, proposals: Sequence[Mapping[str, str]]
) -> Current:
    """Write down what a system would write: each with ``path``, ``text`` and perhaps ``reason``; all or none.

    The same as what stands takes back what this system said before; that settles no other doubt. Raises as ``record_all``,
    NotFoundError for an unknown path, ConflictError for a place that a person has settled.
    """
    stands = open_review(parts, submission_id).current
    news = [each for each in proposals if _is_news(stands, actor, each["path"], each["text"])]
    if not news and stands.version == version:
        return stands
    steps = [
        Step("proposal", each["path"], _plan(each["path"], each["text"]), each.get("reason", ""))
        for each in news
    ]
    return record_all(parts, actor, submission_id, version, steps)


def _is_news(current: Current, actor: Actor, path: str, text: str) -> bool:
    """Whether saying this would change anything, or be refused; a version that only repeats would disturb reviewers."""
    cell = current.cell(path)
    if cell is None or cell.by == PERSON:
        return True
    mine = next((entry for entry in cell.proposals if entry.who == actor.name), None)
    said = typed(path, text)
    return mine is not None if _agrees(said, cell) else mine is None or mine.text != said["text"]


def _plan(path: str, text: str) -> Plan:
    def plan(current: Current) -> tuple[Any, Any]:
        cell = current.cell(path)
        if cell is None:
            raise NotFoundError(f"找不到栏目 {path}，可能所在的行已被删除。")
        if cell.by == PERSON:
            raise ConflictError(f"栏目 {path} 已由人核定，系统不能再提出。")
        said = typed(path, text)
        return {"text": cell.text, "value": cell.value}, None if _agrees(said, cell) else said

    return plan


def _agrees(said: Mapping[str, Any], cell: Cell) -> bool:
    return is_same(replace(cell, text=said["text"], value=said["value"]), cell)
