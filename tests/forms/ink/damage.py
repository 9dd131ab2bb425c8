"""What happens to a page between the pen and the file: paper, copier, scanner, fax.

Every damage takes (rng, rgb, dpi) and gives a new picture of the same shape. ``skew`` and ``crop_edge`` move
the contents, the others leave every mark where it was.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.forms.ink.camera import photograph, turn
from tests.forms.ink.texture import Field, Rgb, across, clipped, fine_noise, smooth_noise

__all__ = ["DAMAGES", "MOVING", "damage_page", "photograph", "turn"]

Pixels = NDArray[np.float32]
"""Shape (height, width, 3), 0..255, while being worked on."""
Damage = Callable[[np.random.Generator, Rgb, int], Rgb]


def damage_page(rng: np.random.Generator, rgb: Rgb, kinds: Sequence[str], dpi: int) -> Rgb:
    """The page after each kind of damage, in the order given.

    Args:
        rng: Source of chance.
        rgb: The clean page; not written to.
        kinds: Keys of ``DAMAGES``.
        dpi: Resolution of ``rgb``; sizes such as a punched hole's follow it.

    Raises:
        ValueError: A kind is unknown.
    """
    unknown = [kind for kind in kinds if kind not in DAMAGES]
    if unknown:
        raise ValueError(f"damage_page: 没有“{'、'.join(unknown)}”这种损坏,可用 {'、'.join(DAMAGES)}")
    page = rgb.copy()
    for kind in kinds:
        page = DAMAGES[kind](rng, page, dpi)
    return page


def skew(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Laid crookedly on the glass: up to 3 degrees either way, white (or the lid's grey) beside the sheet."""
    height, width = rgb.shape[:2]
    angle = float(rng.uniform(0.4, 3.0)) * (1 if rng.random() < 0.5 else -1)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    lid = int(rng.integers(225, 256)) if rng.random() < 0.8 else int(rng.integers(20, 70))
    turned = cv2.warpAffine(rgb, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(lid, lid, lid))
    return np.asarray(turned, np.uint8)


