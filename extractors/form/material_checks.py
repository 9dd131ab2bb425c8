"""The materials that lie beside the form: seen by the machine, ticked off by people. What they prove is left to people."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.form.case import Case, tell
from extractors.form.page_spans import page_ranges
from extractors.form.reading import Check
from extractors.form.rules import Rule


def material(rule: Rule, case: Case) -> Iterator[Check]:
    """Whether one material is there. A person's word counts before the machine's, which proves no absence.

    Nothing while only the form is looked at, as when one file of several is read.
    """
    number = rule.params["number"]
    if case.materials is None or number not in case.materials:
        return
    handed = case.materials[number]
    if handed.said is None:
        outcome, passed = ("recognised", True) if handed.pages else ("unseen", None)
    else:
        outcome, passed = ("confirmed", True) if handed.said else ("missing", False)
    title = next(kind.title for kind in case.call.materials if kind.number == number)
    pages = f"（第 {page_ranges(handed.pages)} 页）" if handed.pages else ""
    yield tell(rule, outcome, f"materials.{number}", passed=passed, number=number, title=title, pages=pages)
