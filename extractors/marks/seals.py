"""Seals on a page: found by their rims, red ones on the red ink alone, copied ones on the dark ink.

An official seal is a ring 38 to 45 mm across; the form's table is 150 to 182 mm wide, which gives the
scale on any scan.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ink import RED_EXCESS, page_to_inks
from extractors.pages import Gray, Rgb

RADIUS_SHARE = (0.094, 0.155)
"""Least and greatest radius of a round seal as a share of the table's width."""
VOTE_WIDTH_PX = 170
"""The table is reduced to this width for the first vote."""
RED_COVER, OTHER_COVER = 0.42, 0.42
"""Least share of the rim's directions in which ink stands."""
CLEAR_OF = 0.28
"""How much more of the rim than of the paper just inside and outside it must be inked; print covers all alike."""
BESIDE_RIM, BESIDE_REACH = (0.92, 1.1), 0.02
"""Where paper is looked for, as shares of the radius: between rim and letters, and around the seal."""
MOST_RED = 0.2
"""A greater share of pale red is the paper's own colour."""
PALE_EXCESS = 16
"""As ``extractors.ink.RED_EXCESS``, for pale seals; noise exceeds it, but not in rings."""
WEAK_VOTE = 0.35
"""A ring with less than this share of the best ring's vote is not looked at."""
ANGLES = 180
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FoundSeal:
    """``centre_px`` (x, y) and ``axes_px`` (half width, half height) of the rim on the straightened page.

    ``colour``: ``red`` or ``grey``; ``shape``: ``round`` or ``oval``; ``strength``: share of the
    rim with ink, 0..1; ``ink``: bool mask of the bounding square, whose top left corner is ``corner_px``.
    """

    centre_px: tuple[float, float]
    axes_px: tuple[float, float]
    colour: str
    shape: str
    strength: float
    ink: Mask
    corner_px: tuple[int, int]

    @property
    def radius_px(self) -> float:
        return max(self.axes_px)


def find_seals(page_rgb: Rgb, table_width_px: int) -> tuple[FoundSeal, ...]:
    """Official seals on (a part of) a straightened page, strongest first.

    ``table_width_px`` tells how many pixels a centimetre has. Copied seals are searched for only where no
    red one is found, for print and rules can imitate a dark rim, but hardly a red one.
    """
    red = red_ink(page_rgb)
    found: list[FoundSeal] = []
    enough = 0.5 * RADIUS_SHARE[0] * table_width_px
    if red.sum() > enough:
        found = find_rings(red, table_width_px, "red", RED_COVER)
    if not found:
        pale = red_ink(page_rgb, PALE_EXCESS)
        if enough < pale.sum() < MOST_RED * pale.size:
            found = find_rings(pale, table_width_px, "red", OTHER_COVER, CLEAR_OF)
    if not found:
        dark = dark_without_rules(page_to_inks(page_rgb).dark)
        found = find_rings(dark, table_width_px, "grey", OTHER_COVER, CLEAR_OF)
    return tuple(sorted(found, key=lambda s: -s.strength))


def red_ink(rgb: Rgb, excess: int = RED_EXCESS) -> Mask:
    """Pixels of red ink, as ``extractors.ink`` tells them."""
    rest = cv2.max(np.ascontiguousarray(rgb[:, :, 1]), np.ascontiguousarray(rgb[:, :, 2]))
    return cv2.subtract(np.ascontiguousarray(rgb[:, :, 0]), rest) > excess


def dark_without_rules(dark: Gray) -> Mask:
    """Dark ink but long straight lines, which would close rings that are not there."""
    mask = (dark < 185).astype(np.uint8)
    length = max(40, dark.shape[1] // 28)
    rules = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    rules = cv2.bitwise_or(rules, cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8)))
    return (mask > 0) & ~(cv2.dilate(rules, np.ones((3, 3), np.uint8)) > 0)


