"""Which seed gives which kind of paper: the standard mix. The same seed gives the same form.

Seeds 1 to 9999 are for developing. Seeds from 900000 on are set aside: they judge, and nobody looks at them while
working on the reading.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.forms import fonts
from tests.forms.word import Style

CLASSES = ("printed", "handwriting", "digital")
INKS = ((28, 42, 120), (20, 20, 28), (24, 60, 160), (40, 40, 46), (16, 24, 84))


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


def spec_of(seed: int, kind: str = "all") -> Spec:
    """The spec of a seed; ``kind`` other than ``all`` fixes the class."""
    rng = random.Random(f"mix-{seed}-{kind}")
    cls = kind if kind != "all" else rng.choices(CLASSES, (50, 35, 15))[0]
    digital = cls == "digital"
    style = _style(rng, cls)
    damage = () if digital else _damage(rng)
    photographed = not digital and rng.random() < 0.1
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
        org_seal=rng.choices(["own", "other", "none"], (82, 6, 12))[0],
        authority_seal=rng.choices(["own", "other", "none"], (86, 4, 10))[0],
        seal_number=rng.random() < 0.6,
    )


def _damage(rng: random.Random) -> tuple[str, ...]:
    kinds = ("skew", "blur", "noise", "shadow", "folds", "punch_holes", "streaks", "low_dpi", "jpeg", "fax")
    weights = (45, 12, 30, 12, 10, 10, 8, 5, 12, 2)
    return tuple(kind for kind, weight in zip(kinds, weights, strict=True) if rng.random() * 100 < weight)


def _style(rng: random.Random, cls: str) -> Style:
    print_family = rng.choices(fonts.PRINT_FAMILIES, (26, 8, 16, 10, 10, 6, 8, 6, 10))[0]
    same = rng.random() < 0.6
    pen = rng.choice(fonts.PEN_FONTS + fonts.NEAT_PEN_FONTS) if cls == "handwriting" else None
    shares = [
        rng.uniform(*span) for span in ((9, 13), (28, 42), (22, 29), (14, 20), (22, 30), (20, 27), (26, 38))
    ]
    width = rng.uniform(158, 182)
    pen_size = rng.uniform(11.5, 15) if pen else None
    return Style(
        label_family=print_family,
        entry_family=print_family if same else rng.choice(fonts.PRINT_FAMILIES),
        title_family=rng.choice(fonts.PRINT_FAMILIES),
        label_pt=rng.choice([10, 10.5, 10.5, 11, 12]),
        entry_pt=pen_size or rng.choice([9, 10, 10.5, 10.5, 11, 12]),
        pen=pen,
        ink_rgb=rng.choice(INKS) if pen else (0, 0, 0),
        row_mm=rng.uniform(7.5, 14),
        table_row_mm=rng.uniform(7, 15),
        widths_mm=tuple(share / sum(shares) * width for share in shares),
        border=rng.choices(["plain", "thick", "double"], (65, 20, 15))[0],
        border_eighths=rng.choice([2, 4, 4, 4, 6, 8]),
        spaced_labels=rng.random() < 0.4,
        half_brackets=rng.random() < 0.2,
        margin_mm=rng.uniform(15, 27),
        line_spacing=rng.choice([1.0, 1.0, 1.15, 1.3, 1.5]),
        split_rows=rng.random() < 0.7,
        repeat_header=rng.random() < 0.3,
        unfilled_rows=rng.choice([0, 0, 0, 1, 2]),
        ellipsis_row=rng.random() < 0.45,
        statement_mm=rng.choice([30, 50, 80, 120]),
        opinion_mm=rng.choice([40, 50, 60]),
        break_before=rng.choices(["", "statement", "pledge", "opinion"], (70, 10, 12, 8))[0],
        tick=rng.choices(
            ["pen"] * 3 + ["☑", "■", "√", "☒", "✓", "□√"],
            (30 if pen else 8, 10 if pen else 5, 5, 14, 10, 14, 3, 6, 8),
        )[0],
        centred=rng.random() < 0.5,
        annex_line=rng.random() < 0.4,
        typed_name=False,
        typed_org=rng.random() < 0.4,
    )
