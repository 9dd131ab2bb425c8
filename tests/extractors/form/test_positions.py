import pytest

from extractors.form.positions import is_position


@pytest.mark.parametrize(
    "text",
    [
        "主任", "副校长", "培训部主任", "教务处副处长", "总经理助理", "鉴定站站长", "人力资源部经理", "办公室主任",
        "董事长、总经理", "常务副会长", "校长兼书记", "综合管理部主管", "秘书长", "质量督导部副部长", "招生就业办公室主任",
    ],
)  # fmt: skip
def test_usual_posts_need_no_second_look(text):
    assert is_position(text)


@pytest.mark.parametrize(
    "text",
    ["培训业部主任", "大会长", "主", "部", "培训部主任主", "主仕", "13800000000", "总经理肋理", "、", ""],
)
def test_what_is_no_post_needs_one(text):
    assert not is_position(text)
