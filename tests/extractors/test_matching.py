import copy
from dataclasses import replace

import pytest

from extractors.authority import authority_parts
from extractors.form.layout import default_layout
from extractors.labelled import without_heading
from extractors.matching import KEPT_MARGIN, FormMatcher
from tests.extractors.matched import match, names, text
from tests.extractors.paper import FORM_ROWS, TAIL_ROWS, ScriptedEngine, table_of


def test_fields_rows_and_sections_are_found_on_one_page():
    form, taken = match(FORM_ROWS + TAIL_ROWS)
    assert taken == [True]
    assert text(form.fields["org_name"]) == "湖南星辰职业培训学校"
    assert text(form.fields["email"]) == "a@qq.com"
    assert names(form) == ["电工", "育婴员"]
    body = without_heading(form.sections["strengths"], default_layout().section("strengths"))
    assert text(body) == "本校有教师三十人。设备齐全。"
    section = without_heading(form.sections["authority"], default_layout().section("authority"))
    opinion, day = authority_parts(section, (), ScriptedEngine())
    assert (text(opinion), text(day)) == ("同意申报。", "2020年4月6日")


def test_of_a_page_without_marks_the_picture_goes_but_for_its_right_margin():
    first, last = table_of(FORM_ROWS), table_of(TAIL_ROWS, page=2)
    matcher = FormMatcher(default_layout())
    assert matcher.take(first)
    assert matcher.take(last)
    form = matcher.finish()
    pieces = [p for group in (*form.fields.values(), *(c for row in form.rows for c in row)) for p in group]
    wide = first.page.rgb.shape[1]
    for page in (piece.table.page for piece in pieces):
        kept = page.rgb.shape[1]
        assert (page.number, page.left_px, kept) == (1, wide - kept, round(KEPT_MARGIN * first.grid.width))
        assert page.rgb.base is None
    stamped = form.sections["commitment"] + form.sections["authority"]
    assert all(piece.table.page.rgb is last.page.rgb for piece in stamped)


def test_labels_with_inner_spaces_and_misread_signs_are_still_labels():
    rows = copy.deepcopy(FORM_ROWS)
    rows[1][0], rows[5][0], rows[3][0] = "名  称", "法 定 代 表 入", "注册登记机枸"
    form, _ = match(rows)
    assert text(form.fields["legal_representative"]) == "张三"
    assert text(form.fields["registration_authority"]) == "长沙市民政局"


def test_an_unreadable_label_is_known_by_its_neighbours():
    rows = copy.deepcopy(FORM_ROWS)
    rows[4][0] = "##"
    form, _ = match(rows)
    assert text(form.fields["uscc"]) == "52430100MJJ0000000"


def test_a_heading_that_writing_covers_is_known_by_its_number():
    tail = copy.deepcopy(TAIL_ROWS)
    tail[2] = ["五有意推荐情看省厅审定"]
    form, _ = match(FORM_ROWS + tail)
    assert text(form.sections["authority"]) == "五有意推荐情看省厅审定"


def test_a_statement_that_goes_on_with_a_number_stays_whole():
    form, _ = match([*FORM_ROWS, TAIL_ROWS[0]], [["四川与湖南各有一处场地。"], *TAIL_ROWS[1:]])
    assert text(form.sections["strengths"]).endswith("四川与湖南各有一处场地。")


def test_rows_with_codes_that_do_not_fit_are_told():
    row = ["电工", "6-31-01-03", "否", "2012年5月", "12500", "五级"]
    matcher = FormMatcher(default_layout())
    assert matcher.take(table_of(FORM_ROWS[:11]))
    other = replace(table_of([row, row], page=2), grid=replace(table_of([row]).grid, width=700))
    assert not matcher.take(other)
    assert matcher.may_miss(other)
    assert not matcher.may_miss(replace(other, rows=other.rows[:1]))
    assert not FormMatcher(default_layout()).may_miss(other)


def test_a_repeated_header_is_no_row():
    form, _ = match(
        FORM_ROWS, [FORM_ROWS[9], ["3", "车工", "6-18-01-01", "否", "2011年", "800", "三级"], *TAIL_ROWS]
    )
    assert names(form) == ["电工", "育婴员", "车工"]


def test_a_statement_runs_over_pages():
    long = [["三、人员场地、设备设施以及组织优势、专业优势等情况\n第一段。"]]
    form, taken = match(FORM_ROWS + long, [["第二段。"], *TAIL_ROWS[1:]])
    assert taken == [True, True]
    body = without_heading(form.sections["strengths"], default_layout().section("strengths"))
    assert text(body) == "第一段。第二段。"


def test_a_heading_cut_by_the_page_break_is_no_part_of_the_body():
    upper, lower = TAIL_ROWS[0][0].split("\n", 1)
    form, _ = match([*FORM_ROWS, [upper]], [[lower], *TAIL_ROWS[1:]])
    body = without_heading(form.sections["strengths"], default_layout().section("strengths"))
    assert text(body) == "本校有教师三十人。设备齐全。"


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["序号", "姓名", "职称", "专业", "电话", "单位", "备注"],
            ["1", "王五", "高级工", "电工", "1", "甲", ""],
        ],
        [["项目", "金额"], ["流动资产", "100"], ["负债合计", "50"]],
        [
            ["序号", "职业（工种）名称", "职业编码", "评价等级范围", "执行标准"],
            ["1", "公路养护工", "6-29-02-04", "四级", "国家职业技能标准"],
            ["2016年", "5515", "3915", "3562", "91.0%"],
        ],
    ],
)
def test_other_tables_are_never_taken_for_the_form(rows):
    form, taken = match(rows)
    assert taken == [False]
    assert form.fields == {}
    assert form.rows == ()
    form, taken = match(FORM_ROWS + TAIL_ROWS, rows)
    assert taken == [True, False]
    assert names(form) == ["电工", "育婴员"]


