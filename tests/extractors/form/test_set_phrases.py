"""Set phrases are put right where a look-alike stands, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form.set_phrases import PHRASES, has_set_phrases, with_set_phrases


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("湖南信远教盲科技有限公司", "湖南信远教育科技有限公司"),
        ("长沙明飞文他传播有限责任公司", "长沙明飞文化传播有限责任公司"),
        ("中方县文他北路113号中创大夏505室", "中方县文化北路113号中创大厦505室"),
    ],
)
def test_a_look_alike_in_a_set_phrase_is_put_right(read, meant):
    assert with_set_phrases(read) == meant
    assert not has_set_phrases(read)


@pytest.mark.parametrize(
    "text", ["长沙市文明路1号", "文昌路", "湖南教育服务有限公司", "他乡文化馆", "职工之家"]
)
def test_another_name_is_left_alone(text):
    assert has_set_phrases(text)
    assert with_set_phrases(text) == text


@given(st.lists(st.sampled_from(PHRASES), max_size=5).map("".join))
def test_what_is_right_stays(text):
    assert with_set_phrases(text) == text
