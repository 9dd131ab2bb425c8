"""Known values: tables of exact intervals, the rule of three, and a tea lady."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.intervals import at_most, chance_of_difference, interval, upper_bound


def test_the_rule_of_three() -> None:
    assert upper_bound(0, 10_000) == pytest.approx(3 / 10_000, rel=0.002)
    assert upper_bound(0, 30_000) == pytest.approx(1 - 0.05 ** (1 / 30_000), rel=1e-6)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.30850),
        (1, 10, 0.00253, 0.44502),
        (5, 10, 0.18709, 0.81291),
        (10, 10, 0.69150, 1.0),
        (15, 100, 0.08645, 0.23531),
    ],
)
def test_exact_intervals_as_tables_give_them(hits: int, n: int, low: float, high: float) -> None:
    assert interval(hits, n) == pytest.approx((low, high), abs=2e-5)


def test_nothing_counted_says_nothing() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    assert upper_bound(0, 0) == 1.0
    assert chance_of_difference(0, 0, 5, 10) == 1.0


def test_the_sum_of_terms_is_the_distribution() -> None:
    by_hand = sum(math.comb(20, k) * 0.3**k * 0.7 ** (20 - k) for k in range(15))
    assert at_most(14, 20, 0.3) == pytest.approx(by_hand, abs=1e-12)
    assert at_most(20, 20, 0.3) == 1.0
    assert at_most(0, 20, 1.0) == 0.0


@settings(deadline=None)
@given(st.integers(1, 3000), st.data())
def test_an_interval_holds_its_share_and_no_more_than_its_error_outside(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = interval(hits, n)
    assert 0 <= low <= hits / n <= high <= 1
    if hits < n:
        assert at_most(hits, n, high) == pytest.approx(0.025, abs=1e-6)


def test_the_lady_tasting_tea() -> None:
    """Fisher 1935: 3 of 4 told right; two-sided 34/70, all four right 2/70."""
    assert chance_of_difference(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert chance_of_difference(4, 4, 0, 4) == pytest.approx(2 / 70)


def test_a_difference_of_luck_and_one_beyond() -> None:
    assert chance_of_difference(1116, 1127, 1112, 1127) > 0.3
    assert chance_of_difference(1116, 1127, 1070, 1127) < 1e-5
    assert chance_of_difference(50, 100, 50, 100) == pytest.approx(1.0)
