from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.form import credit_code
from tests.extractors.form.makers import credit_codes, quick

# Worked examples that circulate with the standard's texts.
PUBLISHED = ("91110000101623741K", "911101066976941872")


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_examples_hold(code: str) -> None:
    assert credit_code.check_digit_holds(code)
    assert credit_code.organisation_code_holds(code)


@quick
@given(credit_codes())
def test_built_codes_hold(code: str) -> None:
    assert credit_code.is_valid(code)


@quick
@given(credit_codes())
def test_no_single_wrong_sign_goes_unseen(code: str) -> None:
    """Weights are powers of 3, prime to 31: one substitution always moves the sum."""
    for place, sign in enumerate(code):
        for other in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            if other != sign:
                assert not credit_code.is_valid(code[:place] + other + code[place + 1 :])


@quick
@given(credit_codes(), st.integers(0, 16))
def test_no_exchange_of_neighbours_goes_unseen(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert swapped == code or not credit_code.is_valid(swapped)


def test_a_remainder_of_zero_is_written_zero() -> None:
    assert credit_code.check_sign("0" * 17) == "0"
    assert credit_code.organisation_check_sign("00000000") == "0"


@pytest.mark.parametrize(
    "text", ["", "9", "91110000101623741", "91110000101623741KK", "9111000010162374IK", "甲" * 18]
)
def test_other_texts_are_refused_quietly(text: str) -> None:
    assert not credit_code.is_valid(text)
