"""The whole story on the sample scans, with the real models: what is read, and that it keeps to the schema."""

import json
from pathlib import Path

import cv2
import jsonschema
import numpy as np
import pytest
from PIL import Image

from extractors.form.reading import reading_to_json
from extractors.loading import file_to_pages
from extractors.matching import FormMatcher
from extractors.pipeline import build_pipeline, read_document

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "templates_ref/basic-info/hunan-2020-40/samples"
SCHEMA = json.loads((ROOT / "extractors/form/reading.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def reader():
    return build_pipeline()


def read(reader, path, **more):
    reading = reading_to_json(read_document(path, path.name, reader=reader, **more))
    jsonschema.validate(reading, SCHEMA)
    return reading


def texts(reading):
    return {name: field["text"] for name, field in reading["fields"].items()}


def test_a_skewed_scan_is_read(reader):
    seen = []
    reading = read(reader, SAMPLES / "1-printed-skewed.pdf", on_page=seen.append)
    values = texts(reading)
    assert values["org_name"] == "株洲市工业技师学院"
    assert values["legal_representative"] == "涂铁英"
    assert reading["fields"]["registered_capital"]["value"] == 200_000
    assert reading["fields"]["org_type"]["value"] == "technical_school"
    assert [row["code"]["text"] for row in reading["occupations"]] == ["6-23-02-06", "6-21-06-04"]
    assert reading["marks"]["org_seal"]["matches"] is True
    assert [page["role"] for page in reading["pages"]] == ["form", "form_continuation"]
    assert [(page.number, page.total) for page in seen] == [(1, 2), (2, 2)]
    assert seen[0].picture.dtype == np.uint8


def test_the_cover_hides_rules_and_labels_and_never_a_value(reader):
    seen = []
    reading = read(reader, SAMPLES / "4-photographed.jpg", on_page=seen.append)
    cover, picture = seen[0].cover > 0, seen[0].picture
    height, width = cover.shape
    ink = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).min(axis=2) < 128
    values = [*reading["fields"].values(), *(cell for row in reading["occupations"] for cell in row.values())]
    boxes = [value["box"] for value in values if value["page"] == 1 and value["text"]]
    for x0, y0, x1, y1 in boxes:
        inside = np.s_[round(y0 * height) : round(y1 * height), round(x0 * width) : round(x1 * width)]
        assert (ink & cover)[inside].sum() <= 2 + 0.06 * ink[inside].sum()
    x0, y0, _, y1 = reading["fields"]["org_name"]["box"]
    label = np.s_[round(y0 * height) : round(y1 * height), round((x0 - 0.1) * width) : round(x0 * width)]
    assert (ink & cover)[label].sum() >= 0.9 * ink[label].sum()


@pytest.fixture(scope="module")
def envelope(tmp_path_factory):
    """A letter, the form, a blank back, another paper: five pages."""
    paper = [np.full((2339, 1654, 3), 255, np.uint8) for _ in range(3)]
    for sheet, words in ((paper[0], "Dear office"), (paper[2], "Balance sheet")):
        for line in range(20):
            cv2.putText(sheet, words, (200, 200 + 90 * line), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 4)
    form = list(file_to_pages(SAMPLES / "1-printed-skewed.pdf", name="form.pdf").pages())
    letter, back, other = (Image.fromarray(sheet) for sheet in paper)
    path = tmp_path_factory.mktemp("envelope") / "envelope.tif"
    letter.save(
        path, save_all=True, append_images=[*(Image.fromarray(page.rgb) for page in form), back, other]
    )
    return path


def test_a_reading_goes_on_behind_the_pages_that_an_earlier_one_kept(reader, envelope):
    told, again = [], []
    whole = read(reader, envelope, on_page=told.append)
    assert [page["role"] for page in whole["pages"]] == [
        "other",
        "form",
        "form_continuation",
        "blank",
        "other",
    ]
    assert [page.number for page in told if page.cover is not None] == [2, 3]
    kept = [json.loads(json.dumps(page.kept)) for page in told if page.kept]
    resumed = read(reader, envelope, on_page=again.append, kept=kept)
    assert [page.number for page in again if page.picture is None] == [1, 4, 5]
    assert [page.number for page in again] == [1, 2, 3, 4, 5]
    assert without_time(resumed) == without_time(whole)


def test_pages_that_another_version_kept_are_looked_at_again(reader, envelope):
    told, again = [], []
    read(reader, envelope, on_page=told.append)
    older = [{**page.kept, "version": "older"} for page in told if page.kept]
    read(reader, envelope, on_page=again.append, kept=older)
    assert all(page.picture is not None for page in again)


def test_a_page_of_rows_that_was_not_taken_is_told(reader, monkeypatch):
    take = FormMatcher.take
    monkeypatch.setattr(FormMatcher, "take", lambda self, table: table.page.number == 1 and take(self, table))
    reading = read(reader, SAMPLES / "3-rows-over-two-pages.pdf")
    assert "form_unread" in reading["pages"][1]["warnings"]


def without_time(reading):
    return {**reading, "timing_s": None}


def test_a_digital_file_is_taken_from_its_text(reader):
    reading = read(reader, SAMPLES / "5-digital.pdf")
    assert {page["source"] for page in reading["pages"]} == {"digital"}
    assert texts(reading)["uscc"] == "91431100MA4PT7TC75"
    assert [row["name"]["text"] for row in reading["occupations"]] == [
        "光伏组件制造工",
        "织补师",
        "高铁线路综合维修工",
    ]
    assert reading["fields"]["authority_opinion_date"]["value"] == "2020-03-15"


def test_a_photograph_is_cut_out_and_read(reader):
    reading = read(reader, SAMPLES / "4-photographed.jpg")
    assert reading["form"]["matched"]
    assert texts(reading)["legal_representative"] == "钟瑞善"
    assert texts(reading)["email"] == "1362770514@qq.com"


def test_boxes_frame_the_ink_on_the_page_as_scanned(reader):
    reading = read(reader, SAMPLES / "1-printed-skewed.pdf")
    x0, y0, x1, y1 = reading["fields"]["org_name"]["box"]
    assert 0.2 < x0 < x1 < 0.8
    assert 0.005 < y1 - y0 < 0.05


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_page_without_a_form_invents_nothing(reader, tmp_path, shade):
    path = tmp_path / "page.png"
    Image.new("RGB", (1200, 1700), (shade,) * 3).save(path)
    reading = read(reader, path)
    assert reading["form"]["matched"] is False
    assert reading["fields"] == {}
    assert reading["occupations"] == []


@pytest.mark.parametrize("side", [1, 7, 40])
def test_the_smallest_picture_never_breaks(reader, tmp_path, side):
    path = tmp_path / "dot.png"
    Image.new("L", (side, side), 200).save(path)
    assert read(reader, path)["form"]["matched"] is False


@pytest.mark.needs("tesseract")
def test_tesseract_reads_the_same_form_through_the_same_story(tmp_path):
    reading = read(build_pipeline("tesseract"), SAMPLES / "5-digital.pdf")
    assert reading["engine"]["name"] == "tesseract"
    assert texts(reading)["org_name"] == "永州市优创人力资源集团有限公司"
