"""What a file is, by its first bytes; the name's ending is only compared with them. Needs the standard library only.

Asked at every door, before anything is kept, and again by the child that opens the file: the same answer each time.

Policy: the bytes decide. A name that promises another *known* type is refused (``type_mismatch``), because one
of the two is a lie and whoever downloads the file later trusts the name. A name with an unknown ending or none is
accepted, since scanners and mail gateways invent endings.
"""

from __future__ import annotations

import struct
from enum import StrEnum
from pathlib import PurePath

from extractors.errors import ImageTooLargeError, TypeMismatchError, UnsupportedTypeError

HEAD_BYTES = 1024 + len(b"%PDF-")
"""How much of a file tells its type.

Up to 1,024 bytes of rubbish may stand before the PDF header (PDF 1.7 reference, note 13 of appendix H).
"""
MOST_PIXELS = 160_000_000
"""What a picture may unfold to. A3 scanned with 600 dpi has 70 million."""


class Kind(StrEnum):
    """A supported type."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"

    @property
    def media_type(self) -> str:
        return "application/pdf" if self is Kind.PDF else f"image/{self}"


_MAGIC = {
    Kind.JPEG: (b"\xff\xd8\xff",),
    Kind.PNG: (b"\x89PNG\r\n\x1a\n",),
    Kind.TIFF: (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
}
_ENDINGS = {
    Kind.PDF: {".pdf"},
    Kind.JPEG: {".jpg", ".jpeg", ".jpe", ".jfif"},
    Kind.PNG: {".png"},
    Kind.TIFF: {".tif", ".tiff"},
}
_FOREIGN_ENDINGS = {
    *(".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".zip", ".rar", ".7z"),
    *(".exe", ".html", ".htm", ".svg", ".gif", ".txt"),
}
_HINTS = (
    (b"PK\x03\x04", "是压缩包或 Word/Excel 文件，请打印成 PDF 后再提交。"),
    (b"\xd0\xcf\x11\xe0", "是旧版 Word/Excel 文件，请打印成 PDF 后再提交。"),
    (b"Rar!", "是压缩包，请解压后提交其中的 PDF 或图片。"),
    (b"7z\xbc\xaf", "是压缩包，请解压后提交其中的 PDF 或图片。"),
    (b"BM", "是 BMP 图片，请另存为 PNG 或 JPEG 后再提交。"),
    (b"GIF8", "是 GIF 图片，请另存为 PNG 或 JPEG 后再提交。"),
)
_PHONE_PHOTOS = {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"}


def head_to_kind(head: bytes) -> Kind | None:
    """The type by the first ``HEAD_BYTES`` of a file; None for every other."""
    for kind, magics in _MAGIC.items():
        if head.startswith(magics):
            return kind
    return Kind.PDF if b"%PDF-" in head[:HEAD_BYTES] else None


def check_kind(name: str, head: bytes) -> Kind:
    """The type of a file which its sender calls ``name``.

    Raises:
        UnsupportedTypeError, TypeMismatchError: as named.
        ImageTooLargeError: a BMP whose header asks for more pixels than any picture may have.
    """
    ending = PurePath(name).suffix.lower()
    promised = next((kind for kind, endings in _ENDINGS.items() if ending in endings), None)
    kind = head_to_kind(head)
    if kind is None:
        if _is_vast_bitmap(head):
            raise ImageTooLargeError
        raise UnsupportedTypeError(f"文件“{name}”{_hint(head, promised)}")
    if promised not in {kind, None} or ending in _FOREIGN_ENDINGS:
        raise TypeMismatchError(
            f"文件“{name}”的扩展名是 {ending}，内容却是 {kind.upper()}。请把扩展名改为 .{kind} 后再提交。"
        )
    return kind


def _hint(head: bytes, promised: Kind | None) -> str:
    for magic, hint in _HINTS:
        if head.startswith(magic):
            return hint
    if head[4:12] in _PHONE_PHOTOS:
        return "是 HEIC 或 AVIF 照片，请在手机上另存为 JPEG 后再提交。"
    if promised is not None:
        return "打不开，可能已损坏。请重新扫描，或请对方重发。"
    return "不是 PDF、JPEG、PNG 或 TIFF。请转换后再提交。"


def _is_vast_bitmap(head: bytes) -> bool:
    if not head.startswith(b"BM") or len(head) < 26:
        return False
    width, height = struct.unpack_from("<Ii", head, 18)
    return int(width) * abs(int(height)) > MOST_PIXELS
