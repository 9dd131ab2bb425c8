"""Reviewing: look at a submission, correct it, decide it. Every change is a correction beside the reading.

Long because every verb of the reviewer stands here, each a few lines on the one road through ``_record``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from extractors.form.reading import COLUMN_IDS, FIELD_IDS
from intake_service.current import (
    TAKE_BACK,
    Cell,
    Current,
    Row,
    active_versions,
    current_values,
    index_columns,
)
from intake_service.errors import ConflictError, InvalidRequestError, NotFoundError
from intake_service.normalise import normalise
from intake_service.parts import Actor, Parts, Role
from intake_service.rechecks import current_checks
from intake_service.store import Move, State, audit, corrections, documents, submissions, webhooks
from intake_service.store.audit import AuditEntry
from intake_service.store.corrections import Correction
from intake_service.store.documents import Document
from intake_service.store.submissions import Submission

MAX_TEXT = 4000
MAX_ROWS = 500
MARK_KEYS = {"present": bool, "kind": str, "text": str, "number": str, "matches": (bool, type(None))}


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the review screen shows. ``reading`` is that of the document with the form, None before."""

    submission: Submission
    documents: tuple[Document, ...]
    reading: Mapping[str, Any] | None
    current: Current
    corrections: tuple[Correction, ...]
    active: frozenset[int]
    """Versions of the corrections that count (not undone)."""

    @property
    def checks(self) -> tuple[dict[str, Any], ...]:
        """The rules applied to the values as they stand; see ``rechecks``."""
        return current_checks(self.current, self.reading)


@dataclass(frozen=True, slots=True)
class History:
    """Corrections and everything else that happened, oldest first."""

    corrections: tuple[Correction, ...]
    active: frozenset[int]
    events: tuple[AuditEntry, ...]


def open_review(parts: Parts, submission_id: str) -> Review:
    """What is known of one submission at this moment. Raises NotFoundError."""
    with parts.store.read() as tx:
        return _load(tx, submissions.get(tx, submission_id))


def reading(parts: Parts, submission_id: str, document_id: str | None = None) -> dict[str, Any]:
    """The snapshot of a file, by default of the one with the form, else of the first that was read.

    Raises NotFoundError when nothing was read yet.
    """
    with parts.store.read() as tx:
        submission = submissions.get(tx, submission_id)
        files = [document.id for document in documents.of_submission(tx, submission_id)]
        wanted = [document_id] if document_id else [submission.form_document_id or "", *files]
        for each in wanted:
            if each in files and (found := documents.reading_of(tx, each)) is not None:
                return found
    raise NotFoundError("还没有读完，或文件无法读取。请看状态。")


def history(parts: Parts, submission_id: str) -> History:
    """Who did what, when, from, to and why."""
    with parts.store.read() as tx:
        submissions.get(tx, submission_id)
        changes = corrections.of_submission(tx, submission_id)
        events = tuple(audit.of_subject(tx, submission_id))
    return History(changes, frozenset(active_versions(changes)), events)


def correct(
    parts: Parts, actor: Actor, submission_id: str, version: int, path: str, text: str, reason: str = ""
) -> Current:
    """Set one cell (``fields.<id>`` or ``occupations.<row id>.<column>``) to ``text`` as it should be read.

    ``version`` is the one the reviewer had on screen. The same text again confirms the cell.
    Raises ConflictError when somebody was faster, NotFoundError for an unknown path.
    """

    def plan(current: Current) -> tuple[Any, Any]:
        cell = _cell(current, path)
        return {"text": cell.text, "value": cell.value}, _typed(path, text)

    return _record(parts, actor, submission_id, version, "value", path, plan, reason)


