"""How often values are wrong that the machine is sure of: a person looks at some, without being told which.

A drawn value stands among the doubtful ones until somebody settles it. What became of it is noted when the submission is
accepted, for then everything on it counts as right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from extractors.form.reading import Status
from extractors.form.second_entry import SecondLook
from intake_service.current import DOUBTFUL, MACHINE, PERSON, Cell, Current, current_values
from intake_service.seconding import is_machines_word
from intake_service.store.corrections import Correction

LONG = "long_text"


def rule() -> SecondLook | None:
    """What the call in force wants; None for nothing."""
    from extractors.form.layout import default_layout

    return default_layout().call.second_look


def values_to_settle(
    reading: Mapping[str, Any] | None, changes: Iterable[Correction], submission_id: str
) -> Current:
    """The current values, with those drawn for a second look among the doubtful ones."""
    current = current_values(reading, changes)
    drawn = {cell.path for cell in drawn_cells(current, submission_id, rule()) if cell.by == MACHINE}
    if not drawn:
        return current
    return replace(
        current,
        fields={name: _doubted(cell, drawn) for name, cell in current.fields.items()},
        rows=tuple(
            replace(row, cells={column: _doubted(cell, drawn) for column, cell in row.cells.items()})
            for row in current.rows
        ),
    )


def drawn_cells(current: Current, submission_id: str, wanted: SecondLook | None) -> tuple[Cell, ...]:
    """What the machine was sure of and the call draws, whoever has settled it since."""
    if wanted is None:
        return ()
    from extractors.form.layout import default_layout

    kinds = default_layout().kinds
    return tuple(
        cell
        for cell in current.cells()
        if is_sure(cell)
        and kinds[cell.path.rpartition(".")[2]] != LONG
        and wanted.draws(submission_id, cell.path)
    )


def is_sure(cell: Cell) -> bool:
    """Whether the machine read it and let it pass."""
    return cell.machine.get("status", Status.MISSING) not in DOUBTFUL


def outcomes(current: Current, submission_id: str) -> dict[str, bool | None]:
    """Path of each drawn value → whether the machine's word stood; None where nobody looked."""
    drawn = drawn_cells(current, submission_id, rule())
    return {cell.path: is_machines_word(cell) if cell.by == PERSON else None for cell in drawn}


def _doubted(cell: Cell, drawn: set[str]) -> Cell:
    return replace(cell, status=Status.REVIEW) if cell.path in drawn else cell
