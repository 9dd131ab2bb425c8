"""The sign reader: what its texts mean, what it makes of a picture."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.ocr.signs import HEIGHT_PX, SYMBOLS, SignReader, picture_to_input, said


def test_every_symbol_means_itself():
    assert len(set(SYMBOLS)) == len(SYMBOLS)
    # A dash beside a dash is one, so each stands alone.
    assert [said(symbol) for symbol in SYMBOLS] == list(SYMBOLS)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("五级——三级", "五级-三级"),
        ("４－０８　－03", "4-08-03"),
        ("三级～一级", "三级~一级"),
        ("（0731）８４１", "(0731)841"),
        ("￥5，000", "¥5,000"),
        ("2010·3", "2010.3"),
    ],
)
def test_ways_to_write_one_thing_mean_the_same(text, meant):
    assert said(text) == meant


@given(st.text(max_size=30))
def test_what_is_folded_is_not_folded_again(text):
    assert said(said(text)) == said(text)


@given(st.integers(2, 200), st.integers(2, 3000))
def test_any_picture_becomes_an_input(height, width):
    made = picture_to_input(np.full((height, width), 255, np.uint8))
    assert made.shape[0] == HEIGHT_PX
    assert made.shape[1] % 4 == 0
    assert made.max() == 0, "paper is 0"


def line_of(text, thickness=2):
    picture = np.full((48, 40 + 22 * len(text)), 255, np.uint8)
    cv2.putText(picture, text, (12, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 20, thickness, cv2.LINE_AA)
    return picture[6:44]


@pytest.mark.parametrize("text", ["2012-05", "13807315522", "6-31-01-03", "19547", "zhang_8@163.com"])
def test_plain_signs_are_read(text):
    seen = SignReader().read(line_of(text))
    assert seen.text == text
    assert len(seen.sure) == len(text)


def test_paper_is_no_text():
    assert SignReader().read(np.full((40, 200), 250, np.uint8)).text == ""
    assert SignReader().read(np.zeros((0, 0), np.uint8)).text == ""
