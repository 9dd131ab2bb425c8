"""The plates of seals before any ink: rim, star, letters along an arc, the four fields of a name seal.

A company's seal is 40 mm across with a rim of 1.0 to 1.2 mm and a star of 14 mm; associations and private
schools use 42 mm, foreign-invested companies an oval of 45 by 30 mm. Lengths are shares of the radius.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from tests.forms.ink.texture import Field
from tests.forms.ink.typefaces import available, glyph_mask, typeface

PLATE_PX = 720
"""Longer side of the plate that a seal is engraved at, before it is scaled to the size asked for."""
GLYPH_PX = 160
OVAL_RATIO = 30 / 45
LETTERS = (("song", True), ("song", False), ("song", True), ("hei", False))
NAME_LETTERS = (("song", True), ("hei", True), ("kai", True), ("hei", False))
"""Style and boldness of letters that cutters choose from; a style not installed is cut in Songti."""
NAME_PLATE_PX = 480
NAME_EDGE_PX = 20
"""Air around a name seal's square on its plate."""


@dataclass(frozen=True, slots=True)
class Engraving:
    """What one seal cutter chose; lengths are shares of the (smaller) radius, angles in degrees."""

    rim: float
    letter: str
    letter_bold: bool
    letter_height: float
    letter_gap: float
    narrowest: float
    arc_deg: float
    star: float
    inner_rim: bool
    rim_cuts: int
    """Hair-thin gaps in the rim, a cutter's guard against forgery."""


def choose_cut(rng: np.random.Generator, letters: int, *, has_number: bool, has_inner: bool) -> Engraving:
    """One cutter's choices for a text of so many letters; arcs and heights as measured on real seals."""
    widest = 225.0 if has_inner else 275.0 if has_number else 285.0
    wished = 175.0 + 11.0 * letters
    tall = 0.335 if letters <= 10 else 0.305 if letters <= 14 else 0.27
    letter, bold = LETTERS[int(rng.integers(len(LETTERS)))]
    return Engraving(
        rim=float(rng.uniform(0.045, 0.068)),
        letter=letter,
        letter_bold=bold,
        letter_height=tall * float(rng.uniform(0.9, 1.08)) * (0.94 if has_inner else 1.0),
        letter_gap=float(rng.uniform(0.065, 0.105)),
        narrowest=float(rng.uniform(0.56, 0.72)),
        arc_deg=float(min(wished, widest) * rng.uniform(0.87, 1.0)),
        star=float(rng.uniform(0.33, 0.37)) * (0.82 if has_inner else 1.0),
        inner_rim=bool(rng.random() < 0.06),
        rim_cuts=int(rng.integers(2, 5)) if rng.random() < 0.2 else 0,
    )


def engrave(
    cut: Engraving, text: str, number: str | None, inner: str | None, *, oval: bool, star: bool
) -> Field:
    """The crisp plate, 0..1, square, the seal filling 0.96 of its width."""
    plate = np.zeros((PLATE_PX, PLATE_PX), np.float32)
    middle = PLATE_PX / 2
    a = PLATE_PX * 0.48
    b = a * (OVAL_RATIO if oval else 1.0)
    unit = b if not oval else b * 1.12
    rim = cut.rim * unit
    _ring(plate, middle, a - rim / 2, b - rim / 2, rim)
    for place in range(cut.rim_cuts):
        angle = 2.4 * (place + 1) * (1 + cut.star)  # any spread that differs from seal to seal
        tip = np.array([a * math.cos(angle), b * math.sin(angle)])
        start, stop = (np.round((middle + tip * share) * 16).astype(int).tolist() for share in (0.9, 1.02))
        cv2.line(plate, start, stop, 0.0, 3, cv2.LINE_AA, 4)
    if cut.inner_rim:
        _ring(plate, middle, a - rim * 2.2, b - rim * 2.2, rim * 0.25)
    height = cut.letter_height * unit * (0.86 if oval else 1.0)
    inset = rim + cut.letter_gap * unit + height / 2 + (rim if cut.inner_rim else 0)
    _arc_text(plate, text, (a - inset, b - inset), height, cut, middle)
    if number:
        small = 0.105 * unit
        _arc_number(
            plate, number, (a - rim * 1.5 - small * 0.75, b - rim * 1.5 - small * 0.75), small, cut, middle
        )
    if star:
        lift = 0.06 * unit if inner else 0.0
        _star(plate, (middle, middle - lift), cut.star * unit * (0.8 if oval else 1.0))
    if inner:
        tall = (0.215 if star else 0.25) * unit
        wide = min(tall * 0.82 * len(inner), 1.2 * unit)
        base = middle + (0.5 if star else 0.1) * unit
        for place, character in enumerate(inner):
            left = middle - wide / 2 + place * wide / len(inner)
            box = (left + 2, base - tall / 2, left + wide / len(inner) - 2, base + tall / 2)
            _fit(plate, _glyph(character, cut.letter, bold=cut.letter_bold), box)
    return plate


