"""The notice's conditions at their borders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form.days import anniversary, day_span
from extractors.form.layout import Call
from extractors.form.reading import OccupationRow
from extractors.form.rules import rule_of
from tests.extractors.form.judging import LAYOUT, run
from tests.extractors.form.makers import quick, row


def practised(
    start: str = "2012年5月", count: str = "25000", name: str = "保育员", new: str = "否"
) -> OccupationRow:
    return row("1", name, "4-10-01-03", new, start, count, "五级")


def changed(finding: str, **params: object) -> Call:
    """The call with other numbers for one rule."""
    rules = LAYOUT.call.rules
    wanted = rule_of(rules, finding)
    assert wanted is not None
    new = replace(wanted, params={**wanted.params, **params})
    return replace(LAYOUT.call, rules=tuple(new if rule is wanted else rule for rule in rules))


@pytest.mark.parametrize(
    ("start", "passed"),
    [
        ("2015年4月20日", True),  # five years are full on the deadline's day
        ("2015年4月21日", False),  # four years and 364 days more or less: one day short
        ("2015年4月19日", True),
        ("2015年4月", None),  # any day of April
        ("2015年3月", True),
        ("2015年5月", False),
        ("2015年", None),
        ("2014年", True),
        ("2016年", False),
        ("2020年4月20日", False),
    ],
)
def test_five_years_by_the_deadline(start: str, passed: bool | None) -> None:
    assert run(practised(start))["call.years"].passed is passed


@pytest.mark.parametrize(
    ("start", "as_of", "passed"),
    [
        ("2016年2月29日", "2021-02-27", False),
        ("2016年2月29日", "2021-02-28", True),  # the month's last day ends the period (民法典 202)
        ("2015年2月28日", "2020-02-27", False),
        ("2015年2月28日", "2020-02-28", True),
        ("2015年3月1日", "2020-02-29", False),
    ],
)
def test_leap_years(start: str, as_of: str, passed: bool) -> None:
    call = replace(LAYOUT.call, judged_as_of=as_of)
    assert run(practised(start), call=call)["call.years"].passed is passed


@pytest.mark.parametrize(
    ("as_of", "passed"),
    [("2020-03-31", False), ("2020-04-01", None), ("2020-04-29", None), ("2020-04-30", True)],
)
def test_a_month_is_full_from_its_last_day_and_may_be_from_its_first(as_of: str, passed: bool | None) -> None:
    call = replace(LAYOUT.call, judged_as_of=as_of)
    assert run(practised("2015年4月"), call=call)["call.years"].passed is passed


def test_years_may_be_judged_by_the_day_of_receipt() -> None:
    call = replace(LAYOUT.call, judged_as_of="receipt")
    assert "call.years" not in run(practised("2015年4月21日"), call=call)
    assert run(practised("2015年4月21日"), call=call, received=date(2020, 4, 21))["call.years"].passed is True


@pytest.mark.parametrize(
    ("starts", "passed", "named"),
    [
        (("2012", "2013"), True, ()),
        (("2017", "2018"), False, ()),
        (("2012", "2018"), None, ("2",)),
        (("2012", "许久"), None, ("2",)),
        (("2018", "许久"), None, ("1",)),
        (("2015", "2012"), None, ("1",)),
    ],
)
def test_one_short_row_among_others_proves_nothing(
    starts: tuple[str, ...], passed: bool | None, named: tuple[str, ...]
) -> None:
    found = run(*map(practised, starts))["call.years"]
    assert found.passed is passed
    assert all(f"第 {number} 行" in found.message for number in named)


@quick
@given(
    st.dates(date(1990, 1, 1), date(2019, 12, 31)),
    st.integers(0, 12),
    st.dates(date(2015, 1, 1), date(2026, 1, 1)),
)
def test_writing_a_day_less_precisely_only_leaves_it_open(start: date, years: int, as_of: date) -> None:
    """What the month or year says of the years is what the day says, or nothing."""
    call = replace(changed("call.years", years=years), judged_as_of=as_of.isoformat())
    exact = run(practised(f"{start.year}年{start.month}月{start.day}日"), call=call)["call.years"].passed
    for rough in (f"{start.year}年{start.month}月", f"{start.year}年"):
        assert run(practised(rough), call=call)["call.years"].passed in {exact, None}


@quick
@given(st.dates(date(1990, 1, 1), date(2025, 12, 31)), st.integers(0, 30))
def test_an_anniversary_is_the_same_day_or_the_end_of_february(day: date, years: int) -> None:
    full = anniversary(day, years)
    assert full.year == day.year + years
    assert (full.month, full.day) == (day.month, day.day) or (day.month, day.day, full.month, full.day) == (
        2,
        29,
        2,
        28,
    )
    assert anniversary(day + timedelta(days=1), years) >= full


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2016", date(2016, 1, 1), date(2016, 12, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2015-02", date(2015, 2, 1), date(2015, 2, 28)),
        ("2015-02-03", date(2015, 2, 3), date(2015, 2, 3)),
    ],
)
def test_the_days_a_date_may_mean(value: str, first: date, last: date) -> None:
    assert day_span(value) == (first, last)


@pytest.mark.parametrize(
    ("counts", "passed", "say"),
    [
        (("20000",), True, "达到"),
        (("19999",), None, "无法判断"),  # people, not 人次: whoever came twice counts twice
        (("10000", "10000"), True, "达到"),
        (("10000", "9999"), None, "无法判断"),
        (("20000", "许多"), True, "达到"),
        (("10000", "许多"), None, "暂不能判断"),
    ],
)
def test_twenty_thousand_in_all(counts: tuple[str, ...], passed: bool | None, say: str) -> None:
    found = run(*(practised(count=count) for count in counts))["call.trained_total"]
    assert found.passed is passed
    assert say in found.message


@pytest.mark.parametrize(
    ("counts", "trained", "assessed"),
    [
        (("10000", "10000"), "都达到 10000", "都达到 5000"),
        (("9999", "10000"), "第 1 行的人数不足 10000", "都达到 5000"),
        (("4999", "10000"), "第 1 行的人数不足 10000", "第 1 行的人数不足 5000"),
        (("5000", "9999"), "第 1、2 行的人数不足 10000", "都达到 5000"),
        (("许多", "10000"), "第 1 行的人数无法识别", "第 1 行的人数无法识别"),
    ],
)
def test_the_forms_one_count_is_neither_of_the_notices_two(
    counts: tuple[str, ...], trained: str, assessed: str
) -> None:
    found = run(*(practised(count=count) for count in counts))
    for finding, say in (
        ("call.trained_per_occupation", trained),
        ("call.assessed_per_occupation", assessed),
    ):
        assert found[finding].passed is None
        assert say in found[finding].message
        assert "无法判断" in found[finding].message


@quick
@given(
    st.lists(st.one_of(st.integers(0, 60_000).map(str), st.just("许多"), st.just("")), min_size=1, max_size=6)
)
def test_head_counts_pass_only_what_is_proven_and_fail_nobody(counts: list[str]) -> None:
    found = run(*(practised(count=count) for count in counts))
    known = [int(count) for count in counts if count.isdigit()]
    for finding in ("call.trained_per_occupation", "call.assessed_per_occupation", "call.trained_total"):
        assert (finding in found) == bool(known)
    if known:
        assert found["call.trained_total"].passed is (True if sum(known) >= 20_000 else None)


@pytest.mark.parametrize(
    ("name", "rule", "passed"),
    [
        ("消防设施操作员", "scope.entry_restricted", False),
        ("焊工", "scope.entry_restricted", None),
        ("焊工（电焊工）", "scope.entry_restricted", None),
        ("保育员", "scope.catalogue", True),
        ("电工", "scope.catalogue", True),
        ("人工智能训练师", "scope.catalogue", None),
    ],
)
def test_scope(name: str, rule: str, passed: bool | None) -> None:
    found = run(practised(name=name))
    assert found[rule].passed is passed
    other = {"scope.entry_restricted", "scope.catalogue"} - {rule}
    assert not other & set(found)


def test_the_offices_list_of_shortages_decides_where_there_is_one() -> None:
    call = changed("scope.catalogue", shortage=["人工智能训练师"])
    assert run(practised(name="人工智能训练师"), call=call)["scope.catalogue"].passed is True
    assert run(practised(name="健康照护师"), call=call)["scope.catalogue"].passed is False
    assert run(practised(name="保育员"), call=call)["scope.catalogue"].passed is True


@pytest.mark.parametrize(("as_of", "passed"), [("2020-09-29", True), ("2020-09-30", None)])
def test_a_catalogue_judges_only_while_it_is_in_force(as_of: str, passed: bool | None) -> None:
    found = run(practised(), call=replace(LAYOUT.call, judged_as_of=as_of))["scope.catalogue"]
    assert found.passed is passed


@pytest.mark.parametrize(
    ("name", "new", "start", "contradicts"),
    [
        ("人工智能训练师", "是", "2012年", True),
        ("人工智能训练师", "否", "2012年", True),  # announced, whatever is claimed
        ("人工智能训练师", "是", "2019年", False),
        ("人工智能训练师", "是", "2015年", False),  # may be less than five years
        ("保育员", "是", "2012年", True),
        ("保育员", "否", "2012年", False),
    ],
)
def test_a_new_occupation_has_no_five_years_of_history(
    name: str, new: str, start: str, contradicts: bool
) -> None:
    assert ("occupation.new_with_history" in run(practised(start, name=name, new=new))) is contradicts


def test_an_announcement_counts_from_its_day() -> None:
    early = replace(LAYOUT.call, judged_as_of="2020-02-24")
    assert run(practised(name="人工智能训练师", new="是"), call=early)["occupation.is_new"].passed is False
    assert run(practised(name="人工智能训练师", new="是"))["occupation.is_new"].passed is True
