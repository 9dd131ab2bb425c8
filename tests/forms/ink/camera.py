"""A page seen by a telephone's camera on a desk, and a page turned in the feeder."""

from __future__ import annotations

import cv2
import numpy as np

from tests.forms.ink.texture import Field, Rgb, across, clipped, fine_noise, smooth_noise

DESKS = (
    ((150, 105, 66), "wood"),
    ((94, 62, 40), "wood"),
    ((196, 164, 124), "wood"),
    ((70, 72, 78), "cloth"),
    ((58, 84, 70), "cloth"),
    ((186, 190, 192), "stone"),
)
"""Colour of the desk (RGB) and what it is made of."""


def turn(rgb: Rgb, degrees: int) -> Rgb:
    """The page turned clockwise by 0, 90, 180 or 270 degrees; 90 and 270 swap height and width.

    Raises:
        ValueError: Another angle.
    """
    if degrees % 90:
        raise ValueError(f"turn: 只能转 0、90、180、270 度,不能转 {degrees} 度")
    return np.ascontiguousarray(np.rot90(rgb, k=-(degrees // 90) % 4))


def photograph(rng: np.random.Generator, rgb: Rgb) -> Rgb:
    """The page photographed by hand: a picture larger than the page by the desk around it.

    The sheet is bent softly, seen in perspective, lit from one side, with the desk's grain around it,
    a blur of the lens towards the corners, a tint of the lamp, the sensor's noise and a telephone's JPEG.
    """
    height, width = rgb.shape[:2]
    size = (round(height * float(rng.uniform(1.08, 1.22))), round(width * float(rng.uniform(1.1, 1.28))))
    outline = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(outline, _corners(rng, (height, width), size))
    seen = cv2.warpPerspective(_curled(rng, rgb), matrix, size[::-1], flags=cv2.INTER_LINEAR)
    whole = np.full((height, width), 255, np.uint8)
    cover = np.asarray(cv2.warpPerspective(whole, matrix, size[::-1]), np.float32) / np.float32(255)
    desk = _desk(rng, size) * (1 - 0.55 * _cast_shadow(cover))[..., None]
    scene = desk + (seen - desk) * cover[..., None]
    warmth, green = float(rng.normal(0.01, 0.035)), float(rng.normal(0, 0.01))
    tint = np.array([1 + warmth, 1 + green, 1 - warmth], np.float32)
    scene *= _light(rng, size)[..., None] * tint
    return _through_lens(rng, clipped(scene))


def _corners(rng: np.random.Generator, sheet: tuple[int, int], size: tuple[int, int]) -> Field:
    """Where the sheet's corners land: turned a few degrees and leaning away at one side; shape (4, 2)."""
    height, width = sheet
    angle = np.radians(float(rng.normal(0, 2.2)))
    box = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * (width, height)
    lean_x, lean_y = rng.normal(0, 0.035, 2).clip(-0.09, 0.09) / (width / 2, height / 2)
    depth = 1 + box[:, 0] * lean_x + box[:, 1] * lean_y
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = box @ spin.T / depth[:, None]
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array(size[::-1], np.float64)
    scale = float(np.min(room * rng.uniform(0.9, 0.97) / (high - low)))
    shift = rng.normal(0, 0.006, 2).clip(-0.012, 0.012) * room
    return np.asarray((points - (low + high) / 2) * scale + room / 2 + shift, np.float32)


def _curled(rng: np.random.Generator, rgb: Rgb) -> Rgb:
    """A sheet that does not lie flat: its lines bow by about 1 % of the height, the bow catches light."""
    height, width = rgb.shape[:2]
    v, u = (axis * 0.5 + 0.5 for axis in across((height, width)))
    bow = float(rng.normal(0, 0.006)) * height
    wave = float(rng.normal(0, 0.002)) * height
    phase = float(rng.uniform(0, 2 * np.pi))
    rise = bow * np.sin(np.pi * u) * (0.4 + 0.6 * v) + wave * np.sin(3 * np.pi * v + phase) * u
    drift = float(rng.normal(0, 0.003)) * width * np.sin(np.pi * v)
    columns = np.arange(width, dtype=np.float32)[None, :] + drift
    rows = np.arange(height, dtype=np.float32)[:, None] + rise
    columns = np.ascontiguousarray(np.broadcast_to(columns, rows.shape))
    bent = cv2.remap(rgb, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    steep = np.asarray(cv2.resize(rise, (width // 8, height // 8), interpolation=cv2.INTER_AREA), np.float32)
    slope = np.gradient(steep, axis=1) * 0.25 + np.gradient(steep, axis=0) * 0.5
    light = np.asarray(cv2.resize(1 + np.clip(slope, -0.1, 0.06), (width, height)), np.float32)
    return clipped(bent * light[..., None])


def _cast_shadow(cover: Field) -> Field:
    """The thin shadow a sheet throws on the desk, to the lower right."""
    height, width = cover.shape
    small = cv2.resize(cover, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    soft = np.roll(cv2.GaussianBlur(small, (0, 0), width * 0.002), (width // 480, width // 600), (0, 1))
    return np.asarray(cv2.resize(soft, (width, height)), np.float32)


def _desk(rng: np.random.Generator, size: tuple[int, int]) -> Field:
    """Wood, stone or cloth; shape (height, width, 3), 0..255."""
    height, width = size
    colour, matter = DESKS[int(rng.integers(len(DESKS)))]
    if matter == "wood":
        rings = smooth_noise(rng, (max(8, height // 40), width), 4 + width * 0.004)
        fibre = smooth_noise(rng, (max(8, height // 30), width), 1.5)
        grain = 0.07 * rings + 0.03 * np.asarray(cv2.resize(fibre, rings.shape[::-1]), np.float32)
        grain = np.asarray(cv2.resize(grain, (width, height)), np.float32)
        if rng.random() < 0.5:
            grain = np.asarray(cv2.resize(np.ascontiguousarray(grain.T), (width, height)), np.float32)
        grain = grain + 0.05 * smooth_noise(rng, size, width * 0.08) + 0.025 * fine_noise(rng, size, 1.5)
    elif matter == "cloth":
        rows, columns = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)
        weave = np.sin(rows * np.pi / 3) * np.sin(columns * np.pi / 3)
        grain = 0.05 * weave + 0.04 * fine_noise(rng, size, 2.0) + 0.03 * smooth_noise(rng, size, width * 0.1)
    else:
        grain = 0.03 * fine_noise(rng, size, 2.5) + 0.04 * smooth_noise(rng, size, width * 0.03)
    return np.asarray((1 + grain)[..., None] * np.array(colour, np.float32), np.float32)


def _light(rng: np.random.Generator, size: tuple[int, int]) -> Field:
    """A lamp on one side, the shadow of the hand on another, darker corners; about 0.5..1.08."""
    small = (size[0] // 8, size[1] // 8)
    rows, columns = across(small)
    x, y = (float(place) for place in rng.uniform(-1.2, 1.2, 2))
    light = 1.04 - float(rng.uniform(0.04, 0.1)) * ((columns - x) ** 2 + (rows - y) ** 2) ** 0.75
    light = light - 0.07 * (columns**2 + rows**2) / 2
    if rng.random() < 0.6:
        angle = float(rng.uniform(0, 2 * np.pi))
        edge = (
            columns * np.cos(angle) + rows * np.sin(angle) + 0.12 * smooth_noise(rng, small, small[1] * 0.4)
        )
        dark, start, soft = (
            float(rng.uniform(0.1, 0.3)),
            float(rng.uniform(0.2, 0.8)),
            float(rng.uniform(6, 16)),
        )
        light = light * (1 - dark / (1 + np.exp(-(edge - start) * soft)))
    return np.asarray(cv2.resize(np.clip(light, 0.3, 1.08).astype(np.float32), size[::-1]), np.float32)


def _through_lens(rng: np.random.Generator, scene: Rgb) -> Rgb:
    """Soft corners, noise, and the telephone's JPEG."""
    height, width = scene.shape[:2]
    rows, columns = across((height, width))
    corner = (np.clip((columns**2 + rows**2) / 2, 0, 1) ** 1.5)[..., None]
    sharp = cv2.GaussianBlur(scene, (0, 0), width * float(rng.uniform(0.0002, 0.0004)))
    soft = cv2.GaussianBlur(scene, (0, 0), width * 0.0009)
    mixed = sharp + (soft.astype(np.float32) - sharp) * corner
    mixed += fine_noise(rng, (height, width), 1.4)[..., None] * np.float32(rng.uniform(1.5, 4))
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(72, 92))]
    _, data = cv2.imencode(".jpg", clipped(mixed)[..., ::-1], quality)
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])
