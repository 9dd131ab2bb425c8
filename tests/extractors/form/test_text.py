from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form.characters import SIMPLIFIED, to_simplified
from extractors.form.text import distance, fold, look_alike, normal_label, similarity, squeeze
from tests.extractors.form.makers import quick

SHORT = st.text("abc甲乙-1", max_size=7)


def slow_distance(a: str, b: str) -> int:
    """The textbook's recursion."""
    if not a or not b:
        return len(a) + len(b)
    return min(
        slow_distance(a[1:], b[1:]) + (a[0] != b[0]), slow_distance(a[1:], b) + 1, slow_distance(a, b[1:]) + 1
    )


@quick
@given(st.text("ab甲", max_size=5), st.text("ab甲", max_size=5))
def test_distance_is_the_textbooks(a: str, b: str) -> None:
    assert distance(a, b) == slow_distance(a, b)


@quick
@given(SHORT, SHORT, st.integers(0, 4))
def test_a_limit_only_cuts_off(a: str, b: str, limit: int) -> None:
    assert distance(a, b, limit) == min(distance(a, b), limit + 1)


@quick
@given(SHORT, SHORT)
def test_similarity_is_symmetric_and_one_only_for_equal_texts(a: str, b: str) -> None:
    assert similarity(a, b) == similarity(b, a)
    assert (similarity(a, b) == 1.0) == (a == b)
    assert 0.0 <= similarity(a, b) <= 1.0


@quick
@given(st.text(max_size=20))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert squeeze(squeeze(text)) == squeeze(text)


@quick
@given(st.text(max_size=20))
def test_look_alike_is_stable(text: str) -> None:
    assert look_alike(look_alike(text)) == look_alike(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("单位名称（公章）：", "单位名称(公章):"),
        ("名 称", "名称"),
        ("已培训评价人数（人）", "已培训评价人数\n(人)"),
        ("E-mail", "email"),
        ("註冊資金", "注册资金"),
        ("職業（エ種）名稱", "职业（工种）名称"),
    ],
)
def test_labels_compare_by_their_letters(one: str, other: str) -> None:
    assert normal_label(one) == normal_label(other)


def test_labels_that_differ_stay_apart() -> None:
    assert normal_label("法定代表人（签字）") != normal_label("法定代表人")


def test_look_alikes_share_a_class() -> None:
    assert look_alike("0O〇1lI|—一") == look_alike("O0o|1lI-－")
    assert look_alike("2") != look_alike("3")


def test_names_in_traditional_characters_become_simplified() -> None:
    assert to_simplified("許峯濤 賀劉") == "许峰涛 贺刘"


def test_the_table_leads_to_simplified_forms_in_one_step() -> None:
    """No chain: what is simplified is not itself replaced."""
    assert len(SIMPLIFIED) > 800
    assert not set(SIMPLIFIED.values()) & set(SIMPLIFIED)
