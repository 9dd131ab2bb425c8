"""One PDF of several files: every page as it came, upright, under an invisible layer of text. Runs in the fenced child.

A PDF's pages are taken over as they are and a JPEG's bytes as well; PNG and TIFF keep every pixel. What a PDF holds
besides its pages (scripts, attachments, actions) stays behind. What a scanner had read is kept where nothing better is
known, and print that says the same by itself is not said twice.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pikepdf
import pypdfium2 as pdfium
from pikepdf import Array, Dictionary, Name
from PIL import Image

from extractors.errors import CorruptFileError
from extractors.form.geometry import Box
from extractors.loading import Limits, file_to_pages
from extractors.loading.pdf_text import page_to_words
from extractors.pages import PageImage, Rgb, Word
from extractors.sniff import Kind
from worker.textlayer import InvisibleFont, Words, write_layer

_WHOLE = Limits(max_page_px=Limits().max_source_px, max_side_px=4 * Limits().max_side_px)
"""Pictures are not made smaller here, as they are for reading."""
_LONG_SIDE_PT = 842.0
"""Of an A4 sheet: taken for a picture that does not say its dpi."""
_UPRIGHT = {
    1: (1, 0, 0, 1, 0, 0), 2: (-1, 0, 0, 1, 1, 0), 3: (-1, 0, 0, -1, 1, 1), 4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1), 6: (0, -1, 1, 0, 0, 1), 7: (0, 1, 1, 0, 0, 0), 8: (0, 1, -1, 0, 1, 0),
}  # fmt: skip
"""EXIF orientation to the matrix that shows the picture upright in the unit square."""
_ORIENTATION = 0x0112
_BROKEN = (
    pikepdf.PdfError,
    pdfium.PdfiumError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    RecursionError,
)
"""What the libraries let through on broken files."""

OnPage = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Paper:
    """One file of the sheaf. ``turns`` and ``words``: page number (from 1) to quarters in degrees, clockwise, and texts."""

    path: Path
    name: str
    turns: Mapping[int, int]
    words: Mapping[int, Sequence[Words]]

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """As the service tells of it."""
        turns = {int(number): int(turn) for number, turn in told["turns"].items()}
        words = {
            int(number): [Words.from_json(one) for one in every] for number, every in told["words"].items()
        }
        return cls(Path(told["path"]), told["name"], turns, words)


def papers_to_pdf(papers: Sequence[Paper], target: Path, on_page: OnPage) -> int:
    """Write all pages of the untrusted files, in order, to ``target``; returns how many.

    ``on_page(number, total)`` is called as they are done. Raises ExtractionError for a file that cannot be opened.
    """
    counts = [file_to_pages(paper.path, name=paper.name, limits=_WHOLE).page_count for paper in papers]
    with ExitStack() as opened:
        out = opened.enter_context(pikepdf.new())
        font = InvisibleFont(out)
        for paper, count in zip(papers, counts, strict=True):
            for number, found in enumerate(_pages(out, opened, paper, count), start=1):
                page = out.pages[-1]
                page.rotate(paper.turns.get(number, 0), relative=True)
                write_layer(
                    page, font, _merged(paper.words.get(number, ()), found, paper.turns.get(number, 0))
                )
                on_page(len(out.pages), sum(counts))
        font.finish()
        out.Root.Lang = "zh-CN"
        out.save(target)
        return len(out.pages)


def _pages(out: pikepdf.Pdf, opened: ExitStack, paper: Paper, count: int) -> Iterator[Sequence[Word]]:
    """Append the file's pages to ``out``, one a step; gives what text each holds already."""
    loaded = file_to_pages(paper.path, name=paper.name, limits=_WHOLE)
    if loaded.kind is Kind.PDF and (source := _opened(paper.path, count)) is not None:
        opened.enter_context(source)
        yield from _pdf_pages(out, source, opened.enter_context(pdfium.PdfDocument(paper.path)))
    elif loaded.kind is Kind.JPEG and _append_jpeg(out, paper.path):
        yield ()
    else:
        for image in loaded.pages():
            _append_picture(out, image)
            yield ()


def _opened(path: Path, count: int) -> pikepdf.Pdf | None:
    """The PDF, its forms drawn into its pages; None where this library cannot tell its pages as pdfium does."""
    try:
        source = pikepdf.open(path)
        if len(source.pages) != count:
            return None
        source.generate_appearance_streams()
        source.flatten_annotations("screen")
    except _BROKEN:
        return None
    return source


def _pdf_pages(out: pikepdf.Pdf, source: pikepdf.Pdf, seen: pdfium.PdfDocument) -> Iterator[Sequence[Word]]:
    for index in range(len(source.pages)):
        try:
            words = page_to_words(seen[index])
        except _BROKEN:
            words = ()
        page = source.pages[index]
        if any(word.visible for word in words):
            words = tuple(word for word in words if word.visible)
        elif words:
            _drop_invisible_text(source, page)
        out.pages.append(page)
        for key in ("/AA", "/Annots", "/B", "/Tabs", "/PieceInfo"):
            if key in out.pages[-1].obj:
                del out.pages[-1].obj[key]
        yield words


