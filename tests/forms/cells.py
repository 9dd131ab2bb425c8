"""Text into Word cells, in print or with the pen, and the table's plumbing."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from tests.forms import fonts, strokes
from tests.forms.places import WHITES
from tests.forms.style import Style

WRONG_CHARACTERS = "大中工人学技业市江长名电员湖路建"
"""What a slip of the pen writes before it is crossed out."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell and how wide it is."""

    cell: Any
    width_mm: float


class Writer:
    """Puts text into paragraphs as one person does."""

    def __init__(self, rng: random.Random, style: Style) -> None:
        self.rng = rng
        self.style = style

    def label(self, text: str) -> str:
        """A printed label in this copy's brackets."""
        return text.replace("（", "(").replace("）", ")") if self.style.half_brackets else text

    def print(
        self,
        paragraph: Any,
        text: str,
        *,
        size: float | None = None,
        family: str | None = None,
        bold: bool = False,
    ) -> None:
        """Printed text of the form itself."""
        dress(
            paragraph.add_run(text), family or self.style.label_family, size or self.style.label_pt, bold=bold
        )

    def entry(self, paragraph: Any, text: str, *, width_mm: float = 0) -> None:
        """A filled-in text; ``width_mm`` is the room, 0 for as much as wanted."""
        style = self.style
        points = self._fitting(text, width_mm) if width_mm and style.fitted else style.entry_pt
        if style.pen is None:
            dress(paragraph.add_run(text), style.entry_family, points, bold=style.entry_bold)
        elif style.pen is fonts.STROKE_PEN:
            self._strokes(paragraph, text, points)
        else:
            self._penned(paragraph, text, points, style.pen)

    def _fitting(self, text: str, width_mm: float) -> float:
        """People write smaller where there is little room: no word wider than the cell, three lines at most."""
        room_pt = (width_mm - 4.2) * 72 / 25.4
        pen = self.style.pen
        wide = 0.45 if pen in fonts.PEN_FONTS else 0.6
        room_pt /= pen.scale if pen else 1.0
        longest = max(
            (_ems(token, wide) for token in re.split(r"[ ]|(?<=-)|(?<=[^\x00-\x7f])", text)), default=0
        )
        size = min(
            self.style.entry_pt,
            room_pt / max(longest * 1.04, 0.01),
            2.7 * room_pt / max(_ems(text, wide), 0.01),
        )
        return max(size, self.style.entry_pt * 0.6, 6.5)

    def _penned(self, paragraph: Any, text: str, points: float, pen: fonts.PenFont) -> None:
        """Each character in its own size, height, distance and shade."""
        able = fonts.characters_of(pen.package) if pen.package else None
        rng, drift = self.rng, 0.0
        for character in text:
            own = able is None or character in able
            run = paragraph.add_run(character)
            drift = max(-2.0, min(2.0, drift + rng.gauss(0, 0.5)))
            scale = pen.scale if own else 1.0
            dress(
                run,
                pen.family if own else fonts.FALLBACK_PEN_FAMILY,
                points * scale * rng.uniform(0.93, 1.08),
            )
            shade = rng.randint(-14, 14)
            run.font.color.rgb = RGBColor(*(max(0, min(235, c + shade)) for c in self.style.ink_rgb))
            properties = run._element.get_or_add_rPr()
            _child(properties, "w:spacing", round(rng.gauss(4, 7)))
            _child(properties, "w:position", round(drift))

    def _strokes(self, paragraph: Any, text: str, points: float) -> None:
        """White text where the pen will write; what it cannot write is set in a pen-like font."""
        slip_at = self.rng.randrange(len(text)) if text and self.rng.random() < self.style.slip else -1
        for at, character in enumerate(text):
            if at == slip_at and not character.isascii():
                wrong = self.rng.choice(WRONG_CHARACTERS)
                self._stroked(paragraph, wrong, points, (WHITES[1],) * 3)
            known = strokes.is_known(character)
            self._stroked(paragraph, character, points, (WHITES[0],) * 3 if known else self.style.ink_rgb)

    def _stroked(self, paragraph: Any, character: str, points: float, rgb: tuple[int, ...]) -> None:
        run = paragraph.add_run(character)
        dress(run, fonts.FALLBACK_PEN_FAMILY, points * self.rng.uniform(0.96, 1.05))
        run.font.color.rgb = RGBColor(*rgb)
        _child(run._element.get_or_add_rPr(), "w:spacing", round(self.rng.gauss(6, 8)))


def _ems(text: str, wide: float) -> float:
    """Width in em; ``wide`` is that of a digit or letter."""
    return sum(wide if character.isascii() else 1.03 for character in text)


def _child(properties: Any, tag: str, value: int) -> None:
    element = OxmlElement(tag)
    element.set(qn("w:val"), str(value))
    properties.append(element)


def dress(run: Any, family: str, points: float, *, bold: bool = False) -> None:
    """Give a run its font; sizes come in half points."""
    run.font.size = Pt(round(points * 2) / 2)
    run.font.name = family
    run.bold = bold or None
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), family)


def new_table(document: Any, style: Style) -> Any:
    """An empty table of seven columns."""
    table = document.add_table(rows=0, cols=7)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, style.widths_mm, strict=True):
        column.width = Mm(width)
    element = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        outer = not side.startswith("inside")
        line.set(qn("w:val"), "double" if outer and style.border == "double" else "single")
        line.set(qn("w:sz"), str(style.border_eighths * (3 if outer and style.border == "thick" else 1)))
        line.set(qn("w:space"), "0")
        line.set(qn("w:color"), "000000")
        element.append(line)
    table._tbl.tblPr.append(element)
    return table


def new_row(
    table: Any,
    style: Style,
    height_mm: float,
    spans: tuple[int, ...],
    *,
    split: bool = True,
    header: bool = False,
) -> list[Slot]:
    """A row whose cells span ``spans`` columns each; ``header`` rows repeat on the next page."""
    row = table.add_row()
    row.height = Mm(height_mm)
    row.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
    properties = row._tr.get_or_add_trPr()
    if not split:
        properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))
    cells, out, start = list(row.cells), [], 0
    for span in spans:
        width = sum(style.widths_mm[start : start + span])
        cell = cells[start].merge(cells[start + span - 1]) if span > 1 else cells[start]
        cell.width = Mm(width)
        cell.vertical_alignment = 1
        out.append(Slot(cell, width))
        start += span
    return out


def first_paragraph(writer: Writer, slot: Slot, *, centre: bool = False) -> Any:
    """The cell's own paragraph in the copy's spacing."""
    return _spaced(writer, slot.cell.paragraphs[0], centre=centre)


def next_paragraph(writer: Writer, slot: Slot, *, indent_mm: float = 0) -> Any:
    """One more paragraph in the cell."""
    paragraph = _spaced(writer, slot.cell.add_paragraph())
    paragraph.paragraph_format.first_line_indent = Mm(indent_mm) if indent_mm else None
    return paragraph


def _spaced(writer: Writer, paragraph: Any, *, centre: bool = False) -> Any:
    paragraph.paragraph_format.line_spacing = writer.style.line_spacing
    paragraph.paragraph_format.space_after = Pt(0)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def put_label(writer: Writer, slot: Slot, text: str, *, centre: bool = True) -> None:
    """A printed label."""
    writer.print(first_paragraph(writer, slot, centre=centre), writer.label(text))


def put_entry(writer: Writer, slot: Slot, text: str, *, centre: bool) -> None:
    """A filled-in text, or nothing."""
    if text:
        writer.entry(first_paragraph(writer, slot, centre=centre), text, width_mm=slot.width_mm)
