"""Single strokes of a pen: curves through knots, and the marks made of them."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.forms.ink.texture import Field

Points = NDArray[np.float32]
"""Shape (n, 2): x, y."""


def spline(knots: Points, steps: int = 24) -> Points:
    """A Catmull-Rom curve through the knots, shape ((n - 1) * steps + 1, 2)."""
    ends = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    pieces = []
    for p0, p1, p2, p3 in zip(ends[:-3], ends[1:-2], ends[2:-1], ends[3:], strict=True):
        pieces.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * t
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
        )
    return np.concatenate([*pieces, knots[-1:]]).astype(np.float32)


def draw_stroke(rng: np.random.Generator, canvas: Field, knots: Points, width: float) -> None:
    """Draws a curve whose width swells in the middle and tapers to its end."""
    curve = spline(knots)
    along = np.linspace(0, 1, len(curve))
    swell = 0.75 + 0.45 * np.sin(np.pi * along ** float(rng.uniform(0.6, 1.2))) - 0.35 * along**3
    swell = swell * (1 + 0.08 * np.interp(along * 8, np.arange(9), rng.standard_normal(9)))
    for (x0, y0), (x1, y1), share in zip(curve[:-1], curve[1:], swell[1:], strict=True):
        start, stop = (round(x0 * 16), round(y0 * 16)), (round(x1 * 16), round(y1 * 16))
        cv2.line(canvas, start, stop, 1.0, max(1, round(width * float(share))), cv2.LINE_AA, 4)


def _tick(rng: np.random.Generator) -> list[Points]:
    shape = np.array([[0.14, 0.52], [0.26, 0.66], [0.38, 0.84], [0.55, 0.52], [0.92, 0.1]])
    return [_shaken(rng, shape, 0.035)]


def _cross(rng: np.random.Generator) -> list[Points]:
    down = np.array([[0.15, 0.15], [0.5, 0.48], [0.86, 0.86]])
    return [_shaken(rng, down, 0.04), _shaken(rng, np.column_stack([1 - down[:, 0], down[:, 1]]), 0.04)]


def _slash(rng: np.random.Generator) -> list[Points]:
    return [_shaken(rng, np.array([[0.86, 0.1], [0.5, 0.5], [0.14, 0.9]]), 0.04)]


def _dot(rng: np.random.Generator) -> list[Points]:
    angles = np.linspace(0, 4 * math.pi, 14)
    reach = np.linspace(0.02, 0.13, 14)
    return [_shaken(rng, 0.5 + reach[:, None] * np.column_stack([np.cos(angles), np.sin(angles)]), 0.008)]


def _circle(rng: np.random.Generator) -> list[Points]:
    start = float(rng.uniform(-2.4, -1.2))
    angles = np.linspace(start, start - 2 * math.pi - float(rng.uniform(0.0, 0.6)), 12)
    reach = np.linspace(0.4, 0.44, 12)[:, None]
    return [_shaken(rng, 0.5 + reach * np.column_stack([np.cos(angles), np.sin(angles)]), 0.018)]


def _scribble(rng: np.random.Generator) -> list[Points]:
    across = np.linspace(0.12, 0.88, 11)
    down = np.where(np.arange(11) % 2 == 0, 0.2, 0.8)
    return [_shaken(rng, np.column_stack([across, down]), 0.05)]


def _shaken(rng: np.random.Generator, points: NDArray[np.float64], amount: float) -> Points:
    return (points + rng.normal(0, amount, points.shape)).clip(0.04, 0.96).astype(np.float32)


TICKS: dict[str, Callable[[np.random.Generator], list[Points]]] = {
    "tick": _tick,
    "cross": _cross,
    "slash": _slash,
    "dot": _dot,
    "circle": _circle,
    "scribble": _scribble,
}
"""Kind of mark → its strokes as knots in 0..1 of the canvas."""
