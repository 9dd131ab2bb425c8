"""Every refusal of the contract, from a real file, with a sentence that says what to do."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from extractors.errors import (
    CorruptFileError,
    EmptyFileError,
    EncryptedPdfError,
    ExtractionError,
    FileTooLargeError,
    ImageTooLargeError,
    NoPagesError,
    PageTooLargeError,
    TooManyPagesError,
    TypeMismatchError,
    UnsupportedTypeError,
)
from extractors.loading import Limits, file_to_pages
from tests.extractors.loading.files import (
    image_bytes,
    many_pages,
    one_page,
    pdf,
    picture,
    picture_page,
    put,
    text,
)


def encrypted(user: str, owner: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(one_page(text("secret"))))
    writer.encrypt(user, owner, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def small_png() -> bytes:
    return image_bytes(Image.new("RGB", (40, 40), "white"), "PNG")


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header lies about its size."""
    whole = bytearray(small_png())
    whole[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    import zlib

    whole[29:33] = zlib.crc32(whole[12:29]).to_bytes(4, "big")
    return bytes(whole)


NO_PAGES = pdf({1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Kids [] /Count 0 >>"})
LIMITS = Limits(max_bytes=200_000, max_pages=5)
CASES: list[tuple[str, bytes, type[ExtractionError], str]] = [
    ("empty.pdf", b"", EmptyFileError, "0 字节"),
    ("large.pdf", b"%PDF-1.7\n" + b" " * 300_000, FileTooLargeError, "MB"),
    ("form.docx", b"PK\x03\x04" + b"\0" * 60, UnsupportedTypeError, "打印成 PDF"),
    ("scan.pdf", small_png(), TypeMismatchError, r"改为 \.png"),
    ("cut.pdf", one_page(text("hello"))[:60], CorruptFileError, "重新"),
    ("magic.pdf", b"%PDF-1.7\n", CorruptFileError, "重新"),
    ("cut.png", small_png()[:70], CorruptFileError, "重新"),
    ("cut.jpg", image_bytes(Image.effect_noise((300, 300), 90), "JPEG")[:4000], CorruptFileError, "第 1 页"),
    ("cut.tif", image_bytes(Image.effect_noise((300, 300), 90), "TIFF")[:4000], CorruptFileError, "重新"),
    ("user.pdf", encrypted("open sesame", "owner"), EncryptedPdfError, "密码"),
    ("nothing.pdf", NO_PAGES, NoPagesError, "没有页面"),
    ("thick.pdf", many_pages(6), TooManyPagesError, "6 页"),
    ("wall.pdf", one_page(text("hello"), box="[0 0 9000 9000]"), PageTooLargeError, "毫米"),
    ("ribbon.pdf", one_page(text("hello"), box="[0 0 100 14000]"), PageTooLargeError, "毫米"),
    ("liar.png", png_of_size(2_000_000_000, 2_000_000_000), ImageTooLargeError, "分辨率"),
    ("wide.png", png_of_size(30_000, 30_000), ImageTooLargeError, "分辨率"),
    (
        "bomb.pdf",
        one_page(
            b"q 500 0 0 500 0 0 cm /I Do Q", more={10: picture([[[0, 0, 0]]], width=30_000, height=30_000)}
        ),
        ImageTooLargeError,
        "分辨率",
    ),
]


@pytest.mark.parametrize(("name", "content", "expected", "sentence"), CASES, ids=[case[0] for case in CASES])
def test_refused(
    name: str, content: bytes, expected: type[ExtractionError], sentence: str, tmp_path: Path
) -> None:
    path = put(tmp_path, "upload", content)
    with pytest.raises(ExtractionError, match=sentence) as caught:
        list(file_to_pages(path, name=name, limits=LIMITS).pages())
    assert type(caught.value) is expected


def test_too_many_frames(tmp_path: Path) -> None:
    frames = [Image.new("L", (20, 20), n) for n in range(6)]
    path = put(tmp_path, "six.tif", image_bytes(frames[0], "TIFF", save_all=True, append_images=frames[1:]))
    with pytest.raises(TooManyPagesError):
        file_to_pages(path, name="six.tif", limits=LIMITS)


@pytest.mark.parametrize("name", ["scan", "scan.dat", "scan.PNG", "a.b.png", "扫描.png"])
def test_unknown_endings_are_taken_by_their_bytes(name: str, tmp_path: Path) -> None:
    loaded = file_to_pages(put(tmp_path, "upload", small_png()), name=name)
    assert (loaded.kind, loaded.page_count, loaded.warnings) == ("png", 1, ())


def test_a_header_behind_leading_bytes_is_still_a_pdf(tmp_path: Path) -> None:
    path = put(tmp_path, "late.pdf", b"\0" * 400 + one_page(text("hello")))
    assert file_to_pages(path, name="late.pdf").kind == "pdf"


def test_a_password_for_changes_only_does_not_keep_us_out(tmp_path: Path) -> None:
    path = put(tmp_path, "owner.pdf", encrypted("", "owner"))
    (page,) = file_to_pages(path, name="owner.pdf").pages()
    assert "".join(word.text for word in page.words) == "secret"


def test_pixels_are_never_made_when_the_numbers_forbid_it(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", picture_page([[[1, 2, 3]]]))
    with pytest.raises(PageTooLargeError):
        list(file_to_pages(path, name="a.pdf", limits=Limits(max_page_px=1_000_000)).pages())
