"""Current values = the machine's reading + people's corrections. Derived anew each time, never stored.

Corrections are replayed in order, leaving out those that were undone. An undo is itself a correction and may
be undone (that is redo). Rows keep their ids: ``r1``… as read, ``a<version>`` for rows people added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from extractors.form.reading import COLUMN_IDS, FIELD_IDS, Status
from intake_service.store.corrections import Correction
from intake_service.supplementing import with_supplement
from intake_service.values import DOUBTFUL, MACHINE, PERSON, Cell, Current, Entry, Mark, Row

__all__ = [
    "BESIDE", "DOUBTFUL", "MACHINE", "PERSON", "TAKE_BACK", "Cell", "Current", "Entry", "Mark", "Row", "active_versions",
    "current_values",
]  # fmt: skip

TAKE_BACK = frozenset({"undo", "redo"})
"""Corrections that take back another: an undo any, a redo an undo; ``after`` is the other's version."""
BESIDE = frozenset({"register", "holder", "second", "proposal", "decision", "filing"})
"""Corrections of what does not stand on the paper: put right by another one, not taken back."""


def current_values(reading: Mapping[str, Any] | None, changes: Iterable[Correction]) -> Current:
    """Replay the corrections over a reading; without one (unread or unmatched file) over empty fields.

    A reading with ``earlier`` (see ``store.documents.form_reading``) supplements that one: what was made of the earlier
    one is kept where the new paper says the same.
    """
    every = list(changes)
    active = active_versions(every)
    earlier = (reading or {}).get("earlier")
    state, since = _from_reading(reading), 0
    if earlier is not None:
        since = earlier["version"]
        before = current_values(
            earlier["reading"], [each for each in every if each.version in active and each.version <= since]
        )
        state = with_supplement(before, state, earlier["document"])
    for change in every:
        if change.version in active and change.version > since and (step := _STEPS.get(change.kind)):
            state = step(state, change)
    return replace(state, version=every[-1].version if every else 0)


def active_versions(changes: Iterable[Correction]) -> set[int]:
    """Versions that count: not undone, or undone by an undo that was itself undone."""
    undone: set[int] = set()
    active: set[int] = set()
    for change in sorted(changes, key=lambda each: each.version, reverse=True):
        if change.version in undone:
            continue
        active.add(change.version)
        if change.kind in TAKE_BACK:
            undone.add(int(change.after))
    return active


def _from_reading(reading: Mapping[str, Any] | None) -> Current:
    found = reading or {}
    fields = {
        name: _machine_cell(f"fields.{name}", found.get("fields", {}).get(name, {})) for name in FIELD_IDS
    }
    rows = tuple(
        Row(
            f"r{number}", {c: _machine_cell(f"occupations.r{number}.{c}", row.get(c, {})) for c in COLUMN_IDS}
        )
        for number, row in enumerate(found.get("occupations", []), start=1)
    )
    return Current(0, fields, rows, dict(_machine_marks(found.get("marks", {}))))


def _machine_cell(path: str, read: Mapping[str, Any]) -> Cell:
    return Cell(
        path, read.get("text", ""), read.get("value"), read.get("status", Status.MISSING), machine=read
    )


def _machine_marks(marks: Mapping[str, Any]) -> Iterable[tuple[str, Mark]]:
    for name, found in marks.items():
        if isinstance(found, list):
            for number, seal in enumerate(found, start=1):
                path = f"marks.{name}.{number}"
                yield f"{name}.{number}", Mark(path, seal, machine=seal)
        else:
            yield name, Mark(f"marks.{name}", found, machine=found)


def _with_cell(state: Current, cell: Cell) -> Current:
    match cell.path.split("."):
        case ["fields", name]:
            return replace(state, fields={**state.fields, name: cell})
        case ["occupations", row_id, column]:
            rows = (Row(r.id, {**r.cells, column: cell}) if r.id == row_id else r for r in state.rows)
            return replace(state, rows=tuple(rows))
        case _:
            return state


def _set_value(state: Current, change: Correction) -> Current:
    cell = state.cell(change.path)
    if cell is None:
        return state
    text, value = change.after["text"], change.after["value"]
    status = Status.AUTO if text else Status.BLANK
    places = (change.after["drawn"],) if "drawn" in change.after else cell.places
    return _with_cell(
        state,
        replace(
            cell, text=text, value=value, status=status, by=PERSON, who=change.by, at=change.at, places=places
        ),
    )


