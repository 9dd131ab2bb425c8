"""Tesseract through pytesseract: slower and less exact, but an independent second reader.

Needs the system packages tesseract-ocr and tesseract-ocr-chi-sim.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import cv2
import pytesseract

from extractors.form.reading import EngineInfo
from extractors.ocr.engine import LineText, Span
from extractors.ocr.signs import SignReader
from extractors.pages import Gray

LINE_HEIGHT_PX = 40
"""Tesseract's LSTM reads lines of about this height best."""
LANGUAGES = "chi_sim+eng"


class TesseractEngine:
    """One call of the program a line (``--psm 7``); OMP is held to one thread, which is also faster."""

    def __init__(self) -> None:
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._signs = SignReader()
        self._info = EngineInfo("tesseract", str(pytesseract.get_tesseract_version()), LANGUAGES)

    @property
    def info(self) -> EngineInfo:
        return self._info

    def read_lines(self, lines: Sequence[Gray], *, quick: bool = False) -> tuple[LineText, ...]:  # noqa: ARG002
        """Confidence is tesseract's mean word confidence as a fraction; it is no probability."""
        return tuple(self._read(line) for line in lines)

    def _read(self, line: Gray) -> LineText:
        scale = LINE_HEIGHT_PX / max(1, line.shape[0])
        picture = cv2.resize(
            line, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        )
        picture = cv2.copyMakeBorder(picture, 8, 8, 12, 12, cv2.BORDER_CONSTANT, value=255)
        data = pytesseract.image_to_data(
            picture, lang=LANGUAGES, config="--psm 7", output_type=pytesseract.Output.DICT
        )
        words = [
            (str(t), float(c)) for t, c in zip(data["text"], data["conf"], strict=True) if str(t).strip()
        ]
        if not words:
            return LineText("", 0.0)
        text = "".join(word for word, _ in words)
        sure = tuple(max(0.0, c) / 100 for word, c in words for _ in word)
        return LineText(text, min(sure), sure)

    def read_signs(self, lines: Sequence[Gray]) -> tuple[LineText, ...]:
        """The net of our own, which is no part of tesseract."""
        return tuple(self._signs.read(line) for line in lines)

    def read_third(self, lines: Sequence[Gray]) -> tuple[LineText, ...]:  # noqa: ARG002
        """Tesseract has one model for a language."""
        return ()

    def find_lines(self, page: Gray) -> tuple[Span, ...]:
        """Tesseract's own layout analysis, level 4 (lines)."""
        data = pytesseract.image_to_data(
            page, lang=LANGUAGES, config="--psm 6", output_type=pytesseract.Output.DICT
        )
        rows = zip(data["level"], data["left"], data["top"], data["width"], data["height"], strict=True)
        return tuple(Span(x, y, x + w, y + h) for level, x, y, w, h in rows if level == 4)
