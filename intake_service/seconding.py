"""The second person's entries: where the call wants them, and whether two people agree on what stands there.

A value is settled when two entries by different hands are equal to it: that of whoever wrote or confirmed it (the
machine, where the call lets it count and it is sure), and those that others made without seeing it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum

from extractors.form.second_entry import SecondEntry
from intake_service.current import PERSON, Cell, Current, Entry, Mark


class Standing(StrEnum):
    """How far the entries of one place are."""

    AWAITED = "awaited"
    UNEQUAL = "unequal"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Place:
    """One cell that is entered twice, and what others than its author entered there."""

    cell: Cell
    entries: tuple[Entry, ...]
    standing: Standing


def rule() -> SecondEntry | None:
    """What the call in force wants; None for nothing."""
    from extractors.form.layout import default_layout

    return default_layout().call.second_entry


def places(current: Current, submission_id: str, wanted: SecondEntry | None) -> tuple[Place, ...]:
    """Every cell of the submission that is entered twice, in the order of the paper."""
    if wanted is None or not wanted.draws(submission_id):
        return ()
    from extractors.form.layout import default_layout

    kinds = default_layout().kinds
    cells = (cell for cell in current.cells() if wanted.wants(cell.path, kinds[cell.path.rpartition(".")[2]]))
    return tuple(
        _place(cell, current.entries.get(cell.path, ()), machine_counts=wanted.machine_counts)
        for cell in cells
    )


def may_enter(place: Place, name: str) -> bool:
    """Whether this person may still enter it as second."""
    mine = place.cell.by == PERSON and place.cell.who == name
    return (
        place.standing is Standing.AWAITED and not mine and name not in {each.who for each in place.entries}
    )


def hidden(found: tuple[Place, ...], name: str) -> frozenset[str]:
    """Paths of what a colleague entered and this person may still enter without having seen it."""
    return frozenset(each.cell.path for each in found if each.cell.by == PERSON and may_enter(each, name))


def unsettled(found: tuple[Place, ...]) -> int:
    """How many places are not settled yet."""
    return sum(place.standing is not Standing.SETTLED for place in found)


def enterers(found: tuple[Place, ...]) -> set[str]:
    """Who entered something as second."""
    return {entry.who for place in found for entry in place.entries}


def _place(cell: Cell, entries: tuple[Entry, ...], *, machine_counts: bool) -> Place:
    others = tuple(entry for entry in entries if cell.by != PERSON or entry.who != cell.who)
    agreeing = sum(is_same(entry, cell) for entry in others)
    first = cell.by == PERSON or (machine_counts and not cell.doubtful)
    unequal = agreeing < len(others)
    open_standing = Standing.UNEQUAL if unequal else Standing.AWAITED
    return Place(cell, others, Standing.SETTLED if agreeing + first >= 2 else open_standing)


def is_same(entry: Entry | Cell, cell: Cell) -> bool:
    """Whether both mean the same: the same value, or the same characters but for blanks and their width."""
    known = entry.value is not None and cell.value is not None
    return (known and entry.value == cell.value) or _bare(entry.text) == _bare(cell.text)


def is_machines_word(item: Cell | Mark) -> bool:
    """Whether what a person said in the end is what the machine had read."""
    if isinstance(item, Mark):
        return all(item.machine.get(key) == value for key, value in item.verdict.items())
    read = replace(item, text=item.machine.get("text", ""), value=item.machine.get("value"))
    return is_same(read, item)


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