def _judge_mark(state: Current, change: Correction) -> Current:
    name = change.path.removeprefix("marks.")
    mark = state.marks.get(name) or Mark(change.path, {})
    judged = replace(mark, verdict={**mark.verdict, **change.after}, by=PERSON, who=change.by, at=change.at)
    return replace(state, marks={**state.marks, name: judged})


def _tick_material(state: Current, change: Correction) -> Current:
    """``after``: {"present": true, false or null}, null taking back what was said."""
    number, present = int(change.path.removeprefix("materials.")), change.after["present"]
    others = {key: value for key, value in state.materials.items() if key != number}
    return replace(state, materials=others if present is None else {**others, number: bool(present)})


def _typed_row(change: Correction, row_id: str, cells: Mapping[str, Mapping[str, Any]]) -> Row:
    return Row(
        row_id,
        {
            column: Cell(
                path=f"occupations.{row_id}.{column}",
                text=cells.get(column, {}).get("text", ""),
                value=cells.get(column, {}).get("value"),
                status=Status.AUTO if cells.get(column, {}).get("text") else Status.BLANK,
                by=PERSON,
                who=change.by,
                at=change.at,
            )
            for column in COLUMN_IDS
        },
    )


def _add_rows(state: Current, change: Correction) -> Current:
    """``after``: {"at": index, "rows": [{"id", "cells"}]}."""
    at = max(0, min(len(state.rows), int(change.after["at"])))
    added = tuple(_typed_row(change, row["id"], row["cells"]) for row in change.after["rows"])
    return replace(state, rows=(*state.rows[:at], *added, *state.rows[at:]))


def _remove_row(state: Current, change: Correction) -> Current:
    row_id = change.path.removeprefix("occupations.")
    return replace(state, rows=tuple(row for row in state.rows if row.id != row_id))


def _replace_rows(state: Current, change: Correction) -> Current:
    """Merge and split. ``after``: {"takes": [row ids], "rows": [{"id", "cells"}]}; the first taken row keeps its place."""
    takes = list(change.after["takes"])
    if not takes or state.row(takes[0]) is None:
        return state
    at = next(index for index, row in enumerate(state.rows) if row.id == takes[0])
    rest = [row for row in state.rows if row.id not in takes]
    at = min(at, len(rest))
    taken = [row for row in state.rows if row.id in takes]
    made = [_on_paper_of(taken, _typed_row(change, row["id"], row["cells"])) for row in change.after["rows"]]
    return replace(state, rows=(*rest[:at], *made, *rest[at:]))


def _on_paper_of(taken: Iterable[Row], made: Row) -> Row:
    """The row with the paper of all those it was made of, and the machine's word where it stays one of them."""
    cells = {}
    for column, cell in made.cells.items():
        old = {row.id: row.cells[column] for row in taken}
        places = tuple(piece for each in old.values() for piece in each.pieces if piece.get("box"))
        machine = old[made.id].machine if made.id in old else {}
        cells[column] = replace(cell, machine=machine, places=places)
    return Row(made.id, cells)


def _move_row(state: Current, change: Correction) -> Current:
    row = state.row(change.path.removeprefix("occupations."))
    if row is None:
        return state
    rest = [other for other in state.rows if other.id != row.id]
    at = max(0, min(len(rest), int(change.after["at"])))
    return replace(state, rows=(*rest[:at], row, *rest[at:]))


def _add_entry(state: Current, change: Correction) -> Current:
    others = (entry for entry in state.entries.get(change.path, ()) if entry.who != change.by)
    made = Entry(change.by, change.after["text"], change.after["value"], change.at)
    return replace(state, entries={**state.entries, change.path: (*others, made)})


def _add_proposal(state: Current, change: Correction) -> Current:
    """``after`` None: the system says the same as what stands, and takes back what it said before."""
    cell = state.cell(change.path)
    if cell is None:
        return state
    kept = tuple(entry for entry in cell.proposals if entry.who != change.by)
    made = (Entry(change.by, change.after["text"], change.after["value"], change.at),) if change.after else ()
    return _with_cell(state, replace(cell, proposals=(*kept, *made)))


_STEPS: dict[str, Callable[[Current, Correction], Current]] = {
    "value": _set_value,
    "mark": _judge_mark,
    "row_add": _add_rows,
    "row_remove": _remove_row,
    "row_replace": _replace_rows,
    "row_move": _move_row,
    "material": _tick_material,
    "second": _add_entry,
    "proposal": _add_proposal,
}
