"""Writes with a pen: characters' strokes bent, joined and pressed as one hand does it.

The born PDF carries the entries as white text, which keeps their place and line breaks; this module writes
over that place. A struck-out character has a white of its own.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import cv2
import numpy as np

from tests.forms.places import Written
from tests.forms.strokes import Points, strokes_of


@dataclass(frozen=True, slots=True)
class Hand:
    """One person's writing; lengths are shares of the em, ``pen_mm`` is the line's width."""

    letter_font: str
    pen_mm: float
    ink: tuple[int, int, int]
    slant: float
    rise: float
    narrow: float
    size: float
    size_spread: float
    wander: float
    tremble: float
    join: float
    round: int
    taper: float
    overshoot: float


def draw_hand(rng: np.random.Generator, letter_fonts: tuple[str, ...], ink: tuple[int, int, int]) -> Hand:
    """A new hand, from neat to hurried."""
    hurry = float(rng.beta(1.6, 2.2))
    return Hand(
        letter_font=str(rng.choice(letter_fonts)),
        pen_mm=float(rng.uniform(0.26, 0.46)),
        ink=ink,
        slant=float(rng.normal(0.04, 0.08)),
        rise=float(rng.normal(-0.05, 0.05)),
        narrow=float(rng.uniform(0.84, 1.0)),
        size=float(rng.uniform(0.92, 1.2)),
        size_spread=0.03 + 0.06 * hurry,
        wander=0.02 + 0.04 * hurry,
        tremble=0.006 + 0.018 * hurry,
        join=max(0.0, hurry * 1.1 - 0.15),
        round=int(rng.integers(1, 3)),
        taper=float(rng.uniform(0.1, 0.6)),
        overshoot=float(rng.uniform(-0.04, 0.06)),
    )


def write_on(
    rng: np.random.Generator, rgb: np.ndarray, places: list[Written], hand: Hand, dpi: int
) -> np.ndarray:
    """The page with the places written on; ``rgb`` is not changed."""
    if not places:
        return rgb
    finer = max(1, math.ceil(420 / dpi))
    scale = dpi / 72 * finer
    height, width = rgb.shape[:2]
    canvas = np.zeros((height * finer, width * finer), np.uint8)
    drift = 0.0
    for place in places:
        drift = max(-2.0, min(2.0, drift * 0.9 + float(rng.normal(0, 0.6))))
        for points, press in _character(rng, place, hand, drift):
            width_pt = min(hand.pen_mm / 25.4 * 72, 0.085 * (place.y1 - place.y0))
            _ink(canvas, points * scale, press * width_pt * scale)
    cover = (
        cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
    )
    # A ballpoint skips a little: the darkness wavers slowly over the page.
    waver = cv2.resize(
        rng.normal(0.93, 0.05, (height // 24 + 2, width // 24 + 2)).astype(np.float32), (width, height)
    )
    cover *= np.clip(waver, 0.6, 1)[..., None]
    colour = np.array(hand.ink, np.float32)
    return (rgb * (1 - cover) + np.minimum(rgb, colour) * cover + 0.5).astype(np.uint8)


def _character(
    rng: np.random.Generator, place: Written, hand: Hand, drift: float
) -> list[tuple[Points, np.ndarray]]:
    """Strokes in points of the page with the pressure along each (1 = full width)."""
    strokes = strokes_of(place.text, hand.letter_font)
    if strokes is None:
        return []
    em = place.y1 - place.y0
    factor = hand.size * float(rng.normal(1, hand.size_spread))
    wide = 1.0 if place.text.isascii() else hand.narrow * float(rng.normal(1, hand.size_spread))
    bend = rng.normal(0, hand.wander * 0.5, (2, 2))
    middle = np.array([0.5 if not place.text.isascii() else 0.25, 0.5], np.float32)
    offset = rng.normal(0, hand.wander, 2) + np.array([0, drift * hand.wander * 0.6])
    shape = np.array([[wide, hand.rise * wide], [-hand.slant, 1.0]]) + bend
    origin = np.array([place.x0, place.y0]) + (np.array([_indent(place, em), 0.0]))
    out: list[tuple[Points, np.ndarray]] = []
    before: Points | None = None
    for stroke in strokes:
        moved = _stretched(stroke, hand.overshoot) + rng.normal(0, hand.tremble, stroke.shape)
        moved = moved + rng.normal(0, hand.tremble, 2)
        line = rounded((moved - middle) @ shape * factor + middle + offset, hand.round) * em + origin
        if before is not None and not place.text.isascii() and rng.random() < hand.join:
            out += _joint(before, line, em)
        out.append((line, _pressure(len(line), hand.taper)))
        before = line
    if place.struck:
        out += _struck(rng, place, em)
    return out


def _indent(place: Written, em: float) -> float:
    """Where a letter narrower or wider than its place begins."""
    if not place.text.isascii():
        return (place.x1 - place.x0 - em) / 2
    return max(0.0, (place.x1 - place.x0 - 0.5 * em) / 2)


def _stretched(stroke: Points, amount: float) -> Points:
    """The last point a little further along, or short of it."""
    out = stroke.copy()
    out[-1] += (stroke[-1] - stroke[-2]) * amount
    return out


def rounded(points: np.ndarray, times: int) -> np.ndarray:
    """Chaikin's corner cutting: each corner replaced by two points at a quarter of its sides."""
    for _ in range(times):
        if len(points) < 3:
            return points
        near, far = points[:-1] * 0.75 + points[1:] * 0.25, points[:-1] * 0.25 + points[1:] * 0.75
        points = np.concatenate([points[:1], np.stack([near, far], 1).reshape(-1, 2), points[-1:]])
    return points


def _pressure(count: int, taper: float) -> np.ndarray:
    """Firm in the first half, lighter to the end."""
    along = np.linspace(0, 1, count)
    return 1.08 - taper * np.clip(along - 0.45, 0, None) ** 1.2 * 1.6


def _joint(before: np.ndarray, line: np.ndarray, em: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """The pen hardly lifted between two strokes that lie near each other."""
    start, end = before[-1], line[0]
    distance = float(np.hypot(*(end - start)))
    if distance > 0.42 * em or distance < 0.02 * em:
        return []
    bow = (start + end) / 2 + np.array([0.0, 0.12 * distance])
    return [(np.array([start, bow, end]), np.array([0.55, 0.42, 0.5]))]


def _struck(rng: np.random.Generator, place: Written, em: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Two or three strokes through what was wrong."""
    out = []
    for _ in range(int(rng.integers(2, 4))):
        y0, y1 = place.y0 + em * rng.uniform(0.25, 0.8, 2)
        line = np.array(
            [[place.x0 - 0.05 * em, y0], [(place.x0 + place.x1) / 2, (y0 + y1) / 2], [place.x1, y1]]
        )
        out.append((line, np.full(3, 1.0)))
    return out


def _ink(canvas: np.ndarray, points: np.ndarray, widths: np.ndarray) -> None:
    """Segments with round ends, in sixteenths of a pixel."""
    fixed = np.round(points * 16).astype(int)
    for (a, b), width in zip(itertools.pairwise(fixed), widths[1:], strict=True):
        cv2.line(
            canvas, tuple(map(int, a)), tuple(map(int, b)), 255, max(1, round(float(width))), cv2.LINE_AA, 4
        )
