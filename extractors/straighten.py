"""Pages as they should be held: turned by quarters, then freed of the scanner's skew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.form.geometry import Box
from extractors.ocr.engine import OcrEngine
from extractors.pages import Gray, PageImage, Rgb
from extractors.rotation import find_rotation
from extractors.scaling import reduced
from extractors.sheet import cut_out, sheet_corners, without_streaks

WORKING_WIDTH_PX = 1654
"""A4 at 200 dpi. Wider pages are reduced to it, so that cost follows paper and not the scanner's setting."""
LEAST_PAGE_PX = 64
SMALLEST_PAGE_PX = 400
"""A smaller picture is no page; it is left as it is."""
MAX_SKEW_DEG = 6.0
LEAST_SKEW_DEG = 0.05
Homography = NDArray[Any]
"""float64 (3, 3), maps column vectors (x, y, 1)."""


@dataclass(frozen=True, slots=True)
class UprightPage:
    """A page turned by ``rotation`` degrees clockwise and straightened: ``rgb``, uint8.

    ``to_turned`` maps its pixels to those of the page as people see it (``as_displayed``), whose height and
    width are ``turned_px``. That picture is not kept: a form of thirty pages would not fit a worker.
    ``left_px``: so many columns of the page are missing at the left of ``rgb`` (see ``right_margin``).
    """

    number: int
    rgb: Rgb
    rotation: int
    skew_deg: float
    to_turned: Homography
    turned_px: tuple[int, int]
    left_px: int = 0


def page_to_upright(page: PageImage, engine: OcrEngine) -> UprightPage:
    """Turn and deskew. Digital pages are only turned where the file says so, which loading did already."""
    rgb = as_displayed(page, 0)
    if page.source == "digital":
        return UprightPage(page.number, rgb, 0, 0.0, np.eye(3), rgb.shape[:2])
    rotation = find_rotation(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), engine)
    turned = np.ascontiguousarray(np.rot90(rgb, -rotation // 90)) if rotation else rgb
    size = turned.shape[:2]
    sheet, back = turned, np.eye(3)
    corners = sheet_corners(turned)
    if corners is not None:
        cut, back = cut_out(turned, corners)
        sheet = _at_working_size(cut)
        back = back @ np.diag([cut.shape[1] / sheet.shape[1], cut.shape[0] / sheet.shape[0], 1.0])
    clean = without_streaks(sheet)
    skew = find_skew(cv2.cvtColor(clean, cv2.COLOR_RGB2GRAY))
    if abs(skew) < LEAST_SKEW_DEG:
        return UprightPage(page.number, clean, rotation, 0.0, back, size)
    straight, unturn = _unskewed(clean, skew)
    return UprightPage(page.number, straight, rotation, round(skew, 2), back @ unturn, size)


def right_margin(page: UprightPage, wide_px: int) -> UprightPage:
    """The page with no more of its picture than so many columns at its right."""
    left = max(0, page.rgb.shape[1] - wide_px)
    # Copied: a view would hold the whole picture.
    return replace(page, rgb=page.rgb[:, left:].copy(), left_px=page.left_px + left) if left else page


def at_working_size(page: PageImage) -> PageImage:
    """The page with its picture at working size, so that it is reduced once for all who need it so."""
    return replace(page, rgb=as_displayed(page, 0))


def as_displayed(page: PageImage, rotation: int) -> Rgb:
    """The page at working size, turned clockwise by ``rotation`` degrees: what people see. uint8 RGB."""
    rgb = _at_working_size(_at_least(page.rgb, LEAST_PAGE_PX))
    return np.ascontiguousarray(np.rot90(rgb, -rotation // 90)) if rotation else rgb


def _at_least(rgb: Rgb, side_px: int) -> Rgb:
    """A picture too small for any filter gets white paper around it; nothing readable is that small."""
    height, width = rgb.shape[:2]
    if min(height, width) >= side_px:
        return rgb
    below, right = max(0, side_px - height), max(0, side_px - width)
    return cv2.copyMakeBorder(rgb, 0, below, 0, right, cv2.BORDER_CONSTANT, value=(255, 255, 255))


def _at_working_size(rgb: Rgb) -> Rgb:
    """The page about as wide as A4 at 200 dpi, so that lengths in pixels mean the same on every page."""
    scale = WORKING_WIDTH_PX / min(rgb.shape[:2])
    if 0.9 < scale < 1.1 or min(rgb.shape[:2]) < SMALLEST_PAGE_PX:
        return rgb
    smaller = scale < 1
    return cv2.resize(
        rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    )


def _unskewed(rgb: Rgb, skew_deg: float) -> tuple[Rgb, Homography]:
    """Rotate about the centre; also the map from the new pixels back to the old ones."""
    height, width = rgb.shape[:2]
    back = unskewing((width, height), skew_deg)
    straight = cv2.warpAffine(
        rgb, np.linalg.inv(back)[:2], (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return straight, back


def unskewing(size: tuple[int, int], skew_deg: float) -> Homography:
    """The map from a straightened picture's pixels to those before; ``size``: its width and height."""
    forward = np.eye(3)
    forward[:2] = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), skew_deg, 1.0)
    return np.linalg.inv(forward)


def find_skew(gray: Gray) -> float:
    """Degrees by which text and rules fall to the right (positive: clockwise), by the sharpest profiles.

    A profile's energy is the sum of squared differences between neighbouring rows (Postl 1986), and between
    columns, which hold a table upright whose level rules were lost; coarse angles on a small picture, fine
    ones on a larger.
    """
    small = reduced(gray, 640 / max(gray.shape))
    ink = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((7, 7), np.uint8)).astype(np.float32)
    margin_y, margin_x = (side // 25 for side in ink.shape)
    ink[:margin_y], ink[-margin_y:], ink[:, :margin_x], ink[:, -margin_x:] = 0, 0, 0, 0
    tiny = reduced(ink, 0.5)
    coarse = np.arange(-MAX_SKEW_DEG, MAX_SKEW_DEG + 0.1, 0.5)
    best = max(coarse, key=lambda angle: _profile_energy(tiny, angle))
    best = max(np.arange(best - 0.5, best + 0.51, 0.1), key=lambda angle: _profile_energy(ink, angle))
    return float(max((best - 0.05, best, best + 0.05), key=lambda angle: _profile_energy(ink, angle)))


def _profile_energy(ink: NDArray[Any], angle: float) -> float:
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(ink, turn, (width, height))
    return sum(float(np.square(np.diff(turned.sum(axis=along))).sum()) for along in (0, 1))


def pixels_to_box(points: NDArray[np.float64], to_turned: Homography, turned_px: tuple[int, int]) -> Box:
    """The page-fraction box around pixel points (n, 2) after ``to_turned``, clipped to the page."""
    mapped = cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float64), to_turned).reshape(-1, 2)
    height, width = turned_px
    x0, y0 = mapped.min(axis=0)
    x1, y1 = mapped.max(axis=0)
    return Box(float(x0 / width), float(y0 / height), float(x1 / width), float(y1 / height)).clipped()
