"""What every text engine offers; the pipeline knows no more about it than this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from extractors.form.reading import EngineInfo
from extractors.ocr.lattice import EMPTY, Lattice, score
from extractors.pages import Gray


@dataclass(frozen=True, slots=True)
class LineText:
    """One line as read. ``sure`` holds a probability for each character.

    ``stated`` is the engine's own for the whole line; None where the lattice tells it.
    """

    text: str
    stated: float | None
    sure: tuple[float, ...] = ()
    lattice: Lattice = EMPTY

    @property
    def confidence(self) -> float:
        """A probability for the whole line, worked out when somebody asks, which few do."""
        if self.stated is not None:
            return self.stated
        return min(1.0, float(np.exp(score(self.lattice, [self.text])[0]))) if self.text else 0.0


@dataclass(frozen=True, slots=True)
class Span:
    """Where a text line stands, in pixels of the picture it was found in; y grows downwards."""

    x0: int
    y0: int
    x1: int
    y1: int


class OcrEngine(Protocol):
    """Reads pictures of single lines; finds lines where no ruled cells tell their places."""

    @property
    def info(self) -> EngineInfo: ...

    def read_lines(self, lines: Sequence[Gray], *, quick: bool = False) -> tuple[LineText, ...]:
        """Read dark-on-light pictures of one line each, in order. ``quick`` allows a smaller model."""
        ...

    def read_signs(self, lines: Sequence[Gray]) -> tuple[LineText, ...]:
        """The same lines by a reader of another making that knows the signs of numbers, dates and codes only.

        Texts as ``extractors.ocr.signs.said`` folds them; nothing at all where the engine has no such reader.
        """
        ...

    def read_third(self, lines: Sequence[Gray]) -> tuple[LineText, ...]:
        """The same lines by one more model that knows every sign, for what the others leave in doubt.

        Nothing at all where the engine has none.
        """
        ...

    def find_lines(self, page: Gray) -> tuple[Span, ...]:
        """Boxes of the text lines of a page, top to bottom."""
        ...
