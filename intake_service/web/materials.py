"""The materials of the call as a check-list: what the machine recognised, and over it what a person said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from extractors.form.layout import default_layout
from intake_service.review import Review
from intake_service.web.review_view import Reason
from intake_service.web.words import Look

RECOGNISED = Look("已识别", "sure", "sure")
NOT_SEEN = Look("未见", "check", "check")
NOT_READ = Look("待读", "clock", "blank")
THERE = Look("齐", "person", "person")
LACKING = Look("缺", "fail", "fail")


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One material. ``said`` is a person's word (None: nobody said), ``pages`` those the machine took for it."""

    number: int
    title: str
    pages: tuple[int, ...]
    state: Look
    said: bool | None

    @property
    def there(self) -> bool:
        """Whether it counts as handed in, as far as known."""
        return self.state in {RECOGNISED, THERE}


def material_lines(opened: Review) -> list[MaterialLine]:
    """The check-list of a submission."""
    found = {m["number"]: tuple(m["pages"]) for m in (opened.reading or {}).get("materials", ())}
    unseen = NOT_SEEN if opened.reading else NOT_READ
    lines = []
    for kind in default_layout().materials:
        said = opened.current.materials.get(kind.number)
        by_machine = RECOGNISED if kind.number in found else unseen
        look = by_machine if said is None else THERE if said else LACKING
        lines.append(MaterialLine(kind.number, kind.title, found.get(kind.number, ()), look, said))
    return lines


def missing_materials(lines: Iterable[MaterialLine]) -> list[Reason]:
    """Reasons to return, one a material that is not there; ticked where a person said so."""
    return [
        Reason(f"缺少材料：{line.title}", f"缺少材料：{line.title}", chosen=line.said is False)
        for line in lines
        if line.state in {NOT_SEEN, LACKING}
    ]
