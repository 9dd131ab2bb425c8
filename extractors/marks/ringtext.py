"""The words around a seal: the ring is unrolled to a straight line and read like any other line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from extractors.form.catalogue import default_catalogue
from extractors.form.text import fold
from extractors.marks.otherowners import ABSENT, seen_share
from extractors.marks.ringnames import judge_name
from extractors.marks.ringpictures import (
    BAND,
    all_as_dark,
    letters_band,
    red_as_dark,
    red_light,
    text_strip,
    unrolled,
    without_others,
    without_print,
)
from extractors.marks.seals import FoundSeal
from extractors.marks.strips import Strip, plain, plain_lattice, told_lattice
from extractors.ocr.engine import LineText, OcrEngine
from extractors.pages import Gray, Rgb

NARROW, WIDE = (0.55, 0.90), (0.46, 0.88)
"""Other inner and outer edges of the letters, as shares of the radius."""
NUMBER_BAND, NUMBER_DEG = (0.78, 0.96), 100
"""Where a seal's digits stand: shares of the radius, and degrees of the lower rim."""
INKED, LEAST_DIGITS = 150, 0.05
"""Grey value of ink, and the share of the digits' strip that must be inked to be read."""
GOOD_READING = 0.85
"""From which confidence on no other strip is read."""
NUMBER_DIGITS, PROVINCE = 13, "43"
SURE_NUMBER, SURE_DIGIT = 0.5, 0.97
"""Least probability of a seal's whole number and of each of its digits."""


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


def read_seal(
    page_rgb: Rgb,
    seal: FoundSeal,
    engine: OcrEngine,
    names: Sequence[str] = (),
    others: Sequence[FoundSeal] = (),
) -> SealText:
    """Read the ring of a round or oval seal; "" where nothing can be read. ``others``: more seals of the page.

    Strips of other inks and edges are read until one of ``names`` is borne out by all of them together, or
    two tell clearly of another.
    """
    crop, centre, corner = _crop(page_rgb, seal)
    near = [o for o in others if _reach(o, seal)]
    wanted = [clean for name in names if (clean := clean_name(name))]
    readings: list[SealText] = []
    first: Gray | None = None
    for picture, band in _views(crop, seal, centre, corner, near):
        first = picture if first is None else first
        line = text_strip(unrolled(picture, centre, seal.axes_px, band), band)
        if line is None:
            continue
        readings.append(_read(engine.read_lines([line])[0]))
        strips = [strip for r in readings for strip in r.strips]
        if wanted and (_decided(strips, wanted) or (len(readings) > 1 and _hopeless(strips, wanted))):
            break
        if not wanted and readings[-1].confidence > GOOD_READING:
            break
    if not readings or first is None:
        return SealText("", "", 0.0)
    best = max(readings, key=_quality)
    number = _read_number(first, centre, seal, engine)
    return replace(best, number=number, strips=tuple(strip for r in readings for strip in r.strips))


def _reach(other: FoundSeal, seal: FoundSeal) -> bool:
    gap = np.hypot(other.centre_px[0] - seal.centre_px[0], other.centre_px[1] - seal.centre_px[1])
    return bool(gap < other.radius_px + seal.radius_px)


def _decided(strips: Sequence[Strip], names: Sequence[str]) -> bool:
    """Whether the strips bear one of the names, or clearly none of them."""
    verdicts = [judge_name(strips, name).matches for name in names]
    return any(verdicts) or all(verdict is False for verdict in verdicts)


def _hopeless(strips: Sequence[Strip], names: Sequence[str]) -> bool:
    """Whether too little of each name was seen for another strip to show the rest of it."""
    return max(seen_share(strips, name) for name in names) < ABSENT


def _views(
    crop: Rgb,
    seal: FoundSeal,
    centre: tuple[float, float],
    corner: tuple[int, int],
    near: Sequence[FoundSeal],
) -> Iterator[tuple[Gray, tuple[float, float]]]:
    """Pictures and edges, the likeliest first; for red seals all inks come last, with print and pens in them."""
    everything = all_as_dark(crop)
    if seal.colour != "red":
        plain = without_others(everything, corner, near)
        clear = without_print(plain, seal, centre)
        if clear is not None:
            yield clear, BAND
            yield clear, _own_band(clear, seal, centre, NARROW)
        yield plain, BAND
        yield plain, _own_band(plain, seal, centre, NARROW)
        yield everything, WIDE
        return
    red = without_others(red_as_dark(crop), corner, near)
    yield red, BAND
    even = without_others(red_as_dark(crop, even=True), corner, near)
    yield even, _own_band(even, seal, centre, NARROW)
    yield red, _own_band(even, seal, centre, WIDE)
    bare = without_print(without_others(red_light(crop), corner, near), seal, centre)
    yield (even, WIDE) if bare is None else (bare, BAND)
    yield everything, BAND


def _own_band(
    picture: Gray, seal: FoundSeal, centre: tuple[float, float], instead: tuple[float, float]
) -> tuple[float, float]:
    """Where this seal's letters stand, or other edges than the usual: no strip is worth reading twice."""
    own = letters_band(picture, centre, seal.axes_px)
    return own if own != BAND else instead


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


def _crop(page_rgb: Rgb, seal: FoundSeal) -> tuple[Rgb, tuple[float, float], tuple[int, int]]:
    """The paper around the seal, the seal's centre on it, and its left and top on the page."""
    reach = 1.12
    x0, y0 = (max(0, int(c - reach * a)) for c, a in zip(seal.centre_px, seal.axes_px, strict=True))
    x1, y1 = (int(c + reach * a) + 1 for c, a in zip(seal.centre_px, seal.axes_px, strict=True))
    crop = np.ascontiguousarray(page_rgb[y0:y1, x0:x1])
    return crop, (seal.centre_px[0] - x0, seal.centre_px[1] - y0), (x0, y0)


def _read_number(picture: Gray, centre: tuple[float, float], seal: FoundSeal, engine: OcrEngine) -> str:
    """The 13 digits along the lower rim, heads to the centre; "" unless each is sure and the region exists."""
    strip = unrolled(picture, centre, seal.axes_px, NUMBER_BAND)
    turned = np.ascontiguousarray(np.roll(strip, strip.shape[1] // 2, axis=1)[::-1, ::-1])
    middle, half = turned.shape[1] // 2, round(turned.shape[1] * NUMBER_DEG / 720)
    line = turned[:, middle - half : middle + half]
    if (line < INKED).mean() < LEAST_DIGITS:
        return ""
    line = cv2.copyMakeBorder(line, 2, 2, 8, 8, cv2.BORDER_CONSTANT, value=255)
    return _sure_digits(engine.read_lines([line])[0])


def _sure_digits(reading: LineText) -> str:
    """A seal's number where each digit is sure and the region exists, else ""."""
    told = [(c, p) for c, p in zip(reading.text, reading.sure, strict=False) if c.isascii() and c.isdigit()]
    digits = "".join(c for c, _ in told)
    if len(digits) != NUMBER_DIGITS or reading.confidence < SURE_NUMBER:
        return ""
    sure = all(p >= SURE_DIGIT for _, p in told)
    # A seal's number begins with the code of the county that registered it; only our province's are known.
    known = not digits.startswith(PROVINCE) or digits[:6] in default_catalogue().regions
    return digits if sure and known else ""
