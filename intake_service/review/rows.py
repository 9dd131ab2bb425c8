"""Changing the rows of the occupation table: they come, go, join, part and move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from extractors.form.reading import COLUMN_IDS
from intake_service.current import Current, Row
from intake_service.errors import InvalidRequestError, NotFoundError
from intake_service.parts import Actor, Parts
from intake_service.review.recording import record, typed

MAX_ROWS = 500


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

    return record(parts, actor, submission_id, version, "row_add", "occupations", plan, reason)


def remove_row(
    parts: Parts, actor: Actor, submission_id: str, version: int, row_id: str, reason: str = ""
) -> Current:
    """Take a row out; history keeps it and ``undo`` brings it back."""

    def plan(current: Current) -> tuple[Any, Any]:
        return _row_json(_row(current, row_id)), None

    return record(parts, actor, submission_id, version, "row_remove", f"occupations.{row_id}", plan, reason)


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

    return record(parts, actor, submission_id, version, "row_replace", f"occupations.{row_id}", plan, reason)


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

    return record(parts, actor, submission_id, version, "row_replace", f"occupations.{row_id}", plan, reason)


def move_row(parts: Parts, actor: Actor, submission_id: str, version: int, row_id: str, at: int) -> Current:
    """Put a row at index ``at`` of the others."""

    def plan(current: Current) -> tuple[Any, Any]:
        _row(current, row_id)
        return {"at": [row.id for row in current.rows].index(row_id)}, {"at": at}

    return record(parts, actor, submission_id, version, "row_move", f"occupations.{row_id}", plan, "")


def _row(current: Current, row_id: str) -> Row:
    row = current.row(row_id)
    if row is None:
        raise NotFoundError("找不到这一行，可能已被删除。")
    return row


def _row_json(row: Row) -> dict[str, Any]:
    return {"id": row.id, "cells": {c: {"text": x.text, "value": x.value} for c, x in row.cells.items()}}


def _joined(first: str, second: str) -> str:
    return first if second in ("", first) else first + second


def _typed_cells(texts: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    return {column: typed(f"occupations.x.{column}", str(texts.get(column, ""))) for column in COLUMN_IDS}
