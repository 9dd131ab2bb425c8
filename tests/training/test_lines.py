"""What the sign reader is taught: texts it can say, and lines cut as the pipeline cuts them."""

import random

import cv2
import numpy as np
import pytest

from extractors.form.catalogue import default_catalogue
from extractors.form.grammar import grammar_for
from extractors.lines import cut_lines
from extractors.ocr.engine import Span
from extractors.ocr.signs import SYMBOLS, said
from tests.training.entries import draw_entry
from tests.training.lines import scanned
from tests.training.pool import falling_rate


def test_every_text_can_be_said_and_a_share_of_them_is_not_well_formed():
    texts = [draw_entry(random.Random(seed)) for seed in range(400)]
    assert all(said(text) and set(said(text)) <= set(SYMBOLS) for text in texts)
    dates = grammar_for("date", default_catalogue())
    looking_like_dates = [text for text in texts if "月" in text]
    wrong = sum(not dates.accepts(text) for text in looking_like_dates)
    assert 0.1 * len(looking_like_dates) < wrong < 0.6 * len(looking_like_dates)


def test_the_same_seed_gives_the_same_text():
    assert draw_entry(random.Random(5)) == draw_entry(random.Random(5))


@pytest.mark.parametrize("seed", range(8))
def test_a_line_stands_in_its_picture_as_the_pipeline_would_cut_it(seed):
    cover = np.zeros((168, 500), np.uint8)
    cv2.putText(cover, "2012-05-31", (60, 112), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 255, 5, cv2.LINE_AA)
    picture = scanned(np.random.default_rng(seed), cover, printed=True)
    assert picture is not None
    inked = picture < (int(picture.min()) + 255) // 2
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    assert rows[-1] - rows[0] > 0.4 * picture.shape[0]
    page = np.full((picture.shape[0] + 80, picture.shape[1] + 80), 255, np.uint8)
    page[40:-40, 40:-40] = np.where(inked, 20, 255)
    (cut,) = cut_lines(page, Span(0, 0, page.shape[1], page.shape[0]))[:1]
    assert abs(cut.span.x0 - 40 - columns[0]) < 12


def test_the_rate_rises_and_falls_to_nothing():
    rates = [falling_rate(step, step / 1000, highest=1.0, warm_steps=100) for step in range(1001)]
    assert max(rates) == pytest.approx(1.0, abs=0.05)
    assert rates[0] < 0.02
    assert rates[-1] == pytest.approx(0.0)
