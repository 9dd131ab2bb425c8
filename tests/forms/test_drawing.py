"""Whole forms through LibreOffice: files and truth must agree, marks must land where they belong."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pdfplumber
import pypdf
import pypdfium2
import pytest
from PIL import Image, ImageOps

from extractors.form.reading import COLUMN_IDS, FIELD_IDS
from tests.forms import fonts, strokes, writing
from tests.forms.draw import Drawn, content_of, draw_specs
from tests.forms.mix import spec_of
from tests.forms.output import write_pictures
from tests.forms.places import WHITES, Place, Written, find_places

SEEDS = {"digital": 3, "handwriting": 8}
needs_office = pytest.mark.skipif(bool(fonts.ready()), reason=fonts.ready() or "ready")
needs_strokes = pytest.mark.skipif(not fonts.STROKES.exists(), reason="run: python -m tests.forms.fonts")
HAND = writing.draw_hand(np.random.default_rng(1), fonts.LETTER_FONTS, (20, 20, 30))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Drawn]:
    out = tmp_path_factory.mktemp("forms")
    plain: dict[str, Any] = {"dpi": 110, "damage": ("skew",), "photographed": False, "output": "pdf"}
    specs = [replace(spec_of(seed, kind), **plain) for kind, seed in SEEDS.items()]
    return {form.truth["class"]: form for form in draw_specs(out, specs)}


@needs_office
@pytest.mark.system
def test_truth_has_the_contracts_shape(drawn: dict[str, Drawn]) -> None:
    for form in drawn.values():
        truth = json.loads(form.path.with_suffix(".truth.json").read_text(encoding="utf-8"))
        assert truth == form.truth
        assert set(truth["fields"]) == set(FIELD_IDS)
        assert all(tuple(row) == COLUMN_IDS for row in truth["occupations"])
        assert set(truth["marks"]) == {"legal_rep_signature", "org_seal", "authority_seal", "edge_seals"}
        assert truth["pages"][0]["role"] == "form"


@needs_office
@pytest.mark.system
def test_a_digital_form_carries_its_words_and_its_seal(drawn: dict[str, Drawn]) -> None:
    form = drawn["digital"]
    with pdfplumber.open(form.path) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages)
        pictures = sum(len(page.images) for page in pdf.pages)
    squeezed = "".join(text.split())
    for name in ("org_name", "uscc", "legal_representative"):
        assert "".join(form.truth["fields"][name]["text"].split()) in squeezed
    present = [mark for mark in form.truth["marks"].values() if mark and mark["present"]]
    assert present
    assert pictures >= len(present)


@needs_office
@pytest.mark.system
def test_a_scan_is_pictures_only_and_as_many_as_the_truth_says(drawn: dict[str, Drawn]) -> None:
    form = drawn["handwriting"]
    with pdfplumber.open(form.path) as pdf:
        assert len(pdf.pages) == len(form.truth["pages"])
        assert all(page.images and not page.chars for page in pdf.pages)


@needs_office
@pytest.mark.system
def test_every_place_is_found_on_the_born_pdf(drawn: dict[str, Drawn]) -> None:
    found = find_places(drawn["digital"].path).found
    assert {"sign", "stamp", "authority", "enterprise", "technical_school"} <= set(found)
    assert (found["sign"].page, found["sign"].y0) < (found["stamp"].page, found["stamp"].y0)
    assert (found["stamp"].page, found["stamp"].y0) < (found["authority"].page, found["authority"].y0)


@needs_strokes
def test_the_pen_writes_in_its_place_only() -> None:
    paper = np.full((120, 200, 3), 255, np.uint8)
    place = Written("国", 0, 20, 20, 40, 40)
    page = writing.write_on(np.random.default_rng(5), paper, [place], HAND, 72)
    rows, columns = np.nonzero(page.min(axis=2) < 200)
    assert len(rows) > 20
    assert rows.min() >= 14
    assert rows.max() <= 46
    assert columns.min() >= 14
    assert columns.max() <= 46
    assert (paper == 255).all()


@needs_strokes
def test_a_crossed_out_character_has_more_ink() -> None:
    paper = np.full((120, 200, 3), 255, np.uint8)
    place = Written("口", 0, 20, 20, 40, 40)
    plain = writing.write_on(np.random.default_rng(5), paper, [place], HAND, 144)
    struck = writing.write_on(np.random.default_rng(5), paper, [replace(place, struck=True)], HAND, 144)
    assert (255 - struck.astype(int)).sum() > 1.15 * (255 - plain.astype(int)).sum()


@needs_strokes
def test_the_pen_knows_what_forms_need() -> None:
    needed = set("0123456789ABCDEFGHJKLMNPQRTUWXY@.-_/，。、：；（）《》“”—～√￥%+abcdefghijklmnopqrstuvwxyz")
    for seed in range(20):
        needed |= set(content_of(spec_of(seed)).fields["statement"].text)
    assert [character for character in sorted(needed) if not strokes.is_known(character)] == []


def test_whites_are_told_apart() -> None:
    assert WHITES[0] - WHITES[1] >= 3


@pytest.mark.parametrize(("pages", "ending"), [(1, ".png"), (2, ".pdf")])
def test_more_pages_than_a_picture_holds_become_a_pdf(tmp_path: Path, pages: int, ending: str) -> None:
    spec = replace(spec_of(1), output="png", colour="colour", stored_turn=0)
    paper = [Image.new("RGB", (60, 80), "white")] * pages
    assert write_pictures(tmp_path / "a", paper, spec).suffix == ending


def test_pages_of_a_tiff_are_frames(tmp_path: Path) -> None:
    spec = replace(spec_of(1), output="tif", colour="bw")
    path = write_pictures(tmp_path / "a", [Image.new("1", (60, 80), 1)] * 3, spec)
    with Image.open(path) as image:
        assert getattr(image, "n_frames", 1) == 3


@pytest.mark.parametrize("kind", ["pdf", "jpg"])
def test_a_picture_stored_lying_is_shown_upright(tmp_path: Path, kind: str) -> None:
    page = Image.new("RGB", (60, 80), "white")
    page.paste((255, 0, 0), (0, 0, 30, 10))  # top left
    spec = replace(spec_of(1), output=kind, colour="colour", stored_turn=90, dpi=72, jpeg_quality=95)
    path = write_pictures(tmp_path / "a", [page], spec)
    if kind == "pdf":
        shown = pypdfium2.PdfDocument(path)[0].render(scale=1).to_pil().convert("RGB")
    else:
        with Image.open(path) as image:
            assert image.size == (80, 60)
            shown = ImageOps.exif_transpose(image).convert("RGB")
    assert shown.size == (60, 80)
    assert shown.getpixel((5, 4))[1] < 90
    assert shown.getpixel((50, 4))[1] > 200


def test_hidden_text_is_there_but_not_seen(tmp_path: Path) -> None:
    spec = replace(spec_of(1), output="pdf", colour="colour", stored_turn=0, dpi=72)
    layers = [[("名称", Place(0, 10, 10, 34, 22))]]
    path = write_pictures(tmp_path / "a", [Image.new("RGB", (60, 80), "white")], spec, layers)
    with pdfplumber.open(path) as pdf:
        assert pdf.pages[0].extract_text() == "名称"
        assert pdf.pages[0].chars[0]["top"] == pytest.approx(10, abs=4)
    assert b"BT 3 Tr" in pypdf.PdfReader(path).pages[0].get_contents().get_data()
