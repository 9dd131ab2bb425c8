"""A PDF page's text layer as words with places."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from extractors.form.geometry import Box
from extractors.pages import Word

MOST_CHARACTERS = 20_000
"""A dense A4 page has about 3,000; beyond this the layer is noise or hostile."""
_UNIT = 1_000_000
"""The page is mapped to a square of this side: fine enough, and exact in a 32-bit integer."""
_INVISIBLE = 3
"""Text render mode "neither fill nor stroke" (PDF 1.7, table 106)."""


@dataclass(frozen=True, slots=True)
class _Char:
    text: str
    left: float
    bottom: float
    right: float
    top: float
    visible: bool

    def joins(self, other: _Char) -> bool:
        """Whether ``other`` goes on in the same word: same line, gap below half a character."""
        height = max(self.top - self.bottom, other.top - other.bottom, 0.1)
        same_line = abs((self.bottom + self.top) - (other.bottom + other.top)) < height
        return (
            same_line
            and self.visible == other.visible
            and abs(other.left - self.right) < 0.5 * height + abs(other.right - other.left) * 0.1
        )


def page_to_words(page: pdfium.PdfPage) -> tuple[Word, ...]:
    """The words of the text layer in fractions of the page as displayed after /Rotate and crop box."""
    textpage = page.get_textpage()
    try:
        groups = list(_groups(textpage))
    finally:
        textpage.close()
    words = []
    for group in groups:
        box = _to_fractions(page, group)
        if box.x1 > 0 and box.y1 > 0 and box.x0 < 1 and box.y0 < 1:
            words.append(Word("".join(c.text for c in group), box.clipped(), group[0].visible))
    return tuple(words)


def _groups(textpage: pdfium.PdfTextPage) -> Iterator[list[_Char]]:
    group: list[_Char] = []
    for char in _characters(textpage):
        if char is None or (group and not group[-1].joins(char)):
            if group:
                yield group
            group = []
        if char is not None:
            group.append(char)
    if group:
        yield group


def _characters(textpage: pdfium.PdfTextPage) -> Iterator[_Char | None]:
    """Each character, or None where a word ends."""
    raw = textpage.raw
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for index in range(min(textpage.count_chars(), MOST_CHARACTERS)):
        code = pdfium_c.FPDFText_GetUnicode(raw, index)
        text = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        if not text.strip() or not text.isprintable():
            yield None
            continue
        if not pdfium_c.FPDFText_GetCharBox(raw, index, left, right, bottom, top):
            continue
        item = pdfium_c.FPDFText_GetTextObject(raw, index)
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(item) if item else 0
        yield _Char(text, left.value, bottom.value, right.value, top.value, mode != _INVISIBLE)


def _to_fractions(page: pdfium.PdfPage, group: list[_Char]) -> Box:
    x, y = ctypes.c_int(), ctypes.c_int()
    xs, ys = [], []
    for px, py in (
        (min(c.left for c in group), min(c.bottom for c in group)),
        (max(c.right for c in group), max(c.top for c in group)),
    ):
        pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, _UNIT, _UNIT, 0, px, py, x, y)
        xs.append(x.value / _UNIT)
        ys.append(y.value / _UNIT)
    return Box(min(xs), min(ys), max(xs), max(ys))
