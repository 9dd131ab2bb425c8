"""The bytes tell the type; the refusal names the file and says what to do."""

from __future__ import annotations

import struct

import pytest

from extractors.errors import ImageTooLargeError, TypeMismatchError, UnsupportedTypeError
from extractors.sniff import HEAD_BYTES, check_kind, head_to_kind

PDF, JPEG, PNG = b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("name", "head", "media_type"),
    [
        ("扫描.PDF", PDF, "application/pdf"),
        ("no ending", JPEG, "image/jpeg"),
        ("x.jpeg", JPEG, "image/jpeg"),
        ("x.JFIF", JPEG, "image/jpeg"),
        ("x.tif", b"II*\0", "image/tiff"),
        ("x.tiff", b"MM\0+", "image/tiff"),
        ("x.dat", PNG, "image/png"),
        ("x.pdf", b"\n" * 1024 + PDF, "application/pdf"),
    ],
)
def test_the_bytes_tell_the_type(name: str, head: bytes, media_type: str) -> None:
    assert check_kind(name, head).media_type == media_type


def test_what_comes_later_is_no_head() -> None:
    assert head_to_kind(b"\n" * HEAD_BYTES + PDF) is None


@pytest.mark.parametrize(
    ("name", "head", "error", "told"),
    [
        ("form.docx", b"PK\x03\x04", UnsupportedTypeError, "打印成 PDF"),
        ("photo.heic", b"\0\0\0\x18ftypheic", UnsupportedTypeError, "JPEG"),
        ("photo.bmp", b"BM" + b"\0" * 60, UnsupportedTypeError, "BMP"),
        ("notes.txt", "只有文字".encode(), UnsupportedTypeError, "不是 PDF、JPEG、PNG"),
        ("scan.pdf", b"\0" * 60, UnsupportedTypeError, "可能已损坏"),
        ("scan.pdf", PNG, TypeMismatchError, "改为 .png"),
        ("scan.JPG", PDF, TypeMismatchError, "改为 .pdf"),
        ("scan.docx", PDF, TypeMismatchError, "改为 .pdf"),
        ("vast.bmp", b"BM" + b"\0" * 16 + struct.pack("<Ii", 40_000, -40_000), ImageTooLargeError, "像素"),
    ],
)
def test_a_refusal_says_why(name: str, head: bytes, error: type[Exception], told: str) -> None:
    with pytest.raises(error) as refused:
        check_kind(name, head)
    assert told in str(refused.value)
    assert name in str(refused.value) or error is ImageTooLargeError
