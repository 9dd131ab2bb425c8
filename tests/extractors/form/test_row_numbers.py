"""Rows are counted from one; where the numbers say otherwise, only those out of step are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form.case import Case
from extractors.form.catalogue import default_catalogue
from extractors.form.checks import case_to_checks
from extractors.form.layout import default_layout
from extractors.form.reading import Check, Marks
from extractors.form.row_checks import out_of_step
from tests.extractors.form.makers import row


def counted(numbers: list[str]) -> Check:
    rows = tuple(row(number, "电工", "6-31-01-03", "否", "2012", "25000", "五级") for number in numbers)
    checks = case_to_checks(Case({}, rows, Marks(), default_catalogue(), default_layout()))
    return next(check for check in checks if check.rule == "rows.sequence")


@pytest.mark.parametrize(
    ("numbers", "passed"), [("123", True), ("124", False), ("132", False), ("1 3", None), ("223", False)]
)
def test_the_rows_are_counted(numbers: str, passed: bool | None) -> None:
    assert counted([number.strip() for number in numbers]).passed is passed


@pytest.mark.parametrize(
    ("numbers", "named"),
    [
        ("1 2 3 4 5 6", "1 2 3 4 5 6"),
        ("1 2 8 4 5 6", "3"),
        ("7 2 3 4 5 6", "1"),
        ("1 2 3 4 5 8", "6"),
        ("1 2 4 5 6 7", "2 3"),
        ("1 2 - 4 8 6", "5"),
        ("2 3 4 5 6 7", "1"),
        ("1 2 3 3 4 5", "3 4"),
    ],
)
def test_only_numbers_out_of_step_are_named(numbers: str, named: str) -> None:
    check = counted([number.strip("-") for number in numbers.split()])
    assert list(check.fields) == [f"occupations[{int(n) - 1}].seq" for n in named.split()]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12))
def test_numbers_that_are_not_those_of_the_rows_always_name_one(numbers: list[int]) -> None:
    known = list(enumerate(numbers))
    assert bool(out_of_step(known)) == (numbers != [*range(1, len(numbers) + 1)])
    assert set(out_of_step(known)) <= set(range(len(numbers)))
