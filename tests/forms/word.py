"""The form as a Word file: the notice's annex, filled in, in one of the many shapes people give it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tests.forms import fonts
from tests.forms.cells import (
    Slot,
    Writer,
    dress,
    first_paragraph,
    new_row,
    new_table,
    next_paragraph,
    put_entry,
    put_label,
)
from tests.forms.content import ORG_TYPES, Content
from tests.forms.spellings import Cell
from tests.forms.style import TICKS_TYPED, Style

TITLE = "社会培训评价组织基本情况表"
HEADERS = (
    "序号",
    "职业（工种）名称",
    "职业编码",
    "是否新职业",
    "培训评价起始日期",
    "已培训评价人数（人）",
    "评价等级范围",
)
SECTION_2 = "二、拟开展职业技能等级评价的职业（工种）情况"
SECTION_3 = (
    "三、人员场地、设备设施以及组织优势、专业优势（含参与国家职业技能标准、教学大纲、教材等编制）等情况"
)
PLEDGE = "本人承诺申报材料真实有效，如有虚假，自愿退出申报。"
NOTE = "注：请申请单位在单位名称处加盖本单位公章；本表可增行或续页。"
BROKEN = {
    "注册登记机构": "注册登\n记机构",
    "统一社会信用代码": "统一社会\n信用代码",
    "法定代表人": "法定\n代表人",
    "联系电话": "联系\n电话",
}
WHOLE = (7,)


def write_form(path: Path, content: Content, style: Style, rng: random.Random) -> None:
    """Write the filled form to ``path``."""
    document = new_document(style.margin_mm, sum(style.widths_mm))
    writer = Writer(rng, style)
    if style.page_numbers:
        _page_numbers(document, writer)
    if style.annex_line:
        writer.print(document.add_paragraph(), style.annex_line, size=style.label_pt + 2)
    _title(document, writer, TITLE)
    table = new_table(document, style)
    _basic(table, writer, content)
    table = _occupations(document, table, writer, content)
    _statement(table, writer, content)
    _pledge(table, writer, content)
    _opinion(table, writer, content)
    note = document.add_paragraph()
    writer.print(note, writer.label(NOTE), size=style.label_pt - 1)
    document.save(str(path))


def new_document(margin_mm: float, width_mm: float) -> Any:
    """An empty A4 document in Chinese whose text is ``width_mm`` wide."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - width_mm) / 2)
    section.top_margin = section.bottom_margin = Mm(margin_mm)
    section.footer_distance = Mm(8)
    language = document.styles.element.find(f".//{qn('w:lang')}")
    if language is not None:
        language.set(qn("w:eastAsia"), "zh-CN")
    return document


def _title(document: Any, writer: Writer, text: str) -> None:
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    style = writer.style
    writer.print(title, text, size=style.title_pt, family=style.title_family, bold=style.title_bold)


def _page_numbers(document: Any, writer: Writer) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, after = writer.style.page_numbers.split("{}")
    writer.print(paragraph, before, size=9)
    run = paragraph.add_run()
    dress(run, writer.style.label_family, 9)
    for kind, instruction in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = instruction
        run._element.append(element)
    writer.print(paragraph, after, size=9)


def _name_of(writer: Writer, text: str) -> str:
    """Labels are stretched or broken: 名    称, 法定/代表人."""
    style = writer.style
    if style.spaced_labels and len(text) <= (5 if style.spaced_labels == 1 else 3):
        return (" " * style.spaced_labels).join(text)
    return BROKEN.get(text, text) if style.broken_labels else text


def _basic(table: Any, writer: Writer, content: Content) -> None:
    style, fields = writer.style, content.fields
    put_label(writer, new_row(table, style, style.row_mm, WHOLE)[0], "一、基本信息", centre=False)
    for name, label in (("org_name", "名称"), ("address", "地址")):
        _wide_row(table, writer, label, fields[name])
    slots = new_row(table, style, style.row_mm, (2, 2, 1, 2))
    put_label(writer, slots[0], _name_of(writer, "注册登记机构"))
    put_entry(writer, slots[1], fields["registration_authority"].text, centre=style.centred)
    put_label(writer, slots[2], _name_of(writer, "机构性质"))
    _org_type(writer, slots[3], content)
    _wide_row(table, writer, "统一社会信用代码", fields["uscc"])
    pairs = (
        ("法定代表人", "legal_representative", "注册资金", "registered_capital"),
        ("联系人", "contact_person", "职务", "contact_position"),
        ("联系电话", "contact_phone", "电子邮箱", "email"),
    )
    for left, left_id, right, right_id in pairs:
        slots = new_row(table, style, style.row_mm, (2, 2, 1, 2))
        put_label(writer, slots[0], _name_of(writer, left))
        put_entry(writer, slots[1], fields[left_id].text, centre=style.centred)
        put_label(writer, slots[2], _name_of(writer, right))
        put_entry(writer, slots[3], fields[right_id].text, centre=style.centred)


def _wide_row(table: Any, writer: Writer, label: str, cell: Cell) -> None:
    slots = new_row(table, writer.style, writer.style.row_mm, (2, 5))
    put_label(writer, slots[0], _name_of(writer, label))
    put_entry(writer, slots[1], cell.text, centre=writer.style.centred)


