"""The truth beside a drawn form, in the words of the reading contract."""

from __future__ import annotations

from typing import Any

from tests.forms.content import Content
from tests.forms.mix import Spec
from tests.forms.spellings import Cell

SCHEMA = "intake.truth/1"


def page_of(role: str, number: int, material: int | None = None) -> dict[str, Any]:
    """One page's line; the form's pages after its first continue it. ``rotation`` is filled in by the scanner."""
    continued = role == "form" and number > 0
    return {"role": "form_continuation" if continued else role, "material": material, "rotation": 0}


def truth_of(
    spec: Spec, content: Content, marks: dict[str, Any], pages: list[dict[str, Any]]
) -> dict[str, Any]:
    """What a perfect reader would say. ``rotation``: degrees clockwise that stand the page upright again."""
    there = spec.papers != "no_form"
    turned = ["rotated"] if any(page["rotation"] for page in pages) else []
    return {
        "schema": SCHEMA,
        "seed": spec.seed,
        "class": spec.cls,
        "papers": spec.papers,
        "font": spec.style.pen.family if spec.style.pen else spec.style.entry_family,
        "authority_pen": spec.style.authority_pen,
        "label_font": spec.style.label_family,
        "damage": [*spec.damage, *(["photograph"] if spec.photographed else []), *turned],
        "dpi": spec.dpi,
        "colour": spec.colour,
        "stored_turn": spec.stored_turn,
        "layout": spec.style.layout,
        "wrong_on_paper": content.wrong if there else [],
        "matched": there,
        "fields": {name: _cell(cell) for name, cell in content.fields.items()} if there else {},
        "org_type_ticks": list(content.ticks) if there else [],
        "tick": spec.style.tick,
        "occupations": [
            {column: _cell(cell) for column, cell in row.items()} for row in content.occupations if there
        ],
        "marks": marks if there else {},
        "pages": pages,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"text": cell.text, "value": cell.value}
