"""Cells cut from their pages, as JPEG in base64: the report carries its pictures with it."""

from __future__ import annotations

import base64
import io
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from extractors.loading import file_to_pages
from extractors.ocr.registry import build_engine
from extractors.pages import Gray, Rgb
from extractors.straighten import as_displayed, page_to_upright

MARGIN_PX = 12
WIDEST_PX = 900
Place = tuple[str, int, tuple[float, ...]]
"""Document, page from 1, box in page fractions."""


def to_jpeg(picture: Rgb | Gray, widest_px: int = WIDEST_PX, quality: int = 72) -> str:
    """RGB or grey uint8 pixels, made smaller where they are wider or higher than ``widest_px``."""
    image = Image.fromarray(picture)
    image.thumbnail((widest_px, widest_px))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def cut(rgb: Rgb, box: Sequence[float], margin_px: int = MARGIN_PX) -> Rgb:
    """The part of a page in ``box`` (pixels x0, y0, x1, y1) with some of its surroundings."""
    x0, y0 = max(0, round(box[0]) - margin_px), max(0, round(box[1]) - margin_px)
    return rgb[y0 : round(box[3]) + margin_px, x0 : round(box[2]) + margin_px]


def cut_places(folder: Path, places: Sequence[Place]) -> dict[Place, str]:
    """Each place as the reading saw its page, upright."""
    wanted: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        wanted[place[0]].append(place)
    engine, out = build_engine("rapidocr"), {}
    for name, here in wanted.items():
        numbers = {number for _, number, _ in here}
        for page in file_to_pages(folder / name, name=name).pages():
            if page.number in numbers:
                upright = as_displayed(page, page_to_upright(page, engine).rotation)
                out.update({p: _cut_fractions(upright, p[2]) for p in here if p[1] == page.number})
    return out


def _cut_fractions(rgb: Rgb, box: Sequence[float]) -> str:
    height, width = rgb.shape[:2]
    return to_jpeg(cut(rgb, (box[0] * width, box[1] * height, box[2] * width, box[3] * height)))
