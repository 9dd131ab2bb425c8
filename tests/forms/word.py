"""The form as a Word file: the notice's annex, filled in, in one of the many shapes people give it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from tests.forms import fonts
from tests.forms.content import ORG_TYPES, Content

HEADERS = (
    "序号",
    "职业（工种）名称",
    "职业编码",
    "是否新职业",
    "培训评价起始日期",
    "已培训评价人数（人）",
    "评价等级范围",
)
SECTION_3 = (
    "三、人员场地、设备设施以及组织优势、专业优势（含参与国家职业技能标准、教学大纲、教材等编制）等情况"
)
PLEDGE = "本人承诺申报材料真实有效，如有虚假，自愿退出申报。"
NOTE = "注：请申请单位在单位名称处加盖本单位公章；本表可增行或续页。"


@dataclass(frozen=True, slots=True)
class Style:
    """One person's copy of the form: print font, pen (or none), sizes, spacings, habits."""

    label_family: str
    entry_family: str
    title_family: str
    label_pt: float
    entry_pt: float
    pen: fonts.PenFont | None
    ink_rgb: tuple[int, int, int]
    row_mm: float
    table_row_mm: float
    widths_mm: tuple[float, ...]
    border: str
    border_eighths: int
    spaced_labels: bool
    half_brackets: bool
    margin_mm: float
    line_spacing: float
    split_rows: bool
    repeat_header: bool
    unfilled_rows: int
    ellipsis_row: bool
    statement_mm: float
    opinion_mm: float
    break_before: str
    tick: str
    centred: bool
    annex_line: bool
    typed_name: bool
    typed_org: bool


class _Writer:
    """Puts text into cells in print or with the pen."""

    def __init__(self, rng: random.Random, style: Style) -> None:
        self.rng = rng
        self.style = style

    def label(self, text: str) -> str:
        if self.style.half_brackets:
            text = text.replace("（", "(").replace("）", ")")
        return text

    def print(
        self,
        paragraph: Any,
        text: str,
        *,
        size: float | None = None,
        family: str | None = None,
        bold: bool = False,
    ) -> None:
        run = paragraph.add_run(text)
        _dress(run, family or self.style.label_family, size or self.style.label_pt, bold=bold)

    def entry(self, paragraph: Any, text: str, *, size: float | None = None) -> None:
        """A filled-in text; with a pen each character gets its own size, height and distance."""
        style, rng = self.style, self.rng
        points = size or style.entry_pt
        if style.pen is None:
            _dress(paragraph.add_run(text), style.entry_family, points)
            return
        able = fonts.characters_of(style.pen.package) if style.pen.package else None
        drift = 0.0
        for character in text:
            family = style.pen.family if able is None or character in able else fonts.FALLBACK_PEN_FAMILY
            run = paragraph.add_run(character)
            drift = max(-2.0, min(2.0, drift + rng.gauss(0, 0.5)))
            scale = style.pen.scale if family == style.pen.family else 1.0
            _dress(run, family, points * scale * rng.uniform(0.93, 1.08))
            shade = rng.randint(-14, 14)
            run.font.color.rgb = RGBColor(*(max(0, min(255, c + shade)) for c in style.ink_rgb))
            properties = run._element.get_or_add_rPr()
            _child(properties, "w:spacing", round(rng.gauss(4, 7)))
            _child(properties, "w:position", round(drift))


def _child(properties: Any, tag: str, value: int) -> None:
    element = OxmlElement(tag)
    element.set(qn("w:val"), str(value))
    properties.append(element)


def _dress(run: Any, family: str, points: float, *, bold: bool = False) -> None:
    run.font.size = Pt(round(points * 2) / 2)
    run.font.name = family
    run.bold = bold or None
    fonts_element = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts_element.set(qn("w:eastAsia"), family)
    fonts_element.set(qn("w:hint"), "eastAsia")


