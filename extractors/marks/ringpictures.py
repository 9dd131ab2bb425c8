"""Pictures of a seal's ring: its own ink dark on white, and the band of its letters unrolled to a straight strip."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ink import PAPER_ABOVE, evened
from extractors.marks.seals import FoundSeal
from extractors.pages import Gray, Rgb

BAND = (0.52, 0.90)
"""Inner and outer edge of the letters as shares of the radius, wide enough for most seals."""
OUTERMOST, INNERMOST = 0.97, 0.40
"""Between rim and star: where letters can be."""
BAND_HEIGHT, BAND_MARGIN = (0.18, 0.44), 0.1
"""Least and greatest height of letters as a share of the radius; the white above and below as a share of it."""
DARK_RED = 120.0
"""Red channel below which red ink counts as darkened no further, grey value."""
LEAST_SURE = 0.02
"""Share of the picture that is surely red where a seal is not pale."""
AT_BOTTOM = 0.5
"""How much wider a gap in the ring counts at the bottom, where names begin and end, than at the sides."""
INSIDE_NUMBERS = 0.79
"""Share of the radius that letters reach in to, but not the digits along the lower rim."""
RIM_INK, RIM_BLANKED = (0.94, 1.02), (0.91, 1.03)
"""Where a seal's rim runs for sure, and where it may run, as shares of the radius."""
LEAST_RIM = 0.3
"""Share of the rim that must be inked for its grey to be the seal's."""
LEAST_APART, BLACK = 45, 40
"""Grey values by which print must be darker than a copied seal to be taken out, and what black ink is made of."""


def red_as_dark(crop: Rgb, *, even: bool = False) -> Gray:
    """Red ink dark on white; print under the seal fades. ``even`` makes pale parts as dark as their neighbours.

    Every channel is measured against the paper's own, so that coloured paper is none. Where print darkens the red,
    its share of the light is taken instead of its amount.
    """
    light = red_light(crop)
    excess = cv2.subtract(light, all_as_dark(crop))
    ink = excess.astype(np.float32)
    if not even:
        ink *= 255.0 / np.maximum(light.astype(np.float32), DARK_RED)
    sure = excess > 30
    least = 40.0 if sure.mean() > LEAST_SURE else 14.0  # a pale seal has hardly any ink that is sure
    inked = ink[sure if least == 40.0 else excess > 12]
    strong: float | NDArray[np.float32] = max(least, float(np.percentile(inked, 75))) if inked.size else 40.0
    if even:
        size = max(9, crop.shape[0] // 12) | 1
        near = cv2.dilate(cv2.GaussianBlur(ink, (0, 0), 1.2), np.ones((size, size), np.uint8))
        smooth = np.asarray(cv2.GaussianBlur(near, (0, 0), size / 2), np.float32)
        strong = np.clip(smooth, 0.4 * strong, strong)
    return np.asarray(255 - np.clip(ink * (255.0 / strong), 0, 255), np.uint8)


def all_as_dark(crop: Rgb) -> Gray:
    """All ink dark on white: the darker of green and blue, which red ink takes away from the paper's light."""
    return evened(cv2.min(crop[:, :, 1], crop[:, :, 2]))


def red_light(crop: Rgb) -> Gray:
    """The red light alone: what red ink takes of it differs from stamp to stamp, so one stays where another fades."""
    return evened(np.ascontiguousarray(crop[:, :, 0]))


def without_print(picture: Gray, seal: FoundSeal, centre: tuple[float, float]) -> Gray | None:
    """A copied seal's own grey as black, darker print and pens filled from around; None where they are as grey."""
    rows, columns = np.ogrid[: picture.shape[0], : picture.shape[1]]
    away = ((columns - centre[0]) / seal.axes_px[0]) ** 2 + ((rows - centre[1]) / seal.axes_px[1]) ** 2
    rim = picture[(away > RIM_INK[0] ** 2) & (away < RIM_INK[1] ** 2)]
    inked = rim < PAPER_ABOVE
    if inked.mean() < LEAST_RIM:
        return None
    rim = rim[inked]
    grey = float(np.median(rim))
    dark = picture < grey - LEAST_APART
    if grey - LEAST_APART < BLACK or not dark.any():
        return None
    covered = cv2.dilate(dark.astype(np.uint8), np.ones((3, 3), np.uint8))
    filled = cv2.inpaint(picture, covered, 3, cv2.INPAINT_TELEA).astype(np.float32)
    return np.asarray(np.clip(255 - (255 - filled) * ((255 - BLACK) / (255 - grey)), 0, 255), np.uint8)


def without_others(picture: Gray, corner: tuple[int, int], others: Sequence[FoundSeal]) -> Gray:
    """The picture with paper where the rims of other seals run; ``corner``: its left and top on their page."""
    out = picture.copy()
    for other in others:
        middle = (round(other.centre_px[0]) - corner[0], round(other.centre_px[1]) - corner[1])
        share, thick = sum(RIM_BLANKED) / 2, (RIM_BLANKED[1] - RIM_BLANKED[0]) * other.radius_px
        axes = (round(share * other.axes_px[0]), round(share * other.axes_px[1]))
        cv2.ellipse(out, middle, axes, 0, 0, 360, 255, max(1, round(thick)))
    return out


def unrolled(
    picture: Gray, centre: tuple[float, float], axes: tuple[float, float], band: tuple[float, float]
) -> Gray:
    """The band as a strip whose columns run clockwise from the bottom and whose top is the outer edge."""
    radius = sum(axes) / 2
    rows = max(16, round((band[1] - band[0]) * radius))
    middle = (band[0] + band[1]) / 2
    columns = max(64, round(2 * np.pi * middle * radius))
    shares = np.linspace(band[1], band[0], rows, dtype=np.float32)[:, None]
    theta = np.linspace(np.pi, 3 * np.pi, columns, endpoint=False, dtype=np.float32)[None, :]
    x = (centre[0] + axes[0] * shares * np.sin(theta)).astype(np.float32)
    y = (centre[1] - axes[1] * shares * np.cos(theta)).astype(np.float32)
    return cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)