def test_the_form_may_begin_on_a_later_page():
    form, taken = match([["租赁合同", "甲方"]], FORM_ROWS, TAIL_ROWS, numbers=[1, 4, 5])
    assert taken == [False, True, True]
    assert form.pages == (4, 5)


def test_the_form_goes_on_behind_blank_backs_but_not_behind_other_pages():
    for backs, taken in (((2,), True), ((), False)):
        matcher = FormMatcher(default_layout())
        matcher.take(table_of([*FORM_ROWS, *TAIL_ROWS[:2]], page=1))
        for back in backs:
            matcher.pass_blank(back)
        assert matcher.take(table_of(TAIL_ROWS[2:], page=3)) is taken


def test_a_printed_number_in_a_joined_cell_is_no_row():
    rows = copy.deepcopy(FORM_ROWS)
    rows[-2] = ["3", "", "", "", "", ""]
    form, _ = match(rows)
    assert names(form) == ["电工", "育婴员"]


FAX_ROWS = [
    ["【本不信息"],
    ["名称", "衡阳市高级技工学校"],
    ["地l", "衡阳市蒸湘区601号"],
    ["卡册Vu!机构", "衡阳市民政局", "机构性质", "企业民办非企业单位"],
    ["统ì2信川代的", "52430100MJJ0000000"],
    ["法定位校人", "祝桂志", "注册智立", "80万"],
    ["联系人", "徐瑾柏", "职沃", "总经理助理"],
    ["联乐电话", "18828286377", "电帖箱", "a@qq.com"],
    ["拟于候业技m:季赞亡价的职业（汇种情记"],
    ["序号", "职、1*名E", "4护编6?", "小新职b", "P0YH配509", "U增i車中倍人数、人", "计伯等级范洲"],
    ["1", "电工", "6-31-01-03", "否", "2012年5月", "12500", "五级"],
    ["2", "育婴员", "4-10-01-02", "否", "2013年", "9000", "五级"],
    ["人门场地泛备变编i从-优势5业说价3门家F段保料E牧学大钢散材等编制等情况本校有教师三十人"],
]


def test_print_that_is_hardly_readable_is_known_by_its_places():
    form, taken = match(FAX_ROWS)
    assert taken == [True]
    assert text(form.fields["legal_representative"]) == "祝桂志"
    assert text(form.fields["contact_position"]) == "总经理助理"
    assert names(form) == ["电工", "育婴员"]
    assert "本校有教师" in text(form.sections["strengths"])


def test_labels_that_can_be_read_are_not_moved_by_a_crease_that_cuts_a_row():
    """Four cells where the form has two make the places of all labels below count as those of one above."""
    rows = [list(row) for row in FORM_ROWS]
    rows[4] += ["", ""]
    form, _ = match(rows)
    assert text(form.fields["org_name"]) == "湖南星辰职业培训学校"
    assert text(form.fields["address"]) == "长沙市岳麓区麓山路1号"
    assert text(form.fields["registration_authority"]) == "长沙市民政局"


def test_an_unreadable_header_over_codes_is_the_forms():
    form, taken = match(FAX_ROWS[9:])
    assert taken == [True]
    assert names(form) == ["电工", "育婴员"]


def test_a_remark_behind_the_table_is_no_statement():
    form, _ = match([*FORM_ROWS, ["以上职业均已开展"], *TAIL_ROWS])
    assert "以上" not in text(form.sections["strengths"])


def test_a_row_whose_rule_under_the_header_was_not_seen_is_found_and_doubted():
    joined = [
        "序号\n1", "职业（工种）\n名称\n电工", "职业编码", "是否\n新职业\n否", "培训评价起始日期\n2012年5月",
        "已培训评价人数\n（人）\n12500", "评价等级范围\n五级至\n三级",
    ]  # fmt: skip
    form, _ = match([*FORM_ROWS[:9], joined, *FORM_ROWS[11:], *TAIL_ROWS])
    assert names(form) == ["电工", "育婴员"]
    assert [text(cell) for cell in form.rows[0]] == [
        "1",
        "电工",
        "",
        "否",
        "2012年5月",
        "12500",
        "五级至三级",
    ]
    assert form.rows[0][2] == ()


def test_a_header_of_many_lines_is_a_header_alone():
    header = ["序\n号", "职业（工种）\n名称", "职业\n编码", "是否\n新职\n业", "培训评价\n起始日期",
              "已培训评\n价人数\n（人）", "评价等级\n范围"]  # fmt: skip
    form, _ = match([*FORM_ROWS[:9], header, *FORM_ROWS[10:], *TAIL_ROWS])
    assert names(form) == ["电工", "育婴员"]


def test_a_cell_on_its_own_belongs_to_the_row_above_that_lacks_it():
    joined = [
        "序号\n1", "职业（工种）名称\n电工", "职业编码", "是否新职业\n否", "培训评价起始日期\n2012年5月",
        "已培训评价人数\n（人）\n12500", "评价等级范围\n五级",
    ]  # fmt: skip
    table = table_of([*FORM_ROWS[:9], joined, ["6-31-01-03"], *FORM_ROWS[11:], *TAIL_ROWS])
    alone, code = table.rows[10][0], table.rows[9][2].cell
    cell = replace(alone, cell=replace(alone.cell, x0=code.x0, x1=code.x1))
    matcher = FormMatcher(default_layout())
    assert matcher.take(replace(table, rows=(*table.rows[:10], (cell,), *table.rows[11:])))
    form = matcher.finish()
    assert [text(row[2]) for row in form.rows] == ["6-31-01-03", "4-10-01-02"]
