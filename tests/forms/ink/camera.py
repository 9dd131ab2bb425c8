"""A page seen by a telephone's camera on a desk, and a page turned in the feeder."""

from __future__ import annotations

import cv2
import numpy as np

from tests.forms.ink.texture import Field, Rgb, fine_noise, smooth_noise


def turn(rgb: Rgb, degrees: int) -> Rgb:
    """The page turned clockwise by 0, 90, 180 or 270 degrees; 90 and 270 swap height and width.

    Raises:
        ValueError: Another angle.
    """
    if degrees % 90:
        raise ValueError(f"turn: 只能转 0、90、180、270 度,不能转 {degrees} 度")
    return np.ascontiguousarray(np.rot90(rgb, k=-(degrees // 90) % 4))


def photograph(rng: np.random.Generator, rgb: Rgb) -> Rgb:
    """The page photographed by hand: larger than the page by the desk around it.

    The sheet is bent softly, seen in perspective, lit from one side, with the desk's grain around it, a slight
    blur of the lens towards the corners, a tint of the lamp and the sensor's noise.
    """
    height, width = rgb.shape[:2]
    size = (round(height * float(rng.uniform(1.08, 1.22))), round(width * float(rng.uniform(1.1, 1.28))))
    sheet = _curled(rng, rgb)
    corners = _corners(rng, (height, width), size)
    outline = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(outline, corners)
    seen = cv2.warpPerspective(sheet, matrix, size[::-1], flags=cv2.INTER_LINEAR).astype(np.float32)
    whole = np.full((height, width), 255, np.uint8)
    cover = np.asarray(cv2.warpPerspective(whole, matrix, size[::-1]), np.float32) / 255
    cast = np.roll(cv2.GaussianBlur(cover, (0, 0), width * 0.008), (width // 120, width // 150), (0, 1))
    desk = _desk(rng, size) * (1 - 0.55 * cast)[..., None]
    scene = seen * cover[..., None] + desk * (1 - cover)[..., None]
    scene = scene * _light(rng, size)[..., None] * (1 + rng.normal(0, 0.035, 3))
    return _through_lens(rng, scene)


def _corners(rng: np.random.Generator, sheet: tuple[int, int], size: tuple[int, int]) -> Field:
    """Where the sheet's corners land: turned a few degrees and leaning away at one side."""
    height, width = sheet
    angle = np.radians(float(rng.normal(0, 2.2)))
    box = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * (width, height)
    lean_x, lean_y = rng.uniform(-0.09, 0.09, 2) / (width / 2, height / 2)
    depth = 1 + box[:, 0] * lean_x + box[:, 1] * lean_y
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = box @ spin.T / depth[:, None]
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array(size[::-1], np.float64)
    scale = float(np.min(room * rng.uniform(0.9, 0.97) / (high - low)))
    return np.asarray(
        (points - (low + high) / 2) * scale + room / 2 + rng.normal(0, 0.008, 2) * room, np.float32
    )


def _curled(rng: np.random.Generator, rgb: Rgb) -> Rgb:
    """A sheet that does not lie flat: lines bow by up to about 1 % of the height, the bow catches light."""
    height, width = rgb.shape[:2]
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    u, v = columns / width, rows / height
    bow = float(rng.normal(0, 0.006)) * height
    phase = float(rng.uniform(0, 2 * np.pi))
    wave = float(rng.normal(0, 0.002)) * height
    rise = bow * np.sin(np.pi * u) * (0.4 + 0.6 * v) + wave * np.sin(2 * np.pi * v * 1.5 + phase) * u
    drift = float(rng.normal(0, 0.003)) * width * np.sin(np.pi * v)
    bent = cv2.remap(rgb, columns + drift, rows + rise, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    slope = np.gradient(rise, axis=1) * 2.0 + np.gradient(rise, axis=0) * 4.0
    return np.asarray(
        np.clip(np.asarray(bent, np.float32) * (1 + np.clip(slope, -0.1, 0.06))[..., None], 0, 255), np.uint8
    )


def _desk(rng: np.random.Generator, size: tuple[int, int]) -> Field:
    """Wood, stone or cloth; shape (height, width, 3), 0..255."""
    height, width = size
    woods = [(150, 105, 66), (94, 62, 40), (196, 164, 124), (70, 72, 78), (186, 190, 192), (58, 84, 70)]
    base = np.array(woods[int(rng.integers(len(woods)))], np.float32)
    if base[0] > base[2] + 20:  # wood: long grain
        tall = smooth_noise(rng, (max(2, height // 40), width), 4 + width * 0.004)
        grain = 0.07 * np.asarray(cv2.resize(tall, (width, height)), np.float32)
        grain = grain + 0.05 * smooth_noise(rng, (height, width), width * 0.05)
        if rng.random() < 0.5:
            grain = np.asarray(cv2.resize(np.ascontiguousarray(grain.T), (width, height)), np.float32)
    else:
        grain = 0.03 * fine_noise(rng, size, 2.5) + 0.03 * smooth_noise(rng, size, width * 0.03)
    return np.asarray(base * (1 + grain)[..., None], np.float32)


def _light(rng: np.random.Generator, size: tuple[int, int]) -> Field:
    """A lamp on one side, the hand's shadow on another, darker corners."""
    rows, columns = np.mgrid[-1 : 1 : size[0] * 1j, -1 : 1 : size[1] * 1j].astype(np.float32)
    x, y = rng.uniform(-1.2, 1.2, 2)
    light = 1.04 - float(rng.uniform(0.05, 0.13)) * ((columns - x) ** 2 + (rows - y) ** 2) ** 0.75
    light = light - 0.07 * (columns**2 + rows**2) / 2
    if rng.random() < 0.6:
        angle = float(rng.uniform(0, 2 * np.pi))
        edge = columns * np.cos(angle) + rows * np.sin(angle) + 0.12 * smooth_noise(rng, size, size[1] * 0.4)
        light = light * (
            1 - float(rng.uniform(0.1, 0.3)) / (1 + np.exp(-(edge - rng.uniform(0.2, 0.8)) * 14))
        )
    return np.asarray(np.clip(light, 0.25, 1.08), np.float32)


def _through_lens(rng: np.random.Generator, scene: Field) -> Rgb:
    """Soft corners, noise, and a telephone's JPEG."""
    height, width = scene.shape[:2]
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    corner = np.clip((columns**2 + rows**2) / 2, 0, 1)[..., None] ** 1.5
    sharp = np.asarray(
        cv2.GaussianBlur(scene, (0, 0), width * float(rng.uniform(0.0002, 0.0004))), np.float32
    )
    soft = np.asarray(cv2.GaussianBlur(scene, (0, 0), width * 0.0009), np.float32)
    mixed = sharp * (1 - corner) + soft * corner
    mixed = mixed + fine_noise(rng, (height, width), 1.4)[..., None] * float(rng.uniform(1.5, 4))
    picture = np.asarray(np.clip(np.round(mixed), 0, 255), np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(72, 92))]
    _, data = cv2.imencode(".jpg", picture[..., ::-1], quality)
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])