def _org_type(writer: Writer, slot: Slot, content: Content) -> None:
    """The four boxes; typed ticks replace or follow the box, pen ticks are drawn later on the picture."""
    tick = writer.style.tick
    parts = [
        label + (tick if kind in content.ticks and tick in TICKS_TYPED else "□")
        for kind, label in ORG_TYPES.items()
    ]
    writer.print(first_paragraph(writer, slot), " ".join(parts))


def _occupations(document: Any, table: Any, writer: Writer, content: Content) -> Any:
    """Section 二; the table that the rest of the form goes on in is returned."""
    style = writer.style
    if style.layout == "split":
        table = _after_gap(document, style, page_break=False)
    again = style.layout == "split" and style.header_again
    heading = new_row(table, style, style.row_mm, WHOLE, header=again)[0]
    put_label(writer, heading, SECTION_2, centre=False)
    _header_row(table, writer, repeat=again)
    count = len(content.occupations)
    for number, entry in enumerate(content.occupations, 1):
        if style.layout == "continued" and number == style.rows_before_break + 1:
            table = _after_gap(document, style, page_break=True)
            if style.header_again:
                _header_row(table, writer, repeat=False)
        _entry_row(table, writer, entry)
    for number in range(count + 1, count + 1 + style.unfilled_rows):
        put_label(writer, new_row(table, style, style.table_row_mm, (1,) * 7)[0], str(number))
    if style.ellipsis_row and style.numbers != "ellipsis":
        put_label(writer, new_row(table, style, style.table_row_mm, (1,) * 7)[0], "...")
    return _after_gap(document, style, page_break=False) if style.layout == "split" else table


def _after_gap(document: Any, style: Style, *, page_break: bool) -> Any:
    """A new table after the smallest of paragraphs, as Word needs between two tables."""
    gap = document.add_paragraph()
    gap.paragraph_format.space_after = gap.paragraph_format.space_before = Pt(0)
    gap.paragraph_format.line_spacing = Pt(1)
    gap.paragraph_format.page_break_before = page_break
    dress(gap.add_run(" "), style.label_family, 1)
    return new_table(document, style)


def _header_row(table: Any, writer: Writer, *, repeat: bool) -> None:
    slots = new_row(table, writer.style, writer.style.table_row_mm, (1,) * 7, header=repeat)
    for slot, text in zip(slots, HEADERS, strict=True):
        put_label(writer, slot, text)


def _entry_row(table: Any, writer: Writer, entry: dict[str, Cell]) -> None:
    style = writer.style
    slots = new_row(table, style, style.table_row_mm, (1,) * 7, split=style.split_rows)
    for slot, (column, cell) in zip(slots, entry.items(), strict=True):
        if column == "seq" and (cell.text == "..." or (cell.value or 9) <= 3):
            put_label(writer, slot, cell.text)
        else:
            put_entry(writer, slot, cell.text, centre=True)


def _section(table: Any, writer: Writer, height_mm: float, name: str, title: str, *, split: bool) -> Slot:
    style = writer.style
    slot = new_row(table, style, height_mm, WHOLE, split=split)[0]
    slot.cell.vertical_alignment = 0 if style.top_aligned else 1
    paragraph = first_paragraph(writer, slot)
    paragraph.paragraph_format.page_break_before = style.break_before == name
    writer.print(paragraph, writer.label(title))
    return slot


def _statement(table: Any, writer: Writer, content: Content) -> None:
    style = writer.style
    slot = _section(table, writer, style.statement_mm, "statement", SECTION_3, split=style.split_rows)
    writer.entry(next_paragraph(writer, slot, indent_mm=8), content.fields["statement"].text)


def _pledge(table: Any, writer: Writer, content: Content) -> None:
    style, fields = writer.style, content.fields
    slot = _section(table, writer, style.pledge_mm, "pledge", "四、诚信承诺：", split=False)
    writer.print(next_paragraph(writer, slot, indent_mm=8), PLEDGE)
    _blank_lines(writer, slot, style.sign_gap)
    name = fields["legal_representative"].text if style.typed_name else ""
    line = next_paragraph(writer, slot, indent_mm=style.sign_indent_mm)
    writer.print(line, writer.label("法定代表人（签字）：") + name)
    _blank_lines(writer, slot, style.sign_gap)
    name = fields["org_name"].text if style.typed_org else ""
    line = next_paragraph(writer, slot, indent_mm=style.sign_indent_mm)
    writer.print(line, writer.label("单位名称（公章）：") + name)
    _blank_lines(writer, slot, 1)


def _opinion(table: Any, writer: Writer, content: Content) -> None:
    style, fields = writer.style, content.fields
    if style.authority_pen:
        writer = Writer(writer.rng, replace(style, pen=fonts.STROKE_PEN, entry_pt=writer.rng.uniform(12, 15)))
    title = "五、市（州）人力资源社会保障局意见："
    slot = _section(table, writer, style.opinion_mm, "opinion", title, split=False)
    writer.entry(next_paragraph(writer, slot, indent_mm=8), fields["authority_opinion"].text)
    _blank_lines(writer, slot, 1 + style.sign_gap)
    writer.print(next_paragraph(writer, slot, indent_mm=style.authority_indent_mm + 10), "公章")
    date = next_paragraph(writer, slot, indent_mm=style.authority_indent_mm)
    _date_line(writer, date, fields["authority_opinion_date"].text)


def _blank_lines(writer: Writer, slot: Slot, count: int) -> None:
    for _ in range(count):
        writer.print(next_paragraph(writer, slot), " ")


def _date_line(writer: Writer, paragraph: Any, text: str) -> None:
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