def confirm(parts: Parts, actor: Actor, submission_id: str, version: int, path: str) -> Current:
    """Say that a cell is right as it stands; value and text stay."""

    def plan(current: Current) -> tuple[Any, Any]:
        cell = _cell(current, path)
        same = {"text": cell.text, "value": cell.value}
        return same, same

    return _record(parts, actor, submission_id, version, "value", path, plan, "")


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

    An empty verdict confirms what the machine saw.
    """
    for key, value in verdict.items():
        if key not in MARK_KEYS or not isinstance(value, MARK_KEYS[key]):  # type: ignore[arg-type]
            raise InvalidRequestError("印章或签字的判断内容有误。")

    def plan(current: Current) -> tuple[Any, Any]:
        mark = current.marks.get(path.removeprefix("marks."))
        if mark is None:
            raise NotFoundError("找不到这个印章或签字。")
        return {key: mark.verdict.get(key) for key in verdict}, dict(verdict)

    return _record(parts, actor, submission_id, version, "mark", path, plan, reason)


def add_rows(
    parts: Parts,
    actor: Actor,
    submission_id: str,
    version: int,
    at: int,
    texts: Sequence[Mapping[str, str]] = ({},),
    reason: str = "",
) -> Current:
    """Insert one or more rows before index ``at``; each row maps column to text (pasted from a spreadsheet, say)."""
    rows = [
        {"id": f"a{version + 1}" if number == 0 else f"a{version + 1}_{number}", "cells": _typed_cells(row)}
        for number, row in enumerate(texts)
    ]

    def plan(current: Current) -> tuple[Any, Any]:
        if not rows or len(current.rows) + len(rows) > MAX_ROWS:
            raise InvalidRequestError(f"职业（工种）表最多 {MAX_ROWS} 行。")
        return None, {"at": at, "rows": rows}

    return _record(parts, actor, submission_id, version, "row_add", "occupations", plan, reason)


def remove_row(
    parts: Parts, actor: Actor, submission_id: str, version: int, row_id: str, reason: str = ""
) -> Current:
    """Take a row out; history keeps it and ``undo`` brings it back."""

    def plan(current: Current) -> tuple[Any, Any]:
        return _row_json(_row(current, row_id)), None

    return _record(parts, actor, submission_id, version, "row_remove", f"occupations.{row_id}", plan, reason)


def merge_rows(
    parts: Parts, actor: Actor, submission_id: str, version: int, row_id: str, with_id: str, reason: str = ""
) -> Current:
    """Join a row with the one that continues it (cut by a page break): texts are put one after the other."""

    def plan(current: Current) -> tuple[Any, Any]:
        first, second = _row(current, row_id), _row(current, with_id)
        if row_id == with_id:
            raise InvalidRequestError("请选两行来合并。")
        texts = {c: _joined(first.cells[c].text, second.cells[c].text) for c in COLUMN_IDS}
        made = [{"id": row_id, "cells": _typed_cells(texts)}]
        return [_row_json(first), _row_json(second)], {"takes": [row_id, with_id], "rows": made}

    return _record(parts, actor, submission_id, version, "row_replace", f"occupations.{row_id}", plan, reason)


def split_row(
    parts: Parts,
    actor: Actor,
    submission_id: str,
    version: int,
    row_id: str,
    first: Mapping[str, str],
    second: Mapping[str, str],
    reason: str = "",
) -> Current:
    """Make two rows of one that was read as one; both texts are given by the reviewer."""

    def plan(current: Current) -> tuple[Any, Any]:
        made = [
            {"id": row_id, "cells": _typed_cells(first)},
            {"id": f"a{version + 1}", "cells": _typed_cells(second)},
        ]
        return [_row_json(_row(current, row_id))], {"takes": [row_id], "rows": made}

    return _record(parts, actor, submission_id, version, "row_replace", f"occupations.{row_id}", plan, reason)


def move_row(parts: Parts, actor: Actor, submission_id: str, version: int, row_id: str, at: int) -> Current:
    """Put a row at index ``at`` of the others."""

    def plan(current: Current) -> tuple[Any, Any]:
        _row(current, row_id)
        return {"at": [row.id for row in current.rows].index(row_id)}, {"at": at}

    return _record(parts, actor, submission_id, version, "row_move", f"occupations.{row_id}", plan, "")


def undo(parts: Parts, actor: Actor, submission_id: str, version: int, undoes: int | None = None) -> Current:
    """Take back one correction (the newest that counts, unless named) by a new one."""
    with parts.store.read() as tx:
        changes = corrections.of_submission(tx, submission_id)
    active = active_versions(changes)
    found = [
        c for c in changes if c.version in active and c.kind not in TAKE_BACK and undoes in {None, c.version}
    ]
    if not found:
        raise InvalidRequestError("没有可以撤销的修改。")
    return _take_back(parts, actor, submission_id, version, "undo", found[-1])


def redo(parts: Parts, actor: Actor, submission_id: str, version: int) -> Current:
    """Take back the newest undo that counts, if nothing was changed after it."""
    with parts.store.read() as tx:
        changes = corrections.of_submission(tx, submission_id)
    active = active_versions(changes)
    undos = [c for c in changes if c.version in active and c.kind == "undo"]
    edits = [c.version for c in changes if c.version in active and c.kind not in TAKE_BACK]
    if not undos or (edits and edits[-1] > undos[-1].version):
        raise InvalidRequestError("没有可以重做的修改。")
    return _take_back(parts, actor, submission_id, version, "redo", undos[-1])


def _take_back(
    parts: Parts, actor: Actor, submission_id: str, version: int, kind: str, target: Correction
) -> Current:
    return _record(
        parts, actor, submission_id, version, kind, target.path, lambda _current: (None, target.version), ""
    )


def decide(
    parts: Parts,
    actor: Actor,
    submission_id: str,
    version: int,
    move: Move,
    reasons: Sequence[str] = (),
    note: str = "",
) -> Submission:
    """Accept 通过, return 退回补正 or reject 不予受理. Return and reject need at least one reason.

    Raises ConflictError when the submission changed since ``version`` or is not in review.
    """
    actor.require(Role.REVIEWER)
    if move not in {Move.ACCEPT, Move.RETURN, Move.REJECT}:
        raise InvalidRequestError("未知的审核决定。")
    words = [str(reason).strip()[:500] for reason in reasons if str(reason).strip()]
    if move is not Move.ACCEPT and not words and not note.strip():
        raise InvalidRequestError("退回补正或不予受理时，请写明原因。")
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        _require_free(submission, actor)
        if submission.version != version:
            raise ConflictError
        decision = {"move": str(move), "reasons": words, "note": note.strip()[:MAX_TEXT]}
        submissions.move(
            tx, submission, move, decided_by=actor.name, decided_at=datetime.now(UTC), decision=decision,
            claimed_by=None, claim_expires_at=None,
        )  # fmt: skip
        audit.append(
            tx, actor.name, f"submission.{move}", submission_id, {"version": version, "reasons": len(words)}
        )
        decided = submissions.get(tx, submission_id)
        webhooks.emit(tx, f"submission.{decided.status}", decided)
        return decided


def reopen(parts: Parts, actor: Actor, submission_id: str, reason: str) -> Submission:
    """Take a decision back to review. Administrators only; the reason is kept."""
    actor.require(Role.ADMIN)
    if not reason.strip():
        raise InvalidRequestError("请写明撤回决定的原因。")
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        submissions.move(tx, submission, Move.REOPEN, decided_by=None, decided_at=None, decision=None)
        audit.append(tx, actor.name, "submission.reopen", submission_id, {"was": submission.status})
        return submissions.get(tx, submission_id)


def _load(tx: sa.Connection, submission: Submission) -> Review:
    reading = documents.reading_of(tx, submission.form_document_id) if submission.form_document_id else None
    changes = corrections.of_submission(tx, submission.id)
    return Review(
        submission=submission,
        documents=tuple(documents.of_submission(tx, submission.id)),
        reading=reading,
        current=current_values(reading, changes),
        corrections=changes,
        active=frozenset(active_versions(changes)),
    )


def _require_free(submission: Submission, actor: Actor) -> None:
    holder = submission.claimant()
    if holder is not None and holder != actor.name:
        raise ConflictError(f"这份件正由 {holder} 处理。")


def _record(
    parts: Parts, actor: Actor, submission_id: str, version: int, kind: str, path: str, plan: Any, reason: str
) -> Current:
    """Append one correction and return the values after it. ``plan(current)`` gives what stood before and after."""
    actor.require(Role.REVIEWER)
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        if submission.status is not State.IN_REVIEW:
            raise ConflictError("这份件现在不在审核中，不能修改。")
        _require_free(submission, actor)
        if submission.version != version:
            raise ConflictError
        review = _load(tx, submission)
        before, after = plan(review.current)
        now = datetime.now(UTC)
        change = Correction(version + 1, kind, path, before, after, actor.name, now, reason.strip()[:500])
        corrections.append(tx, submission_id, version, change)
        current = current_values(review.reading, [*review.corrections, change])
        submissions.update(tx, submission_id, **index_columns(current))
        if submission.claimant() == actor.name:
            submissions.claim(tx, submission_id, actor.name, parts.settings.claim_minutes)
    return replace(current, version=version + 1)


def _cell(current: Current, path: str) -> Cell:
    cell = current.cell(path)
    if cell is None:
        raise NotFoundError("找不到这个栏目，可能所在的行已被删除。")
    return cell


def _row(current: Current, row_id: str) -> Row:
    row = current.row(row_id)
    if row is None:
        raise NotFoundError("找不到这一行，可能已被删除。")
    return row


def _row_json(row: Row) -> dict[str, Any]:
    return {"id": row.id, "cells": {c: {"text": x.text, "value": x.value} for c, x in row.cells.items()}}


def _joined(first: str, second: str) -> str:
    return first if second in ("", first) else first + second


def _typed(path: str, untrusted_text: str) -> dict[str, Any]:
    """Text and normalised value as a correction keeps them."""
    text = "".join(c for c in untrusted_text if c.isprintable() or c == "\n").strip()
    if len(text) > MAX_TEXT:
        raise InvalidRequestError(f"内容过长（最多 {MAX_TEXT} 字）。")
    name = path.rsplit(".", 1)[-1]
    if name not in FIELD_IDS and name not in COLUMN_IDS:
        raise NotFoundError("找不到这个栏目。")
    return {"text": text, "value": normalise(name, text)}


def _typed_cells(texts: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    return {column: _typed(f"occupations.x.{column}", str(texts.get(column, ""))) for column in COLUMN_IDS}
