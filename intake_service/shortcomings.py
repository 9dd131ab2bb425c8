"""Everything an application lacks or leaves in doubt, for the one notice that must name all of it at once.

The machine only gathers: a reviewer strikes lines and adds some before the notice goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from extractors.form.layout import default_layout
from intake_service.current import PERSON
from intake_service.materials import materials
from intake_service.rechecks import still_fails
from intake_service.review import Review

ILLEGIBLE_REASON = "无法辨认"
"""Why a reviewer emptied a cell whose writing nobody can read."""


@dataclass(frozen=True, slots=True)
class Shortcoming:
    """One line of the notice. ``told`` proposes to put it in, as all that can be mended on the form or by another paper."""

    line: str
    told: bool = True


def shortcomings(review: Review, labels: Mapping[str, str]) -> tuple[Shortcoming, ...]:
    """In the order of the form, then the materials; each line once. ``labels``: path → what people call it."""
    lines: dict[str, bool] = {}
    for line, told in (*_findings(review), *_entries(review, labels), *_materials(review)):
        lines.setdefault(line, told)
    return tuple(Shortcoming(line, told) for line, told in lines.items())


def _findings(review: Review) -> Iterator[tuple[str, bool]]:
    for check in filter(still_fails, review.checks):
        if any(path.startswith("materials.") for path in check["fields"]):
            continue  # told in the words of the check-list, whether a person or only the machine misses it
        on_form = [place for path in check["fields"] if (place := part_of_form(path))]
        yield f"{on_form[0]}：{check['message']}" if on_form else check["message"], bool(on_form)


def _entries(review: Review, labels: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Entries that nobody can read, and those the machine doubts and nobody has looked at yet."""
    named = {path for check in review.checks if still_fails(check) for path in check["fields"]}
    last = {change.path: change for change in review.corrections if change.version in review.active}
    for cell in review.current.cells():
        change = last.get(cell.path)
        illegible = (
            cell.by == PERSON and not cell.text and change is not None and change.reason == ILLEGIBLE_REASON
        )
        if illegible or (cell.doubtful and cell.path not in named):
            word = "无法辨认" if illegible else "填写不清楚，无法确认"
            yield f"{part_of_form(cell.path)}：“{labels[cell.path]}”{word}，请重新填写。", True
    for mark in review.current.marks.values():
        if mark.doubtful and mark.path not in named and mark.path in labels:
            yield (
                f"{part_of_form(mark.path)}：“{labels[mark.path]}”不清楚，无法确认，请补签或重新加盖。",
                True,
            )


def _materials(review: Review) -> Iterator[tuple[str, bool]]:
    for material in materials(review):
        if not material.there:
            yield f"缺少材料：{material.title}", True


def part_of_form(path: str) -> str:
    """Which numbered part of the form a path lies in, as ``第二部分``; empty for what is not on the form."""
    return _parts().get(
        path.split(".", maxsplit=1)[0] if path.startswith("occupations") else path.split("[", maxsplit=1)[0],
        "",
    )


@lru_cache(maxsize=1)
def _parts() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for section in default_layout().sections:
        word = f"第{section.heading.split('、', 1)[0]}部分"
        names = [label.field for label in section.labels] + ([section.body.field] if section.body else [])
        found |= {f"fields.{name}": word for name in names}
        found |= {f"marks.{place.mark}": word for place in section.marks}
        if section.columns:
            found["occupations"] = word
    return found
