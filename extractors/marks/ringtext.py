"""The words around a seal: the ring is unrolled to a straight line and read like any other line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.form.text import fold
from extractors.ink import evened
from extractors.marks.ringnames import Strip, judge_name, plain, plain_lattice, told_lattice
from extractors.marks.seals import FoundSeal
from extractors.ocr.engine import LineText, OcrEngine
from extractors.pages import Gray, Rgb

BAND, NARROW, WIDE = (0.52, 0.90), (0.55, 0.90), (0.46, 0.88)
"""Inner and outer edge of the letters as shares of the radius."""
NUMBER_BAND = (0.78, 0.96)
SURE_TEXT, GOOD_READING = 0.5, 0.85
"""From which confidence on a text is more than a guess, and from which no other strip is read."""
NUMBER_DIGITS = 13
DARK_RED = 120.0
"""Red channel below which red ink counts as darkened no further, grey value."""
AT_BOTTOM = 0.5
"""How much wider a gap in the ring counts at the bottom, where names begin and end, than at the sides."""


@dataclass(frozen=True, slots=True)
class SealText:
    """``text`` the ring's words, ``number`` its 13 digits or "", ``confidence`` that the text is wholly right.

    ``sure``: one probability for each character of ``text``; ``strips``: what the recogniser saw on each
    strip that was read, as ``ringnames`` judges it.
    """

    text: str
    number: str
    confidence: float
    sure: tuple[float, ...] = ()
    strips: tuple[Strip, ...] = ()


def read_seal(page_rgb: Rgb, seal: FoundSeal, engine: OcrEngine, names: Sequence[str] = ()) -> SealText:
    """Read the ring of a round or oval seal; "" where nothing can be read.

    Strips of other inks and edges are read until one of ``names`` is borne out by all of them together, or
    two tell clearly of another.
    """
    crop, centre = _crop(page_rgb, seal)
    wanted = [clean for name in names if (clean := clean_name(name))]
    readings: list[SealText] = []
    for picture, band in _views(crop, seal):
        line = text_strip(unrolled(picture(), centre, seal.axes_px, band))
        if line is None:
            continue
        readings.append(_read(engine.read_lines([line])[0]))
        strips = [strip for r in readings for strip in r.strips]
        if wanted and _decided(strips, wanted):
            break
        if not wanted and readings[-1].confidence > GOOD_READING:
            break
    if not readings:
        return SealText("", "", 0.0)
    best = max(readings, key=_quality)
    number = _read_number(_first_ink(crop, seal), centre, seal, engine)
    return replace(best, number=number, strips=tuple(strip for r in readings for strip in r.strips))


def _decided(strips: Sequence[Strip], names: Sequence[str]) -> bool:
    """Whether the strips bear one of the names, or clearly none of them."""
    verdicts = [judge_name(strips, name).matches for name in names]
    return any(verdicts) or all(verdict is False for verdict in verdicts)


def _views(crop: Rgb, seal: FoundSeal) -> tuple[tuple[Callable[[], Gray], tuple[float, float]], ...]:
    """Pictures and edges, the likeliest first; for red seals all inks come last, with print and pens in them."""
    if seal.colour != "red":
        return tuple((lambda: all_as_dark(crop), band) for band in (BAND, NARROW, WIDE))
    return (
        (lambda: red_as_dark(crop), BAND),
        (lambda: red_as_dark(crop, even=True), NARROW),
        (lambda: red_as_dark(crop), WIDE),
        (lambda: all_as_dark(crop), BAND),
    )


def _first_ink(crop: Rgb, seal: FoundSeal) -> Gray:
    return red_as_dark(crop) if seal.colour == "red" else all_as_dark(crop)


def _read(line: LineText) -> SealText:
    """A line's Chinese characters with their probabilities, without what stars and rims are read as."""
    kept = [(plain(c), p) for c, p in zip(line.text, line.sure, strict=False) if plain(c)]
    text, sure = "".join(c for c, _ in kept), tuple(p for _, p in kept)
    strip = plain_lattice(line.lattice) if line.lattice.steps else told_lattice(text, sure)
    return SealText(text, "", line.confidence, sure, (Strip(strip),))


