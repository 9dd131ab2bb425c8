"""All marks of a form together."""

from __future__ import annotations

import pytest

from extractors.form.layout import default_layout
from extractors.form.reading import SignatureKind, Status
from extractors.labelled import LabelledForm, Piece
from extractors.marks.collect import bureau_names, city_of, form_to_marks, form_to_seals
from extractors.ocr.engine import Span
from extractors.pages import Rgb
from tests.extractors.marks.drawn import PITCH, ToldEngine, blank, letter, seal, table_of

LAYOUT = default_layout()
NAME = "长沙市湘江职业培训学校"
LINES = ("四、诚信承诺：", "法定代表人（签字）：", "单位名称（公章）：")


def commitment() -> tuple[Rgb, list[tuple[str, Span]]]:
    page = blank(1200, 640)
    spans = []
    for number, text in enumerate(LINES):
        y, left = 60 + 150 * number, 40 + 300 * (number > 0)
        for place in range(len(text)):
            letter(page, left + PITCH * (place + 0.5), y)
        spans.append((text, Span(left, y - 14, left + PITCH * len(text), y + 14)))
    return page, spans


def form_of(page: Rgb, spans: list[tuple[str, Span]], section: str = "commitment") -> LabelledForm:
    table = table_of(page, spans)
    return LabelledForm(sections={section: (Piece(table, table.rows[0][0]),)}, pages=(1,))


def judged(form, name, layout, engine):
    return form_to_marks(form, form_to_seals(form, layout), name, layout, engine)


def test_sections_that_were_not_found_are_missing() -> None:
    marks = judged(LabelledForm(), NAME, LAYOUT, ToldEngine())
    for mark in (marks.legal_rep_signature, marks.org_seal, marks.authority_seal):
        assert mark.status == Status.MISSING
        assert mark.reasons == ("section_not_found",)


def test_an_unsigned_unstamped_section_goes_to_a_person() -> None:
    marks = judged(form_of(*commitment()), NAME, LAYOUT, ToldEngine())
    assert marks.legal_rep_signature.kind == SignatureKind.NONE
    assert marks.legal_rep_signature.reasons == ("signature_absent",)
    assert (marks.org_seal.present, marks.org_seal.matches) == (False, None)
    assert marks.org_seal.reasons == ("seal_absent",)
    assert {marks.org_seal.status, marks.legal_rep_signature.status} == {Status.REVIEW}


@pytest.mark.parametrize(
    ("text", "matches", "status"),
    [
        (NAME, True, Status.AUTO),
        ("岳阳市平江县兴达技工学校", False, Status.REVIEW),
        ("", None, Status.REVIEW),
    ],
)
def test_the_seal_on_the_name_line(text: str, matches: bool | None, status: Status) -> None:
    page, spans = commitment()
    seal(page, (760, 360), 150)
    mark = judged(form_of(page, spans), NAME, LAYOUT, ToldEngine(text)).org_seal
    assert mark.present
    assert mark.matches is matches
    assert mark.status == status
    assert mark.covers == ("org_name_line",)
    assert mark.part is not None
    assert mark.part.box.contains_point(760 / 1200, 360 / 640)


def test_a_copied_seal_is_never_passed_alone() -> None:
    page, spans = commitment()
    seal(page, (760, 360), 150, (90, 90, 90))
    mark = judged(form_of(page, spans), NAME, LAYOUT, ToldEngine(NAME)).org_seal
    assert mark.present
    assert mark.status == Status.REVIEW
    assert "seal_not_red" in mark.reasons


def test_section_five_left_empty_is_blank() -> None:
    page = blank(1200, 500)
    spans = [
        ("五、市（州）人力资源社会保障局意见：", Span(40, 40, 600, 70)),
        ("公章", Span(800, 300, 860, 330)),
    ]
    mark = judged(form_of(page, spans, "authority"), NAME, LAYOUT, ToldEngine()).authority_seal
    assert mark.status == Status.BLANK
    assert not mark.present


def test_an_opinion_without_a_seal_is_doubted() -> None:
    page = blank(1200, 500)
    spans = [
        ("五、市（州）人力资源社会保障局意见：同意申报，情况属实。", Span(40, 40, 800, 70)),
        ("公章", Span(800, 300, 860, 330)),
    ]
    mark = judged(form_of(page, spans, "authority"), NAME, LAYOUT, ToldEngine()).authority_seal
    assert mark.reasons == ("seal_absent",)


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("湖南省长沙市岳麓区麓山南路1号", "长沙市"),
        ("浏阳市才常路2号", "长沙市"),
        ("湖南省郴州昊培", "郴州市"),
        ("凤凰县沱江镇", "湘西土家族苗族自治州"),
        ("从长沙市到株洲市", ""),
        ("某地", ""),
    ],
)
def test_city_of_a_text(text: str, city: str) -> None:
    assert city_of(text) == city


def test_bureaus_are_those_of_the_first_text_that_names_a_city() -> None:
    assert bureau_names(["某地", "株洲市市场监督管理局"])[0] == "株洲市人力资源和社会保障局"
