"""The engines by name; a new engine is one line here and passes the shared contract test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from extractors.ocr.engine import OcrEngine


def _rapid() -> OcrEngine:
    from extractors.ocr.rapid import RapidEngine

    return RapidEngine()


def _tesseract() -> OcrEngine:
    from extractors.ocr.tesseract import TesseractEngine

    return TesseractEngine()


def _null() -> OcrEngine:
    from extractors.ocr.null import NullEngine

    return NullEngine()


ENGINES: Mapping[str, Callable[[], OcrEngine]] = MappingProxyType(
    {"rapidocr": _rapid, "tesseract": _tesseract, "null": _null}
)


def build_engine(name: str) -> OcrEngine:
    """Load an engine and its models once. Raises KeyError for a name that is not in ``ENGINES``."""
    return ENGINES[name]()
