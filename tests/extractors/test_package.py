import cv2
import pytest

from extractors.form.geometry import Box
from extractors.form.layout import default_layout
from extractors.form.reading import PageSummary, Role
from extractors.ink import page_to_inks
from extractors.kept import PageKind
from extractors.matching import FormMatcher
from extractors.package import Package, pages_to_materials, title_to_material, words_to_material
from extractors.pages import Word
from tests.extractors.paper import ScriptedEngine, blank, table_of

LAYOUT = default_layout()
OTHER, BLANK = PageKind(Role.OTHER), PageKind(Role.BLANK)
NUMBER_OF_PAPER = {
    "审计报告": 5,
    "2018年度财务审计报告": 5,
    "房屋租赁合同": 5,
    "固定资产清单": 5,
    "职业技能等级认定试点工作实施方案": 3,
    "职业技能等级认定质量管控措施": 3,
    "拟认定职业（工种）目录": 2,
    "认定职业（工种）目录及历史鉴定情况": 2,
    "历年培训鉴定人数统计表": 2,
    "专家等专业技术人员名册": 4,
    "考评员、质量督导员名单": 4,
    "职业资格证书": 4,
    "诚信承诺书": 6,
    "企业信用报告": 6,
}


ENCLOSED = [
    "社会培训评价组织基本情况表",
    "职业（工种）目录",
    "实施方案",
    "专家名单",
    "房屋租赁合同",
    "诚信承诺书",
]


def line(text, y, x0=0.12, size=0.014):
    """A line of a text layer: as wide as its characters, each a square on A4 paper."""
    return Word(text, Box(x0, y, x0 + 1.41 * size * len(text), y + size))


def title(text, y=0.08):
    width = 1.41 * 0.022 * len(text)
    return line(text, y, 0.5 - width / 2, 0.022)


def full_page(*first, lines=24):
    """A page written on down to its foot."""
    body = [
        line("为规范开展工作，本单位按照要求组织人员认真学习文件，落实到岗，逐条对照检查", 0.15 + 0.032 * k)
        for k in range(lines)
    ]
    return [*first, *body]


def package():
    return Package(LAYOUT, ScriptedEngine())


def judge(words, tables=(), judging=None):
    return (judging or package()).judge(page_to_inks(blank()), tables, words)


# -- titles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "number"), NUMBER_OF_PAPER.items())
def test_a_title_tells_the_material(text, number):
    assert judge(full_page(title(text))) == PageKind(Role.MATERIAL, number)


@pytest.mark.parametrize("spaced", ["审 计 报 告", "实 施 方 案"])
def test_a_spaced_title_is_the_same_title(spaced):
    assert judge(full_page(title(spaced))) == judge(full_page(title(spaced.replace(" ", ""))))


def test_a_title_over_two_lines_is_one():
    words = full_page(title("湖南某某学校职业技能等级认定试点工作实", 0.06), title("施方案", 0.09))
    assert judge(words) == PageKind(Role.MATERIAL, 3)


def test_the_end_of_a_title_decides():
    assert title_to_material("专家考评工作实施方案", LAYOUT.materials) == 3
    assert title_to_material("实施方案专家名单", LAYOUT.materials) == 4


def test_a_long_word_may_be_misread_in_one_letter():
    assert title_to_material("资产负责表", LAYOUT.materials) == 5
    assert title_to_material("负责资产表", LAYOUT.materials) is None


@pytest.mark.parametrize(
    "text",
    [
        "关于报送社会培训评价组织申报材料的报告",
        "关于申报社会培训评价组织的请示",
        "关于报送《社会培训评价组织基本情况表》的函",
        "关于报送实施方案和审计报告的函",
        "申报函",
        "关于在全省征集社会培训评价组织的通知",
        "材料目录",
        "营业执照",
        "湖南某某职业技能培训学校简介",
    ],
)
def test_letters_and_foreign_papers_are_no_material(text):
    enclosed = [line(f"{k}、{name}", 0.2 + 0.03 * k) for k, name in enumerate(ENCLOSED)]
    assert judge([title(text), *enclosed]).role is Role.OTHER
    assert judge(full_page(title(text))).role is Role.OTHER


def test_a_note_of_what_somebody_said_of_a_material_is_not_that_material():
    said = line("来电说：材料 5 的租赁协议、审计报告随后寄到，出租方已盖章，建筑面积已更正。", 0.24)
    assert judge([title("电话记录"), said]) == OTHER
    assert judge([title("租赁协议"), said]).material == 5


