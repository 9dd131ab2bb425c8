"""Where things stand in the born PDF: boxes to tick, the lines to sign and to stamp. Points, origin top left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pdfplumber


@dataclass(frozen=True, slots=True)
class Place:
    """A found text: page from 0, its rectangle in points."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Places:
    """What was found; a name stands under ``sign``, ``stamp``, ``authority``, ``date`` or an ``org_type`` value."""

    found: dict[str, Place]
    page_count: int
    page_size_pt: tuple[float, float]


PATTERNS = {
    "sign": r"法定代表人[（(]签字[）)][:：]",
    "stamp": r"单位名称[（(]公章[）)][:：]",
    "authority": r"公章(?=\d*年\d*月\d*日)",
    "date": r"(?<=公章)(\d{4})?年(\d+)?月(\d+)?日",
    "enterprise": r"(?<=企业)[□☑■√☒✓]",
    "private_non_enterprise": r"(?<=民办非企业单位)[□☑■√☒✓]",
    "industry_association": r"(?<=行业协会)[□☑■√☒✓]",
    "technical_school": r"(?<=技工院校)[□☑■√☒✓]",
}


def find_places(born: Path) -> Places:
    """Search the born PDF's text, spaces left out."""
    found: dict[str, Place] = {}
    with pdfplumber.open(born) as pdf:
        for number, page in enumerate(pdf.pages):
            chars = [c for c in page.chars if c["text"].strip()]
            text = "".join(c["text"][0] for c in chars)
            for name, pattern in PATTERNS.items():
                for match in re.finditer(pattern, text):
                    hit = chars[match.start() : match.end()]
                    found[name] = Place(
                        number,
                        min(c["x0"] for c in hit),
                        min(c["top"] for c in hit),
                        max(c["x1"] for c in hit),
                        max(c["bottom"] for c in hit),
                    )
        size = (float(pdf.pages[0].width), float(pdf.pages[0].height))
        return Places(found, len(pdf.pages), size)
