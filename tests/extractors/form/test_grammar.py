from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form import credit_code
from extractors.form.catalogue import default_catalogue
from extractors.form.grammar import LIMIT, grammar_for, suggest_occupation
from extractors.form.layout import default_layout
from extractors.form.lookalikes import near_credit_codes
from extractors.form.values import text_to_value
from tests.extractors.form import makers
from tests.extractors.form.makers import quick

CATALOGUE = default_catalogue()
KINDS = sorted(set(default_layout().kinds.values()))

WELL_FORMED = st.one_of(
    makers.days().map(lambda pair: ("date", pair[0])),
    makers.counts().map(lambda pair: ("count", pair[0])),
    makers.sums().map(lambda pair: ("capital", pair[0])),
    makers.level_spellings()
    .filter(lambda pair: not re.search(r"级[初中高技]|[一二三四五]{2}", pair[0]))
    .map(lambda pair: ("levels", pair[0])),
    makers.phones().map(lambda pair: ("phone", pair[0])),
    makers.credit_codes().map(lambda code: ("uscc", code)),
    st.sampled_from(CATALOGUE.occupations).map(lambda row: ("occupation_name", row.name)),
    st.sampled_from(CATALOGUE.occupations).map(lambda row: ("occupation_code", row.code)),
    st.sampled_from(["是", "否", "√", "无", "不是"]).map(lambda text: ("yes_no", text)),
    st.sampled_from(["someone@example.com", "10000@qq.com"]).map(lambda text: ("email", text)),
)


@quick
@given(WELL_FORMED)
def test_what_is_well_formed_is_accepted_and_suggested_first(pair: tuple[str, str]) -> None:
    kind, text = pair
    grammar = grammar_for(kind, CATALOGUE)
    assert grammar.accepts(text)
    assert grammar.suggest([text])[0] == text


@quick
@given(WELL_FORMED)
def test_the_alphabet_holds_what_people_write(pair: tuple[str, str]) -> None:
    kind, text = pair
    alphabet = grammar_for(kind, CATALOGUE).alphabet
    assert alphabet is None or set(text) - set("手机电话：:") <= alphabet


@quick
@given(
    st.sampled_from(KINDS),
    st.lists(st.text("0123456789,.、-—一年月五级初工高/万人OlS@qc om市民政局", max_size=16), max_size=3),
)
def test_suggestions_are_few_different_and_well_formed(kind: str, texts: list[str]) -> None:
    grammar = grammar_for(kind, CATALOGUE)
    found = grammar.suggest(texts)
    assert len(found) <= LIMIT
    assert len(set(found)) == len(found)
    assert all(grammar.accepts(text) for text in found)


@quick
@given(makers.credit_codes(), st.integers(0, 17), st.sampled_from(["0O", "1I", "2Z", "5S", "8B", "0D", "6G"]))
def test_a_credit_code_with_one_look_alike_wrong_is_suggested_right(code: str, place: int, pair: str) -> None:
    if code[place] not in pair:
        return
    wrong = pair.replace(code[place], "")
    assert code in grammar_for("uscc", CATALOGUE).suggest([code[:place] + wrong + code[place + 1 :]])


@quick
@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXYOIZS", min_size=17, max_size=19))
def test_repaired_credit_codes_always_hold(text: str) -> None:
    found = near_credit_codes(text)
    assert all(credit_code.is_valid(code) for code in found)
    assert len(set(found)) == len(found)


@quick
@given(makers.credit_codes(), st.integers(0, 17))
def test_a_sign_read_twice_is_dropped(code: str, place: int) -> None:
    assert code in near_credit_codes(code[:place] + code[place] + code[place:])


@pytest.mark.parametrize("joined", ["MU", "ML", "M5", "M15", "MFF", "MJ"])
def test_two_signs_that_a_pen_joined_are_parted(joined: str) -> None:
    code = "52430600MJJ6103395"
    assert near_credit_codes(code.replace("MJJ", joined))[0] == code


def test_a_code_that_is_wrong_on_paper_is_not_forced_into_a_right_one() -> None:
    """Nothing similar holds: the reader keeps what is written."""
    assert grammar_for("uscc", CATALOGUE).suggest(["这里没有代码"]) == ()
    assert not grammar_for("uscc", CATALOGUE).accepts("91430100MA4L16JC5X")


@quick
@given(makers.level_spellings().filter(lambda pair: len(pair[1]) > 1))
def test_a_sign_read_as_one_or_lost_between_levels_comes_back(pair: tuple[str, list[int]]) -> None:
    text, levels = pair
    if "级—" not in text and "工—" not in text:
        return
    for slip in (text.replace("—", "一"), text.replace("—", "")):
        found = grammar_for("levels", CATALOGUE).suggest([slip])
        assert text in found
        assert levels in [text_to_value("levels", other) for other in found[:10]]


