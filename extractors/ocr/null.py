"""An engine that reads nothing: for tests of everything around reading."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.form.reading import EngineInfo
from extractors.ocr.engine import LineText, Span
from extractors.pages import Gray


class NullEngine:
    """Sees no line and reads no text."""

    info = EngineInfo("null", "1", "")

    def read_lines(self, lines: Sequence[Gray], *, quick: bool = False) -> tuple[LineText, ...]:  # noqa: ARG002
        """One empty text for each line."""
        return tuple(LineText("", 0.0) for _ in lines)

    def read_signs(self, lines: Sequence[Gray]) -> tuple[LineText, ...]:  # noqa: ARG002
        """No second reader."""
        return ()

    def read_third(self, lines: Sequence[Gray]) -> tuple[LineText, ...]:  # noqa: ARG002
        """No third one either."""
        return ()

    def find_lines(self, page: Gray) -> tuple[Span, ...]:  # noqa: ARG002
        """No lines."""
        return ()
