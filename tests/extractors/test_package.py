import cv2
import numpy as np
import pytest

from extractors.form.geometry import Box
from extractors.form.layout import default_layout
from extractors.form.reading import PageSummary, Role
from extractors.ink import page_to_inks
from extractors.package import is_blank, lines_to_material, page_to_kind, pages_to_materials
from extractors.pages import Word
from tests.extractors.paper import ScriptedEngine

LAYOUT = default_layout()


def blank(shade=245):
    return np.full((1400, 1000, 3), shade, np.uint8)


@pytest.mark.parametrize(
    ("lines", "material"),
    [
        (["房屋租赁合同", "出租方（甲方）"], 5),
        (["2018年度财务审计报告"], 5),
        (["职业技能等级认定试点工作实施方案"], 3),
        (["诚信承诺书", "我单位郑重承诺"], 6),
        (["专家名单"], 4),
        (["关于报送材料的函", "附件如下"], None),
        ([], None),
    ],
)
def test_first_lines_tell_the_material(lines, material):
    assert lines_to_material(lines, LAYOUT.materials) == material


def test_a_blank_back_is_blank_even_with_dirt_and_a_shadow_at_its_edge():
    page = blank()
    page[:, :30] = 60
    page[700, 500] = 0
    inks = page_to_inks(page)
    assert is_blank(inks)
    assert page_to_kind(inks, None, (), LAYOUT, ScriptedEngine()).role is Role.BLANK


def test_a_page_with_only_a_seal_is_not_blank():
    page = blank()
    cv2.circle(page, (500, 700), 110, (220, 40, 40), 6)
    assert not is_blank(page_to_inks(page))


def test_a_digital_page_is_judged_by_its_words():
    words = [Word("房屋租赁合同", Box(0.3, 0.1, 0.7, 0.13))]
    kind = page_to_kind(page_to_inks(blank()), (), words, LAYOUT, ScriptedEngine())
    assert (kind.role, kind.material) == (Role.MATERIAL, 5)


def test_unknown_pages_are_other_and_nothing_is_guessed():
    page = blank()
    cv2.putText(page, "HELLO", (200, 200), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 4)
    kind = page_to_kind(page_to_inks(page), (), (), LAYOUT, ScriptedEngine(lambda _: "通知"))
    assert (kind.role, kind.material) == (Role.OTHER, None)


def test_materials_are_listed_in_the_calls_order_with_their_pages():
    pages = [
        PageSummary(1, Role.MATERIAL, 5),
        PageSummary(2, Role.FORM, 1),
        PageSummary(3, Role.FORM_CONTINUATION, 1),
        PageSummary(4, Role.BLANK),
    ]
    assert [(m.number, m.pages) for m in pages_to_materials(pages, LAYOUT)] == [(1, (2, 3)), (5, (1,))]
