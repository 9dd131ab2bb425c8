"""An invisible layer of text over a PDF page: what a reader finds and copies, where it stands on the paper.

``invisible.ttf`` has two glyphs, a full and a half square, of which only two corners are drawn: readers ask glyphs for
their size, and a whole language costs a kilobyte. A test makes it again with fontTools and compares.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any, Self

import pikepdf
from pikepdf import Array, Dictionary, Name

from extractors.form.geometry import Box

_EM = 1000
_LINE_GAP = 1.4
"""Height of a line of print for one of its characters; tells how many lines a cell may hold."""
_DESCENT = 0.2
"""Share of a character's height that reaches below the line."""
_LEAST_PT = 5.0
"""Nobody writes smaller; more lines than that would give are not guessed."""
_STOPS = frozenset("，。；、：！？,;)）】》")
"""Behind these a line is broken first: whoever searches for a word has none of them in it."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text and the box it stands in, in fractions of the page as displayed upright."""

    text: str
    box: Box

    @classmethod
    def from_json(cls, told: Any) -> Self:
        """As the service tells of it: text, box."""
        text, box = told
        return cls(str(text), Box(*(float(value) for value in box)).clipped())


class InvisibleFont:
    """The font of one PDF. It learns its characters while texts are written, hence ``finish`` at the end."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._codes: dict[str, int] = {}
        self.object = pdf.make_indirect(Dictionary(Type=Name.Font))

    def encode(self, text: str) -> str:
        """The text as a PDF string of two-byte codes."""
        return "<" + "".join(f"{self._codes.setdefault(c, len(self._codes) + 1):04x}" for c in text) + ">"

    def finish(self) -> None:
        """Write down which code is which character, and how wide."""
        program = resources.files("worker").joinpath("invisible.ttf").read_bytes()
        descriptor = Dictionary(
            Type=Name.FontDescriptor, FontName=Name.Invisible, Flags=4, FontBBox=[0, -200, _EM, 800],
            ItalicAngle=0, Ascent=800, Descent=-200, CapHeight=800, StemV=80,
            FontFile2=self._pdf.make_stream(program, Length1=len(program)),
        )  # fmt: skip
        half = {code for char, code in self._codes.items() if width(char) < 1}
        widths = [part for code in sorted(half) for part in (code, Array([_EM // 2]))]
        glyphs = [(code in half).to_bytes(2, "big") for code in range(len(self._codes) + 1)]
        descendant = Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Invisible, DW=_EM, W=Array(widths),
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=self._pdf.make_indirect(descriptor),
            CIDToGIDMap=self._pdf.make_stream(b"".join(glyphs)),
        )  # fmt: skip
        self.object.Subtype = Name.Type0
        self.object.BaseFont = Name.Invisible
        self.object.Encoding = Name("/Identity-H")
        self.object.DescendantFonts = Array([self._pdf.make_indirect(descendant)])
        self.object.ToUnicode = self._pdf.make_stream(self._to_unicode())

    def _to_unicode(self) -> bytes:
        pairs = [f"<{code:04x}> <{char.encode('utf-16-be').hex()}>" for char, code in self._codes.items()]
        blocks = [
            pairs[start : start + 100] for start in range(0, len(pairs), 100)
        ]  # the most that is allowed
        lines = [
            "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap",
            "/CMapName /Adobe-Identity-UCS def", "/CMapType 2 def",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "1 begincodespacerange", "<0000> <ffff>", "endcodespacerange",
            *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
            "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end",
        ]  # fmt: skip
        return "\n".join(lines).encode("ascii")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's place in its own coordinates: corners of what is displayed, in points, and its turn clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int = 0

    @classmethod
    def of(cls, page: pikepdf.Page) -> Self:
        """What is displayed of a page: its crop box within its media box."""
        crop, media = ([float(value) for value in box] for box in (page.cropbox, page.mediabox))
        sides = [max(min(b[i], b[i + 2]) for b in (crop, media)) for i in (0, 1)]
        sides += [min(max(b[i], b[i + 2]) for b in (crop, media)) for i in (0, 1)]
        left, bottom, right, top = sides
        return cls(left, bottom, right, top, page.rotation)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as displayed."""
        wide, high = self.right - self.left, self.top - self.bottom
        return (high, wide) if self.turn % 180 else (wide, high)

    def matrix(self, x: float, y: float) -> tuple[float, ...]:
        """The text matrix for a line that begins at this point as displayed (points from the top left, y downwards)."""
        match self.turn % 360:
            case 90:
                return (0, 1, -1, 0, self.left + y, self.bottom + x)
            case 180:
                return (-1, 0, 0, -1, self.right - x, self.bottom + y)
            case 270:
                return (0, -1, 1, 0, self.right - y, self.top - x)
            case _:
                return (1, 0, 0, 1, self.left + x, self.top - y)


def write_layer(page: pikepdf.Page, font: InvisibleFont, words: Iterable[Words]) -> None:
    """Put the words on the page, which shows what it showed before."""
    sheet = Sheet.of(page)
    drawn = [operators for each in words if each.text.strip() for operators in _operators(sheet, font, each)]
    if drawn:
        name = page.add_resource(font.object, Name.Font)
        content = "\n".join([f"q BT 3 Tr 0 Tc 0 Tw 0 Ts {name} 1 Tf", *drawn, "ET Q\n"])
        # Before all else, where nothing that the page does to its coordinates is in force yet.
        page.contents_add(content.encode("ascii"), prepend=True)


def _operators(sheet: Sheet, font: InvisibleFont, words: Words) -> list[str]:
    page_wide, page_high = sheet.size
    wide = max(words.box.width * page_wide, 1.0)
    lines = text_to_lines(words.text, wide, max(words.box.height * page_high, 1.0))
    high = max(words.box.height * page_high, 1.0) / len(lines)
    written = []
    for number, line in enumerate(lines, start=1):
        stretch = wide / (width(line) * high)
        foot = words.box.y0 * page_high + (number - _DESCENT) * high
        matrix = list(sheet.matrix(words.box.x0 * page_wide, foot))
        matrix[:4] = [value * high for value in matrix[:4]]
        shown = " ".join(f"{value:.4f}" for value in matrix)
        written.append(f"{stretch * 100:.4f} Tz {shown} Tm {font.encode(line)} Tj")
    return written


def text_to_lines(text: str, wide: float, high: float) -> list[str]:
    """The text in as many lines as print of one size would fill the box with (points), broken at stops if it can be."""
    plain = " ".join(text.split())
    fitting = math.sqrt(width(plain) * high / (_LINE_GAP * wide))
    count = max(1, min(int(fitting), int(high / _LEAST_PT), len(plain) // 2))
    lines, left = [], plain
    for lines_left in range(count, 1, -1):
        if not left:
            break
        at = _break(left, width(left) / lines_left)
        lines.append(left[:at])
        left = left[at:]
    return [line.strip() for line in (*lines, left) if line.strip()] or [plain]


def _break(text: str, share: float) -> int:
    """Where to break: behind the stop nearest to ``share`` characters' width, if one is within half of it."""
    reached, places = 0.0, []
    for index, char in enumerate(text, start=1):
        reached += width(char)
        places.append((abs(reached - share), index))
    stops = [(far, index) for far, index in places if text[index - 1] in _STOPS and far <= share / 2]
    return min(stops or places)[1]


def width(text: str) -> float:
    """In Chinese characters; a letter or digit is half of one."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)
