"""What another reader makes of accepted submissions, against what people settled. Nothing of a submission is changed.

What a person wrote or confirmed is the truth. Where nobody looked, two readings that differ are only told: one of them is
wrong, nobody knows which. A reading that nobody would have been asked to look at counts as passed, a lost row too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from extractors.form.reading import COLUMN_IDS
from intake_service.counted import place_of
from intake_service.current import PERSON, Cell, Current, Mark, Row, current_values
from intake_service.seconding import is_same

MARK_WORDS = ("present", "kind", "matches")


class Fate(StrEnum):
    """What became of one value."""

    SAME = "same"
    MENDED = "mended"
    BROKEN = "broken"
    UNJUDGED = "unjudged"
    """It differs, and nobody looked at it before."""


class Verdict(StrEnum):
    """Whether to switch."""

    BETTER = "better"
    EVEN = "even"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Value:
    """One value read twice. Texts are what stands on paper; ``truth`` is a person's where ``judged``."""

    path: str
    fate: Fate
    judged: bool
    truth: str
    before: str
    after: str
    passed_wrong_before: bool
    passed_wrong_after: bool
    asked_before: bool
    asked_after: bool

    @property
    def is_told(self) -> bool:
        """Whether a report shows it with its texts."""
        return self.fate is not Fate.SAME or self.passed_wrong_after


@dataclass(frozen=True, slots=True)
class Tally:
    """One field over all submissions. ``asked``: how often a person would have to look."""

    place: str
    values: int = 0
    judged: int = 0
    same: int = 0
    mended: int = 0
    broken: int = 0
    unjudged: int = 0
    passed_wrong_before: int = 0
    passed_wrong_after: int = 0
    asked_before: int = 0
    asked_after: int = 0

    @property
    def verdict(self) -> Verdict:
        """Worse with more that passes wrongly, whatever else is mended: that is what nobody would notice."""
        passed = self.passed_wrong_after - self.passed_wrong_before
        change = passed or self.broken - self.mended
        return Verdict.WORSE if change > 0 else Verdict.BETTER if change < 0 else Verdict.EVEN


@dataclass(frozen=True, slots=True)
class _Seen:
    """A cell or mark as it is compared."""

    cell: Cell
    asked: bool
    by_person: bool = False


_NOWHERE = _Seen(Cell("", "", None, "blank"), asked=False)


def compare(truth: Current, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Value, ...]:
    """Every value of one form: ``before`` and ``after`` are readings (``intake.reading/1``)."""
    old, new = current_values(before, ()), current_values(after, ())
    values = [
        _value(f"fields.{name}", _cell(cell), _cell(old.fields.get(name)), _cell(new.fields.get(name)))
        for name, cell in truth.fields.items()
    ]
    values += [value for trio in _rows(truth.rows, old.rows, new.rows) for value in _row_values(*trio)]
    values += [
        _value(f"marks.{name}", _mark(mark), _mark(old.marks.get(name)), _mark(new.marks.get(name)))
        for name, mark in truth.marks.items()
    ]
    return tuple(values)


def tallies(values: Iterable[Mapping[str, Any]]) -> tuple[Tally, ...]:
    """By field, those that need looking at first; ``values`` are ``Value`` as JSON."""
    counts: dict[str, Counter[str]] = {}
    for value in values:
        count = counts.setdefault(place_of(value["path"]), Counter())
        count["values"] += 1
        count[value["fate"]] += 1
        for name in (
            "judged",
            "passed_wrong_before",
            "passed_wrong_after",
            "asked_before",
            "asked_after",
        ):
            count[name] += value[name]
    found = [Tally(place, **count) for place, count in counts.items()]
    return tuple(
        sorted(found, key=lambda each: (-each.passed_wrong_after, -each.broken, -each.unjudged, each.place))
    )


def together(found: Sequence[Tally]) -> Tally:
    """All fields as one."""
    names = [name for name in Tally.__slots__ if name != "place"]
    return Tally("", **{name: sum(getattr(each, name) for each in found) for name in names})


def to_json(value: Value) -> dict[str, Any]:
    """As a report keeps it: texts only where something is to be told."""
    kept = asdict(value)
    if not value.is_told:
        del kept["truth"], kept["before"], kept["after"]
    return kept


def _value(path: str, truth: _Seen, before: _Seen, after: _Seen) -> Value:
    right_before, right_after = is_same(before.cell, truth.cell), is_same(after.cell, truth.cell)
    judged = truth.by_person
    if judged and right_before != right_after:
        fate = Fate.MENDED if right_after else Fate.BROKEN
    else:
        fate = Fate.SAME if judged or is_same(before.cell, after.cell) else Fate.UNJUDGED
    return Value(
        path=path,
        fate=fate,
        judged=judged,
        truth=truth.cell.text,
        before=before.cell.text,
        after=after.cell.text,
        passed_wrong_before=judged and not right_before and not before.asked,
        passed_wrong_after=judged and not right_after and not after.asked,
        asked_before=before.asked,
        asked_after=after.asked,
    )


def _cell(cell: Cell | None) -> _Seen:
    return _NOWHERE if cell is None else _Seen(cell, cell.doubtful, cell.by == PERSON)


def _mark(mark: Mark | None) -> _Seen:
    if mark is None:
        return _NOWHERE
    said = [mark.verdict.get(word) for word in MARK_WORDS]
    text = " ".join(
        f"{word}={value}" for word, value in zip(MARK_WORDS, said, strict=True) if value is not None
    )
    return _Seen(Cell(mark.path, text, None, ""), mark.doubtful, mark.by == PERSON)


def _rows(
    truth: Sequence[Row], before: Sequence[Row], after: Sequence[Row]
) -> Iterator[tuple[Row | None, Row | None, Row | None]]:
    """Rows that are the same on paper; those that only a reader saw are told of behind them."""
    of_old, of_new = _aligned(truth, before), _aligned(truth, after)
    for at, row in enumerate(truth):
        yield row, of_old.get(at), of_new.get(at)
    extra_old = [row for row in before if row not in of_old.values()]
    extra_new = [row for row in after if row not in of_new.values()]
    for old, new in zip_longest(extra_old, extra_new):
        yield None, old, new


def _row_values(truth: Row | None, before: Row | None, after: Row | None) -> Iterator[Value]:
    row_id = next(row.id for row in (truth, before, after) if row is not None)
    for column in COLUMN_IDS:
        trio = [_cell(row.cells.get(column) if row else None) for row in (truth, before, after)]
        if truth is None:  # whoever accepted the form saw that there is no such row
            trio[0] = _Seen(_NOWHERE.cell, asked=False, by_person=True)
        yield _value(f"occupations.{row_id}.{column}", *trio)


def _aligned(truth: Sequence[Row], read: Sequence[Row]) -> dict[int, Row]:
    """Index of a true row → the row that was read of it: in order, with as many equal cells as possible."""
    width = len(read) + 1
    best = [[0] * width for _ in range(len(truth) + 1)]
    for i in reversed(range(len(truth))):
        for j in reversed(range(len(read))):
            taken = _likeness(truth[i], read[j]) + best[i + 1][j + 1]
            best[i][j] = max(taken, best[i + 1][j], best[i][j + 1])
    found, i, j = {}, 0, 0
    while i < len(truth) and j < len(read):
        if best[i][j] == _likeness(truth[i], read[j]) + best[i + 1][j + 1]:
            found[i] = read[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _likeness(one: Row, other: Row) -> int:
    """Above 0, so that rows in which nothing was read right are still matched by their order."""
    return 1 + sum(10 for column in COLUMN_IDS if is_same(one.cells[column], other.cells[column]))
