"""The sheet of paper inside a picture: a photographed page freed of the desk, scanner streaks faded out."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.pages import Gray, Rgb
from extractors.scaling import reduced

SMALL_PX = 480
LEAST_SHARE, MOST_SHARE = 0.3, 0.965
"""A sheet fills this share of a photograph; beyond it there is no desk to cut away."""
SQUARENESS = 0.96
"""How much of its quadrilateral the bright region must fill."""
CONTRAST, STEP_PX, LEAST_STEP_SHARE = 14, 7, 0.7
LEVEL_SHIFTS = (0, -14, -28, 14)
STRIP_PX = 16
"""Streaks are looked for on strips of this many rows averaged: noise fades, what stands still stays."""
STREAK_DEPTH = 0.035
"""A streak takes at least this share of the light away."""


def sheet_corners(rgb: Rgb) -> NDArray[Any] | None:
    """Corners (4, 2) in pixels of a bright sheet on a darker ground, from the top left clockwise; else None.

    Several levels are tried; the outline counts whose four sides all show a step from paper to ground, so
    that a shadow across the sheet is not taken for its edge and nothing written is cut away.
    """
    scale = SMALL_PX / max(rgb.shape[:2])
    plain = reduced(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), scale)
    gray = cv2.GaussianBlur(cv2.morphologyEx(plain, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8)), (0, 0), 2)
    level, _ = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    best: tuple[float, NDArray[Any] | None] = (LEAST_STEP_SHARE, None)
    for shift in LEVEL_SHIFTS:
        quad = _bright_quad(gray, level + shift)
        if quad is not None:
            best = max(best, (_step_share(gray, quad), quad), key=lambda item: item[0])
    return None if best[1] is None else best[1] / scale


def _bright_quad(gray: Gray, level: float) -> NDArray[Any] | None:
    """The largest region above a grey level, when it is a plain quadrilateral inside the picture."""
    outlines, _ = cv2.findContours(
        (gray > level).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not outlines:
        return None
    outline = cv2.convexHull(max(outlines, key=cv2.contourArea))
    if not LEAST_SHARE < cv2.contourArea(outline) / gray.size < MOST_SHARE:
        return None
    quad = _quadrilateral(outline)
    if quad is None or cv2.contourArea(outline) < SQUARENESS * cv2.contourArea(quad.astype(np.float32)):
        return None
    return _clockwise(quad) if _sides_with_ground(quad, gray.shape) >= 3 else None


def _step_share(gray: Gray, quad: NDArray[Any]) -> float:
    """Along the worst of the four sides, the share of places where it is clearly darker outside than inside."""
    centre = quad.mean(axis=0)
    worst = 1.0
    for i in range(4):
        a, b = quad[i], quad[(i + 1) % 4]
        places = a + (b - a) * np.linspace(0.08, 0.92, 30)[:, None]
        outward = np.array([(b - a)[1], -(b - a)[0]])
        outward = outward / max(1e-6, float(np.linalg.norm(outward)))
        outward = outward * (1.0 if float(outward @ ((a + b) / 2 - centre)) > 0 else -1.0)
        out, inside = _gray_at(gray, places + outward * STEP_PX), _gray_at(gray, places - outward * STEP_PX)
        worst = min(worst, float((inside - out > CONTRAST).mean()))
    return worst


def _gray_at(gray: Gray, places: NDArray[Any]) -> NDArray[Any]:
    height, width = gray.shape
    columns = np.clip(places[:, 0].round().astype(int), 0, width - 1)
    rows = np.clip(places[:, 1].round().astype(int), 0, height - 1)
    found: NDArray[Any] = gray[rows, columns].astype(np.float64)
    return found


def _sides_with_ground(quad: NDArray[Any], shape: tuple[int, ...]) -> int:
    """On how many sides of the sheet the picture goes on; a book's shadow is one, a desk at least three."""
    gap = 0.008 * SMALL_PX
    height, width = shape
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return int(x0 > gap) + int(y0 > gap) + int(x1 < width - 1 - gap) + int(y1 < height - 1 - gap)


