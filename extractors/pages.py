"""Pixels that flow between the stages. Arrays are never written to after they were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from extractors.form.geometry import Box

Rgb = NDArray[Any]
"""uint8, shape (height, width, 3), RGB order. ``Any``: OpenCV's stubs promise no element type."""
Gray = NDArray[Any]
"""uint8, shape (height, width), 0 black .. 255 white."""


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a PDF's text layer, in fractions of the page as the PDF displays it."""

    text: str
    box: Box
    visible: bool = True
    """False for invisible text (render mode 3), as scanners write under their pictures."""


@dataclass(frozen=True, slots=True)
class PageDone:
    """Progress: page ``number`` of ``total`` was looked at, or is known from before and comes without a picture.

    ``picture``: the page upright. ``cover``: uint8, 255 where that shows the printed form, in another size; None
    beside the form. ``kept``: what, handed in again, spares looking at it another time, as JSON values.
    """

    number: int
    total: int
    picture: Rgb | None = None
    cover: Gray | None = None
    kept: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as the file displays it (a PDF's /Rotate and a picture's EXIF turn already applied).

    ``source`` is ``scan`` (PDF whose page is a picture), ``digital`` (PDF with a visible text layer)
    or ``image`` (JPEG, PNG, TIFF frame). ``words`` is empty without a text layer.
    ``dpi`` is that of ``rgb``; 0 when the file does not say.
    """

    number: int
    rgb: Rgb
    dpi: int
    source: str
    words: tuple[Word, ...] = ()
    warnings: tuple[str, ...] = ()
