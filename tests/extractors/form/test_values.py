from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form.layout import default_layout
from extractors.form.reading import Value
from extractors.form.values import PARSERS, option_value, text_to_value
from tests.extractors.form import makers
from tests.extractors.form.makers import quick
from tests.forms import spellings

ANYTHING = st.text(
    "0123456789,.、-—~/ 年月日万亿元人约余级一二三四五初中高工技师壹佰拾OIlS@qcom（）()√×是否：:至今起零〇\n",
    max_size=24,
) | st.text(max_size=12)


@quick
@given(makers.sums())
def test_money_means_yuan_in_every_spelling(pair: tuple[str, int]) -> None:
    assert text_to_value("capital", pair[0]) == pair[1]


@quick
@given(makers.counts())
def test_counts_mean_heads_in_every_spelling(pair: tuple[str, int]) -> None:
    assert text_to_value("count", pair[0]) == pair[1]


@quick
@given(makers.days())
def test_days_have_the_precision_written(pair: tuple[str, str]) -> None:
    assert text_to_value("date", pair[0]) == pair[1]


@quick
@given(makers.level_spellings())
def test_levels_are_listed_highest_number_first(pair: tuple[str, list[int]]) -> None:
    assert text_to_value("levels", pair[0]) == pair[1]


@quick
@given(makers.phones())
def test_telephones_keep_their_numbers_and_order(pair: tuple[str, str]) -> None:
    assert text_to_value("phone", pair[0]) == pair[1]


@quick
@given(makers.credit_codes(), st.sampled_from(["", " ", "-", "·"]))
def test_a_credit_code_may_be_written_in_groups(code: str, gap: str) -> None:
    assert text_to_value("uscc", gap.join([code[:2], code[2:8], code[8:].lower()])) == code


@quick
@given(st.sampled_from(sorted(PARSERS)), ANYTHING)
def test_no_text_breaks_a_parser_and_values_fit_their_kind(kind: str, text: str) -> None:
    value = text_to_value(kind, text)
    expected: dict[str, type | tuple[type, ...]] = {
        "capital": (int, float), "count": int, "sequence": int, "levels": list, "yes_no": bool,
    }  # fmt: skip
    assert value is None or isinstance(value, expected.get(kind, str))
    if kind == "levels" and isinstance(value, list):
        assert value == sorted(set(value), reverse=True)
        assert set(value) <= {1, 2, 3, 4, 5}


@quick
@given(
    st.sampled_from(["date", "uscc", "occupation_code", "phone", "email", "occupation_name", "org_name"]),
    ANYTHING,
)
def test_a_value_means_itself(kind: str, text: str) -> None:
    value = text_to_value(kind, text)
    if isinstance(value, str):
        assert text_to_value(kind, value) == value


@pytest.mark.parametrize("seed", range(3))
def test_the_form_drawers_spellings_are_understood(seed: int) -> None:
    """Another hand wrote these spellings with their values: both sides must mean the same."""
    rng = random.Random(seed)
    for _ in range(150):
        style = spellings.RowStyle.draw(rng)
        cells = {
            "uscc": spellings.uscc(rng, rng.choice(["91", "52"]), "430100"),
            "capital": spellings.capital(rng, rng.choice(["91", "52"])),
            "phone": spellings.phones(rng, rng.choice(["0731", "0734"])),
            "email": spellings.email(rng),
            "date": style.date(rng, recent=rng.random() < 0.3),
            "count": style.count(rng),
            "levels": style.levels(rng, rng.choice(["54321", "543", "", "4321"])),
            "yes_no": style.is_new(rng, new=rng.random() < 0.5),
        }
        for kind, (text, value) in cells.items():
            assert text_to_value(kind, text) == value, (kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("capital", "500"),  # 元 or 万元?
        ("capital", "100万美元"),
        ("capital", "500万元（陆佰万元整）"),
        ("capital", "无"),
        ("date", "12年5月"),
        ("date", "2012年13月"),
        ("date", "2012年2月30日"),
        ("date", "2012-"),
        ("date", "年 月 日"),
        ("count", "12.500"),
        ("count", "12,50"),
        ("count", "培训12000人,鉴定8000人"),
        ("count", "1.2345"),
        ("levels", "五级三级"),  # list or range with its sign lost?
        ("levels", "1-1级"),  # a 4 that lost its strokes?
        ("levels", "五级/中级工"),
        ("levels", "五级/初级工一三级/高级工"),
        ("levels", "3"),
        ("levels", "特级技师"),
        ("yes_no", "/"),
        ("yes_no", "是否"),
        ("yes_no", "是√否√"),
        ("uscc", "91430100MA4L16JC5"),
        ("occupation_code", "4-10-1-3"),
        ("occupation_code", "9-10-01-03"),
        ("phone", "1358888000"),
        ("email", "someone@example"),
        ("sequence", "..."),
        ("checkboxes", "企业"),
    ],
)
def test_what_is_not_certain_has_no_value(kind: str, text: str) -> None:
    assert text_to_value(kind, text) is None


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("capital", "壹仟零伍拾万元", 10_500_000),
        ("capital", "伍佰元零伍角", 500.5),
        ("capital", "5百万", 5_000_000),
        ("count", "一万二", 12_000),
        ("date", "二O一二年", "2012"),
        ("date", "2012年初", "2012"),
        ("levels", "三级及以上", [3, 2, 1]),
        ("levels", "国家职业资格五级-三级", [5, 4, 3]),
        ("levels", "初中高级", [5, 4, 3]),
        ("levels", "5.4.3级", [5, 4, 3]),
        ("levels", "五级、三级", [5, 3]),
        ("levels", "五级-四级、一级", [5, 4, 1]),
        ("yes_no", "□是☑否", False),
        ("yes_no", "是☑否□", True),
        ("yes_no", "✓", True),
        ("uscc", "9143O1OO00000000I0", "914301000000000010"),
        ("occupation_code", "4—10—01—03", "4-10-01-03"),
        ("occupation_code", "4100103", "4-10-01-03"),
        ("phone", "（0731）24900000转8001", "0731-24900000-8001"),
        ("phone", "135 0000 0000", "13500000000"),
        ("phone", "135000000000734-2500001", "13500000000/0734-2500001"),
        ("phone", "+86 135-0000-0000", "13500000000"),
        ("email", "Someone＠Example．com", "someone@example.com"),
        ("email", "a@example.com、b@example.com", "a@example.com/b@example.com"),
        ("occupation_name", "美容师( 皮肤管理师 )", "美容师（皮肤管理师）"),
        ("occupation_name", "无人机驾驶员S", "无人机驾驶员"),
        ("address", "长沙市 岳麓区 示例路 1 号", "长沙市岳麓区示例路1号"),
        ("person_name", "王 明", "王明"),
        ("sequence", "②", 2),
    ],
)
def test_single_spellings(kind: str, text: str, value: Value) -> None:
    assert text_to_value(kind, text) == value


def test_an_option_is_found_by_its_printed_text_or_a_variant() -> None:
    label = default_layout().label("org_type")
    assert option_value(label, "民办非企业单位 ") == "private_non_enterprise"
    assert option_value(label, "民办非企业") == "private_non_enterprise"
    assert option_value(label, "其他") is None


def test_every_kind_of_the_layout_has_a_parser() -> None:
    assert set(default_layout().kinds.values()) <= set(PARSERS)
