"""What rules look at: the values as they stand, what the mail room registered, and what the tables know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from extractors.form.catalogue import Catalogue
from extractors.form.layout import Call, Layout
from extractors.form.reading import Check, FieldReading, Marks, OccupationRow, Status
from extractors.form.rules import Rule

_NAMES = {
    "authority_opinion": "市（州）人社局意见",
    "authority_opinion_date": "市（州）人社局意见的日期",
    "authority_seal": "市（州）人社局的印章",
    "statement": "第三部分的说明",
}
"""Places that the form prints no short name for."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What is known of one material: the pages taken for it, counted over all files, and a person's word (None: nobody's)."""

    pages: tuple[int, ...] = ()
    said: bool | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One application. A cell that is blank or was not found is left to the rule ``required``."""

    fields: Mapping[str, FieldReading]
    rows: Sequence[OccupationRow]
    marks: Marks
    catalogue: Catalogue
    layout: Layout
    postmark: date | None = None
    received: date | None = None
    """Days on the office's calendar, None while nobody has registered them."""
    alike: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Field → receipt numbers of other applications with the same person or telephone."""
    materials: Mapping[int, Handed] | None = None
    """By number; None while only the form is looked at."""

    @property
    def call(self) -> Call:
        return self.layout.call

    @property
    def as_of(self) -> date | None:
        """The day by which years are counted; None where it is that of receipt and nobody knows it yet."""
        named = {"deadline": date.fromisoformat(self.call.deadline), "receipt": self.received}
        how = self.call.judged_as_of
        return named[how] if how in named else date.fromisoformat(how)

    def readings(self, name: str) -> list[tuple[str, FieldReading]]:
        """The path and reading of a field, or of a column in each row, where something is written."""
        if name in self.fields:
            found = [(name, self.fields[name])]
        else:
            found = [
                (place(i, name), cell)
                for i, row in enumerate(self.rows)
                for c, cell in row.cells()
                if c == name
            ]
        return [(path, reading) for path, reading in found if written(reading)]

    def value(self, name: str) -> str:
        """A field's normalised text, empty without one."""
        reading = self.fields.get(name)
        return str(reading.value or "") if reading is not None else ""

    def called(self, path: str) -> str:
        """What people call a place: “地址”, 第 3 行的“职业编码”."""
        name = path.rpartition(".")[2]
        headers = {column.id: column.header for column in self.layout.columns}
        if path.startswith("occupations["):
            return f"第 {int(path[12 : path.index(']')]) + 1} 行的“{headers[name]}”"
        labels = {label.field: f"“{label.text}”" for label in self.layout.labels}
        return _NAMES.get(name) or labels.get(name, name)


def place(index: int, column: str) -> str:
    """The path of a row's cell, rows counted from 0."""
    return f"occupations[{index}].{column}"


def tell(
    rule: Rule,
    outcome: str,
    fields: str | tuple[str, ...],
    *,
    passed: bool | None,
    finding: str = "",
    **facts: object,
) -> Check:
    """A finding of ``rule`` with the sentence of its outcome; ``finding`` where it is not called like the rule."""
    paths = (fields,) if isinstance(fields, str) else fields
    return Check(finding or rule.id, passed, rule.severity, paths, rule.say[outcome].format(**facts))


def judged(
    rule: Rule,
    fields: str | tuple[str, ...],
    *,
    passed: bool | None,
    finding: str = "",
    **facts: object,
) -> Check:
    """A finding whose outcomes are called ``good``, ``bad`` and ``unsure``."""
    outcome = "good" if passed else "bad" if passed is False else "unsure"
    return tell(rule, outcome, fields, passed=passed, finding=finding, **facts)


_NOT_TO_BE_JUDGED = frozenset(
    {
        "cell_not_found",
        "label_not_found",
        "section_not_found",
        "options_not_found",
        "ambiguous_ticks",
        "image_damaged",
    }
)


def filled(reading: FieldReading | None) -> bool | None:
    """True when something stands in the cell, False when it is empty, None when that cannot be told."""
    if written(reading):
        return True
    if reading is None or reading.status == Status.MISSING or not found(reading.reasons):
        return None
    return False


def found(reasons: tuple[str, ...]) -> bool:
    """False when a cell's or mark's place on the form was not found or cannot be seen."""
    return not _NOT_TO_BE_JUDGED.intersection(reasons)


def written(reading: FieldReading | None) -> bool:
    """True when the cell was found and something stands in it."""
    return (
        reading is not None
        and reading.status not in {Status.BLANK, Status.MISSING}
        and (bool(reading.text.strip()) or reading.value is not None)
    )
