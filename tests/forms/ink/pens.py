"""Pen strokes: signatures, ticks and corrections, in blue or black ink."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from tests.forms.ink.strokes import TICKS, draw_stroke, spline
from tests.forms.ink.texture import Field, Rgba, fine_noise, inked, smooth_noise
from tests.forms.ink.thinning import thinned
from tests.forms.ink.typefaces import TypefaceMissingError, glyph_mask, hands, holds, typeface

EM_PX = 150
"""Size at which handwriting is composed before it is scaled."""


def draw_signature(
    rng: np.random.Generator,
    name: str,
    height_px: int,
    *,
    font_path: Path | str | None = None,
    variant: str = "written",
    colour: str | None = None,
) -> Rgba:
    """A signature, cut close to its ink; ``height_px`` is the height of all its letters together.

    Args:
        rng: Source of chance.
        name: What is signed.
        height_px: Height of the result.
        font_path: A handwriting face; the best installed one when None or when it lacks a character.
        variant: ``written`` (letters of a handwriting face, or a scribble where no face is installed) or
            ``scribble`` (nothing but strokes, illegible).
        colour: ``blue``, ``black``; chosen when None.

    Raises:
        ValueError: The name is empty, the variant or colour unknown.
    """
    if not name:
        raise ValueError("draw_signature: 姓名不能为空")
    if variant not in {"written", "scribble"}:
        raise ValueError(f"draw_signature: 没有“{variant}”这种写法,可用 written 或 scribble")
    font = _hand(rng, font_path, name) if variant == "written" else None
    cover = _scribbled(rng, len(name)) if font is None else _written(rng, name, font)
    return _finished(rng, cover, height_px, colour)


def write_text(
    rng: np.random.Generator,
    text: str,
    height_px: int,
    *,
    font_path: Path | str | None = None,
    colour: str | None = None,
) -> Rgba:
    """One line of pen writing, legible: letters apart, little slant, cut close; ``height_px`` is the em.

    Raises:
        ValueError: The text is empty.
        TypefaceMissingError: No handwriting face holds the text.
    """
    if not text.strip():
        raise ValueError("write_text: 文字不能为空")
    font = _hand(rng, font_path, text.replace(" ", ""), legible=True)
    if font is None:
        raise TypefaceMissingError("没有能写出这些字的手写字体,请用 font_path 指明一个")
    cover = _written(rng, text, font, careful=True)
    rows = np.flatnonzero(cover.max(axis=1) > 0.2)
    return _finished(rng, cover, max(4, round(height_px * (rows[-1] - rows[0] + 1) / EM_PX)), colour)


def draw_tick(rng: np.random.Generator, kind: str, size_px: int, *, colour: str | None = None) -> Rgba:
    """One mark of a pen on a square canvas of ``size_px``.

    Args:
        rng: Source of chance.
        kind: ``tick``, ``cross``, ``slash``, ``dot``, ``circle`` (around a word; lies wide) or ``scribble``.
        size_px: Side of the canvas; a ``circle`` is twice as wide as it is high.
        colour: ``blue``, ``black``; chosen when None.

    Raises:
        ValueError: The kind or colour is unknown.
    """
    if kind not in TICKS:
        raise ValueError(f"draw_tick: 没有“{kind}”这种记号,可用 {'、'.join(TICKS)}")
    scale = max(1, math.ceil(128 / size_px))
    wide = size_px * scale * (2 if kind == "circle" else 1)
    canvas = np.zeros((size_px * scale, wide), np.float32)
    pen = max(1.2, size_px * scale * float(rng.uniform(0.045, 0.085)))
    if kind == "circle":
        pen *= 0.7
    for points in TICKS[kind](rng):
        draw_stroke(rng, canvas, points * np.array([wide, size_px * scale], np.float32), pen)
    size = (wide // scale, size_px)
    small = np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.float32)
    return inked(pen_colour(rng, colour), _laid(rng, small))


def pen_colour(rng: np.random.Generator, colour: str | None = None) -> tuple[int, int, int]:
    """RGB of one pen's ink; black (three of four) or blue when none is named.

    Raises:
        ValueError: The colour is unknown.
    """
    colour = colour or ("blue" if rng.random() < 0.25 else "black")
    if colour == "black":
        grey = int(rng.integers(12, 60))
        return grey, grey, min(255, grey + int(rng.integers(0, 14)))
    if colour == "blue":
        return int(rng.integers(10, 60)), int(rng.integers(25, 80)), int(rng.integers(125, 185))
    raise ValueError(f"pen_colour: 没有“{colour}”这种颜色,可用 black 或 blue")


def _hand(
    rng: np.random.Generator, font_path: Path | str | None, text: str, *, legible: bool = False
) -> ImageFont.FreeTypeFont | None:
    """The face asked for, else any handwriting face found, else Kaiti; None when none holds the text."""
    found = [path for path in hands() if not (legible and "liu-jian" in path.name)]  # grass script
    order = [found[place] for place in rng.permutation(len(found))]
    for path in [*([Path(font_path)] if font_path is not None else []), *order]:
        font = ImageFont.truetype(str(path), EM_PX)
        if holds(font, text):
            return font
    try:
        font = typeface("kai", EM_PX)
    except TypefaceMissingError:
        return None
    return font if holds(font, text) else None


def _written(
    rng: np.random.Generator, text: str, font: ImageFont.FreeTypeFont, *, careful: bool = False
) -> Field:
    """Letters thinned to the pen's path, set with drift, joined and drawn anew by an uneven pen."""
    loose = 0.35 if careful else 1.0
    width = round(EM_PX * (len(text) * 1.1 + 2))
    path = np.zeros((EM_PX * 3, width), np.uint8)
    x, drift = float(EM_PX), 0.0
    slope = float(rng.normal(-0.04, 0.05)) * loose
    end: tuple[float, float] | None = None
    joined = not careful and rng.random() < 0.7
    for place, character in enumerate(text):
        size = float(rng.normal(1.0, 0.09 * loose)) * (1.12 if place == 0 and not careful else 1.0)
        letter = _letter_path(rng, font, character, size, loose)
        if letter is None:
            x += EM_PX * 0.4
            continue
        line, low = letter
        drift += float(rng.normal(0, 0.05 * loose)) * EM_PX
        y = EM_PX * 1.5 + low + drift + slope * x - line.shape[0] / 2
        end = _place(path, line, (round(x), round(y)), end if joined and rng.random() < 0.75 else None, rng)
        x += line.shape[1] + EM_PX * float(rng.uniform(0.1, 0.2) if careful else rng.uniform(-0.08, 0.16))
    return _penned(
        rng, path, EM_PX * float(rng.uniform(0.02, 0.04)), slant=float(rng.normal(0.12, 0.1)) * loose
    )


