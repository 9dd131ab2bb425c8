"""The truth beside a drawn form, in the words of the reading contract."""

from __future__ import annotations

from typing import Any

from tests.forms.content import Content
from tests.forms.mix import Spec

SCHEMA = "intake.truth/1"


def truth_of(spec: Spec, content: Content, marks: dict[str, Any], rotations: list[int]) -> dict[str, Any]:
    """What a perfect reader would say. ``rotation``: degrees clockwise that stand the page upright again."""
    return {
        "schema": SCHEMA,
        "seed": spec.seed,
        "class": spec.cls,
        "font": spec.style.pen.family if spec.style.pen else spec.style.entry_family,
        "label_font": spec.style.label_family,
        "damage": [*spec.damage, *(["photograph"] if spec.photographed else []), *_turned(rotations)],
        "dpi": spec.dpi,
        "colour": spec.colour,
        "wrong_on_paper": content.wrong,
        "matched": True,
        "fields": {name: {"text": cell.text, "value": cell.value} for name, cell in content.fields.items()},
        "org_type_ticks": list(content.ticks),
        "tick": spec.style.tick,
        "occupations": [
            {column: {"text": cell.text, "value": cell.value} for column, cell in row.items()}
            for row in content.occupations
        ],
        "marks": marks,
        "pages": [
            {"role": "form" if number == 0 else "form_continuation", "rotation": (360 - turn) % 360}
            for number, turn in enumerate(rotations)
        ],
    }


def _turned(rotations: list[int]) -> list[str]:
    return ["rotated"] if any(rotations) else []
