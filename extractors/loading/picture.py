"""JPEG, PNG and TIFF through Pillow, restricted to these three readers."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from extractors.errors import (
    CorruptFileError,
    ImageTooLargeError,
    NoPagesError,
    TooManyPagesError,
)
from extractors.loading.blank import has_no_ink
from extractors.loading.limits import Limits
from extractors.pages import PageImage, Rgb
from extractors.sniff import Kind

_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError)
"""What Pillow's readers let through on broken files (its own error is an OSError)."""


def count_frames(untrusted_path: Path, kind: Kind, limits: Limits) -> int:
    """How many pages a picture file holds; animated PNG and multi-picture JPEG count as their first picture.

    Raises:
        CorruptFileError, ImageTooLargeError, NoPagesError, TooManyPagesError: as named.
    """
    try:
        with _open(untrusted_path, kind) as image, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _check_size(image, limits)
            count = _tiff_frames(image, limits) if kind is Kind.TIFF else 1
    except _BROKEN as error:
        raise CorruptFileError from error
    if count == 0:
        raise NoPagesError
    return count


def frames(untrusted_path: Path, kind: Kind, numbers: Iterable[int], limits: Limits) -> Iterator[PageImage]:
    """These pages of a picture file, upright as its EXIF says, on white.

    Raises:
        CorruptFileError, ImageTooLargeError: as named; the message carries the page's number.
    """
    for number in numbers:
        try:
            yield _frame(untrusted_path, kind, number, limits)
        except _BROKEN as error:
            raise CorruptFileError(
                f"第 {number} 页图像已损坏，无法完整读出。请重新扫描或导出后再提交。"
            ) from error


def _open(untrusted_path: Path, kind: Kind) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Image.open(untrusted_path, formats=(kind.upper(),))
        except Image.DecompressionBombError as error:
            raise ImageTooLargeError from error


def _tiff_frames(image: Image.Image, limits: Limits) -> int:
    count = 0
    while True:
        try:
            image.seek(count)
        except EOFError:
            return count
        count += 1
        if count > limits.max_pages:
            raise TooManyPagesError(f"文件超过 {limits.max_pages} 页。请分成几份提交。")


def _check_size(image: Image.Image, limits: Limits) -> None:
    if image.width * image.height > limits.max_source_px or max(image.size) > 4 * limits.max_side_px:
        raise ImageTooLargeError(
            f"图片有 {image.width}×{image.height} 像素，超过上限。请降低扫描分辨率后再提交。"
        )


def _frame(untrusted_path: Path, kind: Kind, number: int, limits: Limits) -> PageImage:
    with _open(untrusted_path, kind) as image, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind is Kind.TIFF:
            image.seek(number - 1)
        _check_size(image, limits)
        size = image.size
        target = _shrunk_size(image, limits)
        shrunk = target is not None
        if target is not None:
            image.draft(None, target)
        turned = ImageOps.exif_transpose(image)
        said = _dpi(turned, size)
        target = _shrunk_size(turned, limits)
        if target is not None:
            small = turned.resize(target, Image.Resampling.BOX, reducing_gap=1.01)
            turned = small
        rgb = _to_rgb(turned)
    dpi = round(said * max(rgb.shape[:2]) / max(size))
    notes = ("downscaled",) * shrunk + ("blank_page",) * has_no_ink(rgb)
    return PageImage(number, rgb, dpi, "image", (), notes)


def _shrunk_size(image: Image.Image, limits: Limits) -> tuple[int, int] | None:
    shrink = min(
        math.sqrt(limits.max_page_px / max(1, image.width * image.height)),
        limits.max_side_px / max(1, *image.size),
    )
    if shrink >= 1:
        return None
    return max(1, int(image.width * shrink)), max(1, int(image.height * shrink))


def _to_rgb(image: Image.Image) -> Rgb:
    """Any mode to RGB: deep greys scaled to eight bits, transparency on white."""
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        image = _deep_to_gray(image)
    if image.mode == "LAB":
        image = image.getchannel(0)
    if image.has_transparency_data:
        with_alpha = image.convert("RGBA")
        image = Image.new("RGB", image.size, (255, 255, 255))
        image.paste(with_alpha, mask=with_alpha.getchannel(3))
    return np.asarray(image.convert("RGB"), dtype=np.uint8)


def _deep_to_gray(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    if values.dtype == np.uint16:
        return Image.fromarray((values >> 8).astype(np.uint8))
    values = np.nan_to_num(values.astype(np.float32))
    low, high = float(values.min(initial=0)), float(values.max(initial=0))
    top = next((t for t in (1.0, 255.0, 65535.0) if high <= t), high)
    bottom = min(0.0, low)
    return Image.fromarray(((values - bottom) / (top - bottom) * 255).astype(np.uint8))


def _dpi(image: Image.Image, size: tuple[int, int]) -> int:
    """The file's own dpi; 0 when it says none or one that makes the sheet larger than 24 inches (cameras)."""
    said = image.info.get("dpi")
    if not isinstance(said, tuple) or not said:
        return 0
    try:
        dpi = round(float(said[0]))
    except (ValueError, OverflowError, ZeroDivisionError):
        return 0
    return dpi if 50 <= dpi <= 2400 and max(size) <= 24 * dpi else 0
