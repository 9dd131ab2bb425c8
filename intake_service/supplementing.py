"""What a supplement changes: the new paper's values beside those that stood before it came.

The same text again keeps what people made of it. Another text, or one that is gone from a page that came anew, is a
doubt until somebody looks. What lies on pages that were not handed in again stands as it stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from extractors.form.reading import Status
from intake_service.values import MACHINE, Cell, Current, Entry, Mark, Row

CHANGED, GONE = "supplement_changed", "supplement_gone"
"""Reasons of doubt: another text than before the supplement; no longer on a page that came anew."""
BEFORE = "补正前"
"""Who offers the value that a person had settled before the supplement came."""


def with_supplement(before: Current, new: Current, document: str) -> Current:
    """The values after a supplement: ``before`` as they stood, from the paper ``document``, and ``new`` as read now."""
    anew = _sheets_handed_in_again(before, new, document)
    fields = {
        name: _cell(before.fields[name], cell, document, anew) if name in before.fields else cell
        for name, cell in new.fields.items()
    }
    marks = {name: _mark(before.marks.get(name), mark, document, anew) for name, mark in new.marks.items()}
    left = {name: _mark_from(mark, document) for name, mark in before.marks.items() if name not in new.marks}
    return replace(
        before,
        fields=fields,
        rows=_rows(before, new, document, anew),
        marks={**marks, **{name: mark for name, mark in left.items() if not _sheets(mark, document) & anew}},
    )


Sheets = frozenset[tuple[str, int]]
"""Documents and pages in them."""


def _sheets_handed_in_again(before: Current, new: Current, document: str) -> Sheets:
    """Sheets of the earlier paper of which the new one has at least one entry."""
    found = {cell.path for cell in new.cells() if cell.status != Status.MISSING}
    return frozenset().union(*(_sheets(cell, document) for cell in before.cells() if cell.path in found))


def _sheets(item: Cell | Mark, document: str) -> Sheets:
    pieces = item.pieces if isinstance(item, Cell) else item.machine.get("parts") or [item.machine]
    return frozenset(
        (piece.get("document", document), piece["page"]) for piece in pieces if piece.get("page")
    )


def _cell(before: Cell, new: Cell, document: str, anew: Sheets) -> Cell:
    if new.status == Status.MISSING:
        kept = _from(before, document)
        return _doubted(kept, GONE) if before.text and _sheets(before, document) & anew else kept
    if new.text == before.text:
        return replace(before, machine={**before.machine, **_where(new.machine)}, places=())
    offered = (Entry(BEFORE, before.text, before.value, before.at),) if before.at and before.text else ()
    return replace(_doubted(new, CHANGED), proposals=offered)


def _doubted(cell: Cell, reason: str) -> Cell:
    reasons = [*cell.machine.get("reasons", ()), reason]
    machine = {**cell.machine, "reasons": reasons, "status": str(Status.REVIEW)}
    return replace(cell, by=MACHINE, who="", at=None, status=Status.REVIEW, machine=machine)


def _from(cell: Cell, document: str) -> Cell:
    """The cell with its place on the earlier paper."""
    return replace(cell, places=tuple(_pieces_from(cell.pieces, document)))


def _pieces_from(pieces: Iterable[Mapping[str, Any]], document: str) -> Iterable[Mapping[str, Any]]:
    for piece in pieces:
        if piece.get("box"):
            yield {"page": piece["page"], "box": piece["box"], "document": piece.get("document", document)}


def _where(machine: Mapping[str, Any]) -> dict[str, Any]:
    """Where the machine found something, without what it read."""
    found = {"page": machine.get("page"), "box": machine.get("box"), "parts": machine.get("parts")}
    return {key: value for key, value in found.items() if value or key != "parts"}


def _rows(before: Current, new: Current, document: str, anew: Sheets) -> tuple[Row, ...]:
    """The new paper's rows; those of the earlier one that it has not stand behind them, doubted, and none is dropped."""
    left = list(before.rows)
    made = []
    for number, row in enumerate(new.rows, start=1):
        old = next((each for each in left if _is_same_row(each, row)), None)
        if old is None:
            made.append(_renamed(row, f"s{before.version}n{number}"))
        else:
            left.remove(old)
            cells = {
                name: _cell(old.cells[name], replace(cell, path=old.cells[name].path), document, anew)
                for name, cell in row.cells.items()
            }
            made.append(Row(old.id, cells))
    gone = bool(new.rows)
    for row in left:
        kept = {name: _from(cell, document) for name, cell in row.cells.items()}
        doubted = {name: _doubted(cell, GONE) if cell.text else cell for name, cell in kept.items()}
        made.append(Row(row.id, doubted if gone else kept))
    return tuple(made)


def _is_same_row(old: Row, new: Row) -> bool:
    codes, names = ({str(row.cells[column].value or "") for row in (old, new)} for column in ("code", "name"))
    return (len(codes) == 1 and codes != {""}) or (len(names) == 1 and names != {""})


def _renamed(row: Row, row_id: str) -> Row:
    return Row(
        row_id,
        {
            name: _doubted(replace(cell, path=f"occupations.{row_id}.{name}"), CHANGED) if cell.text
            else replace(cell, path=f"occupations.{row_id}.{name}")
            for name, cell in row.cells.items()
        },
    )  # fmt: skip


def _mark(before: Mark | None, new: Mark, document: str, anew: Sheets) -> Mark:
    """A seal or signature is of its sheet: one on a sheet that came anew is judged anew."""
    if before is None or new.verdict.get("present"):
        return new
    sheets = _sheets(before, document)
    return _mark_from(before, document) if sheets and not sheets & anew else new


def _mark_from(mark: Mark, document: str) -> Mark:
    pieces = list(_pieces_from(mark.machine.get("parts") or [mark.machine], document))
    return replace(mark, machine={**mark.machine, "parts": pieces}) if pieces else mark