def _letter_path(
    rng: np.random.Generator, font: ImageFont.FreeTypeFont, character: str, size: float, loose: float
) -> tuple[NDArray[np.uint8], float] | None:
    """A letter's middle lines, bent a little, and how far below the em's middle they lie; None if blank."""
    mask = glyph_mask(font, character)
    if mask.size == 0:
        return None
    _, top, _, bottom = font.getbbox(character, anchor="ls")
    low = ((top + bottom) / 2 + 0.36 * EM_PX) * size
    mask = np.pad(np.asarray(cv2.resize(mask, None, fx=size, fy=size), np.float32), 16)
    shape = (int(mask.shape[0]), int(mask.shape[1]))
    columns, rows = np.meshgrid(np.arange(shape[1], dtype=np.float32), np.arange(shape[0], dtype=np.float32))
    bend = 4.5 * loose
    dx, dy = smooth_noise(rng, shape, 60) * bend, smooth_noise(rng, shape, 60) * bend
    bent = cv2.remap(mask, columns + dx, rows + dy, cv2.INTER_LINEAR)
    line = thinned(np.asarray(bent) > 0.5)
    ink_rows, ink_columns = np.nonzero(line)
    if ink_rows.size == 0:
        return None
    line = line[:, max(ink_columns.min() - 2, 0) : ink_columns.max() + 3]
    return line.astype(np.uint8) * 255, low


