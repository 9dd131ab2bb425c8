"""Strokes of characters: where a pen goes. Coordinates are shares of the em, (0, 0) top left of its square.

Chinese characters come from hanzi-writer-data, letters and digits from single-line fonts; both are fetched by
``tests.forms.fonts``. Punctuation is drawn here.
"""

from __future__ import annotations

import functools
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.forms import fonts

Points = NDArray[np.float32]
"""Shape (n, 2): x, y in em."""
Strokes = tuple[Points, ...]

PUNCTUATION: dict[str, list[list[tuple[float, float]]]] = {
    "，": [[(0.16, 0.78), (0.24, 0.8), (0.22, 0.9), (0.12, 1.0)]],
    "。": [[(0.2, 0.76), (0.11, 0.84), (0.2, 0.93), (0.29, 0.84), (0.2, 0.76)]],
    "、": [[(0.12, 0.76), (0.28, 0.92)]],
    "：": [[(0.2, 0.5), (0.23, 0.53)], [(0.2, 0.8), (0.23, 0.83)]],
    "；": [[(0.2, 0.5), (0.23, 0.53)], [(0.23, 0.78), (0.22, 0.88), (0.14, 0.97)]],
    "（": [[(0.85, 0.05), (0.68, 0.3), (0.66, 0.62), (0.86, 0.98)]],
    "）": [[(0.15, 0.05), (0.32, 0.3), (0.34, 0.62), (0.14, 0.98)]],
    "《": [[(0.72, 0.12), (0.46, 0.5), (0.72, 0.88)], [(0.92, 0.12), (0.66, 0.5), (0.92, 0.88)]],
    "》": [[(0.28, 0.12), (0.54, 0.5), (0.28, 0.88)], [(0.08, 0.12), (0.34, 0.5), (0.08, 0.88)]],
    "“": [[(0.7, 0.08), (0.62, 0.22)], [(0.88, 0.08), (0.8, 0.22)]],
    "”": [[(0.2, 0.08), (0.12, 0.22)], [(0.38, 0.08), (0.3, 0.22)]],
    "—": [[(0.08, 0.52), (0.92, 0.5)]],
    "－": [[(0.18, 0.52), (0.82, 0.5)]],
    "–": [[(0.05, 0.55), (0.45, 0.54)]],
    "～": [[(0.1, 0.56), (0.28, 0.44), (0.5, 0.52), (0.72, 0.6), (0.9, 0.46)]],
    "~": [[(0.05, 0.58), (0.17, 0.48), (0.3, 0.55), (0.42, 0.6), (0.52, 0.5)]],
    "√": [[(0.15, 0.5), (0.35, 0.82), (0.85, 0.15)]],
    "￥": [
        [(0.2, 0.12), (0.5, 0.48)],
        [(0.8, 0.12), (0.5, 0.48), (0.5, 0.92)],
        [(0.25, 0.55), (0.75, 0.54)],
        [(0.25, 0.72), (0.75, 0.71)],
    ],
}


@functools.cache
def _characters() -> dict[str, list[list[list[float]]]]:
    return json.loads(fonts.STROKES.read_text(encoding="utf-8"))


@functools.cache
def letters(path: Path) -> dict[str, Strokes]:
    """One single-line font (SVG); glyphs start at x = 0, the baseline lies at 0.82."""
    out: dict[str, Strokes] = {}
    for element in ET.parse(path).iter():
        sign, drawn = element.get("unicode"), element.get("d")
        if element.tag.endswith("glyph") and sign and drawn:
            out[sign] = _path(drawn)
    return out


def _path(path: str) -> Strokes:
    strokes: list[list[tuple[float, float]]] = []
    for command, x, y in re.findall(r"([ML])\s*(-?[\d.]+)[ ,]+(-?[\d.]+)", path):
        point = (float(x) / 1000, 0.82 - float(y) / 1000)
        if command == "M":
            strokes.append([point])
        elif strokes:
            strokes[-1].append(point)
    return tuple(np.array(s, np.float32) for s in strokes if len(s) > 1)


@functools.cache
def strokes_of(character: str, letter_font: str) -> Strokes | None:
    """The strokes in writing order, or None when nobody taught us this character."""
    if character in PUNCTUATION:
        return tuple(np.array(s, np.float32) for s in PUNCTUATION[character])
    medians = _characters().get(character)
    if medians is not None:
        # The data's square is 1024 wide, its y axis runs upward from -124 to 900.
        return tuple(np.array([(x / 1024, (900 - y) / 1024) for x, y in s], np.float32) for s in medians)
    return letters(fonts.STATE / f"{letter_font}.svg").get(character)


def is_known(character: str) -> bool:
    """True when the pen can write the character in every hand."""
    return all(strokes_of(character, name) is not None for name in fonts.LETTER_FONTS)