def _quadrilateral(outline: NDArray[Any]) -> NDArray[Any] | None:
    around = cv2.arcLength(outline, closed=True)
    for tolerance in (0.01, 0.02, 0.03, 0.05):
        points = cv2.approxPolyDP(outline, tolerance * around, closed=True).reshape(-1, 2)
        if len(points) == 4:
            return points.astype(np.float64)
    return None


def _clockwise(points: NDArray[Any]) -> NDArray[Any]:
    """From the top left clockwise, y downwards."""
    centre = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - centre[1], points[:, 0] - centre[0])
    ordered = points[np.argsort(angles)]
    start = int((ordered.sum(axis=1)).argmin())
    return np.roll(ordered, -start, axis=0)


def cut_out(rgb: Rgb, corners: NDArray[Any]) -> tuple[Rgb, NDArray[Any]]:
    """The sheet as a rectangle, and the map (3, 3) from its pixels to the picture's."""
    size, back = sheet_shape(corners)
    return cv2.warpPerspective(rgb, np.linalg.inv(back), size, flags=cv2.INTER_LINEAR), back


def sheet_shape(corners: NDArray[Any]) -> tuple[tuple[int, int], NDArray[Any]]:
    """Width and height of the sheet as a rectangle, and the map (3, 3) from its pixels to the picture's."""
    top, right, bottom, left = (np.linalg.norm(corners[i] - corners[(i + 1) % 4]) for i in range(4))
    width, height = round(float(max(top, bottom))), round(float(max(left, right)))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    forward = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return (width, height), np.linalg.inv(forward)


def without_streaks(rgb: Rgb) -> Rgb:
    """Give light back to columns and rows that are darker over the whole page: dirt on a feeder's glass."""
    height, width = rgb.shape[:2]
    high, wide = height // STRIP_PX, width // STRIP_PX
    rows = rgb[: high * STRIP_PX].reshape(high, STRIP_PX, 3 * width)
    sums = np.concatenate([cv2.reduce(strip, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S) for strip in rows])
    once = _without_streaks(rgb, (sums // STRIP_PX).astype(np.uint8).reshape(high, width, 3))
    strips = cv2.resize(once[:, : wide * STRIP_PX], (wide, height), interpolation=cv2.INTER_AREA)
    turned = once.swapaxes(0, 1)
    again = _without_streaks(turned, strips.swapaxes(0, 1))
    return once if again is turned else again.swapaxes(0, 1)


def _without_streaks(rgb: Rgb, averages: Rgb) -> Rgb:
    """Along the columns. ``averages``: uint8 (strips, w, 3), the means of ``STRIP_PX`` rows each."""
    height, strips = rgb.shape[0], averages.astype(np.float32) + 1.0
    rows = strips.shape[0]
    light = cv2.morphologyEx(averages, cv2.MORPH_CLOSE, np.ones((1, 21), np.uint8)).astype(np.float32) + 1.0
    kept = strips / light
    darker = np.minimum.reduce([kept[..., k] for k in range(3)]) < 1 - STREAK_DEPTH
    edge = max(2, rows // 28)
    share, first, last = (part.mean(axis=0) for part in (darker, darker[:edge], darker[-edge:]))
    # Dirt goes on beyond the sheet's edges; the rule of a wide table ends before them.
    streak = ((share > 0.86) & (np.minimum(first, last) > 0.5)) | (
        (share > 0.3) & (np.maximum(first, last) > 0.9)
    )
    if not streak.any() or streak.mean() > 0.1:
        return rgb
    streak = cv2.dilate(streak.astype(np.uint8)[None], np.ones((1, 3), np.uint8))[0] > 0
    columns = np.flatnonzero(streak)
    factor = cv2.resize(
        np.ascontiguousarray(kept[:, columns]), (len(columns), height), interpolation=cv2.INTER_LINEAR
    )
    out = rgb.copy(order="K")
    out[:, columns] = np.clip(
        rgb[:, columns] / np.maximum(factor.reshape(height, len(columns), 3), 0.2), 0, 255
    )
    return out
