from __future__ import annotations

import re

import pytest

from extractors.form.reasons import REASONS, sentence


@pytest.mark.parametrize("code", sorted(REASONS))
def test_a_doubt_has_a_stable_code_and_one_chinese_sentence(code: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    text = REASONS[code]
    assert text.endswith("。")
    assert text.count("。") == 1
    assert re.search(r"[\u4e00-\u9fff]{4}", text)


def test_no_two_doubts_say_the_same() -> None:
    assert len(set(REASONS.values())) == len(REASONS)


def test_an_unknown_doubt_still_asks_to_look() -> None:
    assert sentence("never_heard_of").endswith("。")
    assert sentence("no_tick") == REASONS["no_tick"]