def blur(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Out of focus by 0.06 to 0.14 mm, or smeared a little along the carriage."""
    reach = float(rng.uniform(0.06, 0.14)) * dpi / 25.4
    along = reach * float(rng.uniform(1.0, 1.8))
    return np.asarray(cv2.GaussianBlur(rgb, (0, 0), sigmaX=reach, sigmaY=along), np.uint8)


def noise(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Sensor noise, grey and (coarser) coloured, and a few specks of dust."""
    height, width = _shape(rgb)
    amount = float(rng.uniform(4, 11))
    half = (height // 2 + 1, width // 2 + 1, 3)
    tinted = rng.standard_normal(half, dtype=np.float32) * np.float32(amount * 0.6)
    page = np.asarray(cv2.resize(tinted, (width, height)), np.float32)
    page += rgb
    page += fine_noise(rng, (height, width))[..., None] * np.float32(amount)
    speckled = clipped(page)
    for _ in range(int(rng.integers(10, 60))):
        where = (int(rng.integers(width)), int(rng.integers(height)))
        reach = max(1, round(dpi * float(rng.uniform(0.001, 0.006))))
        cv2.circle(speckled, where, reach, (60, 60, 60), -1, cv2.LINE_AA)
    return speckled


def shadow(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """The dark band of a book's or a bundle's spine along one long edge, or a lid left open."""
    height, width = _shape(rgb)
    reach = float(rng.uniform(0.04, 0.14)) * width
    away = np.arange(width, dtype=np.float32)
    if rng.random() < 0.5:
        away = away[::-1]
    bow = smooth_noise(rng, (height, 1), height / 2) * reach * 0.15
    dark = float(rng.uniform(0.35, 0.7))
    fall = 1 - dark * np.exp(-((np.maximum(away[None, :] + bow, 0) / reach) ** 1.3))
    return clipped(rgb * fall[..., None])


def folds(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Creases of a letter folded in two to four (perhaps once across too): worn light, shaded on one side."""
    page = rgb.astype(np.float32)
    shares = ((0.5,), (1 / 3, 2 / 3), (1 / 3, 2 / 3), (0.25, 0.5, 0.75))[int(rng.integers(4))]
    for share in shares:
        _crease(rng, page, share + float(rng.normal(0, 0.01)), dpi)
    if rng.random() < 0.4:
        _crease(rng, page.transpose(1, 0, 2), 0.5 + float(rng.normal(0, 0.01)), dpi)
    return clipped(page)


def _crease(rng: np.random.Generator, page: Pixels, share: float, dpi: int) -> None:
    """Darkens and wears the page, in place, along a nearly level line at ``share`` of its height."""
    height, width = page.shape[:2]
    page[: round(share * height)] *= np.float32(
        rng.uniform(0.965, 1.0)
    )  # the panels face the lamp differently
    soft, sharp = dpi * float(rng.uniform(0.06, 0.2)), max(1.0, dpi * 0.006)
    reach = round(soft * 4 + 0.01 * width)
    top, bottom = max(round(share * height) - reach, 0), min(round(share * height) + reach, height)
    shape = (bottom - top, width)
    line = share * height - top + float(rng.normal(0, 0.004)) * np.linspace(-width / 2, width / 2, width)
    line = line + smooth_noise(rng, (1, width), dpi)[0] * dpi * 0.006
    near = (np.arange(shape[0])[:, None] - line[None, :]).astype(np.float32)
    side = near if rng.random() < 0.5 else -near
    light = 1 - float(rng.uniform(0.06, 0.22)) * np.exp(-np.abs(near) / soft) * (side > 0)
    light -= float(rng.uniform(0.05, 0.3)) * np.exp(-((near / sharp) ** 2))
    crumbled = np.clip(smooth_noise(rng, shape, dpi * 0.03) - 0.3, 0, 1)
    worn = 0.85 * np.exp(-((near / (sharp * 1.6)) ** 2)) * crumbled
    band = page[top:bottom]
    band *= light[..., None].astype(np.float32)
    band += (248 - band) * worn[..., None].astype(np.float32)


def punch_holes(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Two (or four) holes of 6 mm, 80 mm apart, 12 mm from the left edge (ISO 838), dark behind the sheet."""
    page = rgb.copy()
    mm = dpi / 25.4
    x = float(rng.uniform(10, 13)) * mm
    middle = rgb.shape[0] / 2 + float(rng.normal(0, 4)) * mm
    offsets = (-40, 40) if rng.random() < 0.7 else (-120, -40, 40, 120)
    tone = int(rng.integers(15, 70)) if rng.random() < 0.75 else int(rng.integers(215, 235))
    for offset in offsets:
        centre = (round((x + float(rng.normal(0, 0.3)) * mm) * 16), round((middle + offset * mm) * 16))
        rim = max(0, tone - 40) if tone > 100 else tone + 60
        cv2.circle(page, centre, round(3.15 * mm * 16), (rim, rim, rim), -1, cv2.LINE_AA, 4)
        cv2.circle(page, centre, round(2.85 * mm * 16), (tone, tone, tone), -1, cv2.LINE_AA, 4)
    return page


def streaks(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Dirt on a sheet feeder's glass: thin lines down the whole page, dark or coloured, some broken."""
    page = rgb.astype(np.float32)
    height, width = rgb.shape[:2]
    for _ in range(int(rng.integers(1, 5))):
        x = int(rng.integers(width))
        wide = max(1, round(dpi * float(rng.uniform(0.003, 0.012))))
        tint = rng.uniform(0.35, 0.95, size=3) if rng.random() < 0.4 else np.full(3, rng.uniform(0.3, 0.85))
        shown = np.clip(smooth_noise(rng, (height, 1), height / 6) + float(rng.uniform(0.2, 2)), 0, 1)
        page[:, x : x + wide] *= 1 - (1 - tint[None, None, :]) * shown[..., None]
    return clipped(page)


def low_dpi(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Scanned at 110 to 130 dpi and blown up again."""
    height, width = rgb.shape[:2]
    scale = min(1.0, float(rng.uniform(110, 130)) / dpi)
    small = cv2.resize(rgb, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def jpeg(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Saved as JPEG of quality 25 to 60."""
    quality = int(rng.integers(25, 61))
    _, data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


def grey(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Scanned without colour: seals turn grey."""
    return _as_rgb(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32))


def fax(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """By fax: 204 by 98 (or 196) points an inch (ITU-T T.4), black or white, with specks and lost lines."""
    height, width = rgb.shape[:2]
    across = round(width * min(1.0, 204 / dpi))
    down = round(height * min(1.0, (98 if rng.random() < 0.5 else 196) / dpi))
    small = np.asarray(
        cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (across, down), interpolation=cv2.INTER_AREA)
    )
    level = float(rng.uniform(140, 185)) + 14 * fine_noise(rng, (down, across))
    points = np.where(small > level, 255, 0).astype(np.uint8)
    specks = rng.random((down, across))
    points[specks < 0.0006] = 0
    points[specks > 0.9985] = 255
    for _ in range(int(rng.integers(0, 4))):
        line = int(rng.integers(1, down))
        points[line] = points[line - 1]
    return _as_rgb(
        np.asarray(cv2.resize(points, (width, height), interpolation=cv2.INTER_NEAREST), np.float32)
    )


def stains(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Water or tea: pale brown patches with a darker rim, or the bare ring of a cup."""
    height, width = _shape(rgb)
    page = rgb.astype(np.float32)
    brown = (np.array([0.82, 0.66, 0.42]) + rng.normal(0, 0.03, 3)).astype(np.float32)
    for _ in range(int(rng.integers(1, 4))):
        cup = rng.random() < 0.3
        reach = dpi * (float(rng.uniform(1.3, 1.6)) if cup else float(rng.uniform(0.3, 1.3)))
        y, x, span = int(rng.uniform(0, height)), int(rng.uniform(0, width)), round(reach * 1.6)
        top, left = max(y - span, 0), max(x - span, 0)
        spot = page[top : y + span, left : x + span]
        wash = _wash(rng, spot.shape[:2], (y - top, x - left), reach, cup=cup)
        spot *= 1 - (wash * np.float32(rng.uniform(0.25, 0.6)))[..., None] * (1 - brown)
    return clipped(page)


def _wash(
    rng: np.random.Generator, shape: tuple[int, ...], centre: tuple[int, int], reach: float, *, cup: bool
) -> Field:
    """How much of a dried puddle lies where, 0..1."""
    size = (shape[0], shape[1])
    rows = np.arange(size[0], dtype=np.float32)[:, None] - centre[0]
    columns = np.arange(size[1], dtype=np.float32)[None, :] - centre[1]
    lumps = smooth_noise(rng, size, reach * 0.6) + 0.4 * smooth_noise(rng, size, reach * 0.2)
    away = np.hypot(rows, columns) / reach
    away = away + (0.004 if cup else 0.11) * lumps + 0.015 * smooth_noise(rng, size, max(reach * 0.05, 2))
    rim = np.exp(-(((away - 1) / 0.04) ** 2)) * (0.75 + 0.25 * smooth_noise(rng, size, reach * 0.5))
    if cup:
        return np.asarray(np.clip(rim, 0, 1), np.float32)
    body = np.clip((1 - away) * 12, 0, 1) * (0.4 + 0.3 * np.clip(away, 0, 1) ** 3)
    return np.asarray(np.clip(body + rim * float(rng.uniform(0.3, 0.7)), 0, 1), np.float32)


def show_through(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Thin paper: a back side printed with a like page shines through, mirrored, soft and faint."""
    back = np.roll(rgb[:, ::-1], (int(rng.normal(0, dpi / 5)), int(rng.normal(0, dpi / 8))), axis=(0, 1))
    if rng.random() < 0.5:
        back = back[::-1, ::-1]
    soft = np.asarray(cv2.GaussianBlur(back, (0, 0), max(0.8, dpi * 0.008)), np.float32)
    return clipped(rgb * (1 - (1 - soft / 255) * float(rng.uniform(0.1, 0.24))))


def faint(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Toner nearly used up: print turns grey, paler in bands down the page, broken in fine grain."""
    shape = _shape(rgb)
    bands = smooth_noise(rng, (1, shape[1]), shape[1] / 5) * 0.1
    kept = float(rng.uniform(0.36, 0.6)) + bands + 0.07 * fine_noise(rng, shape, 2.0)
    return clipped(255 - (255 - rgb.astype(np.float32)) * np.clip(kept, 0.18, 0.9)[..., None])


def coloured_paper(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Printed on yellow, pink, green, blue or recycled paper."""
    papers = ((250, 240, 190), (250, 218, 222), (214, 238, 214), (212, 230, 246), (226, 218, 200))
    tint = (np.array(papers[int(rng.integers(len(papers)))]) + rng.normal(0, 4, 3)).astype(np.float32)
    fibre = 1 + 0.012 * fine_noise(rng, _shape(rgb), 2.5) + 0.006 * smooth_noise(rng, _shape(rgb), dpi * 0.1)
    return clipped(rgb * (fibre[..., None] * (np.minimum(tint, 255) / 255)))


def uneven(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """A background that darkens from one corner to the other, with soft clouds."""
    shape = _shape(rgb)
    angle = float(rng.uniform(0, 2 * math.pi))
    rows, columns = across(shape)
    slope = (columns * math.cos(angle) + rows * math.sin(angle)) / 1.42
    light = 0.84 + float(rng.uniform(0.08, 0.16)) * slope + 0.025 * smooth_noise(rng, shape, shape[1] / 3)
    return clipped(rgb * np.clip(light, 0.3, 1.0)[..., None])


def crop_edge(rng: np.random.Generator, rgb: Rgb, dpi: int) -> Rgb:
    """Laid too far over the glass: 3 to 9 % of one side is lost, the other side shows the lid."""
    height, width = rgb.shape[:2]
    share = float(rng.uniform(0.03, 0.09))
    dx, dy = [(-share, 0.0), (share, 0.0), (0.0, -share), (0.0, share)][int(rng.integers(4))]
    lid = int(rng.integers(235, 256)) if rng.random() < 0.7 else int(rng.integers(0, 60))
    matrix = np.array([[1, 0, round(dx * width)], [0, 1, round(dy * height)]], np.float64)
    return np.asarray(cv2.warpAffine(rgb, matrix, (width, height), borderValue=(lid, lid, lid)), np.uint8)


DAMAGES: dict[str, Damage] = {
    "skew": skew,
    "blur": blur,
    "noise": noise,
    "shadow": shadow,
    "folds": folds,
    "punch_holes": punch_holes,
    "streaks": streaks,
    "low_dpi": low_dpi,
    "jpeg": jpeg,
    "grey": grey,
    "fax": fax,
    "stains": stains,
    "show_through": show_through,
    "faint": faint,
    "coloured_paper": coloured_paper,
    "uneven": uneven,
    "crop_edge": crop_edge,
}
"""Name → damage."""
MOVING = frozenset({"skew", "crop_edge"})
"""Damages that move marks on the page, so that boxes noted before no longer fit."""


def _shape(rgb: Rgb) -> tuple[int, int]:
    return int(rgb.shape[0]), int(rgb.shape[1])


def _as_rgb(grey_page: Field) -> Rgb:
    return np.repeat(np.asarray(grey_page, np.uint8)[..., None], 3, axis=2)
