"""What training is shown is what it is told: the truth lies where the ink of the rules is."""

import json

import cv2
import numpy as np
import pytest

from tests.training.looks import CROP, look_at


@pytest.fixture
def stem(tmp_path):
    page = np.full((1600, 1200, 3), 255, np.uint8)
    cv2.imwrite(str(tmp_path / "0001-form-0.png"), page)
    rules = [[150, y, 1050, y] for y in range(200, 1401, 100)] + [[x, 200, x, 1400] for x in (150, 500, 1050)]
    (tmp_path / "0001-form-0.json").write_text(json.dumps(rules))
    return tmp_path / "0001-form-0"


def test_truth_lies_on_ink_and_in_its_direction(stem, monkeypatch):
    monkeypatch.setattr("tests.training.looks.CHANCES", {})
    seen = 0
    for seed in range(12):
        for dark, truth in look_at(stem, np.random.default_rng(seed)):
            assert dark.shape == CROP
            assert truth.shape == (2, CROP[0] // 2, CROP[1] // 2)
            inked = cv2.erode(
                cv2.resize(dark, truth.shape[:0:-1], interpolation=cv2.INTER_AREA), np.ones((5, 5))
            )
            for rules in truth.astype(bool):
                if rules.sum() > 200:
                    seen += 1
                    assert np.median(inked[rules]) < np.median(inked)
    assert seen > 20


def test_a_page_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        look_at(tmp_path / "none", np.random.default_rng(1))
