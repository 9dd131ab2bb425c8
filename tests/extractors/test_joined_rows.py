from dataclasses import replace

import pytest

from extractors.form.layout import default_layout
from extractors.matching import FormMatcher
from extractors.ocr.engine import LineText, Span
from tests.extractors.paper import FORM_ROWS, TAIL_ROWS, table_of

CENTRED = [
    [("2", 8), ("3", 28)],
    [("育婴", 3), ("员", 13), ("车工", 28)],
    [("4-10-01-02", 8), ("6-18-01-01", 28)],
    [("否", 8), ("否", 28)],
    [("2013年", 8), ("2011年", 28)],
    [("9000", 8), ("800", 28)],
    [("五级", 3), ("四级", 13), ("三级", 28)],
]
AT_THE_TOP = [
    [("2", 3), ("3", 23)],
    [("育婴", 3), ("员", 12), ("车工", 23)],
    [("4-10-01-02", 3), ("6-18-01-01", 23)],
    [("否", 3), ("否", 23)],
    [("2013年", 3), ("2011年", 23)],
    [("9000", 3), ("800", 23)],
    [("五级", 3), ("四级", 12), ("三级", 23)],
]


def with_lines(table, index, lines):
    """The table with the lines of one row's cells at the given heights below the row's top, seven pixels high."""
    row = []
    for cell, own in zip(table.rows[index], lines, strict=True):
        spans = [
            Span(cell.cell.x0, cell.cell.y0 + y, cell.cell.x0 + 60, cell.cell.y0 + y + 7) for _, y in own
        ]
        pictures = tuple(replace(table.rows[1][0].lines[0], span=span) for span in spans)
        row.append(replace(cell, lines=pictures, texts=tuple(LineText(t, 0.99, (0.99,)) for t, _ in own)))
    return replace(table, rows=(*table.rows[:index], tuple(row), *table.rows[index + 1 :]))


def form_of(index, lines):
    table = with_lines(table_of([*FORM_ROWS[:12], *TAIL_ROWS], digital=False), index, lines)
    matcher = FormMatcher(default_layout())
    assert matcher.take(table)
    return matcher.finish()


def texts(row):
    return ["".join(p.text for p in cell) for cell in row]


@pytest.mark.parametrize("lines", [CENTRED, AT_THE_TOP], ids=["centred", "at the top"])
def test_two_codes_in_one_cell_are_two_rows(lines):
    form = form_of(11, lines)
    assert [texts(row) for row in form.rows[1:]] == [
        ["2", "育婴员", "4-10-01-02", "否", "2013年", "9000", "五级四级"],
        ["3", "车工", "6-18-01-01", "否", "2011年", "800", "三级"],
    ]


def test_a_code_over_two_lines_is_one_row():
    lines = [*CENTRED[:2], [("4-10-01-", 8), ("02", 28)], *CENTRED[3:]]
    assert len(form_of(11, lines).rows) == 2


def test_rows_are_not_parted_through_a_line():
    lines = [*CENTRED[:6], [("五级", 3), ("四级", 15), ("三级", 21), ("二级", 28)]]
    assert len(form_of(11, lines).rows) == 2


def test_two_labels_in_one_cell_are_two_rows():
    lines = [[("法定代表人", 4), ("联系人", 26)], [("张三", 4), ("李四", 26)],
             [("注册资金", 4), ("职务", 26)], [("50万元", 4), ("主任", 26)]]  # fmt: skip
    table = with_lines(table_of([*FORM_ROWS[:6], *FORM_ROWS[7:12], *TAIL_ROWS], digital=False), 5, lines)
    matcher = FormMatcher(default_layout())
    assert matcher.take(table)
    fields = matcher.finish().fields
    found = {name: fields[name][0].text for name in ("legal_representative", "registered_capital")}
    assert found == {"legal_representative": "张三", "registered_capital": "50万元"}
    assert (fields["contact_person"][0].text, fields["contact_position"][0].text) == ("李四", "主任")
