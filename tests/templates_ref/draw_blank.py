"""Draws the blank form from its layout: ``python -m tests.templates_ref.draw_blank``.

The attachment of the call is a Word table of seven columns. ``blank.docx`` is what an applicant
would fill in; ``blank.pdf`` is the same, made by LibreOffice. Both stand beside ``layout.yaml``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from extractors.form.layout import Layout, Section, load_layout

FOLDER = Path(__file__).resolve().parents[2] / "templates_ref" / "basic-info" / "hunan-2020-40"
FONT = "Noto Serif CJK SC"
TITLE_FONT = "Noto Sans CJK SC"
GRID_CM = (1.15, 1.55, 1.85, 2.4, 1.9, 2.45, 2.45, 2.65)
"""The printed table's columns, the second one cut so that the labels above have room."""
ROW, LEFT_LABEL, LEFT_VALUE, WHOLE, RIGHT_LABEL, RIGHT_VALUE = (0, 7), (0, 1), (2, 3), (2, 7), (4, 4), (5, 7)
BODY_HEIGHTS_CM = {"strengths": 3.9, "commitment": 3.2, "authority": 3.1}
DRAWN_ON = datetime(2020, 3, 10, tzinfo=UTC)
"""A fixed day, so that drawing again changes nothing."""


def write(cell: Any, text: str, *, bold: bool = False, align: Any = WD_ALIGN_PARAGRAPH.CENTER) -> Any:
    """Replaces the cell's words; returns its paragraph."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    style(paragraph.add_run(text), bold=bold)
    return paragraph


def style(run: Any, *, font: str = FONT, size_pt: float = 10.5, bold: bool = False) -> None:
    run.font.name = font
    run.font.size = Pt(size_pt)
    run.bold = bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def merged(row: Any, first: int, last: int) -> Any:
    return row.cells[first].merge(row.cells[last])


def new_row(table: Any, height_cm: float = 0.88) -> Any:
    row = table.add_row()
    row.height = Cm(height_cm)
    return row


def heading(table: Any, section: Section) -> None:
    write(merged(new_row(table), *ROW), section.heading, bold=True)


def draw_labels(table: Any, section: Section) -> None:
    """Labels with a row to themselves; the others two to a row."""
    row: Any = None
    for label in section.labels:
        whole = label.relation == "rest_of_row"
        second = row is not None and not whole
        if not second:
            row = new_row(table)
        name, value = (RIGHT_LABEL, RIGHT_VALUE) if second else (LEFT_LABEL, WHOLE if whole else LEFT_VALUE)
        write(merged(row, *name), label.text)
        box = merged(row, *value)
        if label.options:
            write(box, " ".join(f"{option.text}□" for option in label.options), align=WD_ALIGN_PARAGRAPH.LEFT)
        row = None if whole or second else row


def draw_columns(table: Any, section: Section) -> None:
    """The repeating table's header and its printed rows; the second grid column belongs to the name."""
    for index, words in enumerate(
        [[c.header for c in section.columns], *([n] for n in section.printed_rows)]
    ):
        row = new_row(table, 0.88 if index else 1.3)
        merged(row, 1, 2)
        for cell, text in zip([row.cells[0], *row.cells[2:]], words, strict=False):
            write(cell, text)


def draw_long(table: Any, section: Section) -> None:
    """A section in one wide cell: heading, printed sentences, then where to sign, stamp and date."""
    cell = merged(new_row(table, BODY_HEIGHTS_CM[section.id]), *ROW)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP
    style(cell.paragraphs[0].add_run(section.heading), bold=True)
    for printed in section.printed:
        paragraph = cell.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(21)
        style(paragraph.add_run(printed.text))
    ends = [mark.label for mark in section.marks] + [label.text for label in section.labels]
    for place, text in enumerate(ends):
        paragraph = cell.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(30 if section.body and place == 0 else 9)
        paragraph.paragraph_format.left_indent = Cm(7.5 if section.printed else 11)
        style(paragraph.add_run(text.replace(" ", "　　")))


def draw(layout: Layout) -> Any:
    """The blank form as a Word document."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.3)
    page.top_margin = page.bottom_margin = Cm(2)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    style(title.add_run(layout.title), font=TITLE_FONT, size_pt=18, bold=True)
    table = document.add_table(rows=0, cols=len(GRID_CM))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for width_cm, column in zip(GRID_CM, table.columns, strict=True):
        column.width = Cm(width_cm)
    for section in layout.sections:
        if section.columns:
            heading(table, section)
            draw_columns(table, section)
        elif section.id in BODY_HEIGHTS_CM:
            draw_long(table, section)
        else:
            heading(table, section)
            draw_labels(table, section)
    style(document.add_paragraph().add_run(layout.note))
    document.core_properties.title = layout.title
    document.core_properties.author = ""
    document.core_properties.created = document.core_properties.modified = DRAWN_ON
    return document


def main() -> None:
    target = FOLDER / "blank.docx"
    draw(load_layout(FOLDER)).save(str(target))
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf",
             "--outdir", str(FOLDER), str(target)],
            check=True, stdout=sys.stderr, timeout=120,
        )  # fmt: skip


if __name__ == "__main__":
    main()