def _place(
    path: NDArray[np.uint8],
    line: NDArray[np.uint8],
    at: tuple[int, int],
    before: tuple[float, float] | None,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Lays a letter into the path and joins it to where the letter before it ended; returns where it ends."""
    x0, y0 = max(at[0], 0), max(at[1], 0)
    height, width = min(line.shape[0], path.shape[0] - y0), min(line.shape[1], path.shape[1] - x0)
    target = path[y0 : y0 + height, x0 : x0 + width]
    np.maximum(target, line[:height, :width], out=target)
    rows, columns = np.nonzero(line[:height, :width])
    start = int(np.argmin(columns * 0.7 + rows))  # letters begin at the upper left and end at the lower right
    stop = int(np.argmax(columns * 0.7 + rows))
    if before is not None:
        goal = (float(x0 + columns[start]), float(y0 + rows[start]))
        middle = ((before[0] + goal[0]) / 2, (before[1] + goal[1]) / 2 + float(rng.normal(0.1, 0.08)) * EM_PX)
        curve = spline(np.array([before, middle, goal], np.float32))
        cv2.polylines(path, [np.round(curve).astype(np.int32)], isClosed=False, color=150, thickness=1)
    return float(x0 + columns[stop]), float(y0 + rows[stop])


def _penned(rng: np.random.Generator, path: NDArray[np.uint8], radius: float, *, slant: float) -> Field:
    """Ink around a path: wider and thinner by pressure, thin where the path is a join (grey 150)."""
    shape = (int(path.shape[0]), int(path.shape[1]))
    matrix = np.array([[1, -slant, slant * shape[0] / 2], [0, 1, 0]], np.float64)
    strong = np.asarray(
        cv2.warpAffine((path > 200).astype(np.uint8) * 255, matrix, shape[::-1]) > 90, np.uint8
    )
    light = np.asarray(cv2.warpAffine((path > 0).astype(np.uint8) * 255, matrix, shape[::-1]) > 90, np.uint8)
    pressure = np.clip(1 + 0.28 * smooth_noise(rng, shape, 38) + 0.1 * smooth_noise(rng, shape, 11), 0.4, 1.8)
    ink = np.zeros(shape, np.float32)
    for line, share in ((strong, 1.0), (light, 0.5)):
        if line.any():
            away = np.asarray(cv2.distanceTransform(1 - line, cv2.DIST_L2, 5), np.float32)
            ink = np.maximum(ink, np.clip(radius * share * pressure - away + 0.5, 0, 1))
    return np.asarray(ink, np.float32)


def _scribbled(rng: np.random.Generator, letters: int) -> Field:
    """An illegible signature: one long looping stroke and a few short ones, ending in a flourish."""
    width = round(EM_PX * (letters * 0.9 + 1.6))
    canvas = np.zeros((EM_PX * 2, width), np.float32)
    pen = EM_PX * float(rng.uniform(0.036, 0.07))
    for letter in range(letters):
        middle = np.array([EM_PX * (0.9 + 0.85 * letter), EM_PX + rng.normal(0, 8)])
        for _ in range(int(rng.integers(2, 5))):
            knots = int(rng.integers(3, 8))
            reach = rng.uniform(0.15, 0.5, size=2) * EM_PX
            wander = rng.uniform(-1, 1, size=(knots, 2)) * reach
            wander[:, 0] = np.sort(wander[:, 0]) * 0.8 + wander[:, 0] * 0.2
            draw_stroke(rng, canvas, (middle + wander).astype(np.float32), pen * float(rng.uniform(0.7, 1.0)))
    tail = np.array(
        [
            [width * 0.55, EM_PX * 1.2],
            [width * 0.8, EM_PX * 1.1],
            [width * 0.72, EM_PX * 1.5],
            [width * 0.97, EM_PX * 1.3],
        ]
    )
    draw_stroke(rng, canvas, (tail + rng.normal(0, 10, tail.shape)).astype(np.float32), pen)
    return canvas


def _laid(rng: np.random.Generator, cover: Field) -> Field:
    """A pen's ink is nearly even; the ball skips a fibre here and there."""
    shape = (int(cover.shape[0]), int(cover.shape[1]))
    flow = 0.95 + 0.05 * smooth_noise(rng, shape, 30) - 0.12 * np.clip(fine_noise(rng, shape, 1.5) - 1, 0, 2)
    return np.asarray(cover * np.clip(flow, 0.4, 1), np.float32)


def _finished(rng: np.random.Generator, cover: Field, height_px: int, colour: str | None) -> Rgba:
    """Cut to the ink, scaled to a height, coloured."""
    rows, columns = np.nonzero(cover > 0.2)
    cut = cover[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = height_px / cut.shape[0]
    size = (max(1, round(cut.shape[1] * scale)), height_px)
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = np.clip(np.asarray(cv2.resize(cut, size, interpolation=kind), np.float32), 0, 1)
    return inked(pen_colour(rng, colour), _laid(rng, small))
