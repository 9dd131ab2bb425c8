"""A PDF page's text layer as words with places."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from extractors.form.geometry import Box, union
from extractors.pages import Word

MOST_CHARACTERS = 20_000
"""A dense A4 page has about 3,000; beyond this the layer is noise or hostile."""
_UNIT = 1_000_000
"""The page is mapped to a square of this side: fine enough, and exact in a 32-bit integer."""
_FAR_PT = 1000.0
"""How far apart the points are that the page's mapping is taken from."""
_INVISIBLE = 3
"""Text render mode "neither fill nor stroke" (PDF 1.7, table 106)."""


@dataclass(frozen=True, slots=True)
class _Char:
    """A character: its ink's box as displayed (points, y downwards); its extent along and across its line.

    The extents are those of the font, the same for 一 as for 国, else no dash would stand in its own line.
    """

    text: str
    box: Box
    along: tuple[float, float]
    across: tuple[float, float]
    ahead: float
    """How far along its line a character stands, as its line runs; 0 in lines that run up or down the page."""
    visible: bool

    def joins(self, other: _Char) -> bool:
        """Whether ``other`` goes on in the same word: same line, gap below half a character's height."""
        height = max(self.across[1] - self.across[0], other.across[1] - other.across[0], 0.1)
        gap = max(other.along[0] - self.along[1], self.along[0] - other.along[1])
        same_line = abs(sum(self.across) - sum(other.across)) < height
        return same_line and self.visible == other.visible and -height < gap < 0.5 * height


@dataclass(frozen=True, slots=True)
class _Mapping:
    """From the page's own coordinates to those displayed: origin, and what one point right and up moves."""

    origin: tuple[float, float]
    right: tuple[float, float]
    up: tuple[float, float]

    @classmethod
    def of(cls, page: pdfium.PdfPage) -> _Mapping:
        width_pt, height_pt = page.get_size()
        x, y = ctypes.c_int(), ctypes.c_int()
        seen = []
        for point in ((0.0, 0.0), (_FAR_PT, 0.0), (0.0, _FAR_PT)):
            pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, _UNIT, _UNIT, 0, *point, x, y)
            seen.append((x.value / _UNIT * width_pt, y.value / _UNIT * height_pt))
        (x0, y0), (x1, y1), (x2, y2) = seen
        return cls(
            (x0, y0), ((x1 - x0) / _FAR_PT, (y1 - y0) / _FAR_PT), ((x2 - x0) / _FAR_PT, (y2 - y0) / _FAR_PT)
        )

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """As displayed, in points, a box in the page's own coordinates."""
        xs = [self.origin[0] + x * self.right[0] + y * self.up[0] for x, y in ((x0, y0), (x1, y1))]
        ys = [self.origin[1] + x * self.right[1] + y * self.up[1] for x, y in ((x0, y0), (x1, y1))]
        return Box(min(xs), min(ys), max(xs), max(ys))


def page_to_words(page: pdfium.PdfPage) -> tuple[Word, ...]:
    """The words of the text layer in fractions of the page as displayed after /Rotate and crop box."""
    width_pt, height_pt = (max(side, 1e-6) for side in page.get_size())
    textpage = page.get_textpage()
    try:
        groups = list(_groups(textpage, _Mapping.of(page)))
    finally:
        textpage.close()
    words = []
    for group in groups:
        whole = union(char.box for char in group)
        # A character that another font had to draw comes behind those it stands between.
        group.sort(key=lambda char: char.ahead)
        box = Box(whole.x0 / width_pt, whole.y0 / height_pt, whole.x1 / width_pt, whole.y1 / height_pt)
        if box.x1 > 0 and box.y1 > 0 and box.x0 < 1 and box.y0 < 1:
            words.append(Word("".join(c.text for c in group), box.clipped(), group[0].visible))
    return tuple(words)


def _groups(textpage: pdfium.PdfTextPage, mapping: _Mapping) -> Iterator[list[_Char]]:
    group: list[_Char] = []
    for char in _characters(textpage, mapping):
        if char is None or (group and not group[-1].joins(char)):
            if group:
                yield group
            group = []
        if char is not None:
            group.append(char)
    if group:
        yield group


def _characters(textpage: pdfium.PdfTextPage, mapping: _Mapping) -> Iterator[_Char | None]:
    """Each character, or None where a word ends."""
    raw = textpage.raw
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    loose = pdfium_c.FS_RECTF()
    for index in range(min(textpage.count_chars(), MOST_CHARACTERS)):
        # A hyphen where a line ends is told apart from its sign: it belongs to the mail address that was wrapped there.
        code = (
            ord("-")
            if pdfium_c.FPDFText_IsHyphen(raw, index) == 1
            else pdfium_c.FPDFText_GetUnicode(raw, index)
        )
        text = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        if not text.strip() or not text.isprintable():
            yield None
            continue
        if not pdfium_c.FPDFText_GetCharBox(raw, index, left, right, bottom, top):
            continue
        item = pdfium_c.FPDFText_GetTextObject(raw, index)
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(item) if item else 0
        box = mapping.box(left.value, bottom.value, right.value, top.value)
        if pdfium_c.FPDFText_GetLooseCharBox(raw, index, loose):
            along, across = (loose.left, loose.right), (loose.bottom, loose.top)
        else:
            along, across = (left.value, right.value), (bottom.value, top.value)
        angle = pdfium_c.FPDFText_GetCharAngle(raw, index)
        ahead = sum(along) if math.cos(angle) > 0 else -sum(along)
        if abs(math.sin(angle)) > math.sqrt(0.5):
            along, across, ahead = across, along, 0.0
        yield _Char(text, box, along, across, ahead, mode != _INVISIBLE)
