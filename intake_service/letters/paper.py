"""A letter on paper: as PDF, typeset with the Chinese fonts of this machine, and as a Word file for those who must edit it.

Both libraries are loaded when the first letter is made, so that the web process starts without them.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from importlib import resources
from typing import Any

import segno

from extractors.form.workdays import LOCAL_UTC_OFFSET
from intake_service.errors import ServiceError
from intake_service.letters.drafting import Letter

PDF, DOCX = "pdf", "docx"
MEDIA_TYPES = {
    PDF: "application/pdf",
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
CHINESE_FONTS = ("Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", "SimSun")
"""Those that ``letter.typ`` asks for; one of them must be installed."""
_LONG_WORD = re.compile(r"[!-~]{24}(?=[!-~])")


class NoFontError(ServiceError):
    """No font is installed here that letters could be printed with."""

    code = "unavailable"
    http_status = 503
    default_message = (
        "本机没有可用的中文宋体，不能生成 PDF（可先下载 Word 版）。请管理员安装 fonts-noto-cjk。"
    )


def chinese_font() -> str:
    """The family that letters are printed with. Raises NoFontError."""
    installed = set(_fonts().families())
    found = next((family for family in CHINESE_FONTS if family in installed), None)
    if found is None:
        raise NoFontError
    return found


def letter_to_pdf(letter: Letter) -> bytes:
    """A4 pages, the same bytes each time. Raises NoFontError."""
    import typst

    chinese_font()
    told = {
        **json.loads(_LONG_WORD.sub("\\g<0>\u200b", json.dumps(letter.to_json(), ensure_ascii=False))),
        "day_words": letter.day_words,
        "picture": _code(letter).svg_inline(border=0),
    }
    source = resources.files("intake_service.letters").joinpath("letter.typ").read_bytes()
    compiler = typst.Compiler(source, font_paths=_fonts(), sys_inputs={"letter": json.dumps(told)})
    midnight = datetime.combine(date.fromisoformat(letter.day), time(), UTC) - LOCAL_UTC_OFFSET
    made = compiler.compile(format="pdf", timestamp=midnight)
    if not isinstance(made, bytes):
        raise TypeError("one file was asked for")
    return made


def letter_to_docx(letter: Letter) -> bytes:
    """A Word file with the same words, in the fonts that offices have."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(28)
    section.top_margin, section.bottom_margin = Mm(30), Mm(26)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "仿宋", Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")

    def line(text: str, *, size: int = 14, bold: bool = False, indent: int = 0, align: Any = None) -> Any:
        paragraph = paper.add_paragraph()
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(size)
        paragraph.paragraph_format.first_line_indent = Pt(indent)
        paragraph.paragraph_format.space_after, paragraph.paragraph_format.line_spacing = Pt(3), 1.3
        paragraph.alignment = align
        return paragraph

    picture = io.BytesIO()
    _code(letter).save(picture, kind="png", scale=6, border=0)
    line("", align=WD_ALIGN_PARAGRAPH.RIGHT).add_run().add_picture(picture, width=Mm(19))
    line(letter.title, size=22, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER)
    if letter.number:
        line(letter.number, align=WD_ALIGN_PARAGRAPH.CENTER)
    for block in letter.blocks:
        match block.kind:
            case "table":
                table = paper.add_table(len(block.rows), 2, "Table Grid")
                table.autofit = False
                for column, width in zip(table.columns, (Mm(34), Mm(120)), strict=True):
                    column.width = width
                for row, words in zip(table.rows, block.rows, strict=True):
                    for cell, text in zip(row.cells, words, strict=True):
                        cell.text = text
            case "list":
                for number, item in enumerate(block.items, start=1):
                    line(
                        item if letter.kind == "receipt" else f"{number}. {item}",
                        indent=0 if letter.kind == "receipt" else 28,
                    )
            case _:
                line(block.text, bold=block.kind == "heading", indent=28 if block.kind == "paragraph" else 0)
    line("")
    for text in (letter.sign, letter.day_words):
        line(text, align=WD_ALIGN_PARAGRAPH.RIGHT)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


MAKERS: dict[str, Callable[[Letter], bytes]] = {PDF: letter_to_pdf, DOCX: letter_to_docx}


def _code(letter: Letter) -> segno.QRCode:
    return segno.make_qr(letter.code, error="m")


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """What is installed; looking takes half a second, so it is done once."""
    import typst

    return typst.Fonts()
