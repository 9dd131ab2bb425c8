"""Noise, wobble and the two ways ink meets paper. All pictures here are numpy arrays, RGB order."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
"""Shape (height, width, 3), 0..255."""
Rgba = NDArray[np.uint8]
"""Shape (height, width, 4): the ink's colour and, as alpha, how much of it lies there."""
Field = NDArray[np.float32]
"""Shape (height, width)."""


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], scale_px: float) -> Field:
    """Soft noise, mean near 0 and deviation 1, whose blotches are about ``scale_px`` wide."""
    height, width = shape
    rows = max(2, round(height / scale_px) + 2)
    columns = max(2, round(width / scale_px) + 2)
    coarse = rng.standard_normal((rows, columns)).astype(np.float32)
    field = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(field, np.float32) / np.float32(0.75)  # interpolation takes about a quarter of it


def fine_noise(rng: np.random.Generator, shape: tuple[int, int], scale_px: float = 1.0) -> Field:
    """Grain: white noise blurred to grains of ``scale_px``, mean 0 and deviation 1."""
    noise = rng.standard_normal(shape, dtype=np.float32)
    if scale_px <= 1:
        return noise
    grain = np.asarray(cv2.GaussianBlur(noise, (0, 0), scale_px / 2), np.float32)
    return np.asarray(grain / max(float(grain.std()), 1e-6), np.float32)


def across(shape: tuple[int, int]) -> tuple[Field, Field]:
    """Rows (height, 1) and columns (1, width), each -1..1, to be combined by broadcasting."""
    rows = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    return rows, np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]


def clipped(picture: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Rounded and held within 0..255."""
    return np.asarray(np.clip(picture + np.float32(0.5), 0, 255), np.uint8)


def rough_edges(rng: np.random.Generator, cover: Field, *, spread_px: float, amount: float) -> Field:
    """Lets a crisp drawing's outline wander, as ink does on paper fibre.

    Args:
        rng: Source of chance.
        cover: The drawing, 0..1.
        spread_px: Reach of the ink beyond the outline.
        amount: 0 crisp .. 1 ragged.
    """
    soft = np.asarray(cv2.GaussianBlur(cover, (0, 0), max(spread_px, 0.3)), np.float32)
    wander = np.clip(fine_noise(rng, _shape(cover), 2.5 * spread_px), -2, 2)  # so that bare paper stays bare
    level = 0.5 + 0.18 * amount * wander
    return np.clip((soft - level) * 4 + 0.5, 0, 1).astype(np.float32)


def inked(colour: tuple[int, int, int], cover: Field) -> Rgba:
    """RGBA from one colour and its cover 0..1."""
    height, width = cover.shape
    rgba = np.empty((height, width, 4), np.uint8)
    rgba[..., :3] = colour
    rgba[..., 3] = np.round(np.clip(cover, 0, 1) * 255)
    return rgba


def paste(page_rgb: Rgb, rgba: Rgba, centre_xy: tuple[float, float], mode: str = "multiply") -> Rgb:
    """A copy of the page with ink laid on it, its middle at ``centre_xy``; what hangs over the edge is cut.

    Args:
        page_rgb: The paper.
        rgba: Ink, at the page's resolution.
        centre_xy: In pixels of the page.
        mode: ``multiply`` as real ink does: paper shows through it and black print stays black;
            ``over`` as an electronic picture of a seal that hides what is under it.

    Raises:
        ValueError: The mode is unknown.
    """
    if mode not in {"multiply", "over"}:
        raise ValueError(f"paste: 没有“{mode}”这种方式,可用 multiply 或 over")
    page = page_rgb.copy()
    height, width = rgba.shape[:2]
    left, top = round(centre_xy[0] - width / 2), round(centre_xy[1] - height / 2)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, page.shape[1]), min(top + height, page.shape[0])
    if x0 >= x1 or y0 >= y1:
        return page
    ink = rgba[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32) / 255
    under = page[y0:y1, x0:x1].astype(np.float32)
    colour, alpha = ink[..., :3], ink[..., 3:]
    laid = (
        under * (1 - alpha * (1 - colour))
        if mode == "multiply"
        else under * (1 - alpha) + 255 * colour * alpha
    )
    page[y0:y1, x0:x1] = np.round(laid)
    return page


def _shape(field: Field) -> tuple[int, int]:
    return int(field.shape[0]), int(field.shape[1])
