"""Official seals (公章) and name seals (人名章) as they come off the stamp: a plate, ink and paper."""

from __future__ import annotations

import colorsys
import math

import cv2
import numpy as np

from tests.forms.ink.engraving import (
    NAME_EDGE_PX,
    NAME_PLATE_PX,
    PLATE_PX,
    choose_cut,
    engrave,
    engrave_name,
)
from tests.forms.ink.texture import Field, Rgba, fine_noise, inked, rough_edges, smooth_noise

STYLES = ("clean", "uneven", "pale", "partial")
INKS = {
    "red": ((0.955, 1.02), (0.72, 0.92), (0.78, 0.92)),
    "purple": ((0.86, 0.92), (0.6, 0.8), (0.55, 0.75)),
    "blue": ((0.60, 0.67), (0.6, 0.85), (0.5, 0.75)),
    "black": ((0.0, 1.0), (0.0, 0.05), (0.12, 0.35)),
}
"""Ranges of hue, saturation and value (0..1) of the pads' inks; red from bluish to orange."""


def draw_seal(
    rng: np.random.Generator,
    text: str,
    *,
    number: str | None,
    diameter_px: int,
    shape: str = "round",
    centre: str = "star",
    colour: str = "red",
    style: str = "clean",
    inner: str | None = None,
    rotation_deg: float | None = None,
) -> Rgba:
    """One impression of an official seal, on a square canvas as wide as the seal and a small margin.

    Args:
        rng: Source of chance.
        text: The owner's name, set along the upper arc from left to right.
        number: The seal's 13 digits, set along the lower arc; None for the many seals without.
        diameter_px: Outer width of the rim.
        shape: ``round`` or ``oval``.
        centre: ``star`` or ``none``.
        colour: ``red``, ``blue``, ``black`` (copied) or ``purple`` (old ink).
        style: ``clean``, ``uneven``, ``pale`` or ``partial`` (part of the seal did not print).
        inner: A straight line below the centre, such as 财务专用章.
        rotation_deg: Clockwise turn of the stamp; drawn at random within about 8 degrees when None.

    Raises:
        ValueError: An unknown shape, centre, colour or style, or an empty text.
    """
    _require(shape, ("round", "oval"), "shape")
    _require(centre, ("star", "none"), "centre")
    _require(style, STYLES, "style")
    if not text:
        raise ValueError("draw_seal: 印章文字不能为空")
    cut = choose_cut(rng, len(text), has_number=number is not None, has_inner=inner is not None)
    plate = engrave(cut, text, number, inner, oval=shape == "oval", star=centre == "star")
    turn = float(np.clip(rng.normal(0, 4), -9, 9)) if rotation_deg is None else rotation_deg
    plate = _turned(plate, turn)
    cover = _printed(rng, plate, style)
    scale = diameter_px / (PLATE_PX * 0.96)
    side = max(8, round(PLATE_PX * scale))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(cover, (side, side), interpolation=kind), np.float32)
    return inked(ink_colour(rng, colour), small)


def draw_name_seal(rng: np.random.Generator, name: str, side_px: int, *, kind: str | None = None) -> Rgba:
    """A square name seal, read in columns from the right.

    Args:
        rng: Source of chance.
        name: Two to four characters; 印 or 之印 is added where there is room.
        side_px: Outer side of the square.
        kind: ``zhuwen`` (red characters in a frame), ``baiwen`` (white characters in a red field), or None.

    Raises:
        ValueError: The name is empty or the kind unknown.
    """
    if not name:
        raise ValueError("draw_name_seal: 姓名不能为空")
    kind = kind or ("baiwen" if rng.random() < 0.3 else "zhuwen")
    _require(kind, ("zhuwen", "baiwen"), "kind")
    plate = engrave_name(rng, name, red_field=kind == "baiwen")
    plate = _turned(plate, float(rng.normal(0, 2)))
    cover = _printed(rng, plate, ("clean", "uneven")[int(rng.integers(2))])
    scaled_px = max(8, round(NAME_PLATE_PX * side_px / (NAME_PLATE_PX - 2 * NAME_EDGE_PX)))
    small = np.asarray(cv2.resize(cover, (scaled_px, scaled_px), interpolation=cv2.INTER_AREA), np.float32)
    return inked(ink_colour(rng, "red"), small)


def ink_colour(rng: np.random.Generator, colour: str) -> tuple[int, int, int]:
    """One pad's ink of a named colour, as RGB.

    Raises:
        ValueError: The colour is unknown.
    """
    _require(colour, tuple(INKS), "colour")
    hue, saturation, value = (float(rng.uniform(low, high)) for low, high in INKS[colour])
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _turned(plate: Field, clockwise_deg: float) -> Field:
    middle = (plate.shape[1] - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), -clockwise_deg, 1.0)
    return np.asarray(cv2.warpAffine(plate, matrix, plate.shape[::-1], flags=cv2.INTER_LINEAR), np.float32)


def _printed(rng: np.random.Generator, plate: Field, style: str) -> Field:
    """The plate's impression: ragged outline, grain of the paper, pressure from one side, missing patches."""
    shape = (int(plate.shape[0]), int(plate.shape[1]))
    wear = {"clean": 0.35, "uneven": 1.0, "pale": 0.7, "partial": 0.8}[style]
    if style != "clean" and rng.random() < 0.15:  # the stamp slipped: a pale second outline
        slip = rng.normal(0, 5, 2)
        matrix = np.array([[1, 0, slip[0]], [0, 1, slip[1]]], np.float64)
        ghost = np.asarray(cv2.warpAffine(plate, matrix, plate.shape[::-1]), np.float32)
        plate = np.maximum(plate, 0.48 * ghost)
    cover = rough_edges(rng, plate, spread_px=float(rng.uniform(1.0, 1.8)), amount=0.4 + 0.6 * wear)
    angle = float(rng.uniform(0, 2 * math.pi))
    rows, columns = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j].astype(np.float32)
    tilt = columns * math.cos(angle) + rows * math.sin(angle)
    ink = 1.02 - 0.1 * wear + 0.1 * wear * tilt + 0.13 * wear * smooth_noise(rng, shape, 90)
    ink = ink + 0.09 * wear * smooth_noise(rng, shape, 18)
    grain = fine_noise(rng, shape, 3.0)
    ink = ink - np.clip(grain - (2.5 - 1.1 * wear), 0, 1) * (0.5 + 0.4 * wear)  # fibre the ink missed
    if style == "uneven":
        dry = smooth_noise(rng, shape, 55) + 0.5 * smooth_noise(rng, shape, 14) + 0.8 * tilt
        ink = ink - np.clip((dry - 1.1) * 0.9, 0, 0.85) * (0.7 + 0.5 * (grain > -0.3))
    if style == "pale":
        ink = ink * rng.uniform(0.36, 0.55) - np.clip(grain * 0.12, 0, 1)
    if style == "partial":
        lost = tilt + 0.16 * smooth_noise(rng, shape, 40) + 0.1 * grain
        ink = ink * np.clip((float(rng.uniform(0.12, 0.5)) - lost) * 5 + 0.5, 0, 1)
    return np.asarray(cover * np.clip(ink, 0, 1), np.float32)


def _require(value: str, allowed: tuple[str, ...], what: str) -> None:
    if value not in allowed:
        raise ValueError(f"{what}: 没有“{value}”,可用 {'、'.join(allowed)}")