def find_rings(
    mask: Mask, table_width_px: int, colour: str, least_cover: float, clear_of: float = 0.0
) -> list[FoundSeal]:
    """Round seals on a mask of ink, by a vote of rings and a check of each winner's rim at full resolution.

    ``clear_of``: by how much the rim's cover must exceed that of the paper beside it.
    """
    scale = VOTE_WIDTH_PX / table_width_px
    small = cv2.resize(mask.astype(np.float32), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = np.minimum(1.0, small * 2.2).astype(np.float32)
    found: list[FoundSeal] = []
    votes = _votes(small)
    for score, x, y, radius in votes[:8]:
        if score < WEAK_VOTE * votes[0][0]:
            break
        seal = _checked(mask, (x / scale, y / scale), radius / scale, colour, table_width_px)
        if seal is None or seal.strength < least_cover or any(_same(seal, s) for s in found):
            continue
        if not clear_of or _clearness(mask, seal) >= clear_of:
            found.append(seal)
    return found


def _votes(small: NDArray[np.float32]) -> list[tuple[float, float, float, float]]:
    """Peaks (score, x, y, radius) of ink along a ring minus ink just inside and outside it."""
    low, high = (share * VOTE_WIDTH_PX for share in RADIUS_SHARE)
    radii = np.arange(round(low) - 2, round(high) + 3)
    covers = {int(r): cv2.filter2D(small, -1, _ring(int(r)), borderType=cv2.BORDER_CONSTANT) for r in radii}
    peaks = []
    for r in radii[2:-2].tolist():
        score = covers[r] - 0.45 * (covers[r - 2] + covers[r + 2])
        for _ in range(4):
            y, x = np.unravel_index(int(score.argmax()), score.shape)
            if score[y, x] < 0.10:
                break
            peaks.append((float(score[y, x]), float(x), float(y), float(r)))
            cv2.circle(score, (int(x), int(y)), 6, 0.0, -1)
    peaks.sort(reverse=True)
    kept: list[tuple[float, float, float, float]] = []
    for peak in peaks:
        if all(np.hypot(peak[1] - k[1], peak[2] - k[2]) > 5 for k in kept):
            kept.append(peak)
    return kept


def _ring(radius: int) -> NDArray[np.float32]:
    size = 2 * radius + 3
    kernel = np.zeros((size, size), np.float32)
    cv2.circle(kernel, (size // 2, size // 2), radius, 1.0, 1, cv2.LINE_AA)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _checked(
    mask: Mask, centre: tuple[float, float], radius: float, colour: str, table_width_px: int
) -> FoundSeal | None:
    """Fit the rim at full resolution, twice, and measure how much of it is there."""
    axes = (radius, radius)
    cover = 0.0
    for reach in (0.10, 0.06):
        angles, radii = rim_points(mask, centre, axes, reach)
        cover = len(set(angles.tolist())) / ANGLES
        if cover < 0.3:
            return None
        theta = angles * (2 * np.pi / ANGLES)
        x = centre[0] + radii * axes[0] * np.cos(theta)
        y = centre[1] + radii * axes[1] * np.sin(theta)
        fitted = fit_rim(x, y)
        if fitted is None:
            return None
        centre, axes = fitted
    mean = sum(axes) / 2
    low, high = (share * table_width_px for share in RADIUS_SHARE)
    if not (low <= mean <= high and 0.85 < axes[0] / axes[1] < 1.18):
        return None
    angles, _ = rim_points(mask, centre, axes, 0.035)
    cover = len(set(angles.tolist())) / ANGLES
    return _seal(mask, centre, axes, colour, "round", cover)


def _seal(
    mask: Mask, centre: tuple[float, float], axes: tuple[float, float], colour: str, shape: str, cover: float
) -> FoundSeal:
    x0, y0 = max(0, int(centre[0] - axes[0] - 3)), max(0, int(centre[1] - axes[1] - 3))
    x1, y1 = int(centre[0] + axes[0] + 4), int(centre[1] + axes[1] + 4)
    return FoundSeal(centre, axes, colour, shape, round(cover, 3), mask[y0:y1, x0:x1].copy(), (x0, y0))


def rim_points(
    mask: Mask, centre: tuple[float, float], axes: tuple[float, float], reach: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Direction index and radius (share of the axes) of the outermost ink near the rim, one for each direction."""
    steps = np.arange(1 - reach, 1 + reach + 1e-9, 0.75 / max(axes))
    theta = np.arange(ANGLES) * (2 * np.pi / ANGLES)
    x = centre[0] + np.outer(np.cos(theta), steps) * axes[0]
    y = centre[1] + np.outer(np.sin(theta), steps) * axes[1]
    xi = np.clip(np.round(x).astype(np.intp), 0, mask.shape[1] - 1)
    yi = np.clip(np.round(y).astype(np.intp), 0, mask.shape[0] - 1)
    hit = mask[yi, xi]
    angles = np.flatnonzero(hit.any(axis=1))
    weight = hit[angles] * steps
    return angles, weight.sum(axis=1) / hit[angles].sum(axis=1)


def fit_rim(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Axis-parallel ellipse through most of the points: least squares, the farthest points left out twice."""
    keep = np.ones(len(x), bool)
    for _ in range(3):
        if keep.sum() < 30:
            return None
        cx, cy = x[keep].mean(), y[keep].mean()
        u, v = x - cx, y - cy
        design = np.column_stack([u**2, v**2, u, v])[keep]
        solution, *_ = np.linalg.lstsq(design, np.ones(int(keep.sum())), rcond=None)
        a, b, c, d = solution.tolist()
        if a <= 0 or b <= 0:
            return None
        mx, my = -c / (2 * a), -d / (2 * b)
        whole = 1 + a * mx**2 + b * my**2
        ax, ay = float(np.sqrt(whole / a)), float(np.sqrt(whole / b))
        off = np.abs(np.hypot((u - mx) / ax, (v - my) / ay) - 1)
        keep = off <= max(0.012, float(np.percentile(off[keep], 80)))
    return (float(cx + mx), float(cy + my)), (ax, ay)


def _clearness(mask: Mask, seal: FoundSeal) -> float:
    """Cover of the rim less that of circles just inside and outside it."""
    covers = []
    for share in (1.0, *BESIDE_RIM):
        axes = (share * seal.axes_px[0], share * seal.axes_px[1])
        angles, _ = rim_points(mask, seal.centre_px, axes, BESIDE_REACH)
        covers.append(len(set(angles.tolist())) / ANGLES)
    return covers[0] - (covers[1] + covers[2]) / 2


def _same(one: FoundSeal, other: FoundSeal) -> bool:
    gap = float(np.hypot(one.centre_px[0] - other.centre_px[0], one.centre_px[1] - other.centre_px[1]))
    return gap < 0.45 * max(one.radius_px, other.radius_px)