def clean_name(text: str) -> str:
    """A name's characters as ``ringnames`` compares them."""
    return "".join(map(plain, fold(text)))


def _quality(reading: SealText) -> float:
    """Mean probability of the characters, longer texts preferred a little."""
    if not reading.sure:
        return 0.0
    return sum(reading.sure) / len(reading.sure) + 0.01 * min(len(reading.text), 20)


def _crop(page_rgb: Rgb, seal: FoundSeal) -> tuple[Rgb, tuple[float, float]]:
    """The paper around the seal, and the seal's centre on it."""
    reach = 1.12
    x0, y0 = (max(0, int(c - reach * a)) for c, a in zip(seal.centre_px, seal.axes_px, strict=True))
    x1, y1 = (int(c + reach * a) + 1 for c, a in zip(seal.centre_px, seal.axes_px, strict=True))
    return np.ascontiguousarray(page_rgb[y0:y1, x0:x1]), (seal.centre_px[0] - x0, seal.centre_px[1] - y0)


def red_as_dark(crop: Rgb, *, even: bool = False) -> Gray:
    """Red ink dark on white; print under the seal fades. ``even`` makes pale parts as dark as their neighbours.

    Where print darkens the red, its share of the light is taken instead of its amount.
    """
    excess = cv2.subtract(crop[:, :, 0], cv2.max(crop[:, :, 1], crop[:, :, 2]))
    ink = excess.astype(np.float32)
    if not even:
        ink *= 255.0 / np.maximum(crop[:, :, 0].astype(np.float32), DARK_RED)
    inked = ink[excess > 30]
    strong: float | NDArray[np.float32] = max(40.0, float(np.percentile(inked, 75))) if inked.size else 40.0
    if even:
        size = max(9, crop.shape[0] // 12) | 1
        near = cv2.dilate(cv2.GaussianBlur(ink, (0, 0), 1.2), np.ones((size, size), np.uint8))
        smooth = np.asarray(cv2.GaussianBlur(near, (0, 0), size / 2), np.float32)
        strong = np.clip(smooth, 0.4 * strong, strong)
    return np.asarray(255 - np.clip(ink * (255.0 / strong), 0, 255), np.uint8)


def all_as_dark(crop: Rgb) -> Gray:
    """All ink dark on white: the darker of green and blue, which red ink takes away from the paper's light."""
    return evened(cv2.min(crop[:, :, 1], crop[:, :, 2]))


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


def text_strip(strip: Gray) -> Gray | None:
    """Cut at the widest gap, so that the text starts at its first character however the stamp was turned."""
    core = strip[strip.shape[0] // 4 : -max(1, strip.shape[0] // 6)]
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


def _read_number(picture: Gray, centre: tuple[float, float], seal: FoundSeal, engine: OcrEngine) -> str:
    """The 13 digits along the lower rim, heads to the centre; "" unless all 13 are read with confidence."""
    strip = unrolled(picture, centre, seal.axes_px, NUMBER_BAND)
    turned = np.ascontiguousarray(np.roll(strip, strip.shape[1] // 2, axis=1)[::-1, ::-1])
    middle, half = turned.shape[1] // 2, round(turned.shape[1] * 50 / 360)
    line = turned[:, middle - half : middle + half]
    (reading,) = engine.read_lines(
        [cv2.copyMakeBorder(line, 2, 2, 8, 8, cv2.BORDER_CONSTANT, value=255)], quick=True
    )
    digits = "".join(c for c in reading.text if c.isascii() and c.isdigit())
    return digits if len(digits) == NUMBER_DIGITS and reading.confidence >= SURE_TEXT else ""
