import numpy as np
import pytest

from extractors.scaling import reduced


@pytest.mark.parametrize("scale", [0.9, 0.5, 0.3, 0.125, 0.07])
def test_each_pixel_is_the_mean_of_those_it_covers(scale):
    ramp = np.tile(np.linspace(0, 255, 803).astype(np.uint8), (601, 1))
    small = reduced(ramp, scale)
    assert small.shape == (round(601 * scale), round(803 * scale))
    wanted = 255 * (np.arange(small.shape[1]) + 0.5) / small.shape[1]
    assert np.abs(small.mean(axis=0) - wanted).max() < 3


def test_a_small_picture_keeps_a_pixel():
    assert reduced(np.full((3, 2), 90, np.uint8), 0.1).tolist() == [[90]]
