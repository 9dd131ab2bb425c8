"""What a file is, by its first bytes; the name's ending is only compared with them.

Policy: the bytes decide. A name that promises another *supported* type is refused (``type_mismatch``),
because one of the two is a lie and whoever downloads the file later trusts the name. A name with an
unknown ending or none is accepted, since scanners and mail gateways invent endings.
"""

from __future__ import annotations

import struct
from enum import StrEnum
from pathlib import Path, PurePath

from extractors.errors import (
    EmptyFileError,
    FileTooLargeError,
    ImageTooLargeError,
    TypeMismatchError,
    UnsupportedTypeError,
)
from extractors.loading.limits import Limits

HEAD_BYTES = 1024
"""How far into a file the PDF header may stand (PDF 1.7 reference, implementation note 13 of appendix H)."""


class Kind(StrEnum):
    """A supported type."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"


_MAGIC = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"II+\x00", Kind.TIFF),
    (b"MM\x00+", Kind.TIFF),
)
_ENDINGS = {
    ".pdf": Kind.PDF,
    ".jpg": Kind.JPEG,
    ".jpeg": Kind.JPEG,
    ".jpe": Kind.JPEG,
    ".png": Kind.PNG,
    ".tif": Kind.TIFF,
    ".tiff": Kind.TIFF,
}
_HINTS = (
    (b"PK\x03\x04", "这是压缩包或 Word/Excel 文件，请打印成 PDF 后再提交。"),
    (b"\xd0\xcf\x11\xe0", "这是旧版 Word/Excel 文件，请打印成 PDF 后再提交。"),
    (b"Rar!", "这是压缩包，请解压后提交其中的 PDF 或图片。"),
    (b"7z\xbc\xaf", "这是压缩包，请解压后提交其中的 PDF 或图片。"),
    (b"BM", "不支持 BMP 图片，请另存为 PNG 或 JPEG 后再提交。"),
    (b"GIF8", "不支持 GIF 图片，请另存为 PNG 或 JPEG 后再提交。"),
)


def file_to_kind(untrusted_path: Path, *, name: str, limits: Limits) -> Kind:
    """The type of a file of acceptable size.

    Raises:
        EmptyFileError, FileTooLargeError, UnsupportedTypeError, TypeMismatchError: as named.
        ImageTooLargeError: a BMP whose header asks for more pixels than any picture may have.
    """
    size = untrusted_path.stat().st_size
    if size == 0:
        raise EmptyFileError
    if size > limits.max_bytes:
        raise FileTooLargeError(
            f"文件有 {size / 1024**2:.0f} MB，超过上限 {limits.max_bytes / 1024**2:.0f} MB。"
            "请降低扫描分辨率或分成几份提交。"
        )
    with untrusted_path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    kind = _head_to_kind(head)
    if kind is None:
        raise _refusal(head, limits)
    promised = _ENDINGS.get(PurePath(name).suffix.lower())
    if promised is not None and promised is not kind:
        raise TypeMismatchError(
            f"扩展名是 {PurePath(name).suffix}，内容却是 {kind.upper()}。请把扩展名改为 .{kind} 后再提交。"
        )
    return kind


def _head_to_kind(head: bytes) -> Kind | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return Kind.PDF if b"%PDF-" in head else None


def _refusal(head: bytes, limits: Limits) -> Exception:
    if head.startswith(b"BM") and len(head) >= 26:
        width, height = struct.unpack_from("<Ii", head, 18)
        if abs(width * height) > limits.max_source_px:
            return ImageTooLargeError()
    for magic, hint in _HINTS:
        if head.startswith(magic):
            return UnsupportedTypeError(f"不支持的文件类型。{hint}")
    if head[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"}:
        return UnsupportedTypeError("不支持 HEIC/AVIF 照片，请在手机上另存为 JPEG 后再提交。")
    return UnsupportedTypeError()
