"""Where things stand in the born PDF: boxes to tick, lines to sign and to stamp. Points from the top left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
class Written:
    """A character for the pen: page from 0, its em square in points; ``struck`` when crossed out."""

    text: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """What was found, under ``sign``, ``stamp``, ``authority``, ``date`` or an ``org_type`` value."""

    found: dict[str, Place]
    written: list[Written]
    seal_spots: list[Place]
    """Where a paper says （盖章）."""
    lines: list[tuple[str, Place]]
    """The words of every page, a piece a word."""
    page_count: int
    page_size_pt: tuple[float, float]


SINK = 0.15
"""LibreOffice's fonts carry no descent: a character's rectangle ends at its baseline, and the em square of a
Chinese character lies this share of the em lower (measured on LXGW WenKai and Noto Serif)."""
WHITES = (255, 250)
"""Grey of text that pen strokes replace, and of text that is written and crossed out."""

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
    written: list[Written] = []
    spots: list[Place] = []
    lines: list[tuple[str, Place]] = []
    with pdfplumber.open(born) as pdf:
        for number, page in enumerate(pdf.pages):
            chars = [c for c in page.chars if c["text"].strip()]
            text = "".join(c["text"][0] for c in chars)
            written += [mark for c in chars if (mark := _written(c, number)) is not None]
            lines += [
                (w["text"], Place(number, w["x0"], w["top"], w["x1"], w["bottom"]))
                for w in page.extract_words()
            ]
            for name, pattern in PATTERNS.items():
                for match in re.finditer(pattern, text):
                    found[name] = _around(chars[match.start() : match.end()], number)
            spots += [_around(chars[m.start() : m.end()], number) for m in re.finditer("（盖章）", text)]
        size = (float(pdf.pages[0].width), float(pdf.pages[0].height))
        return Places(found, written, spots, lines, len(pdf.pages), size)


def _around(chars: list[dict[str, Any]], page: int) -> Place:
    return Place(
        page,
        min(c["x0"] for c in chars),
        min(c["top"] + SINK * c["size"] for c in chars),
        max(c["x1"] for c in chars),
        max(c["bottom"] + SINK * c["size"] for c in chars),
    )


def _written(char: dict[str, Any], page: int) -> Written | None:
    """A white character stands for pen strokes; the slightly darker white for one crossed out."""
    colour = char["non_stroking_color"]
    lightest = min(colour) if isinstance(colour, tuple) else 0
    if lightest < WHITES[1] / 255 - 0.002:
        return None
    struck = lightest < WHITES[0] / 255 - 0.002
    top = char["top"] + SINK * char["size"]
    return Written(char["text"][0], page, char["x0"], top, char["x1"], top + char["size"], struck)