def _ring(plate: Field, middle: float, a: float, b: float, thick: float) -> None:
    axes, centre = (round(a * 16), round(b * 16)), (round(middle * 16), round(middle * 16))
    cv2.ellipse(plate, centre, axes, 0, 0, 360, 1.0, max(1, round(thick)), cv2.LINE_AA, 4)


def _star(plate: Field, centre: tuple[float, float], radius: float) -> None:
    """A regular five-pointed star; its inner points lie at sin 18° / sin 54° of the radius."""
    points = []
    for corner in range(10):
        reach = radius * (1.0 if corner % 2 == 0 else math.sin(math.pi / 10) / math.sin(3 * math.pi / 10))
        angle = math.pi * corner / 5 - math.pi / 2
        points.append((centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle)))
    cv2.fillPoly(plate, [np.round(np.array(points) * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)


def _arc_text(
    plate: Field, text: str, axes: tuple[float, float], height: float, cut: Engraving, middle: float
) -> None:
    """Letters along the upper arc, feet to the centre, equally far apart along the curve."""
    places = _places(axes, cut.arc_deg, len(text), upper=True)
    room = places[1][3] if len(places) > 1 else height
    width = min(height * 0.92, max(room * 0.9, height * 0.3))
    if width > height * cut.narrowest and len(text) > 6:
        width = height * max(cut.narrowest, min(0.92, room * 0.72 / height))
    for character, (x, y, angle, _room) in zip(text, places, strict=True):
        _stamp(
            plate,
            _glyph(character, cut.letter, bold=cut.letter_bold),
            (middle + x, middle + y),
            angle,
            width,
            height,
        )


def _arc_number(
    plate: Field, number: str, axes: tuple[float, float], height: float, cut: Engraving, middle: float
) -> None:
    """Digits along the lower arc, heads to the centre."""
    arc = min(76.0, len(number) * 5.2)
    for character, (x, y, angle, _room) in zip(
        number, _places(axes, arc, len(number), upper=False), strict=True
    ):
        glyph = _glyph(character, "hei", bold=cut.letter_bold)
        width = height * (0.72 if cut.letter_bold else 0.62)
        _stamp(plate, glyph, (middle + x, middle + y), angle, width, height)


def _places(
    axes: tuple[float, float], arc_deg: float, count: int, *, upper: bool
) -> list[tuple[float, float, float, float]]:
    """Points on an ellipse: x, y from its centre, the letter's clockwise turn (degrees), its room.

    ``arc_deg`` is a share of the whole curve, 360 being all of it, so an oval is filled as a circle is.
    """
    a, b = axes
    steps = np.linspace(0, 2 * math.pi, 3601)
    x, y = a * np.sin(steps), -b * np.cos(steps)  # clockwise from the top
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    whole = float(length[-1])
    span = whole * arc_deg / 360
    pitch = span / count
    half = (np.arange(count) - (count - 1) / 2) * pitch
    at = (half if upper else whole / 2 - half) % whole
    t = np.interp(at, length, steps)
    places = []
    for parameter in t:
        out_x, out_y = math.sin(parameter) / a, -math.cos(parameter) / b  # the curve's outward normal
        turn = math.degrees(math.atan2(out_x, -out_y)) if upper else math.degrees(math.atan2(-out_x, out_y))
        places.append((a * math.sin(parameter), -b * math.cos(parameter), turn, pitch))
    return places


def _glyph(character: str, style: str, *, bold: bool) -> Field:
    """A character's ink alone, cut to its outline with a little air, 0..1."""
    picture = glyph_mask(typeface(style if available(style) else "song", GLYPH_PX, bold=bold), character)
    if picture.size == 0:
        return np.zeros((GLYPH_PX, GLYPH_PX), np.float32)
    if picture.shape[0] < GLYPH_PX * 2 // 5:  # 一 and the like keep their proportions
        picture = np.pad(picture, ((GLYPH_PX // 4, GLYPH_PX // 4), (0, 0)))
    thin = GLYPH_PX // 3 - picture.shape[1]
    if thin > 0:
        picture = np.pad(picture, ((0, 0), (thin // 2, thin // 2)))
    return np.asarray(picture, np.float32)


def _fit(plate: Field, glyph: Field, box: tuple[float, float, float, float]) -> None:
    """Draws a glyph stretched to fill a box (x0, y0, x1, y1)."""
    x0, y0, x1, y1 = box
    _stamp(plate, glyph, ((x0 + x1) / 2, (y0 + y1) / 2), 0.0, x1 - x0, y1 - y0)


def _stamp(
    plate: Field, glyph: Field, centre: tuple[float, float], angle_deg: float, width: float, height: float
) -> None:
    """Draws a glyph, stretched to ``width`` by ``height`` and turned clockwise, into the plate."""
    tall, wide = glyph.shape
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    sx, sy = width / wide, height / tall
    matrix = np.array([[c * sx, -s * sy, 0], [s * sx, c * sy, 0]], np.float64)
    matrix[:, 2] = np.array(centre) - matrix[:, :2] @ np.array([(wide - 1) / 2, (tall - 1) / 2])
    reach = int(math.hypot(width, height) / 2) + 2
    left, top = int(centre[0]) - reach, int(centre[1]) - reach
    matrix[:, 2] -= (left, top)
    soft = cv2.GaussianBlur(glyph, (0, 0), max(0.5 / max(min(sx, sy), 0.05) - 0.5, 0.1))
    drawn = cv2.warpAffine(soft, matrix, (2 * reach, 2 * reach), flags=cv2.INTER_LINEAR)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + 2 * reach, plate.shape[1]), min(top + 2 * reach, plate.shape[0])
    if x0 < x1 and y0 < y1:
        target = plate[y0:y1, x0:x1]
        np.maximum(target, drawn[y0 - top : y1 - top, x0 - left : x1 - left], out=target)


def engrave_name(rng: np.random.Generator, name: str, *, red_field: bool) -> Field:
    """A name seal's plate, 0..1: letters in a frame (zhuwen), or cut out of a full square (baiwen)."""
    side, edge, frame = NAME_PLATE_PX, NAME_EDGE_PX, int(rng.integers(14, 26))
    columns = _name_columns(rng, name)
    plate = np.zeros((side, side), np.float32)
    cv2.rectangle(plate, (edge, edge), (side - edge, side - edge), 1.0, -1)
    field = (edge + frame, side - edge - frame)
    letters = np.zeros_like(plate)
    letter, bold = NAME_LETTERS[int(rng.integers(len(NAME_LETTERS)))]
    gap = 6 if not red_field else 10
    width = (field[1] - field[0]) / len(columns)
    for number, column in enumerate(columns):
        right = field[1] - number * width
        height = (field[1] - field[0]) / len(column)
        for row, character in enumerate(column):
            top = field[0] + row * height
            box = (right - width + gap, top + gap, right - gap, top + height - gap)
            _fit(letters, _glyph(character, letter, bold=bold), box)
    if not red_field:
        cv2.rectangle(plate, (field[0], field[0]), (field[1], field[1]), 0.0, -1)
        plate = np.maximum(plate, letters)
    else:
        plate = plate * (1 - letters)
    return plate


def _name_columns(rng: np.random.Generator, name: str) -> list[str]:
    """The seal's columns, the right one first."""
    if len(name) == 2:
        ways = ([name, "之印"], [name, "之印"], [name, "印"], [name[0], name[1] + "印"])
        return ways[int(rng.integers(len(ways)))]
    if len(name) == 3:
        return [name[:2], name[2] + "印"] if rng.random() < 0.8 else [name[0], name[1:]]
    half = (len(name) + 1) // 2
    return [name[:half], name[half:]] if len(name) > 1 else [name, "印"]
