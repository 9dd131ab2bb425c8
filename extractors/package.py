"""What each page of the envelope is for: the form, one of the call's materials, a blank back, or something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.cells import TextTable
from extractors.form.layout import Layout, MaterialKind
from extractors.form.reading import Material, PageSummary, Role
from extractors.form.text import squeeze
from extractors.ink import Inks
from extractors.lines import cut_lines
from extractors.ocr.engine import OcrEngine, Span
from extractors.pages import Word

BLANK_INK_SHARE = 0.0006
"""Share of dark pixels, away from the page's edges, below which a page is a blank back."""
TITLE_LINES = 7
KEYWORD_VOTES = 2


@dataclass(frozen=True, slots=True)
class PageKind:
    """A page outside the form: its role, and the material's number where it is one."""

    role: Role
    material: int | None = None


def page_to_kind(
    inks: Inks, tables: Sequence[TextTable], words: Sequence[Word], layout: Layout, engine: OcrEngine
) -> PageKind:
    """Judge a page that is not part of the form, by its first lines."""
    if is_blank(inks) and not words:
        return PageKind(Role.BLANK)
    lines = _first_lines(inks, words, engine)
    for table in tables:
        lines += [squeeze(cell.text) for row in table.rows[:3] for cell in row if cell.text]
    found = lines_to_material(lines, layout.materials)
    return PageKind(Role.MATERIAL, found) if found else PageKind(Role.OTHER)


def is_blank(inks: Inks) -> bool:
    """Whether the page holds no ink but specks and its edges' shadows."""
    height, width = inks.dark.shape
    inner = inks.dark[height // 16 : -height // 16, width // 16 : -width // 16]
    red = inks.red[height // 16 : -height // 16, width // 16 : -width // 16]
    return bool((inner < 128).mean() < BLANK_INK_SHARE and red.mean() < BLANK_INK_SHARE)


def _first_lines(inks: Inks, words: Sequence[Word], engine: OcrEngine) -> list[str]:
    if words:
        return [squeeze("".join(w.text for w in words if w.box.y0 < 0.45))]
    height, width = inks.dark.shape
    region = Span(width // 20, height // 40, width - width // 20, height // 2)
    lines = cut_lines(inks.dark, region)[:TITLE_LINES]
    return [squeeze(t.text) for t in engine.read_lines([line.picture for line in lines], quick=True)]


def lines_to_material(lines: Sequence[str], materials: Sequence[MaterialKind]) -> int | None:
    """The material whose words the first lines hold: a strong word in the title decides, else most keywords."""
    for line in lines[:4]:
        for material in materials:
            if any(word in line for word in material.strong):
                return material.number
    text = "\n".join(lines)
    votes = {m.number: sum(word in text for word in m.keywords) for m in materials}
    best = max(votes, key=lambda number: votes[number], default=None)
    return best if best is not None and votes[best] >= KEYWORD_VOTES else None


def pages_to_materials(pages: Sequence[PageSummary], layout: Layout) -> tuple[Material, ...]:
    """The materials found, in the call's order, each with its pages."""
    out = []
    for kind in layout.materials:
        numbers = tuple(p.number for p in pages if p.material == kind.number)
        if numbers:
            out.append(Material(kind.number, kind.title, numbers))
    return tuple(out)
