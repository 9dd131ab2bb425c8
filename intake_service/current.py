"""Current values = the machine's reading + people's corrections. Derived anew each time, never stored.

Corrections are replayed in order, leaving out those that were undone. An undo is itself a correction and may
be undone (that is redo). Rows keep their ids: ``r1``… as read, ``a<version>`` for rows people added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from extractors.form.reading import COLUMN_IDS, FIELD_IDS, Status
from intake_service.store.corrections import Correction

TAKE_BACK = frozenset({"undo", "redo"})
"""Corrections that take back another: an undo any, a redo an undo; ``after`` is the other's version."""
BESIDE = frozenset({"register", "holder", "second", "proposal"})
"""Corrections of what does not stand on the paper: put right by another one, not taken back."""

MACHINE = "machine"
PERSON = "person"
DOUBTFUL = {Status.REVIEW, Status.MISSING}


@dataclass(frozen=True, slots=True)
class Cell:
    """One field or table cell as it stands now. ``machine`` is the reader's own JSON, unchanged."""

    path: str
    text: str
    value: Any
    status: str
    by: str = MACHINE
    who: str = ""
    at: datetime | None = None
    machine: Mapping[str, Any] = field(default_factory=dict)
    places: tuple[Mapping[str, Any], ...] = ()
    """Where people found it, if elsewhere than the machine: ``page`` and ``box``, and ``document`` if not the form's."""
    proposals: tuple[Entry, ...] = ()
    """What other systems say instead: the newest of each that says something else."""

    @property
    def pieces(self) -> tuple[Mapping[str, Any], ...]:
        """Where it stands on paper; two when a page break cuts its cell."""
        return self.places or tuple(self.machine.get("parts") or [self.machine])

    @property
    def doubtful(self) -> bool:
        """Whether a person must still look: another system may raise a doubt, never settle one."""
        return self.by == MACHINE and (self.status in DOUBTFUL or bool(self.proposals))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the occupation table as it stands now."""

    id: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Mark:
    """One seal or signature as it stands now. ``verdict`` is the machine's JSON with a person's judgement over it."""

    path: str
    verdict: Mapping[str, Any]
    by: str = MACHINE
    who: str = ""
    at: datetime | None = None
    machine: Mapping[str, Any] = field(default_factory=dict)

    @property
    def doubtful(self) -> bool:
        """Whether a person must still look."""
        return self.by == MACHINE and self.machine.get("status") in DOUBTFUL


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody else says of a cell: a second person, or another system."""

    who: str
    text: str
    value: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class Current:
    """Everything a reviewer sees of one form. ``version`` is what the next correction must say it has seen."""

    version: int
    fields: Mapping[str, Cell]
    rows: tuple[Row, ...]
    marks: Mapping[str, Mark]
    materials: Mapping[int, bool] = field(default_factory=dict)
    """Number of a material of the call → whether a person found it in the envelope; none where nobody said."""
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    """Path → the newest entry of each who entered it as second."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """Paths a person must still look at, in the order of the paper."""
        cells = [cell for cell in self.cells() if cell.doubtful]
        return tuple(cell.path for cell in cells) + tuple(m.path for m in self.marks.values() if m.doubtful)

    def cells(self) -> Iterable[Cell]:
        """Fields and table cells in the order of the paper."""
        before_table = ("org_name", "address", "registration_authority", "org_type", "uscc", "legal_representative",
                        "registered_capital", "contact_person", "contact_position", "contact_phone", "email")  # fmt: skip
        yield from (self.fields[name] for name in before_table if name in self.fields)
        for row in self.rows:
            yield from row.cells.values()
        yield from (cell for name, cell in self.fields.items() if name not in before_table)

    def row(self, row_id: str) -> Row | None:
        """The row with this id, or None."""
        return next((row for row in self.rows if row.id == row_id), None)

    def cell(self, path: str) -> Cell | None:
        """The cell at ``fields.<id>`` or ``occupations.<row id>.<column>``, or None."""
        match path.split("."):
            case ["fields", name]:
                return self.fields.get(name)
            case ["occupations", row_id, column]:
                row = self.row(row_id)
                return None if row is None else row.cells.get(column)
            case _:
                return None


def current_values(reading: Mapping[str, Any] | None, changes: Iterable[Correction]) -> Current:
    """Replay the corrections over a reading; without one (unread or unmatched file) over empty fields."""
    every = list(changes)
    active = active_versions(every)
    state = _from_reading(reading)
    for change in every:
        if change.version in active and (step := _STEPS.get(change.kind)):
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
