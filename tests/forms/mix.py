"""Which seed gives which kind of paper: the standard mix. The same seed gives the same form.

Seeds 1 to 9999 are for developing. Seeds from 900000 on are set aside: they judge, and nobody looks at
them while working on the reading.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.forms import fonts
from tests.forms.ink import seals
from tests.forms.style import Style, draw_style

PAPER_DAMAGES = {"coloured_paper", "show_through", "stains", "folds", "punch_holes", "faint"}
"""What happens to the paper itself: it is seen by a telephone too, the scanner's faults are not."""
CLASSES = ("printed", "handwriting", "digital")


@dataclass(frozen=True, slots=True)
class Spec:
    """Everything about one form but its words."""

    seed: int
    cls: str
    style: Style
    dpi: int
    colour: str
    damage: tuple[str, ...]
    photographed: bool
    rotations: tuple[int, ...]
    output: str
    jpeg_quality: int
    signature: str
    org_seal: str
    authority_seal: str
    seal_number: bool
    seal_style: str
    signed_in: str
    papers: str
    """Empty, ``package`` (other papers around the form) or ``no_form`` (only other papers)."""
    blank_backs: bool
    edge_seal: bool
    stored_turn: int
    """How the picture lies in the file; the file says to show it turned back (/Rotate, EXIF)."""
    text_layer: str
    """What a scanner's own reader left in a PDF: nothing, ``good`` or ``bad`` invisible text."""


def spec_of(seed: int, kind: str = "all") -> Spec:
    """The spec of a seed; ``kind`` fixes the class, or with ``package`` puts other papers around the form."""
    rng = random.Random(f"mix-{seed}-{kind}")
    cls = kind if kind in CLASSES else rng.choices(CLASSES, (50, 35, 15 if kind == "all" else 0))[0]
    digital = cls == "digital"
    style = draw_style(rng, cls)
    damage = () if digital else _damage(rng)
    photographed = not digital and rng.random() < 0.1
    if photographed:
        damage = tuple(kind for kind in damage if kind in PAPER_DAMAGES)
    turned = not digital and rng.random() < 0.1
    rotations = tuple(rng.choice([90, 180, 270]) if turned and rng.random() < 0.8 else 0 for _ in range(40))
    colour = "colour" if photographed or digital else rng.choices(["colour", "grey", "bw"], (76, 18, 6))[0]
    return Spec(
        seed=seed,
        cls=cls,
        style=style,
        dpi=rng.choice([150, 200, 200, 200, 300]),
        colour=colour,
        damage=damage,
        photographed=photographed,
        rotations=rotations,
        output="pdf" if digital else rng.choices(["pdf", "jpg", "png", "tif"], (84, 5, 4, 7))[0],
        jpeg_quality=rng.randint(55, 92),
        signature=rng.choices(["handwritten", "name_seal", "typed", "none"], (68, 12, 10, 10))[0],
        org_seal=rng.choices(["own", "other", "special", "none"], (79, 6, 3, 12))[0],
        authority_seal=rng.choices(["own", "other", "none"], (86, 4, 10))[0],
        seal_number=rng.random() < 0.6,
        seal_style=rng.choices(seals.STYLES, (50, 25, 15, 10))[0],
        papers=_papers(rng, kind, cls),
        blank_backs=rng.random() < 0.3,
        edge_seal=rng.random() < 0.06,
        stored_turn=rng.choice([90, 180, 270]) if rng.random() < 0.08 else 0,
        text_layer=rng.choices(["", "good", "bad"], (92, 4, 4))[0],
        signed_in=rng.choice([font.package for font in fonts.PEN_FONTS]),
    )


def _papers(rng: random.Random, kind: str, cls: str) -> str:
    if kind == "package":
        return rng.choices(["package", "no_form"], (85, 15))[0]
    return (
        rng.choices(["", "package", "no_form"], (93, 5, 2))[0] if kind == "all" and cls != "digital" else ""
    )


def _damage(rng: random.Random) -> tuple[str, ...]:
    """Each with its own chance in per cent, in the order in which paper meets them."""
    chances = {
        "coloured_paper": 3,
        "show_through": 7,
        "stains": 5,
        "folds": 9,
        "punch_holes": 10,
        "faint": 4,
        "uneven": 5,
        "skew": 45,
        "shadow": 10,
        "blur": 8,
        "streaks": 7,
        "noise": 28,
        "low_dpi": 5,
        "jpeg": 12,
        "fax": 2,
    }
    return tuple(kind for kind, chance in chances.items() if rng.random() * 100 < chance)
