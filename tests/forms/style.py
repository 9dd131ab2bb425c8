"""One person's copy of the form: fonts, sizes, spacings, habits."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.forms import fonts

INKS = ((28, 42, 120), (20, 20, 28), (24, 60, 160), (40, 40, 46), (16, 24, 84))
TICKS_TYPED = ("☑", "■", "√", "☒", "✓", "□√")
LAYOUTS = ("one", "split", "continued")
"""``one`` table; section 二 on a table of its own whose header repeats; rows continued on a fresh page."""


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes are points in ``_pt``, millimetres in ``_mm``, eighths of a point in ``border_eighths``."""

    label_family: str
    entry_family: str
    title_family: str
    label_pt: float
    entry_pt: float
    title_pt: float
    title_bold: bool
    entry_bold: bool
    pen: fonts.PenFont | None
    ink_rgb: tuple[int, int, int]
    authority_pen: bool
    """The bureau writes its opinion and date by hand although the rest is typed."""
    row_mm: float
    table_row_mm: float
    widths_mm: tuple[float, ...]
    border: str
    border_eighths: int
    spaced_labels: int
    broken_labels: bool
    half_brackets: bool
    margin_mm: float
    line_spacing: float
    split_rows: bool
    layout: str
    header_again: bool
    rows_before_break: int
    unfilled_rows: int
    ellipsis_row: bool
    numbers: str
    statement_mm: float
    pledge_mm: float
    opinion_mm: float
    break_before: str
    tick: str
    centred: bool
    top_aligned: bool
    fitted: bool
    annex_line: str
    page_numbers: str
    sign_indent_mm: float
    sign_gap: int
    authority_indent_mm: float
    typed_name: bool
    typed_org: bool
    slip: float
    """Chance that a pen entry has a crossed-out character."""


def draw_style(rng: random.Random, cls: str) -> Style:
    """A style for a class: ``printed``, ``handwriting`` or ``digital``."""
    print_family = rng.choices(fonts.PRINT_FAMILIES, (26, 8, 18, 12, 10, 8, 6, 10))[0]
    pen = _pen(rng) if cls == "handwriting" else None
    shares = [
        rng.uniform(*span) for span in ((9, 13), (28, 42), (22, 29), (14, 20), (22, 30), (20, 27), (26, 38))
    ]
    width = rng.uniform(156, 184)
    roomy = 1.25 if pen else 1.0
    ticks, weights = ["pen", *TICKS_TYPED], [75 if pen else 15, 14, 10, 14, 3, 6, 8]
    style = Style(
        label_family=print_family,
        entry_family=print_family if rng.random() < 0.6 else rng.choice(fonts.PRINT_FAMILIES),
        title_family=print_family if rng.random() < 0.4 else rng.choice(fonts.PRINT_FAMILIES),
        label_pt=rng.choice([9, 10, 10.5, 10.5, 11, 12]),
        entry_pt=rng.uniform(11.5, 15) if pen else rng.choice([9, 10, 10.5, 10.5, 11, 12]),
        title_pt=rng.choice([16, 18, 18, 22]),
        title_bold=rng.random() < 0.5,
        entry_bold=pen is None and rng.random() < 0.06,
        pen=pen,
        ink_rgb=rng.choice(INKS),
        authority_pen=cls == "printed" and rng.random() < 0.4,
        row_mm=rng.uniform(7, 13) * roomy,
        table_row_mm=rng.uniform(6.5, 14) * roomy,
        widths_mm=tuple(share / sum(shares) * width for share in shares),
        border=rng.choices(["plain", "thick", "double"], (65, 20, 15))[0],
        border_eighths=rng.choice([2, 4, 4, 4, 6, 8]),
        spaced_labels=rng.choice([0, 0, 0, 1, 2, 4]),
        broken_labels=rng.random() < 0.15,
        half_brackets=rng.random() < 0.2,
        margin_mm=rng.uniform(13, 27),
        line_spacing=rng.choice([1.0, 1.0, 1.15, 1.3, 1.5]),
        split_rows=rng.random() < 0.75,
        layout=rng.choices(LAYOUTS, (74, 16, 10))[0],
        header_again=rng.random() < 0.6,
        rows_before_break=rng.randint(2, 6),
        unfilled_rows=rng.choice([0, 0, 0, 1, 2]),
        ellipsis_row=rng.random() < 0.4,
        numbers=rng.choices(["all", "printed", "ellipsis"], (92, 4, 4))[0],
        statement_mm=rng.choice([25, 40, 60, 90]),
        pledge_mm=rng.uniform(38, 68),
        opinion_mm=rng.uniform(38, 62),
        break_before=rng.choices(["", "statement", "pledge", "opinion"], (76, 8, 10, 6))[0],
        tick=rng.choices(ticks, weights)[0],
        centred=rng.random() < 0.5,
        top_aligned=rng.random() < 0.85,
        fitted=pen is not None or rng.random() < 0.5,
        annex_line=rng.choice(["", "", "附件", "附件：", "附件1"]),
        page_numbers=rng.choice(["", "", "", "- {} -", "{}", "第{}页"]),
        sign_indent_mm=rng.uniform(45, 85),
        sign_gap=rng.choice([0, 1, 1, 2]),
        authority_indent_mm=rng.uniform(85, 112),
        typed_name=False,
        typed_org=rng.random() < 0.35,
        slip=0.05 if pen is fonts.STROKE_PEN and rng.random() < 0.5 else 0.0,
    )
    return _compact(rng, style) if rng.random() < 0.25 else style


def _compact(rng: random.Random, style: Style) -> Style:
    """People squeeze the form onto one sheet."""
    return replace(
        style,
        label_pt=rng.choice([9, 10, 10.5]),
        entry_pt=min(style.entry_pt, 12 if style.pen else 10.5),
        title_pt=16,
        row_mm=rng.uniform(6, 7.5),
        table_row_mm=rng.uniform(6, 7.5),
        margin_mm=rng.uniform(10, 15),
        line_spacing=1.0,
        layout="one",
        unfilled_rows=0,
        statement_mm=25,
        pledge_mm=rng.uniform(34, 40),
        opinion_mm=rng.uniform(34, 40),
        break_before="",
        annex_line="",
    )


def _pen(rng: random.Random) -> fonts.PenFont:
    """Strokes for about half, else a font; hardly anybody fills forms in the last one's grass script."""
    fonted = rng.choices(fonts.PEN_FONTS + fonts.NEAT_PEN_FONTS, (30, 30, 20, 6, 14))[0]
    return fonts.STROKE_PEN if rng.random() < 0.5 else fonted