def write_form(path: Path, content: Content, style: Style, rng: random.Random) -> None:
    """Write the filled form to ``path``."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - sum(style.widths_mm)) / 2)
    section.top_margin = section.bottom_margin = Mm(style.margin_mm)
    writer = _Writer(rng, style)
    if style.annex_line:
        writer.print(document.add_paragraph(), "附件", size=style.label_pt + 2)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    writer.print(
        title,
        "社会培训评价组织基本情况表",
        size=style.label_pt + 7,
        family=style.title_family,
        bold=rng.random() < 0.5,
    )
    table = document.add_table(rows=0, cols=7)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, style.widths_mm, strict=True):
        column.width = Mm(width)
    _borders(table, style)
    _basic(table, writer, content)
    _occupations(table, writer, content)
    _closing(table, writer, content)
    for row in table.rows:
        for cell, width in zip(row.cells, style.widths_mm, strict=True):
            cell.vertical_alignment = 1
            if cell._tc.grid_span == 1:
                cell.width = Mm(width)
    note = document.add_paragraph()
    writer.print(note, writer.label(NOTE), size=style.label_pt - 1)
    document.save(str(path))


def _borders(table: Any, style: Style) -> None:
    element = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        outer = not side.startswith("inside")
        line.set(qn("w:val"), "double" if outer and style.border == "double" else "single")
        thick = outer and style.border == "thick"
        line.set(qn("w:sz"), str(style.border_eighths * (3 if thick else 1)))
        line.set(qn("w:space"), "0")
        line.set(qn("w:color"), "000000")
        element.append(line)
    table._tbl.tblPr.append(element)


def _row(
    table: Any, style: Style, height_mm: float, *, split: bool = True, header: bool = False
) -> list[Any]:
    row = table.add_row()
    row.height = Mm(height_mm)
    row.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
    properties = row._tr.get_or_add_trPr()
    if not split:
        properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))
    return list(row.cells)


def _fill(writer: _Writer, cell: Any, text: str, *, kind: str = "entry", centre: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing = writer.style.line_spacing
    paragraph.paragraph_format.space_after = Pt(0)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if kind == "label":
        writer.print(paragraph, writer.label(text))
    elif text:
        writer.entry(paragraph, text)


def _spaced(writer: _Writer, text: str) -> str:
    """Short labels are often stretched: 名    称, 法 定 代 表 人."""
    if not writer.style.spaced_labels:
        return text
    return (" " * (6 // len(text) + 1)).join(text) if len(text) <= 3 else text


def _basic(table: Any, writer: _Writer, content: Content) -> None:
    style, fields = writer.style, content.fields
    cells = _row(table, style, style.row_mm)
    _fill(writer, cells[0].merge(cells[6]), "一、基本信息", kind="label")
    for name, label in (("org_name", "名称"), ("address", "地址")):
        cells = _row(table, style, style.row_mm)
        _fill(writer, cells[0].merge(cells[1]), _spaced(writer, label), kind="label", centre=True)
        _fill(writer, cells[2].merge(cells[6]), fields[name].text, centre=style.centred)
    cells = _row(table, style, style.row_mm)
    _fill(writer, cells[0].merge(cells[1]), "注册登记机构", kind="label", centre=True)
    _fill(writer, cells[2].merge(cells[3]), fields["registration_authority"].text, centre=style.centred)
    _fill(writer, cells[4], "机构性质", kind="label", centre=True)
    _org_type(writer, cells[5].merge(cells[6]), content)
    cells = _row(table, style, style.row_mm)
    _fill(writer, cells[0].merge(cells[1]), "统一社会信用代码", kind="label", centre=True)
    _fill(writer, cells[2].merge(cells[6]), fields["uscc"].text, centre=style.centred)
    pairs = (
        ("法定代表人", "legal_representative", "注册资金", "registered_capital"),
        ("联系人", "contact_person", "职务", "contact_position"),
        ("联系电话", "contact_phone", "电子邮箱", "email"),
    )
    for left, left_id, right, right_id in pairs:
        cells = _row(table, style, style.row_mm)
        _fill(writer, cells[0].merge(cells[1]), _spaced(writer, left), kind="label", centre=True)
        _fill(writer, cells[2].merge(cells[3]), fields[left_id].text, centre=style.centred)
        _fill(writer, cells[4], _spaced(writer, right), kind="label", centre=True)
        _fill(writer, cells[5].merge(cells[6]), fields[right_id].text, centre=style.centred)


def _org_type(writer: _Writer, cell: Any, content: Content) -> None:
    """The four boxes; typed ticks replace or follow the box, pen ticks are drawn later on the picture."""
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing = writer.style.line_spacing
    paragraph.paragraph_format.space_after = Pt(0)
    parts = []
    for kind, label in ORG_TYPES.items():
        box = "□"
        if kind in content.ticks and writer.style.tick in {"☑", "■", "√", "☒", "✓"}:
            box = writer.style.tick
        if kind in content.ticks and writer.style.tick == "□√":
            box = "□√"
        parts.append(label + box)
    writer.print(paragraph, " ".join(parts))


def _occupations(table: Any, writer: _Writer, content: Content) -> None:
    style = writer.style
    cells = _row(table, style, style.row_mm)
    _fill(writer, cells[0].merge(cells[6]), "二、拟开展职业技能等级评价的职业（工种）情况", kind="label")
    cells = _row(table, style, style.table_row_mm)
    for cell, text in zip(cells, HEADERS, strict=True):
        _fill(writer, cell, text, kind="label", centre=True)
    for entry in content.occupations:
        cells = _row(table, style, style.table_row_mm, split=style.split_rows)
        for cell, (column, value) in zip(cells, entry.items(), strict=True):
            _fill(
                writer,
                cell,
                value.text,
                kind="label" if column == "seq" and value.value <= 3 else "entry",
                centre=True,
            )
    filled = len(content.occupations)
    for number in range(filled + 1, filled + 1 + style.unfilled_rows):
        cells = _row(table, style, style.table_row_mm)
        _fill(writer, cells[0], str(number), kind="label", centre=True)
    if style.ellipsis_row:
        cells = _row(table, style, style.table_row_mm)
        _fill(writer, cells[0], "...", kind="label", centre=True)


def _paragraph(writer: _Writer, cell: Any, *, indent_mm: float = 0) -> Any:
    paragraph = cell.add_paragraph()
    paragraph.paragraph_format.line_spacing = writer.style.line_spacing
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.first_line_indent = Mm(indent_mm) if indent_mm else None
    return paragraph


def _closing(table: Any, writer: _Writer, content: Content) -> None:
    style, fields = writer.style, content.fields
    cells = _row(table, style, style.statement_mm, split=style.split_rows)
    cell = cells[0].merge(cells[6])
    _break(writer, cell, "statement")
    _fill(writer, cell, SECTION_3, kind="label")
    writer.entry(_paragraph(writer, cell, indent_mm=8), fields["statement"].text)
    cells = _row(table, style, 40, split=False)
    cell = cells[0].merge(cells[6])
    _break(writer, cell, "pledge")
    _fill(writer, cell, "四、诚信承诺：", kind="label")
    writer.print(_paragraph(writer, cell, indent_mm=8), PLEDGE)
    _paragraph(writer, cell)
    line = _paragraph(writer, cell, indent_mm=70)
    writer.print(
        line,
        writer.label("法定代表人（签字）：")
        + (fields["legal_representative"].text if style.typed_name else ""),
    )
    _paragraph(writer, cell)
    line = _paragraph(writer, cell, indent_mm=70)
    writer.print(
        line, writer.label("单位名称（公章）：") + (fields["org_name"].text if style.typed_org else "")
    )
    for _ in range(2):
        _paragraph(writer, cell)
    cells = _row(table, style, style.opinion_mm, split=False)
    cell = cells[0].merge(cells[6])
    _break(writer, cell, "opinion")
    _fill(writer, cell, "五、市（州）人力资源社会保障局意见：", kind="label")
    writer.entry(_paragraph(writer, cell, indent_mm=8), fields["authority_opinion"].text)
    for _ in range(2):
        _paragraph(writer, cell)
    writer.print(_paragraph(writer, cell, indent_mm=105), "公章")
    _date_line(writer, _paragraph(writer, cell, indent_mm=95), fields["authority_opinion_date"].text)


def _date_line(writer: _Writer, paragraph: Any, text: str) -> None:
    """年 月 日 stay printed; digits are filled in between."""
    if not text:
        writer.print(paragraph, "    年    月    日")
        return
    year, rest = text.split("年")
    month, day = rest.removesuffix("日").split("月")
    for digits, unit in ((year, "年"), (month, "月"), (day, "日")):
        writer.print(paragraph, " ")
        writer.entry(paragraph, digits)
        writer.print(paragraph, f" {unit}")


def _break(writer: _Writer, cell: Any, where: str) -> None:
    if writer.style.break_before == where:
        cell.paragraphs[0].paragraph_format.page_break_before = True


__all__ = ["WD_BREAK", "Style", "write_form"]
