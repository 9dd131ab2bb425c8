"""The PDF to search in: the same pages to the eye, the values to whoever searches or copies."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pdfplumber
import pikepdf
import pypdfium2 as pdfium
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from extractors.errors import CorruptFileError
from extractors.form.geometry import Box
from extractors.loading import file_to_pages
from worker.sandbox import Reader
from worker.searchable import Paper, papers_to_pdf
from worker.textlayer import Words, text_to_lines

SAMPLES = Path(__file__).resolve().parents[2] / "templates_ref" / "basic-info" / "hunan-2020-40" / "samples"
STATEMENT = (
    "本校自2015年起面向社会开展职业技能培训评价工作，累计培训12000人次；教学设备齐全，师资稳定，"
    "严格按照国家职业技能标准组织教学，培训评价质量受到用人单位好评，社会信誉良好。"
)
NAME = "湘江职业技能社会培训评价学校"


def make(folder: Path, *papers: Paper) -> Path:
    target = folder / "made.pdf"
    papers_to_pdf(papers, target, lambda _number, _total: None)
    return target


def paper(path: Path, words: Mapping[str, Box] | None = None, turn: int = 0) -> Paper:
    return Paper(path, path.name, {1: turn}, {1: [Words(text, box) for text, box in (words or {}).items()]})


def picture(folder: Path, name: str, mode: str = "RGB", **saved: Any) -> Path:
    rows = np.random.default_rng(3).integers(0, 256, (300, 200, 3), np.uint8)
    image = Image.fromarray(rows).convert(mode)
    image.save(folder / name, **saved)
    return folder / name


def pixels(path: Path) -> list[np.ndarray]:
    return [page.rgb for page in file_to_pages(path, name=path.name).pages()]


def own_pixels(made: Path) -> np.ndarray:
    """The picture inside the first page as it was put there."""
    (found,) = pdfium.PdfDocument(made)[0].get_objects(filter=(pdfium.raw.FPDF_PAGEOBJ_IMAGE,))
    return found.get_bitmap().to_pil().convert("RGB")


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_words_are_found_where_they_stand_without_stray_spaces(tmp_path: Path, turn: int) -> None:
    made = make(
        tmp_path, paper(picture(tmp_path, "a.png", dpi=(72, 72)), {NAME: Box(0.2, 0.1, 0.9, 0.15)}, turn)
    )
    page = pdfium.PdfDocument(made)[0]
    text = page.get_textpage()
    found = text.search("培训评价").get_next()
    assert (text.get_text_range(), found) == (NAME, (8, 4))
    wide, high = page.get_size()
    assert (wide, high) == ((300, 200) if turn % 180 else (200, 300))
    with pdfplumber.open(made) as opened:
        (word,) = opened.pages[0].extract_words()
        at = [word["x0"] / wide, word["top"] / high, word["x1"] / wide, word["bottom"] / high]
    assert word["text"] == NAME
    assert at == pytest.approx([0.2, 0.1, 0.9, 0.15], abs=0.01)


def test_a_long_text_is_whole_and_breaks_only_behind_stops(tmp_path: Path) -> None:
    made = make(tmp_path, paper(picture(tmp_path, "a.png"), {STATEMENT: Box(0.1, 0.3, 0.9, 0.5)}))
    with pdfplumber.open(made) as opened:
        lines = opened.pages[0].extract_text().splitlines()
    assert "".join(lines) == STATEMENT
    assert len(lines) > 2
    assert all(line[-1] in "，；。" for line in lines)
    text = pdfium.PdfDocument(made)[0].get_textpage()
    assert all(text.search(wanted).get_next() for wanted in ("培训评价质量", "12000人次", "用人单位好评"))


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=300),
    st.floats(5, 800), st.floats(2, 800),
)  # fmt: skip
def test_no_character_is_lost_between_lines(text: str, wide: float, high: float) -> None:
    assert "".join(text_to_lines(text, wide, high)) == "".join(text.split())


def test_rare_characters_and_signs_come_back(tmp_path: Path) -> None:
    said = "𠮷㛃镕〇（A-1）≥5"
    made = make(tmp_path, paper(picture(tmp_path, "a.png"), {said: Box(0.1, 0.1, 0.9, 0.2)}))
    assert pdfium.PdfDocument(made)[0].get_textpage().get_text_range() == said


@pytest.mark.parametrize("name", ["1-printed-skewed.pdf", "5-digital.pdf"])
def test_the_pages_of_a_pdf_look_as_they_did(tmp_path: Path, name: str) -> None:
    made = make(tmp_path, paper(SAMPLES / name, {NAME: Box(0.2, 0.1, 0.9, 0.15)}))
    for before, after in zip(pixels(SAMPLES / name), pixels(made), strict=True):
        assert np.array_equal(before, after)


def test_a_jpeg_is_taken_over_byte_for_byte(tmp_path: Path) -> None:
    path = picture(tmp_path, "a.jpg", quality=70)
    with pikepdf.open(make(tmp_path, paper(path))) as made:
        (held,) = made.pages[0].get_images().values()
        assert held.read_raw_bytes() == path.read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_as_its_camera_says(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.new("RGB", (80, 40), "white")
    image.paste("red", (0, 0, 30, 15))
    image.save(tmp_path / "a.jpg", exif=exif, dpi=(72, 72), quality=95)
    before = pixels(tmp_path / "a.jpg")[0]
    after = pdfium.PdfDocument(make(tmp_path, paper(tmp_path / "a.jpg")))[0].render().to_pil().convert("RGB")
    assert after.size == before.shape[1::-1]
    assert np.abs(np.asarray(after).astype(int) - before).mean() < 3


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "CMYK"])
@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg"])
def test_other_pictures_keep_every_pixel(tmp_path: Path, name: str, mode: str) -> None:
    if (name, mode) in {("a.png", "CMYK"), ("a.jpg", "P"), ("a.jpg", "1")}:
        return  # no such files
    path = picture(tmp_path, name, mode)
    assert np.array_equal(np.asarray(own_pixels(make(tmp_path, paper(path)))), pixels(path)[0])


def test_files_follow_one_another_and_every_page_is_announced(tmp_path: Path) -> None:
    first = SAMPLES / "3-rows-over-two-pages.pdf"
    frames = [Image.new("L", (100, 140), shade) for shade in (200, 100)]
    frames[0].save(tmp_path / "b.tif", save_all=True, append_images=frames[1:])
    told: list[tuple[int, int]] = []
    second = Paper(tmp_path / "b.tif", "b.tif", {}, {2: [Words("第二页", Box(0.1, 0.1, 0.5, 0.2))]})
    whole = papers_to_pdf([paper(first), second], tmp_path / "made.pdf", lambda *done: told.append(done))
    made = pdfium.PdfDocument(tmp_path / "made.pdf")
    assert told == [(number, whole) for number in range(1, len(made) + 1)]
    assert made[whole - 1].get_textpage().get_text_range() == "第二页"


def test_print_that_says_the_same_is_not_said_twice_and_a_correction_is_added(tmp_path: Path) -> None:
    source = SAMPLES / "5-digital.pdf"
    word = next(w for w in next(iter(file_to_pages(source, name="a").pages())).words if len(w.text) > 6)
    plain, same, other = (
        make(tmp_path, paper(source, words)).read_bytes()
        for words in ({}, {word.text: word.box}, {"改过的值": word.box})
    )
    texts = [
        pdfium.PdfDocument(io.BytesIO(one))[0].get_textpage().get_text_range() for one in (plain, same, other)
    ]
    assert texts[0] == texts[1]
    assert "改过的值" in texts[2]


def test_what_a_scanner_had_read_gives_way_to_the_value_and_stays_elsewhere(tmp_path: Path) -> None:
    scanned = make(
        tmp_path,
        paper(
            picture(tmp_path, "a.png"),
            {"错误的名称": Box(0.2, 0.1, 0.6, 0.14), "页脚": Box(0.4, 0.9, 0.6, 0.93)},
        ),
    ).rename(tmp_path / "scanned.pdf")
    again = make(tmp_path, paper(scanned, {NAME: Box(0.15, 0.09, 0.7, 0.15)}))
    lines = pdfium.PdfDocument(again)[0].get_textpage().get_text_range().split()
    assert lines == [NAME, "页脚"]
    assert np.array_equal(pixels(scanned)[0], pixels(again)[0])


def active(pdf: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.Root.OpenAction = script
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script)
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=script)
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(link)])
    pdf.attachments["x.exe"] = b"MZ"


def cut_short(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].CropBox = [50, 60, 300, 400]


@pytest.mark.parametrize("change", [active, cut_short])
def test_a_changed_pdf_looks_the_same_and_nothing_in_it_acts(
    tmp_path: Path, change: Callable[..., None]
) -> None:
    with pikepdf.open(SAMPLES / "2-handwritten.pdf") as pdf:
        change(pdf)
        pdf.save(tmp_path / "in.pdf")
    made = make(tmp_path, paper(tmp_path / "in.pdf", {NAME: Box(0.1, 0.1, 0.9, 0.2)}, 90))
    before, after = pixels(tmp_path / "in.pdf")[0], pixels(made)[0]
    assert np.array_equal(np.rot90(before, -1), after)
    content = made.read_bytes()
    with pikepdf.open(made) as opened:
        assert not opened.attachments
        assert not {"/OpenAction", "/Names", "/AcroForm"} & set(opened.Root.keys())
    assert b"JavaScript" not in content


def test_a_file_that_cannot_be_opened_refuses_the_whole(tmp_path: Path) -> None:
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(CorruptFileError):
        make(tmp_path, paper(picture(tmp_path, "a.png")), paper(tmp_path / "b.pdf"))


def test_behind_the_fence(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    path = picture(tmp_path, "a.png")
    told: Mapping[str, object] = {
        "path": str(path), "name": "a.png", "turns": {"1": 90}, "words": {"1": [[NAME, [0.1, 0.1, 0.9, 0.2]]]}
    }  # fmt: skip
    with Reader(pipeline="tests.worker.pipelines") as reader:
        made = reader.make_searchable([told], into)
    assert NAME in pdfium.PdfDocument(made)[0].get_textpage().get_text_range()


def test_the_font_is_what_fonttools_makes() -> None:
    def corners(wide: int) -> object:
        pen = TTGlyphPen(None)
        for x, y in ((0, -200), (wide - 1, 799)):
            pen.moveTo((x, y))
            for place in ((x, y + 1), (x + 1, y + 1), (x + 1, y)):
                pen.lineTo(place)
            pen.closePath()
        return pen.glyph()

    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder([".notdef", "half"])
    made.setupCharacterMap({})
    made.setupGlyf({".notdef": corners(1000), "half": corners(500)})
    made.setupHorizontalMetrics({".notdef": (1000, 0), "half": (500, 0)})
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    made.setupNameTable({"familyName": "Invisible", "styleName": "Regular", "psName": "Invisible"})
    made.setupPost()
    made.font["head"].created = made.font["head"].modified = 0
    made.font.recalcTimestamp = False
    written = io.BytesIO()
    made.save(written)
    assert written.getvalue() == resources.files("worker").joinpath("invisible.ttf").read_bytes()