def test_a_letter_is_known_by_whom_it_addresses():
    words = [
        line("湖南省人力资源和社会保障厅：", 0.1),
        line("随函报送诚信承诺书、信用报告，真实准确，请审核。", 0.14),
    ]
    assert judge(words) == OTHER


def test_whom_later_lines_address_does_not_make_a_letter():
    judging = package()
    judge(full_page(title("实施方案")), judging=judging)
    assert (
        judge(
            full_page(*(line(text, 0.02 * k) for k, text in enumerate("一二三")), line("市考评中心：", 0.1)),
            judging=judging,
        ).material
        == 3
    )


def test_words_in_running_text_are_no_title():
    words = full_page(
        title("诚信承诺书"), line("严格执行国家职业技能标准和实施方案，接受审计报告所述意见", 0.12)
    )
    assert judge(words) == PageKind(Role.MATERIAL, 6)
    assert judge([line("我方已阅知房屋租赁合同附件之外各条各款", 0.1)]) == OTHER


def test_a_title_inside_the_table_counts():
    table = table_of([["固定资产清单"], ["序号", "名称", "数量"], ["1", "焊机", "3"]])
    assert judge([line("1", 0.9)], [table]) == PageKind(Role.MATERIAL, 5)


# -- the words below -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "number"),
    [
        (["序号", "姓名", "性别", "工作单位", "职称", "证书编号"], 4),
        (["序号", "设备名称", "规格型号", "数量", "单价（元）", "存放地点"], 5),
        (["年度", "培训人数", "鉴定人数", "合格人数", "合格率"], 2),
        (["序号", "内容", "备注"], None),
    ],
)
def test_a_list_without_a_title_is_told_by_its_header(header, number):
    table = table_of([header, ["1"] * len(header)])
    role = Role.OTHER if number is None else Role.MATERIAL
    assert judge([line("1", 0.9)], [table]) == PageKind(role, number)


def test_one_word_or_a_tie_decides_nothing():
    assert words_to_material(["出租方"], LAYOUT.materials) is None
    assert words_to_material(["出租方承租方", "郑重承诺法律责任"], LAYOUT.materials) is None
    assert words_to_material(["出租方承租方租金", "郑重承诺"], LAYOUT.materials) == 5
    assert words_to_material([], LAYOUT.materials) is None


# -- pages that go on ------------------------------------------------------------------------------


def test_running_text_goes_on_with_the_material_before_it():
    judging = package()
    assert judge(full_page(title("职业技能等级认定试点工作实施方案")), judging=judging).material == 3
    assert judge(full_page(line("三、认定范围", 0.08)), judging=judging) == PageKind(Role.MATERIAL, 3)
    signed = [line("某某学校（盖章）", 0.08, 0.6), line("2020年4月1日", 0.12, 0.65)]
    assert judge(signed, judging=judging) == PageKind(Role.MATERIAL, 3)
    assert judge(full_page(), judging=judging) == OTHER, "the page before ended long before its foot"


def test_a_line_that_dirt_makes_higher_is_no_title():
    judging = package()
    judge(full_page(title("实施方案")), judging=judging)
    dirty = line("无违法违规和失信记录，设备总值九百万元，近五年累计培训", 0.31, size=0.018)
    assert judge([*full_page(lines=5), dirty], judging=judging).material == 3


def test_a_blank_back_between_does_not_part_a_paper():
    judging = package()
    judge(full_page(title("房屋租赁合同")), judging=judging)
    assert judging.judge(page_to_inks(blank()), ()) == BLANK
    assert judge(full_page(), judging=judging) == PageKind(Role.MATERIAL, 5)


def test_a_page_with_a_title_of_its_own_begins_something_else():
    judging = package()
    judge(full_page(title("房屋租赁合同")), judging=judging)
    assert judge(full_page(title("营业执照")), judging=judging) == OTHER


def test_what_stands_behind_the_form_or_a_letter_is_not_guessed():
    judging = package()
    judging.take_form()
    assert judge(full_page(), judging=judging) == OTHER
    judge(full_page(title("关于申报社会培训评价组织的请示")), judging=judging)
    assert judge(full_page(), judging=judging) == OTHER


@pytest.mark.parametrize(("columns", "goes_on"), [(5, True), (4, False)])
def test_a_table_goes_on_in_the_same_columns(columns, goes_on):
    judging = package()
    rows = [["固定资产清单"], ["序号", "品名", "型号", "数目", "地点"]] + [
        ["1", "焊机", "A7", "3", "甲"]
    ] * 30
    assert judge([line("1", 0.97, 0.5)], [table_of(rows)], judging).material == 5
    following = judge([line("2", 0.97, 0.5)], [table_of([["9号"] * columns] * 5)], judging)
    assert following == (PageKind(Role.MATERIAL, 5) if goes_on else OTHER)


