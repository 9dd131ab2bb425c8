"""The check-list of the call's materials as pages show it."""

from __future__ import annotations

from dataclasses import dataclass

from intake_service.materials import Material, Presence, materials, page_ranges
from intake_service.review import Review
from intake_service.web.door import shown_name
from intake_service.web.words import Look

LOOKS = {
    Presence.RECOGNISED: Look("已识别", "sure", "sure"),
    Presence.NOT_SEEN: Look("未见", "check", "check"),
    Presence.NOT_READ: Look("待读", "clock", "blank"),
    Presence.CONFIRMED: Look("齐", "person", "person"),
    Presence.MISSING: Look("缺", "fail", "fail"),
}


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One material. ``said`` is a person's word (None: nobody said), ``told`` where it is and who says so."""

    number: int
    title: str
    state: Look
    said: bool | None
    told: str


def material_lines(opened: Review) -> list[MaterialLine]:
    """The check-list of a submission."""
    return [
        MaterialLine(each.number, each.title, LOOKS[each.presence], each.said, _told(each))
        for each in materials(opened)
    ]


def _told(material: Material) -> str:
    found = f"机器认为在第 {page_ranges(material.pages)} 页" if material.pages else ""
    who = shown_name(material.who)
    said = "" if material.said is None else f"{who} 核对：{'齐' if material.said else '缺'}"
    return "；".join(filter(None, (found, said)))