def _drop_invisible_text(source: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Take what a scanner wrote under its picture out of the page itself; it is written anew, see ``_merged``."""
    modes, kept = [0], []
    try:
        for step in pikepdf.parse_content_stream(page):
            operator = str(step.operator)
            if operator == "q":
                modes.append(modes[-1])
            elif operator == "Q" and len(modes) > 1:
                modes.pop()
            elif operator == "Tr":
                modes[-1] = int(step.operands[0])
            if not (modes[-1] == 3 and operator in {"Tj", "TJ", "'", '"'}):
                kept.append(step)
        page.obj.Contents = source.make_stream(pikepdf.unparse_content_stream(kept))
    except _BROKEN:
        return


def _merged(known: Sequence[Words], found: Sequence[Word], turn: int) -> list[Words]:
    """Our words, but for those that print says itself; and a scanner's invisible ones where we have none."""
    turned = [(word, _turned(word.box, turn)) for word in found]
    ours = [each for each in known if not _is_printed(each, turned)]
    theirs = [
        Words(word.text, box)
        for word, box in turned
        if not word.visible and not any(each.box.contains_point(*box.centre) for each in known)
    ]
    return [*ours, *theirs]


def _is_printed(each: Words, turned: Sequence[tuple[Word, Box]]) -> bool:
    """Whether the print in the box is this text: every piece of it, and nothing more, in whatever order it is stored."""
    text = _plain(each.text)
    inside = [
        _plain(word.text) for word, box in turned if word.visible and each.box.contains_point(*box.centre)
    ]
    return sum(map(len, inside)) == len(text) and all(piece in text for piece in inside)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _turned(box: Box, turn: int) -> Box:
    """A box of the page as the file displays it, on the page turned clockwise."""
    for _ in range(turn % 360 // 90):
        box = Box(1 - box.y1, box.x0, 1 - box.y0, box.x1)
    return box


def _append_jpeg(out: pikepdf.Pdf, path: Path) -> bool:
    """Append a page around the JPEG's own bytes; False (and no page) where a PDF would show them in other colours."""
    try:
        with Image.open(path, formats=("JPEG",)) as image:
            mode, size, dpi = image.mode, image.size, image.info.get("dpi", (0, 0))
            orientation = image.getexif().get(_ORIENTATION, 1)
    except _BROKEN as error:
        raise CorruptFileError from error
    spaces = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB}
    if mode not in spaces:
        return False
    picture = out.make_stream(
        path.read_bytes(), Type=Name.XObject, Subtype=Name.Image, Width=size[0], Height=size[1],
        ColorSpace=spaces[mode], BitsPerComponent=8, Filter=Name.DCTDecode,
    )  # fmt: skip
    matrix = _UPRIGHT.get(orientation, _UPRIGHT[1])
    shown = size if matrix[0] else size[::-1]
    _append_page(out, picture, shown, float(dpi[0]), matrix)
    return True


def _append_picture(out: pikepdf.Pdf, image: PageImage) -> None:
    """Append a page with these very pixels."""
    high, wide = image.rgb.shape[:2]
    pixels, bits, space = _smallest(image.rgb)
    # Each row but the first as what it adds to the one above (PNG's filter 2): paper is mostly the same.
    rows = np.diff(pixels, axis=0, prepend=np.zeros_like(pixels[:1]))
    packed = zlib.compress(np.insert(rows, 0, 2, axis=1).tobytes(), 6)
    shape = {"Columns": wide, "BitsPerComponent": bits, "Colors": 3 if space == Name.DeviceRGB else 1}
    picture = out.make_stream(
        packed, Type=Name.XObject, Subtype=Name.Image, Width=wide, Height=high, ColorSpace=space,
        BitsPerComponent=bits, Filter=Name.FlateDecode, DecodeParms=Dictionary(Predictor=15, **shape),
    )  # fmt: skip
    _append_page(out, picture, (wide, high), float(image.dpi))


def _smallest(rgb: Rgb) -> tuple[Any, int, pikepdf.Name]:
    """The same pixels as rows of bytes, in the fewest bits: black and white, grey, or colour."""
    gray = rgb[:, :, 0]
    if not (np.array_equal(gray, rgb[:, :, 1]) and np.array_equal(gray, rgb[:, :, 2])):
        return rgb.reshape(rgb.shape[0], -1), 8, Name.DeviceRGB
    if np.isin(gray, (0, 255)).all():
        return np.packbits(gray > 0, axis=1), 1, Name.DeviceGray
    return np.ascontiguousarray(gray), 8, Name.DeviceGray


def _append_page(
    out: pikepdf.Pdf,
    picture: pikepdf.Object,
    size_px: tuple[int, int],
    dpi: float,
    upright: Sequence[int] = _UPRIGHT[1],
) -> None:
    scale = 72 / dpi if dpi > 0 else _LONG_SIDE_PT / max(size_px)
    wide, high = (side * scale for side in size_px)
    shown = " ".join(f"{value:.4f}" for value in (wide, 0, 0, high, 0, 0))
    content = f"q {shown} cm {' '.join(map(str, upright))} cm /Picture Do Q\n"
    page = Dictionary(
        Type=Name.Page, MediaBox=Array([0, 0, round(wide, 4), round(high, 4)]),
        Resources=Dictionary(XObject=Dictionary(Picture=picture)), Contents=out.make_stream(content.encode()),
    )  # fmt: skip
    out.pages.append(pikepdf.Page(out.make_indirect(page)))
