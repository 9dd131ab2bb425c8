"""Whether a ring's ink bears a name: the very name, clearly another, or doubt."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extractors.marks.namewords import name_to_tokens
from extractors.marks.ringnames import judge_name
from extractors.marks.strips import Strip, plain, plain_lattice, told_lattice
from extractors.ocr.lattice import Lattice

NAME = "长沙市新星职业培训学校"
CHARACTERS = st.sampled_from("长沙株洲湘潭衡阳职业技能培训学校有限公司协会院新星生")


def strip(*seen: tuple[str, float] | str, pitch: int = 4) -> Strip:
    """What a recogniser saw: one character with its probability each ``pitch`` steps, "" for nothing."""
    told = [(s, 0.97) if isinstance(s, str) else s for s in seen]
    symbols = ("", *dict.fromkeys(c for c, _ in told if c))
    logp = np.full((pitch * len(told), len(symbols)), -16.0, np.float32)
    logp[:, 0] = -0.01
    for i, (char, p) in enumerate(told):
        if char:
            logp[pitch * i + 1, symbols.index(char)] = np.log(p)
            logp[pitch * i + 1, 0] = np.log(1 - p)
    return Strip(Lattice(symbols, logp))


def changed(place: int, to: str, p: float = 0.97) -> list[tuple[str, float] | str]:
    return [*NAME[:place], (to, p), *NAME[place + 1 :]]


def test_the_very_name_matches() -> None:
    assert judge_name([strip(*NAME)], NAME).matches is True
    assert judge_name([Strip(told_lattice(NAME, [0.95] * len(NAME)))], NAME).matches is True


@pytest.mark.parametrize(
    "seen",
    [
        changed(4, "生"),
        changed(3, ""),
        changed(4, "星", 0.3),
        [*NAME[:3], *NAME[5:]],
        [*NAME[:4], "", *NAME[5:]],
    ],
    ids=["another character", "a lost one", "a faint one", "two fewer", "a gap"],
)
def test_each_character_of_its_own_must_be_seen(seen: list[tuple[str, float] | str]) -> None:
    strips = [strip(*seen), strip(*seen)]
    assert judge_name(strips, NAME).matches is None


def test_a_character_lost_on_one_strip_may_be_seen_on_another() -> None:
    assert judge_name([strip(*changed(3, ""))], NAME).matches is None
    assert judge_name([strip(*changed(3, "")), strip(*changed(5, ""))], NAME).matches is True


def test_strips_that_see_another_character_together_outweigh_one() -> None:
    strips = [strip(*changed(4, "星", 0.6)), strip(*changed(4, "生")), strip(*changed(4, "生"))]
    assert judge_name(strips, NAME).matches is None


def test_a_lost_character_of_a_usual_word_is_no_doubt_where_nothing_else_fits() -> None:
    strips = [strip(*changed(7, "")), strip(*changed(7, "川"))]
    assert judge_name(strips, NAME).matches is True


def test_another_character_that_all_strips_show_in_a_usual_word_is_a_doubt() -> None:
    assert judge_name([strip(*changed(7, "川")), strip(*changed(7, "川"))], NAME).matches is None


def glimpsed(name: str, place: int, other: str, p: float) -> Strip:
    """The name's strip with another character in a place, where its own has the probability ``p``."""
    seen = strip(*name, (name[place], p)).lattice
    step = 4 * place + 1
    symbols = (*seen.symbols, *(other if other not in seen.symbols else ""))
    logp = np.concatenate(
        [seen.logp, np.full((seen.steps, len(symbols) - len(seen.symbols)), -16.0, np.float32)], axis=1
    )
    logp[step, symbols.index(name[place])] = np.log(p)
    logp[step, symbols.index(other)] = np.log(0.99 - p)
    return Strip(Lattice(symbols, logp[: 4 * len(name)]))


@pytest.mark.parametrize(("own", "matches"), [(0.1, True), (0.01, None)])
def test_a_usual_word_is_worn_where_another_character_is_read_but_its_own_shows(
    own: float, matches: bool | None
) -> None:
    assert judge_name([glimpsed(NAME, 7, "川", own)] * 2, NAME).matches is matches


def test_a_glimpse_does_not_make_up_for_a_known_word_or_an_own_character() -> None:
    bureau = "邵阳市人力资源和社会保障局"
    assert judge_name([glimpsed(bureau, 0, "岳", 0.1)] * 2, bureau).matches is None
    assert judge_name([glimpsed(bureau, 0, "召", 0.1)] * 2, bureau).matches is True
    assert judge_name([glimpsed(NAME, 4, "生", 0.4)] * 2, NAME).matches is None


@pytest.mark.parametrize(("seen", "matches"), [(0.2, True), (0.002, None)])
def test_noise_does_not_choose_among_words_that_fit(seen: float, matches: bool | None) -> None:
    ink = strip(*changed(8, "训", seen))  # 培训, where 培育 fits as well
    assert judge_name([ink, ink], NAME).matches is matches


