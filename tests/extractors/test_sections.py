"""Sections whose rule was not seen are still told apart by their headings."""

import pytest

from extractors.authority import authority_parts
from extractors.form.layout import default_layout
from extractors.labelled import without_heading
from extractors.matching import FormMatcher
from tests.extractors.paper import FORM_ROWS, TAIL_ROWS, ScriptedEngine, table_of


def test_a_heading_inside_a_cell_starts_its_section():
    layout = default_layout()
    matcher = FormMatcher(layout)
    merged = ["\n".join(row[0] for row in TAIL_ROWS[1:])]
    assert matcher.take(table_of([*FORM_ROWS, TAIL_ROWS[0], merged]))
    form = matcher.finish()
    assert "authority" in form.headings
    assert "人力资源" not in "".join(p.text for p in form.sections["commitment"])
    opinion, day = authority_parts(
        without_heading(form.sections["authority"], layout.section("authority")), (), ScriptedEngine()
    )
    assert "".join(p.text for p in opinion) == "同意申报。"
    assert "".join(p.text for p in day) == "2020年4月6日"


@pytest.mark.parametrize("seen", ["2020年4月6日", "2020…49日", "年4月6", "2020.4.6"])
def test_a_date_that_is_read_in_part_is_still_the_dates(seen):
    layout = default_layout()
    matcher = FormMatcher(layout)
    matcher.take(
        table_of([*FORM_ROWS, *TAIL_ROWS[:2], [f"五、市（州）人力资源社会保障局意见：\n同意申报。\n{seen}"]])
    )
    section = without_heading(matcher.finish().sections["authority"], layout.section("authority"))
    opinion, day = authority_parts(section, (), ScriptedEngine())
    assert ["".join(p.text for p in part) for part in (opinion, day)] == ["同意申报。", seen]
