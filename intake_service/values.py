"""What a reviewer sees of a submission: fields, rows and marks as they stand, whoever said so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from extractors.form.reading import Status

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