@pytest.mark.parametrize(
    ("kind", "read", "meant"),
    [
        ("date", "2O12.05", "2012.05"),
        ("date", "2012牛5月", "2012年5月"),
        ("date", "2012,05", "2012.05"),
        ("date", "2012年5", "2012年5月"),
        ("count", "12500入", "12500人"),
        ("count", "1,25万", "1.25万"),
        ("count", "12.500", "12,500"),
        ("count", "l25OO", "12500"),
        ("capital", "5OO力元", "500万元"),
        ("capital", "伍佰万兀整", "伍佰万元整"),
        ("occupation_code", "4一10一01一03", "4-10-01-03"),
        ("occupation_code", "410-01-O3", "4-10-01-03"),
        ("occupation_code", "4-10-01-0", "4-10-01-03"),
        ("occupation_name", "保育贝", "保育员"),
        ("occupation_name", "中武烹调帅", "中式烹调师"),
        ("occupation_name", "美客师（皮肤管理师）", "美容师（皮肤管理师）"),
        ("phone", "0731一24900000", "0731-24900000"),
        ("phone", "0731-2490000013500000000", "0731-24900000、13500000000"),
        ("phone", "O731-2490OOOO", "0731-24900000"),
        ("email", "10000qq.com", "10000@qq.com"),
        ("email", "l0000@qq,com", "10000@qq.com"),
        ("email", "some__one@163.c0m", "some_one@163.com"),
        ("yes_no", "V", "√"),
        ("yes_no", "香", "否"),
        ("person_name", "許峯濤", "许峰涛"),
        ("address", "湖甫省长沙巿岳麓区示例路1号", "湖南省长沙市岳麓区示例路1号"),
        ("region_authority", "长沙市岳麓区市场监管理局", "长沙市岳麓区市场监督管理局"),
        ("region_authority", "湖南省民攻厅", "湖南省民政厅"),
        ("sequence", "l2", "12"),
    ],
)
def test_usual_slips_find_what_was_meant(kind: str, read: str, meant: str) -> None:
    assert meant in grammar_for(kind, CATALOGUE).suggest([read])


@pytest.mark.parametrize(
    ("kind", "read", "meant"),
    [
        ("phone", "18 200000000", "18200000000"),
        ("phone", "1 82000 0000 0", "18200000000"),
        ("date", "201 9. 01", "2019.01"),
        ("date", "20 12年", "2012年"),
        ("count", "28 875", "28875"),
        ("occupation_code", "629 02-01", "6-29-02-01"),
        ("occupation_code", "4-09-01 -04", "4-09-01-04"),
        ("uscc", "524301 00MJJ00 0004G", "52430100MJJ000004G"),
        ("email", "10 000@qq.com", "10000@qq.com"),
    ],
)
def test_stray_spaces_are_the_readers_and_not_well_formed(kind: str, read: str, meant: str) -> None:
    grammar = grammar_for(kind, CATALOGUE)
    assert not grammar.accepts(read)
    assert grammar.suggest([read])[0] == meant


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("phone", "135 0000 0000"),
        ("phone", "0731 24900000"),
        ("phone", "0731-24900000 13500000000"),
        ("date", "2012 年 5 月"),
        ("count", "12500 人"),
        ("uscc", "52 430100 MJJ000004 G"),
        ("uscc", "5243 0100 MJJ0 0000 4G"),
        ("occupation_code", "4－10－01－03"),
    ],
)
def test_spaces_people_write_are_well_formed(kind: str, text: str) -> None:
    assert grammar_for(kind, CATALOGUE).accepts(text)


def test_signs_the_reader_saw_are_tried_before_others() -> None:
    found = grammar_for("levels", CATALOGUE).suggest(["五级~三及"])
    assert found.index("五级~三级") < found.index("五级—三级")


def test_name_and_code_are_found_together() -> None:
    found = suggest_occupation(["保育贝"], ["4-1O-01-03"], CATALOGUE)
    assert found[0] == ("保育员", "4-10-01-03")
    assert ("电工", "6-31-01-03") in suggest_occupation(["电王"], ["6-31-01-O3"], CATALOGUE)
    assert suggest_occupation(["保育员"], ["6-31-01-03"], CATALOGUE) == ()
    assert suggest_occupation([], ["4-10-01-03"], CATALOGUE) == ()


def test_every_kind_of_the_layout_has_a_grammar() -> None:
    for kind in KINDS:
        assert grammar_for(kind, CATALOGUE).suggest(["", "  "]) == ()
    with pytest.raises(KeyError):
        grammar_for("horoscope", CATALOGUE)


@pytest.mark.parametrize(
    ("kind", "text", "meant"),
    [
        ("levels", "五级初级工", "五级/初级工"),
        ("levels", "三二级", "三、二级"),
        ("email", "liu355@26.com", "liu355@126.com"),
        ("email", "1iu355@126.com", "liu355@126.com"),
        ("email", "3441990401@q9.com", "3441990401@qq.com"),
        ("address", "湖南长沙市于福区沿江东路34号", "湖南长沙市开福区沿江东路34号"),
        ("region_authority", "渌口区食品药品工商价量监督管理局", "渌口区食品药品工商质量监督管理局"),
        ("org_name", "旁德市技工学校", "常德市技工学校"),
    ],
)
def test_what_readers_lose_is_doubted_and_offered(kind, text, meant):
    grammar = grammar_for(kind, CATALOGUE)
    assert not grammar.accepts(text)
    assert grammar.accepts(meant)
    assert meant in grammar.suggest([text])


@pytest.mark.parametrize(
    "text", ["株洲卓翔职业学校", "湖南省长沙高新区1号", "湘潭湘潭县易俗河镇", "北京路5号"]
)
def test_short_names_of_regions_are_no_slips(text):
    assert grammar_for("address", CATALOGUE).accepts(text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("levels", "四级、三级、"),
        ("levels", "五级至"),
        ("date", "2005.10."),
        ("date", "2012年5月、"),
        ("count", "约17700."),
        ("capital", "300（万元）."),
        ("yes_no", "否."),
    ],
)
def test_a_text_that_ends_with_a_sign_between_two_is_not_whole(kind: str, text: str) -> None:
    grammar = grammar_for(kind, CATALOGUE)
    assert not grammar.accepts(text)
    assert grammar.accepts(text[:-1])
