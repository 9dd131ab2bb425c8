"""PDF pages: the right pixels, words where they are seen, and warnings about what is odd."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from extractors.loading import Limits, LoadedFile, file_to_pages
from extractors.loading.pdf_facts import pages_may_be_missing
from extractors.pages import PageImage, Word
from tests.extractors.loading.files import (
    A4,
    image_bytes,
    many_pages,
    one_page,
    pdf,
    picture,
    picture_page,
    put,
    stream,
    text,
)

SENTENCE = "Twenty characters or more make it digital"


def load(folder: Path, content: bytes, limits: Limits | None = None) -> LoadedFile:
    return file_to_pages(put(folder, "scan.pdf", content), name="scan.pdf", limits=limits)


def load_page(folder: Path, content: bytes, limits: Limits | None = None) -> PageImage:
    (page,) = load(folder, content, limits).pages()
    return page


def ink_inside(page: PageImage, word: Word) -> float:
    """Share of the page's dark pixels that lie in the word's box, widened by two pixels."""
    dark = page.rgb.min(axis=2) < 128
    height, width = dark.shape
    left, right = int(word.box.x0 * width) - 2, int(word.box.x1 * width) + 3
    top, bottom = int(word.box.y0 * height) - 2, int(word.box.y1 * height) + 3
    return float(dark[max(0, top) : bottom, max(0, left) : right].sum() / max(1, dark.sum()))


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", ["", "/CropBox [50 600 400 800]"])
def test_words_stand_where_they_are_seen(rotate: int, crop: str, tmp_path: Path) -> None:
    page = load_page(tmp_path, one_page(text("Hxg", y=700, size=20), page=f"/Rotate {rotate} {crop}"))
    (word,) = page.words
    assert (word.text, word.visible) == ("Hxg", True)
    assert ink_inside(page, word) > 0.99
    assert word.box.area < 0.02
    across = page.rgb.shape[1] > page.rgb.shape[0]
    assert across == ((rotate in {90, 270}) != bool(crop)), "the page is as wide as it is displayed"


def test_words_end_at_spaces_gaps_and_lines(tmp_path: Path) -> None:
    content = text("one two", y=700) + text("far", x=300, y=700) + text("below", y=680)
    page = load_page(tmp_path, one_page(content))
    assert [word.text for word in page.words] == ["one", "two", "far", "below"]


def test_an_address_wrapped_behind_its_hyphen_keeps_it(tmp_path: Path) -> None:
    page = load_page(tmp_path, one_page(text("li@hnpx-", y=700) + text("edu.cn", y=685)))
    assert [word.text for word in page.words] == ["li@hnpx-", "edu.cn"]


def test_low_and_flat_characters_stay_in_their_word(tmp_path: Path) -> None:
    page = load_page(tmp_path, one_page(text("a_b-c.d")))
    assert [word.text for word in page.words] == ["a_b-c.d"]


def test_a_character_drawn_out_of_turn_stands_in_its_place(tmp_path: Path) -> None:
    with_gap = b"BT /F 12 Tf 100 700 Td [(aa) -560 (c)] TJ ET\n"
    page = load_page(tmp_path, one_page(with_gap + text("b", x=113.4)))
    assert "".join(word.text for word in page.words) == "aabc"


def test_words_of_a_sheet_drawn_on_its_side_are_whole(tmp_path: Path) -> None:
    content = b"BT /F 14 Tf 0 1 -1 0 300 100 Tm (one two) Tj ET\n"
    page = load_page(tmp_path, one_page(content, page="/Rotate 90"))
    assert [word.text for word in page.words] == ["one", "two"]
    assert sum(ink_inside(page, word) for word in page.words) > 0.99


def test_invisible_text_is_marked(tmp_path: Path) -> None:
    page = load_page(tmp_path, one_page(text("seen", y=700) + text("unseen", y=600, mode=3)))
    assert [(word.text, word.visible) for word in page.words] == [("seen", True), ("unseen", False)]


def test_text_outside_the_crop_box_is_not_on_the_page(tmp_path: Path) -> None:
    content = text("inside", x=100, y=700) + text("outside", x=100, y=100)
    page = load_page(tmp_path, one_page(content, page="/CropBox [50 600 400 800]"))
    assert [word.text for word in page.words] == ["inside"]


def test_digital_or_scan(tmp_path: Path) -> None:
    gray = np.full((60, 40, 3), 200)
    assert load_page(tmp_path, one_page(text(SENTENCE))).source == "digital"
    assert load_page(tmp_path, one_page(text("page 1"))).source == "scan"
    assert load_page(tmp_path, one_page(text(SENTENCE, mode=3))).source == "scan"
    assert load_page(tmp_path, picture_page(gray, before=text(SENTENCE))).source == "scan"


@pytest.mark.parametrize("dpi", [150, 200, 240, 300])
def test_a_scanned_page_keeps_its_own_pixels(dpi: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(dpi)
    pixels = rng.integers(0, 256, (round(5 * dpi), round(3 * dpi), 3))
    page = load_page(tmp_path, picture_page(pixels, width_pt=3 * 72, height_pt=5 * 72))
    assert page.dpi == dpi
    assert page.rgb.shape == pixels.shape
    assert np.abs(page.rgb.astype(int) - pixels).max() <= 1


@pytest.mark.parametrize(
    ("pixels_across", "width_pt", "height_pt", "expected_dpi"),
    [
        (420, 595, 842, 150),  # a coarse fax is enlarged to what small print needs
        (4960, 595, 842, 300),  # 600 dpi is brought down
        (3000, 3000, 2000, 0),  # a photograph, one point a pixel: its pixels stay, its dpi means nothing
        (1654, 198.5, 280.5, 600),  # a page said to be a third of its size keeps its pixels
    ],
)
def test_the_dpi_of_a_picture_page(
    pixels_across: int, width_pt: float, height_pt: float, expected_dpi: int, tmp_path: Path
) -> None:
    pixels = np.full((10, pixels_across, 3), 128)
    page = load_page(tmp_path, picture_page(pixels, width_pt=width_pt, height_pt=height_pt))
    assert page.dpi == expected_dpi
    if expected_dpi in {0, 600}:
        assert page.rgb.shape[1] == pytest.approx(pixels_across, abs=2)


def test_a_large_page_gets_fewer_dots_before_it_is_refused(tmp_path: Path) -> None:
    content = one_page(text("wide", size=60), box="[0 0 1000 1000]")
    page = load_page(tmp_path, content, Limits(max_page_px=5_000_000))
    assert page.warnings == ("downscaled",)
    assert page.dpi == 160
    assert page.rgb.shape[0] * page.rgb.shape[1] < 5_010_000


@given(
    width=st.floats(1, 20_000),
    height=st.floats(1, 20_000),
    wanted=st.integers(72, 600),
    megapixels=st.integers(1, 60),
)
def test_a_page_never_passes_the_limits(width: float, height: float, wanted: int, megapixels: int) -> None:
    limits = Limits(max_page_px=megapixels * 1_000_000)
    dpi = limits.fitting_dpi(width, height, wanted)
    if dpi is None:
        least = min(limits.min_dpi, wanted) / 72
        assert (
            width * height * least**2 > limits.max_page_px or max(width, height) * least > limits.max_side_px
        )
    else:
        assert dpi <= wanted
        assert width * height * (dpi / 72) ** 2 <= limits.max_page_px
        assert max(width, height) * dpi / 72 <= limits.max_side_px


XFA: dict[str, Any] = {"catalogue": "/AcroForm << /Fields [] /XFA 20 0 R >>", "more": {20: stream(b"<xdp/>")}}
SCRIPT = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
FILE = "/Names << /EmbeddedFiles << /Names [(a.txt) 20 0 R] >> >>"
ATTACHED: dict[int, bytes | str] = {
    20: "<< /Type /Filespec /F (a.txt) /EF << /F 21 0 R >> >>",
    21: stream(b"hello", "/Type /EmbeddedFile"),
}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (one_page(text("plain")), ()),
        (one_page(text("plain"), catalogue="/OpenAction [3 0 R /Fit]"), ()),
        (one_page(text("plain"), damage="startxref"), ("repaired",)),
        (one_page(text("open"), catalogue=f"/OpenAction {SCRIPT}"), ("active_content",)),
        (one_page(text("run"), page="/AA << /O << /S /Launch /F (a.exe) >> >>"), ("active_content",)),
        (one_page(text("file"), catalogue=FILE, more=ATTACHED), ("has_attachments",)),
        (one_page(text("form"), **XFA), ("xfa_not_rendered",)),
        (many_pages(3, said=2), ("page_count_mismatch",)),
    ],
    ids=["plain", "goto", "repaired", "script", "launch", "attachment", "xfa", "count"],
)
def test_what_is_odd_about_the_file_is_said(
    content: bytes, expected: tuple[str, ...], tmp_path: Path
) -> None:
    assert load(tmp_path, content).warnings == expected


def test_a_page_that_cannot_be_loaded_is_an_empty_sheet_not_a_missing_one(tmp_path: Path) -> None:
    objects: dict[int, bytes | str] = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: "<< /Type /Pages /Kids [3 0 R 7 0 R 8 0 R] /Count 3 >>",
        7: "(not a page)",
    }
    for number in (3, 8):
        objects[number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox {A4} /Contents 4 0 R"
            " /Resources << /Font << /F 5 0 R >> >> >>"
        )
    objects |= {4: stream(text("here")), 5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
    pages = list(load(tmp_path, pdf(objects)).pages())
    assert [page.number for page in pages] == [1, 2, 3]
    assert [page.warnings for page in pages] == [(), ("image_damaged", "blank_page"), ()]
    assert [bool(page.words) for page in pages] == [True, False, True]


@pytest.mark.parametrize(("share", "expected"), [(1.0, ()), (0.6, ("image_damaged",))])
def test_a_scan_that_was_cut_short_is_noted(share: float, expected: tuple[str, ...], tmp_path: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 256, (300, 200, 3), dtype=np.uint8))
    whole = image_bytes(noise, "JPEG")
    entries = "/Type /XObject /Subtype /Image /Width 200 /Height 300 /ColorSpace /DeviceRGB"
    jpeg = stream(whole[: int(len(whole) * share)], f"{entries} /BitsPerComponent 8 /Filter /DCTDecode")
    page = load_page(tmp_path, one_page(b"q 595 0 0 842 0 0 cm /I Do Q", more={10: jpeg}))
    assert page.warnings == expected


def test_a_huge_mask_behind_a_small_picture_is_noted(tmp_path: Path) -> None:
    huge = picture([[[0, 0, 0]]], width=9000, height=9000)
    content = one_page(text("x"), more={10: picture([[[0, 0, 0]]]), 11: huge})
    assert load(tmp_path, content).warnings == ("downscaled",)


def test_form_values_are_on_the_page(tmp_path: Path) -> None:
    field = (
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (filled in) /Rect [100 600 300 640] /F 4"
        " /DA (/F 20 Tf 0 g) /P 3 0 R >>"
    )
    fonts = "/DR << /Font << /F 5 0 R >> >> /DA (/F 20 Tf 0 g)"
    content = one_page(
        page="/Annots [20 0 R]",
        catalogue=f"/AcroForm << /Fields [20 0 R] /NeedAppearances true {fonts} >>",
        more={20: field},
    )
    page = load_page(tmp_path, content)
    assert (page.rgb.min(axis=2) < 100).sum() > 100
    assert "blank_page" not in page.warnings


def test_pages_come_one_at_a_time_and_are_let_go(tmp_path: Path) -> None:
    kept = [weakref.ref(page.rgb) for page in load(tmp_path, many_pages(12)).pages()]
    assert len(kept) == 12
    assert not [ref for ref in kept if ref() is not None]


DIRECT_PAGE = pdf(
    {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Count 1 /Kids [<< /Type /Page /Parent 2 0 R /MediaBox {A4} >>] >>",
    }
)


@pytest.mark.parametrize(
    ("content", "counted", "budget_s", "expected"),
    [
        (many_pages(3), 3, 60, False),
        (many_pages(3), 2, 60, True),
        (many_pages(3), 4, 60, True),
        (many_pages(3), 3, 0, False),
        (many_pages(3, said=2), 3, 0, True),
        (DIRECT_PAGE, 1, 60, True),
        (b"%PDF-1.7 nothing more", 1, 60, True),
    ],
    ids=["same", "more", "fewer", "out of time", "out of time, said otherwise", "not countable", "no tree"],
)
def test_pages_are_counted_a_second_time(
    content: bytes, counted: int, budget_s: float, expected: bool, tmp_path: Path
) -> None:
    assert pages_may_be_missing(put(tmp_path, "a.pdf", content), counted, budget_s=budget_s) is expected
