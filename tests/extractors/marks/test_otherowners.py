"""When the ink of a seal's ring tells of another owner although much of it is lost."""

from __future__ import annotations

import pytest

from extractors.marks.otherowners import another_told
from extractors.marks.ringnames import judge_name
from extractors.marks.strips import Strip
from tests.extractors.marks.test_ringnames import strip

NAME = "永州市零陵区高级技工学校"
WORN = ("衡", "阳", "", "", "", "", "", "师", "学", "院")


def test_a_worn_seal_that_shows_another_city_twice_is_another_s() -> None:
    verdict = judge_name([strip(*WORN), strip(*WORN)], NAME)
    assert verdict.matches is False
    assert verdict.confidence == pytest.approx(0.97, abs=0.001)


def test_one_strip_alone_does_not_tell() -> None:
    assert another_told([strip(*WORN), strip("", *WORN[1:])], NAME) == 0.0


@pytest.mark.parametrize(
    ("ink", "name"),
    [
        (WORN, "湖南育才衡阳市技工学校"),
        (WORN, "衡南县职业培训中心"),
        (("衡", ("阳", 0.8), *WORN[2:]), NAME),
        (("衡", "", "", "阳", "师", "学", "院"), NAME),
        (("衡", "师", "学", "院"), NAME),
        (("衡", "阳", *NAME[3:]), NAME),
    ],
    ids=["the name has it", "it may be the name's", "unsure", "apart", "half", "the rest is the name"],
)
def test_a_city_that_is_not_clearly_another_does_not_tell(
    ink: tuple[str | tuple[str, float], ...], name: str
) -> None:
    strips: list[Strip] = [strip(*ink), strip(*ink)]
    assert another_told(strips, name) == 0.0


def test_no_ink_tells_nothing() -> None:
    assert another_told([], NAME) == 0.0
    assert another_told([strip("", ""), strip("衡")], NAME) == 0.0
