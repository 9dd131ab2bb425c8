"""The scanner's file: pictures into PDF, JPEG, PNG or TIFF, perhaps stored lying, perhaps with hidden text."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
from PIL import Image
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject

from tests.forms.mix import Spec
from tests.forms.places import Place

EXIF_ORIENTATION = 0x0112
EXIF_TURNED_BACK = {90: 8, 180: 3, 270: 6}
"""EXIF's number for a picture stored turned clockwise by so many degrees."""
BACK = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
"""Pillow turns counter-clockwise."""


def as_scanned(rgb: np.ndarray, colour: str) -> Image.Image:
    """The page in the scanner's colours: ``colour``, ``grey`` or ``bw``."""
    image = Image.fromarray(rgb)
    if colour == "colour":
        return image
    grey = image.convert("L")
    if colour == "grey":
        return grey
    return grey.point(lambda v: 255 if v > 150 else 0).convert("1", dither=Image.Dither.NONE)


def write_pictures(
    stem: Path, pages: list[Image.Image], spec: Spec, layers: Sequence[Sequence[tuple[str, Place]]] = ()
) -> Path:
    """A form of more than one page cannot be a JPEG or PNG and becomes a PDF.

    ``layers`` holds for each page the lines of its hidden text; only a PDF takes them.
    """
    kind = spec.output if len(pages) == 1 or spec.output == "tif" else "pdf"
    path = stem.with_suffix(f".{kind}")
    turn = spec.stored_turn if kind in {"pdf", "jpg"} else 0
    lying = [page.transpose(BACK[turn]) for page in pages] if turn else pages
    first, rest, dpi = lying[0], lying[1:], (spec.dpi, spec.dpi)
    if kind == "pdf":
        quality: dict[str, Any] = {} if spec.colour == "bw" else {"quality": spec.jpeg_quality}
        first.save(path, save_all=True, append_images=rest, resolution=spec.dpi, **quality)
        if turn or any(layers):
            _finish_pdf(path, turn, layers)
    elif kind == "tif":
        packing = "group4" if spec.colour == "bw" else "tiff_lzw"
        first.save(path, save_all=True, append_images=rest, dpi=dpi, compression=packing)
    elif kind == "jpg":
        exif = Image.Exif()
        exif[EXIF_ORIENTATION] = EXIF_TURNED_BACK.get(turn, 1)
        first.save(path, dpi=dpi, quality=spec.jpeg_quality, exif=exif)
    else:
        first.save(path, dpi=dpi)
    return path


def misread(rng: random.Random, text: str) -> str:
    """What a poor reader makes of a line."""
    wrong = "口目日曰田由甲申人入八大太犬木本未末土士干于千己已巳"
    return "".join(rng.choice(wrong) if rng.random() < 0.25 else sign for sign in text)


def _finish_pdf(path: Path, turn: int, layers: Sequence[Sequence[tuple[str, Place]]]) -> None:
    writer = pypdf.PdfWriter(clone_from=str(path))
    for number, page in enumerate(writer.pages):
        if number < len(layers) and layers[number]:
            _hide_text(writer, page, layers[number])
        if turn:
            page.rotate(360 - turn)
    writer.write(str(path))


def _hide_text(writer: pypdf.PdfWriter, page: pypdf.PageObject, lines: Sequence[tuple[str, Place]]) -> None:
    """Invisible text (render mode 3) in a font that the file does not carry, as scanners write it."""
    cid_font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/CIDFontType0"),
            NameObject("/BaseFont"): NameObject("/STSong-Light"),
            NameObject("/CIDSystemInfo"): DictionaryObject(
                {
                    NameObject("/Registry"): pypdf.generic.TextStringObject("Adobe"),
                    NameObject("/Ordering"): pypdf.generic.TextStringObject("GB1"),
                    NameObject("/Supplement"): NumberObject(4),
                }
            ),
            NameObject("/DW"): NumberObject(1000),
        }
    )
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type0"),
            NameObject("/BaseFont"): NameObject("/STSong-Light"),
            NameObject("/Encoding"): NameObject("/UniGB-UCS2-H"),
            NameObject("/DescendantFonts"): ArrayObject([writer._add_object(cid_font)]),
        }
    )
    height = float(page.mediabox.height)
    shown = [
        f"/Hidden {place.y1 - place.y0:.2f} Tf 1 0 0 1 {place.x0:.2f} {height - place.y1:.2f} Tm "
        f"<{text.encode('utf-16-be').hex()}> Tj"
        for text, place in lines
    ]
    stream = DecodedStreamObject()
    stream.set_data(("q BT 3 Tr " + "\n".join(shown) + " ET Q").encode())
    resources = page["/Resources"].get_object()
    resources[NameObject("/Font")] = DictionaryObject({NameObject("/Hidden"): writer._add_object(font)})
    page[NameObject("/Contents")] = ArrayObject([page.raw_get("/Contents"), writer._add_object(stream)])