def test_a_frame_around_the_text_is_no_table():
    judging = package()
    judge(full_page(title("实施方案")), judging=judging)
    signed = [line("某某学校（盖章）", 0.3, 0.6), line("2020年4月1日", 0.34, 0.65)]
    assert judge(signed, [table_of([["某某学校（盖章）"]] * 15)], judging) == PageKind(Role.MATERIAL, 3)


def test_what_follows_a_table_is_not_the_pages_title():
    judging = package()
    rows = [["固定资产清单"], ["序号", "品名"]] + [["1", "焊机"]] * 32
    assert judge([line("1", 0.98, 0.5)], [table_of(rows)], judging).material == 5
    words = [title("历年培训鉴定人数统计表", 0.6)]
    assert judge(words, [table_of([["9号", "课桌"]] * 5)], judging) == PageKind(Role.MATERIAL, 5)


def test_a_signed_table_does_not_go_on():
    judging = package()
    rows = [["固定资产清单"], ["序号", "品名"]] + [["1", "焊机"]] * 26
    assert judge([line("某某学校（盖章）", 0.9, 0.6)], [table_of(rows)], judging).material == 5
    assert judge([line("2", 0.97, 0.5)], [table_of([["9号", "课桌"]] * 5)], judging) == OTHER


# -- the form's own pages --------------------------------------------------------------------------


def test_a_form_whose_table_was_not_found_is_told_by_its_title_and_doubted():
    kind = judge(full_page(title("社会培训评价组织基本情况表")))
    assert kind == PageKind(Role.FORM, 1, ("form_unread",))


def test_later_sections_without_a_table_are_doubted_as_well():
    judging = package()
    heading = LAYOUT.sections[-1].texts[0]
    assert judge([line("四、诚信承诺", 0.1)], judging=judging).role is Role.OTHER, "no form came before"
    assert judge([line(heading, 0.1)]).role is Role.FORM_CONTINUATION, "pages may be out of order"
    judging.take_form()
    assert judge([line(heading, 0.1)], judging=judging) == PageKind(
        Role.FORM_CONTINUATION, 1, ("form_unread",)
    )
    assert judge([line(LAYOUT.note, 0.1)], judging=judging).role is Role.FORM_CONTINUATION
    assert (
        judge([line("1", 0.9)], [table_of([["四、诚信承诺\n我单位郑重承诺"]])], judging).role
        is Role.FORM_CONTINUATION
    )
    assert judge(full_page(line("五、质量管控措施", 0.1)), judging=judging).role is Role.OTHER
    assert judge(full_page(title("诚信承诺")), judging=judging) == PageKind(Role.MATERIAL, 6)


@pytest.mark.parametrize(
    "header",
    [
        ["", "序号", "职业（工种）名称", "职业编码", "评价等级", "执行", "准"],
        ["序号", "职业（工种）名称", "职业编码", "评价等级", "执行标准"],
        ["序号", "职业（工种）名称", "职业编码", "标准", "考评员", "评价等级", "备注"],
    ],
)
def test_another_list_of_occupations_is_not_the_forms(header):
    rows = [header, ["1", "茶艺师", "4-03-02-07", "四级", "三级", "", ""][: len(header)]]
    assert not FormMatcher(LAYOUT).take(table_of(rows))


def test_nothing_goes_on_over_a_page_that_cannot_be_read():
    judging = package()
    judge(full_page(title("房屋租赁合同")), judging=judging)
    unread = blank()
    for y in range(100, 1300, 40):
        cv2.putText(unread, "WORDS WITHOUT SENSE", (200, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 3)
    assert judging.judge(page_to_inks(unread), ()).warnings == ("page_unread",)
    assert judge(full_page(), judging=judging) == OTHER


def test_materials_are_listed_in_the_calls_order_with_their_pages():
    pages = [
        PageSummary(1, Role.MATERIAL, 5),
        PageSummary(2, Role.FORM, 1),
        PageSummary(3, Role.FORM_CONTINUATION, 1),
        PageSummary(4, Role.BLANK),
    ]
    assert [(m.number, m.pages) for m in pages_to_materials(pages, LAYOUT)] == [(1, (2, 3)), (5, (1,))]
