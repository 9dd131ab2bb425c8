"""PDF pages through pdfium: numbers first, then pixels and the text layer."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from extractors.errors import (
    CorruptFileError,
    EncryptedPdfError,
    ImageTooLargeError,
    NoPagesError,
    PageTooLargeError,
    TooManyPagesError,
)
from extractors.loading.blank import has_no_ink
from extractors.loading.limits import Limits
from extractors.loading.pdf_facts import is_empty, is_marked_encrypted, pages_may_be_missing, scan_bytes
from extractors.loading.pdf_text import page_to_words
from extractors.pages import PageImage, Rgb, Word

_MOST_OBJECTS = 20_000
"""Page objects looked at when searching for pictures; drawings can hold millions of strokes."""
_FILLS_PAGE = 0.5
"""Share of the page from which a picture counts as the page itself."""
_ENOUGH_TEXT = 20
"""Visible characters from which a page without such a picture counts as digital."""
_A4_PT = (595.0, 842.0)
_LONGEST_SHEET_PT = 24 * 72
"""A longer page is a photograph put in with one point a pixel; its dpi says nothing about the paper."""


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What is known of a PDF before any page is made."""

    page_count: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Picture:
    """A picture on the page: own pixels, the dpi it is shown with, share of the page (0..1), cut short or not."""

    width_px: int
    height_px: int
    dpi: float
    share: float
    cut: bool


def inspect(untrusted_path: Path, limits: Limits) -> PdfFacts:
    """Open, count and judge, without making pixels.

    Raises:
        CorruptFileError, EncryptedPdfError, NoPagesError, TooManyPagesError: as named.
    """
    with _opened(untrusted_path) as document:
        count = len(document)
        if count == 0:
            raise NoPagesError
        if count > limits.max_pages:
            raise TooManyPagesError(f"文件有 {count} 页，超过上限 {limits.max_pages} 页。请分成几份提交。")
        if not any(_loads(document, index) for index in range(count)):
            raise CorruptFileError
        warnings = list(scan_bytes(untrusted_path, limits))
        if document.get_formtype() in {pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND}:
            warnings.append("xfa_not_rendered")
        if pdfium_c.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0:
            warnings.append("active_content")
        if pdfium_c.FPDFDoc_GetAttachmentCount(document.raw) > 0:
            warnings.append("has_attachments")
    if pages_may_be_missing(untrusted_path, count):
        warnings.append("page_count_mismatch")
    return PdfFacts(count, tuple(dict.fromkeys(warnings)))


def pages(untrusted_path: Path, numbers: Iterable[int], limits: Limits) -> Iterator[PageImage]:
    """These pages, upright as the PDF displays them (/Rotate and crop box applied).

    A page that pdfium cannot load comes as an empty sheet with ``image_damaged``: no page is lost in silence.

    Raises:
        PageTooLargeError, ImageTooLargeError: a page asks for more pixels than the limits allow.
    """
    with _opened(untrusted_path) as document:
        document.init_forms()
        for number in numbers:
            page = _page_or_none(document, number - 1)
            if page is None:
                yield _lost_page(number, limits)
                continue
            try:
                yield _page_to_image(page, number, limits)
            finally:
                page.close()


@contextmanager
def _opened(untrusted_path: Path) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(untrusted_path)
    except pdfium.PdfiumError as error:
        # pdfium's own reason is of no use: it names none for some handlers and repeats the last file's.
        if is_marked_encrypted(untrusted_path):
            raise EncryptedPdfError from error
        if is_empty(untrusted_path):
            raise NoPagesError from error
        raise CorruptFileError from error
    try:
        yield document
    finally:
        document.close()


def _page_or_none(document: pdfium.PdfDocument, index: int) -> pdfium.PdfPage | None:
    try:
        return document[index]
    except pdfium.PdfiumError:
        return None


def _loads(document: pdfium.PdfDocument, index: int) -> bool:
    page = _page_or_none(document, index)
    if page is not None:
        page.close()
    return page is not None


def _lost_page(number: int, limits: Limits) -> PageImage:
    width, height = (round(side * limits.min_dpi / 72) for side in _A4_PT)
    white = np.full((height, width, 3), 255, dtype=np.uint8)
    return PageImage(number, white, limits.min_dpi, "scan", (), ("image_damaged", "blank_page"))


