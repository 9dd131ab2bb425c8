"""Rows of the occupations' table: over page breaks, cut by creases, and what is none."""

import pytest

from tests.extractors.matched import match, names, text
from tests.extractors.paper import FORM_ROWS, TAIL_ROWS


def test_rows_go_on_over_a_page_without_header():
    more = [["3", "车工", "6-18-01-01", "否", "2011年", "800", "三级"]]
    form, taken = match(FORM_ROWS, more + TAIL_ROWS)
    assert taken == [True, True]
    assert names(form) == ["电工", "育婴员", "车工"]


def test_a_row_cut_by_the_page_break_is_one_row():
    first = [*FORM_ROWS[:11], ["2", "信息通信网络", "4-04-04-01", "否", "2009年", "600", "四级至"]]
    form, _ = match(first, [["", "运行管理员", "", "", "", "", "二级"], *TAIL_ROWS])
    assert names(form) == ["电工", "信息通信网络运行管理员"]
    assert text(form.rows[1][6]) == "四级至二级"


@pytest.mark.parametrize(
    ("upper", "rows"),
    [
        (["", "发酵工程制", "6-12-05-", "", "2005年3", "", "四、三、"], ["电工", "发酵工程制药工"]),
        (["4", "发酵工程制", "6-12-05-", "", "2005年3", "", "四、三、"], ["电工", "发酵工程制", "药工"]),
        (["", "车工", "", "否", "2005年3", "", "四、三、"], ["电工", "车工", "药工"]),
    ],
)
def test_halves_of_a_code_show_that_a_crease_was_taken_for_a_rule(upper, rows):
    form, _ = match([*FORM_ROWS[:11], upper, ["5", "药工", "02", "无", "月", "4252", "二、一级"]])
    assert names(form) == rows


@pytest.mark.parametrize(
    "row",
    [
        ["", "车工", "6I8-O1-a", "否", "2011年", "800", "三级"],
        ["", "车工", "", "是", "2011年", "800", "三级"],
        ["", "车工", "618-01-0a", "", "2011年", "800", "三级"],
    ],
)
def test_a_row_without_a_number_on_top_of_a_page_is_a_row_of_its_own(row):
    form, _ = match(FORM_ROWS[:12], [row, *TAIL_ROWS])
    assert names(form) == ["电工", "育婴员", "车工"]


def test_a_page_may_hold_no_more_than_the_rest_of_a_row():
    first = [*FORM_ROWS[:11], ["2", "电工", "6-31-01-03", "否", "2009年", "600", "中级、高级、高级技"]]
    third = [["3", "车工", "6-18-01-01", "否", "2011年", "800", "三级"], *TAIL_ROWS]
    form, taken = match(first, [["", "", "", "", "", "", "师"]], third)
    assert taken == [True, True, True]
    assert names(form) == ["电工", "电工", "车工"]
    assert text(form.rows[1][6]) == "中级、高级、高级技师"


def test_rows_with_codes_go_on_behind_other_papers_in_the_same_columns_only():
    more = [["3", "车工", "6-18-01-01", "否", "2011年", "800", "三级"]]
    form, taken = match(FORM_ROWS, [["租赁合同", "甲方"]], more)
    assert taken == [True, False, True]
    assert names(form) == ["电工", "育婴员", "车工"]
    others = [["3", "车工", "6-18-01-01", "张三", "高级技师", "考评员", "三级", "长期"]]
    assert match(FORM_ROWS, [["租赁合同", "甲方"]], others)[1] == [True, False, False]


def test_the_rest_of_a_row_stands_below_a_repeated_header():
    cut = ["1", "电工", "6-31-01-03", "否", "2012年5月", "12500", "初级、中级、高"]
    rest = ["", "", "", "", "", "", "级、技师"]
    form, _ = match([*FORM_ROWS[:10], cut], [*FORM_ROWS[8:10], rest])
    (row,) = form.rows
    assert [text(pieces) for pieces in row][-1] == "初级、中级、高级、技师"


@pytest.mark.parametrize(
    ("row", "entries"),
    [
        (["..", "", "", "", "", "一", "·"], 2),
        (["", "", "●", "", "4", "", ""], 2),
        (["", "", ".", "", "", "", "12"], 2),
        (["", "", "", "", "2012", "", ""], 3),
        (["", "车", "", "", "", "", ""], 3),
    ],
)
def test_specks_and_blots_in_a_row_are_no_entry(row, entries):
    assert len(match([*FORM_ROWS, row, *TAIL_ROWS])[0].rows) == entries