def letters_band(
    picture: Gray, centre: tuple[float, float], axes: tuple[float, float]
) -> tuple[float, float]:
    """Inner and outer edge of this seal's own letters, with a little white; ``BAND`` where they do not show.

    Told by how much of each circle is inked, bottom left out: letters are a plateau between two valleys.
    """
    ring = unrolled(picture, centre, axes, (INNERMOST, OUTERMOST))
    rows, columns = ring.shape
    inked = (ring[:, round(0.16 * columns) : round(0.84 * columns)] < 150).mean(axis=1)
    smooth = max(1, round(0.012 * sum(axes) / 2))
    profile = np.convolve(inked, np.ones(2 * smooth + 1) / (2 * smooth + 1), mode="same")
    shares = OUTERMOST - (np.arange(rows) + 0.5) / rows * (OUTERMOST - INNERMOST)
    level = float(np.median(profile[(shares > 0.62) & (shares < 0.80)]))
    valley = np.flatnonzero(profile < 0.35 * level)
    middle = int(np.abs(shares - 0.72).argmin())
    above, below = valley[valley < middle], valley[valley > middle]
    if level < 0.04 or not len(above) or not len(below):
        return BAND
    outer, inner = float(shares[above[-1]]), float(shares[below[0]])
    height = outer - inner
    if not BAND_HEIGHT[0] < height < BAND_HEIGHT[1]:
        return BAND
    return inner - BAND_MARGIN * height, outer + BAND_MARGIN * height


def text_strip(strip: Gray, band: tuple[float, float] = BAND) -> Gray | None:
    """Cut at the widest gap, so that the text starts at its first character however the stamp was turned."""
    rows = strip.shape[0]
    outer = max(0.12, (band[1] - INSIDE_NUMBERS) / (band[1] - band[0]))
    core = strip[round(outer * rows) : -max(1, rows // 6)]
    inked = (core < 150).mean(axis=0) > 0.04
    if inked.sum() < 0.1 * len(inked):
        return None
    twice = np.concatenate([inked, inked])
    gaps = _false_runs(twice)
    start, end = max(gaps, key=lambda g: _gap_worth(g, len(inked)), default=(0, 0))
    rolled = np.roll(strip, -((start + end) // 2) % len(inked), axis=1)
    marked = np.flatnonzero(np.roll(inked, -((start + end) // 2) % len(inked)))
    pad = strip.shape[0] // 3
    line = rolled[:, max(0, marked[0] - pad // 2) : marked[-1] + pad // 2]
    return cv2.copyMakeBorder(line, 2, 2, pad // 2, pad // 2, cv2.BORDER_CONSTANT, value=255)


def _gap_worth(gap: tuple[int, int], around: int) -> float:
    """A gap's width, more towards the bottom: columns count from there, ``around`` of them."""
    middle = (gap[0] + gap[1]) / 2
    return (gap[1] - gap[0]) * (1 + AT_BOTTOM * float(np.cos(2 * np.pi * middle / around)))


def _false_runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([True], flags, [True])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