def _page_to_image(page: pdfium.PdfPage, number: int, limits: Limits) -> PageImage:
    width_pt, height_pt = page.get_size()
    pictures = _page_to_pictures(page, width_pt * height_pt)
    wanted = _wanted_dpi(pictures, width_pt * height_pt, number, limits)
    dpi = limits.fitting_dpi(width_pt, height_pt, wanted)
    if dpi is None:
        raise PageTooLargeError(
            f"第 {number} 页有 {width_pt * 25.4 / 72:.0f}×{height_pt * 25.4 / 72:.0f} 毫米，超过上限。"
            "请按 A4 或 A3 重新导出。"
        )
    words = page_to_words(page)
    rgb = _render(page, dpi)
    damaged = rgb is None or any(picture.cut for picture in pictures)
    if rgb is None:
        rgb = _lost_page(number, limits).rgb
    notes = (
        ("image_damaged",) * damaged
        + ("downscaled",) * (dpi < wanted or any(p.dpi > dpi * 2 for p in pictures))
        + ("blank_page",) * has_no_ink(rgb)
    )
    said_dpi = round(dpi) if max(width_pt, height_pt) <= _LONGEST_SHEET_PT else 0
    return PageImage(number, rgb, said_dpi, _source(words, pictures), words, notes)


def _render(page: pdfium.PdfPage, dpi: float) -> Rgb | None:
    """RGB of the page, its longer side rounded to whole pixels, not up: one pixel more blurs a scan's own."""
    scale = max(dpi / 72 - 0.5 / max(page.get_size()), dpi / 144)
    try:
        bitmap = page.render(scale=scale, rev_byteorder=True, limit_image_cache=True)
    except (pdfium.PdfiumError, ValueError):
        return None
    try:
        return np.array(bitmap.to_numpy(), dtype=np.uint8, order="C")
    finally:
        bitmap.close()


def _page_to_pictures(page: pdfium.PdfPage, page_area_pt: float) -> tuple[_Picture, ...]:
    objects = page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=4)
    return tuple(
        picture
        for item in itertools.islice(objects, _MOST_OBJECTS)
        if (picture := _to_picture(item, page_area_pt)) is not None
    )


def _to_picture(item: pdfium.PdfObject, page_area_pt: float) -> _Picture | None:
    try:
        width_px, height_px = item.get_px_size()
        matrix = item.get_matrix()
    except pdfium.PdfiumError:
        return None
    width_pt, height_pt = math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d)
    if min(width_pt, height_pt, width_px, height_px) <= 0:
        return None
    dpi = max(width_px / width_pt, height_px / height_pt) * 72
    share = min(1.0, width_pt * height_pt / max(page_area_pt, 1e-6))
    return _Picture(width_px, height_px, dpi, share, share >= _FILLS_PAGE and _is_cut_jpeg(item))


def _is_cut_jpeg(item: pdfium.PdfImage) -> bool:
    """Whether the picture is a JPEG without an end marker: pdfium paints what is missing grey, without a word.

    A filter whose name is no text is a damaged one, of which pdfium paints nothing at all.
    """
    try:
        if list(item.get_filters()) != ["DCTDecode"]:
            return False
        data = bytes(item.get_data(decode_simple=False))
    except UnicodeDecodeError:
        return True
    except pdfium.PdfiumError:
        return False
    return b"\xff\xd9" not in data[-256:]


def _wanted_dpi(pictures: tuple[_Picture, ...], page_area_pt: float, number: int, limits: Limits) -> float:
    """The default, or the page-filling picture's own dpi so that its pixels are neither lost nor invented.

    Own dpi is bounded by what gives an A4 sheet ``min_dpi`` to ``max_dpi``; where a page's size in points is
    not its size on paper, the same bounds hold for the number of pixels instead.
    """
    for picture in pictures:
        if picture.width_px * picture.height_px > limits.max_source_px:
            raise ImageTooLargeError(
                f"第 {number} 页的图片有 {picture.width_px}×{picture.height_px} 像素，超过上限。"
                "请降低扫描分辨率后再提交。"
            )
    own = [picture.dpi for picture in pictures if picture.share >= _FILLS_PAGE]
    if not own:
        return limits.dpi
    as_a4 = math.sqrt(_A4_PT[0] * _A4_PT[1] / max(page_area_pt, 1.0))
    least, most = limits.min_dpi * min(1.0, as_a4), limits.max_dpi * max(1.0, as_a4)
    return min(most, max(least, *own))


def _source(words: tuple[Word, ...], pictures: tuple[_Picture, ...]) -> str:
    seen = sum(len(word.text) for word in words if word.visible)
    filled = any(picture.share >= _FILLS_PAGE for picture in pictures)
    return "digital" if seen >= _ENOUGH_TEXT and not filled else "scan"
