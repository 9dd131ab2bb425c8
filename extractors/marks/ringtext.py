"""The words around a seal: the ring is unrolled to a straight line and read like any other line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.form.text import distance, fold
from extractors.ink import evened
from extractors.marks.seals import FoundSeal
from extractors.ocr.engine import LineText, OcrEngine
from extractors.pages import Gray, Rgb

BANDS = ((0.50, 0.92), (0.55, 0.90), (0.46, 0.88))
"""Inner and outer edge of the letters as shares of the radius, the likeliest first."""
NUMBER_BAND = (0.78, 0.96)
MOST_READINGS, LEAST_LETTERS = 4, 5
SURE_TEXT, SURE_CHARACTER = 0.5, 0.6
"""From which confidence on a text, or each of its characters, is more than a guess."""
GOOD_READING = 0.85
NUMBER_DIGITS = 13


@dataclass(frozen=True, slots=True)
class SealText:
    """``text`` the ring's words, ``number`` its 13 digits or "", ``confidence`` that the text is wholly right.

    ``others``: different texts that other edges or inks gave with some confidence: a doubt; ``sure``: one
    probability for each character of ``text``.
    """

    text: str
    number: str
    confidence: float
    sure: tuple[float, ...] = ()
    others: tuple[str, ...] = ()


def read_seal(page_rgb: Rgb, seal: FoundSeal, engine: OcrEngine) -> SealText:
    """Read the ring of a round or oval seal; "" where nothing can be read."""
    crop, centre = _crop(page_rgb, seal)
    pictures = (red_as_dark(crop), all_as_dark(crop)) if seal.colour == "red" else (all_as_dark(crop),)
    readings: list[SealText] = []
    for band, picture in product(BANDS, pictures):
        line = _text_strip(unrolled(picture, centre, seal.axes_px, band))
        if line is None or len(readings) == MOST_READINGS:
            continue
        readings.append(_read(engine.read_lines([line])[0]))
        if readings[-1].confidence > GOOD_READING and len(readings[-1].text) >= LEAST_LETTERS:
            break
    if not readings:
        return SealText("", "", 0.0)
    best = max(readings, key=_quality)
    others = tuple(
        r.text for r in readings if r is not best and r.confidence >= SURE_TEXT and r.text != best.text
    )
    return replace(best, number=_read_number(pictures[0], centre, seal, engine), others=others)


def _read(line: LineText) -> SealText:
    """A line's Chinese characters with their probabilities, without what stars and rims are read as."""
    kept = [(_clean(c), p) for c, p in zip(line.text, line.sure, strict=False) if _clean(c)]
    return SealText("".join(c for c, _ in kept), "", line.confidence, tuple(p for _, p in kept))


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


def red_as_dark(crop: Rgb) -> Gray:
    """Red ink dark on white; print under the seal fades."""
    excess = cv2.subtract(crop[:, :, 0], cv2.max(crop[:, :, 1], crop[:, :, 2]))
    inked = excess[excess > 30]
    strong = max(40.0, float(np.percentile(inked, 75))) if inked.size else 40.0
    ink = np.clip(excess.astype(np.float32) * (255.0 / strong), 0, 255)
    return np.asarray(255 - ink, np.uint8)


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


def _text_strip(strip: Gray) -> Gray | None:
    """Cut at the widest gap, so that the text starts at its first character however the stamp was turned."""
    core = strip[strip.shape[0] // 4 : -max(1, strip.shape[0] // 6)]
    inked = (core < 150).mean(axis=0) > 0.04
    if inked.sum() < 0.1 * len(inked):
        return None
    twice = np.concatenate([inked, inked])
    gaps = _false_runs(twice)
    start, end = max(gaps, key=lambda g: g[1] - g[0], default=(0, 0))
    rolled = np.roll(strip, -((start + end) // 2) % len(inked), axis=1)
    marked = np.flatnonzero(np.roll(inked, -((start + end) // 2) % len(inked)))
    pad = strip.shape[0] // 3
    line = rolled[:, max(0, marked[0] - pad // 2) : marked[-1] + pad // 2]
    return cv2.copyMakeBorder(line, 2, 2, pad // 2, pad // 2, cv2.BORDER_CONSTANT, value=255)


def _false_runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([True], flags, [True])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _clean(text: str) -> str:
    """Without what stars, rims and edges are read as."""
    return "".join(c for c in fold(text) if "\u4e00" <= c <= "\u9fff" or c in "()、·")


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


def match_seal(text: str, confidence: float, expected: str, sure: Sequence[float] = ()) -> bool | None:
    """Whether the seal names ``expected``: True only for the very name, False only for clearly another.

    One or two different characters may be another organisation as well as a misreading, so they are None;
    so is any reading that is unsure of itself. ``sure``: one probability for each character of ``text``.
    """
    seen, wanted = _clean(text), _clean(expected)
    if not seen or not wanted:
        return None
    if len(seen) == len(wanted) >= LEAST_LETTERS and wanted in seen + seen:  # the ring may be cut elsewhere
        certain = confidence >= SURE_TEXT or (len(sure) == len(seen) and min(sure) >= SURE_CHARACTER)
        return True if certain else None
    apart = distance(seen, wanted)
    if confidence >= SURE_TEXT and apart >= 3 and apart >= 0.25 * len(wanted):
        return False
    if confidence >= 0.2 and apart >= 0.55 * max(len(wanted), len(seen)) and len(seen) >= 5:
        return False
    return None
