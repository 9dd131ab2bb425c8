"""What a call for applications asks for: its days, its materials, its rules, and what comes after acceptance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.form.filing_code import FilingCode, checked_filing_code
from extractors.form.layout_file import LayoutError, checked_yaml, frozen
from extractors.form.rules import Rule, checked_rules, refuse_other_materials
from extractors.form.second_entry import SecondEntry, SecondLook


@dataclass(frozen=True, slots=True)
class MaterialKind:
    """One material of the call. ``strong`` words decide alone in a page's title; ``keywords`` add up."""

    number: int
    title: str
    keywords: tuple[str, ...]
    strong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """The call for applications a form belongs to; days are ISO dates."""

    id: str
    document: str
    title: str
    issued: str
    deadline: str
    scope: str
    materials: tuple[MaterialKind, ...]
    rules: tuple[Rule, ...]
    judged_as_of: str = "deadline"
    """The day by which years are judged: ``deadline``, ``receipt`` or an ISO date."""
    deadline_counts: str = "undecided"
    """Which day must not be later than the deadline: ``postmark``, ``receipt`` or ``undecided``."""
    deadline_day_itself: str = "undecided"
    """Whether the deadline's own day is in time: ``included``, ``excluded`` or ``undecided``."""
    answer_working_days: int = 5
    """Working days after receipt within which an applicant is told at once everything that is missing."""
    second_entry: SecondEntry | None = None
    second_look: SecondLook | None = None
    filing_code: FilingCode | None = None
    refusal_reasons: tuple[str, ...] = ()
    """What a reviewer may refuse with besides the usual, as it stands in the letter."""


def load_call(file: Path) -> Call:
    """The rules of one call for applications. Raises LayoutError like ``load_layout``."""
    data = checked_yaml(file, "call.schema.json")
    if data["id"] != file.stem:
        raise LayoutError(file, "id", f"编号应与文件名一致（{file.stem}）。")
    numbers = [item["number"] for item in data["materials"]]
    for index, number in enumerate(numbers):
        if number in numbers[:index]:
            raise LayoutError(file, f"materials[{index}].number", f"材料序号 {number} 重复。")
    materials = tuple(frozen(MaterialKind, item) for item in data["materials"])
    rules = checked_rules(file, data["rules"])
    refuse_other_materials(file, rules, numbers)
    made: dict[str, Any] = {"materials": materials, "rules": rules}
    for name, kind in (("second_entry", SecondEntry), ("second_look", SecondLook)):
        made |= {name: frozen(kind, data[name])} if name in data else {}
    code = checked_filing_code(file, data["filing_code"]) if "filing_code" in data else None
    made |= {"filing_code": code, "refusal_reasons": tuple(data.get("refusal_reasons", ()))}
    return Call(**{**data, **made})
