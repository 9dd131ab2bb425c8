"""Small drawn tables for the tests of marks: blocks for letters, an engine that reads what it was told."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.cells import CellText, TextTable
from extractors.form.reading import EngineInfo
from extractors.grid import Cell, Grid
from extractors.lines import TextLine
from extractors.ocr.engine import LineText, Span
from extractors.pages import Gray, Rgb
from extractors.straighten import UprightPage

PITCH = 30


class ToldEngine:
    """Answers with the given texts, one after the other, whatever it is shown; then with the last one."""

    def __init__(self, *texts: str, confidence: float = 0.99) -> None:
        self._texts = list(texts) or [""]
        self._confidence = confidence

    @property
    def info(self) -> EngineInfo:
        return EngineInfo("told", "1", "none")

    def read_lines(self, lines: Sequence[Gray], *, quick: bool = False) -> tuple[LineText, ...]:
        out = []
        for _ in lines:
            text = self._texts.pop(0) if len(self._texts) > 1 else self._texts[0]
            out.append(LineText(text, self._confidence, (self._confidence,) * len(text)))
        return tuple(out)

    def read_signs(self, lines: Sequence[Gray]) -> tuple[LineText, ...]:
        return ()

    def read_third(self, lines: Sequence[Gray]) -> tuple[LineText, ...]:
        return ()

    def find_lines(self, page: Gray) -> tuple[Span, ...]:
        return ()


def blank(width: int, height: int) -> Rgb:
    return np.full((height, width, 3), 255, np.uint8)


def letter(page: Rgb, x: float, y: float, size: float = 0.86) -> None:
    """A few strokes around (x, y) that fill a character's square as print does."""
    half = round(PITCH * size / 2)
    cx, cy = round(x), round(y)
    for offset in (-half, 0, half):
        cv2.line(page, (cx - half, cy + offset), (cx + half, cy + offset), (20, 20, 20), 2)
    cv2.line(page, (cx, cy - half), (cx, cy + half), (20, 20, 20), 2)


def box(page: Rgb, x: float, y: float) -> None:
    half = round(0.38 * PITCH)
    cv2.rectangle(
        page, (round(x) - half, round(y) - half), (round(x) + half, round(y) + half), (20, 20, 20), 2
    )


def star(page: Rgb, centre: tuple[int, int], radius: float, colour: tuple[int, int, int]) -> None:
    angles = np.arange(10) * np.pi / 5 - np.pi / 2
    reach = np.where(np.arange(10) % 2 == 0, radius, 0.38 * radius)
    points = np.stack([centre[0] + reach * np.cos(angles), centre[1] + reach * np.sin(angles)], axis=1)
    cv2.fillPoly(page, [np.round(points).astype(np.int32)], colour)


def seal(
    page: Rgb, centre: tuple[int, int], radius: int, colour: tuple[int, int, int] = (205, 30, 40)
) -> None:
    """A rim, a star and ten letters on an arc."""
    cv2.circle(page, centre, radius, colour, max(2, round(0.055 * radius)), cv2.LINE_AA)
    star(page, centre, 0.36 * radius, colour)
    for angle in np.linspace(-2.2, 2.2, 10):
        x, y = centre[0] + 0.74 * radius * np.sin(angle), centre[1] - 0.74 * radius * np.cos(angle)
        half = 0.09 * radius
        cv2.rectangle(page, (round(x - half), round(y - half)), (round(x + half), round(y + half)), colour, 2)


def table_of(rgb: Rgb, lines: Sequence[tuple[str, Span]], *, digital: bool = False) -> TextTable:
    """The whole picture as a table of one cell with these lines of text."""
    height, width = rgb.shape[:2]
    dark = np.ascontiguousarray(rgb[:, :, 0])
    red: NDArray[np.bool_] = cv2.subtract(dark, cv2.max(rgb[:, :, 1], rgb[:, :, 2])) > 38
    cell = Cell(4, 4, width - 4, height - 4)
    pictures = tuple(TextLine(dark[s.y0 : s.y1, s.x0 : s.x1], s) for _, s in lines)
    texts = tuple(LineText(text, 0.99, (0.99,) * len(text)) for text, _ in lines)
    grid = Grid(dark, red, ((cell,),), np.eye(3), width)
    page = UprightPage(1, rgb, 0, 0.0, np.eye(3), rgb.shape[:2])
    content = CellText(cell, () if digital else pictures, texts)
    return TextTable(page, grid, ((content,),), digital=digital)
