from dataclasses import replace

import numpy as np
import pytest

from extractors.faint_print import with_print_read
from extractors.form.layout import default_layout
from extractors.matching import FormMatcher
from tests.extractors.matched import names, text
from tests.extractors.paper import FORM_ROWS, ScriptedEngine, table_of

FADED = {
    "一、基本信息": "張本信息", "名称": "名称", "地址": "bû", "注册登记机构": "清世9i棋", "机构性质": "1件4",
    "统一社会信用代码": "统社六1代", "法定代表人": "1定k人", "注册资金": "1mGir", "联系人": "耶东人", "职务": "单!y",
    "联系电话": "电计", "电子邮箱": "邮ì", "二、拟开展职业技能等级评价的职业（工种）情况": "拟月转期北拉进",
    "序号": "疗号", "职业（工种）名称": "神Yfr", "职业编码": "推r", "是否新职业": "是古单!",
    "培训评价起始日期": "培e6i1110", "已培训评价人数（人）": "培价人", "评价等级范围": "é日",
}  # fmt: skip
"""What a quick reader made of the form's print on a fax of which hardly a level stroke was left."""


def faded_table(*, sure=0.45):
    """A scanned table of which the quick reader saw little, and an exact reader that knows every cell."""
    table = table_of(FORM_ROWS, digital=False)
    known: list[str] = []

    def faded(cell):
        lines, texts = [], []
        for line, said in zip(cell.lines, cell.texts, strict=True):
            picture = np.full((9, 10), len(known), np.uint8)
            known.append(said.text)
            seen = FADED.get(said.text, said.text[::-1])
            lines.append(replace(line, picture=picture))
            texts.append(replace(said, text=seen, sure=(sure,) * len(seen)))
        return replace(cell, lines=tuple(lines), texts=tuple(texts))

    rows = tuple(tuple(faded(cell) for cell in row) for row in table.rows)
    return replace(table, rows=rows), ScriptedEngine(lambda picture: known[int(picture[0, 0])])


def test_print_that_a_fax_left_little_of_is_read_by_the_exact_reader():
    table, engine = faded_table()
    assert not FormMatcher(default_layout()).take(table)
    matcher = FormMatcher(default_layout())
    assert matcher.take(with_print_read(table, matcher.printed, engine))
    form = matcher.finish()
    assert form.headings == {"basic", "occupations"}
    assert text(form.fields["contact_position"]) == "任主"
    assert names(form)[-2:] == ["工电", "员婴育"]


def test_values_keep_the_quick_text_that_must_agree_with_the_exact_one():
    table, engine = faded_table()
    read = with_print_read(table, FormMatcher(default_layout()).printed, engine)
    for before, after in zip(table.rows[1:8], read.rows[1:8], strict=True):
        assert [cell.texts for cell in after[1::2]] == [cell.texts for cell in before[1::2]]
    assert read.rows[10:] == table.rows[10:]


@pytest.mark.parametrize("case", ["clear", "digital", "few rows"])
def test_nothing_is_read_twice_where_print_is_clear_or_no_form_can_be(case):
    table, engine = faded_table(sure=0.99 if case == "clear" else 0.45)
    if case == "digital":
        table = replace(table, digital=True)
    if case == "few rows":
        table = replace(table, rows=table.rows[:5])
    assert with_print_read(table, FormMatcher(default_layout()).printed, engine) is table
    assert engine.calls == 0
