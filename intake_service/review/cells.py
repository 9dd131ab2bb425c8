"""Changing what stands in a cell, or what is thought of a seal or signature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extractors.form.reading import SignatureKind
from intake_service.current import Cell, Current
from intake_service.errors import InvalidRequestError, NotFoundError
from intake_service.parts import Actor, Parts
from intake_service.review.recording import record, typed

MARK_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "present": bool, "kind": str, "text": str, "number": str, "matches": (bool, type(None)),
}  # fmt: skip


def correct(
    parts: Parts,
    actor: Actor,
    submission_id: str,
    version: int,
    path: str,
    text: str,
    reason: str = "",
    drawn: Mapping[str, Any] | None = None,
) -> Current:
    """Set one cell (``fields.<id>`` or ``occupations.<row id>.<column>``) to ``text`` as it should be read.

    ``version`` is the one the reviewer had on screen. The same text again confirms the cell. ``drawn``: where it
    was read again from a drawn box, see ``current.Cell.places``.
    Raises ConflictError when somebody was faster, NotFoundError for an unknown path.
    """

    def plan(current: Current) -> tuple[Any, Any]:
        cell = _cell(current, path)
        after = typed(path, text)
        return {"text": cell.text, "value": cell.value}, {**after, "drawn": drawn} if drawn else after

    return record(parts, actor, submission_id, version, "value", path, plan, reason)


def confirm(parts: Parts, actor: Actor, submission_id: str, version: int, path: str) -> Current:
    """Say that a cell is right as it stands; value and text stay."""

    def plan(current: Current) -> tuple[Any, Any]:
        cell = _cell(current, path)
        same = {"text": cell.text, "value": cell.value}
        return same, same

    return record(parts, actor, submission_id, version, "value", path, plan, "")


def judge_mark(
    parts: Parts,
    actor: Actor,
    submission_id: str,
    version: int,
    path: str,
    verdict: Mapping[str, Any],
    reason: str = "",
) -> Current:
    """Confirm or overrule a seal or signature (``marks.<name>``). ``verdict`` may set present, kind, text, number, matches.

    An empty verdict confirms what the machine saw. Raises InvalidRequestError for a value that no mark can have.
    """
    for key, value in verdict.items():
        known = key in MARK_TYPES and isinstance(value, MARK_TYPES[key])
        if not known or (key == "kind" and value not in set(SignatureKind)):
            raise InvalidRequestError("印章或签字的判断内容有误。")

    def plan(current: Current) -> tuple[Any, Any]:
        mark = current.marks.get(path.removeprefix("marks."))
        if mark is None:
            raise NotFoundError("找不到这个印章或签字。")
        return {key: mark.verdict.get(key) for key in verdict}, dict(verdict)

    return record(parts, actor, submission_id, version, "mark", path, plan, reason)


def _cell(current: Current, path: str) -> Cell:
    cell = current.cell(path)
    if cell is None:
        raise NotFoundError("找不到这个栏目，可能所在的行已被删除。")
    return cell