def test_a_place_and_a_word_may_be_mistaken_for_one_another() -> None:
    ink = [strip("", *"化市新星职业培训学校")] * 2
    assert judge_name(ink, "文化市新星职业培训学校").matches is None


@pytest.mark.parametrize(
    ("name", "lost"), [("湖南技工学校", 3), ("邵阳市人力资源和社会保障局", 0), ("湖南省职业技能培训学校", 6)]
)
def test_a_lost_character_that_would_make_another_word_is_a_doubt(name: str, lost: int) -> None:
    seen = [*name[:lost], "", *name[lost + 1 :]]
    assert judge_name([strip(*seen), strip(*seen)], name).matches is None


@pytest.mark.parametrize(
    "ink",
    [
        "长沙市新星职业技能培训学校",
        "长沙市新星培训学校",
        "长沙市新星职业培训学校分校",
        "湖南长沙市新星职业培训学校",
    ],
)
def test_names_with_a_word_more_or_less_do_not_match(ink: str) -> None:
    assert judge_name([strip(*ink), strip(*ink)], NAME).matches is not True


def test_a_bracket_of_the_print_is_not_another_name_but_words_in_brackets_are() -> None:
    ink = [strip("(", *NAME, ")")] * 2
    assert judge_name(ink, NAME).matches is True
    assert judge_name([strip(*"长沙市新星(生)职业培训学校")] * 2, NAME).matches is not True


def test_a_gap_wide_enough_for_more_characters_is_a_doubt() -> None:
    seen = ["湖", "南", "新", "星", "科", "技", "有", "限", "", "", "公", "司"]
    assert judge_name([strip(*seen), strip(*seen)], "湖南新星科技有限公司").matches is None


def test_another_organisation_is_told_only_by_two_clear_strips() -> None:
    other = strip(*"岳阳市平江县兴达技工学校")
    assert judge_name([other], NAME).matches is None
    assert judge_name([other, other], NAME).matches is False
    assert judge_name([other, strip(*NAME)], NAME).matches is not False


@pytest.mark.parametrize(
    "ink",
    ["咨询有限司阳市", "职业培训学校", "长沙市新星职业培训", "长新星职业训学校"],
    ids=["wrapped", "half", "cut", "misread"],
)
def test_parts_of_the_name_are_not_another_name(ink: str) -> None:
    assert judge_name([strip(*ink), strip(*ink)], NAME).matches is None


def test_a_name_written_without_its_region_is_not_another_name() -> None:
    ink = strip(*"湖南省长沙市新星职业培训学校")
    assert judge_name([ink, ink], NAME).matches is None


@settings(max_examples=60, deadline=None)
@given(st.text(CHARACTERS, min_size=6, max_size=16), st.data())
def test_a_name_that_differs_in_one_of_its_own_characters_never_matches(
    name: str, data: st.DataObject
) -> None:
    # In usual words (公司, 培训) a misread character is borne with where no other word fits the ink.
    own = [i for token in name_to_tokens(name) if not token.usual for i in range(token.start, token.stop)]
    assume(own)
    place = data.draw(st.sampled_from(own))
    other = data.draw(CHARACTERS.filter(lambda c: c != name[place]))
    ink = strip(*(name[:place] + other + name[place + 1 :]))
    assert judge_name([ink, ink], name).matches is not True


@pytest.mark.parametrize(
    ("symbol", "char"), [("校", "校"), ("學", "学"), ("（", "("), ("★", ""), ("4", ""), ("ab", "")]
)
def test_symbols_are_reduced_to_names_characters(symbol: str, char: str) -> None:
    assert plain(symbol) == char


def test_ways_to_write_a_character_are_summed() -> None:
    logp = np.log(np.array([[0.2, 0.4, 0.3, 0.1]], np.float32))
    summed = plain_lattice(Lattice(("", "学", "學", "★"), logp))
    assert summed.symbols == ("", "学")
    assert np.exp(summed.logp[0]) == pytest.approx([0.3, 0.7])


def test_names_are_cut_into_places_usual_words_and_their_own_characters() -> None:
    cut = [("长沙市新星职业培训学校"[t.start : t.stop], t.usual) for t in name_to_tokens(NAME)]
    assert cut == [
        ("长沙市", True), ("新", False), ("星", False), ("职业", True), ("培训", True), ("学校", True),
    ]  # fmt: skip


def test_a_strip_that_shows_every_character_takes_no_gigabyte() -> None:
    """Poor ink leaves thousands of symbols open; a table of symbols by characters would take 4 bytes for each pair."""
    symbols = ("", *map(chr, range(0x4E00, 0x4E00 + 6000)))
    logp = np.full((40, len(symbols)), -9.0, np.float32)
    tracemalloc.start()
    summed = plain_lattice(Lattice(symbols, logp))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 5000 < len(summed.symbols) < len(symbols)  # ways to write one are one
    assert summed.steps == 40
    assert most < 32 * 1024**2
