"""One look at a page as training sees it: rules drawn in some way, damage, a bent and tilted crop, and the truth."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from extractors.ink import page_to_inks
from tests.forms.ink.damage import damage_page

CROP = (512, 768)
"""Height and width of a crop, in pixels of a 200 dpi page."""
CROPS_A_LOOK = 4
CHANCES = {
    "coloured_paper": 5,
    "show_through": 28,
    "stains": 8,
    "folds": 16,
    "punch_holes": 10,
    "faint": 12,
    "uneven": 8,
    "shadow": 15,
    "blur": 14,
    "streaks": 22,
    "noise": 35,
    "low_dpi": 12,
    "jpeg": 25,
    "fax": 6,
}
"""In per cent; more often than in the standard mix, for the net should see the hard ones often."""
Picture = np.ndarray


def look_at(stem: Path, rng: np.random.Generator) -> list[tuple[Picture, Picture]]:
    """Crops as (dark uint8 (h, w), truth uint8 (2, h / 2, w / 2)); truth is 1 on level and on plumb rules."""
    bgr = cv2.imread(str(stem.with_suffix(".png")))
    if bgr is None:
        raise FileNotFoundError(stem)
    rgb = np.ascontiguousarray(bgr[..., ::-1])
    rules = json.loads(stem.with_suffix(".json").read_text())
    kinds = [kind for kind, chance in CHANCES.items() if rng.random() * 100 < chance]
    # Faint rules on a sheet that another shines through could not be told apart by anybody.
    rgb, truth = _ruled(rgb, rules, rng, faint_too="show_through" not in kinds)
    dark = page_to_inks(damage_page(rng, rgb.astype(np.uint8), kinds[:4], 200)).dark
    return [_crop(dark, truth, _centre(rules, dark.shape, rng), rng) for _ in range(CROPS_A_LOOK)]


def _centre(
    rules: list[list[float]], shape: tuple[int, ...], rng: np.random.Generator
) -> tuple[float, float]:
    """Where a crop looks: mostly near a rule, else anywhere."""
    if rules and rng.random() < 0.8:
        x0, y0, x1, y1 = rules[int(rng.integers(len(rules)))]
        along = float(rng.random())
        return x0 + (x1 - x0) * along + float(rng.normal(0, 120)), y0 + (y1 - y0) * along + float(
            rng.normal(0, 120)
        )
    return float(rng.uniform(0.1, 0.9)) * shape[1], float(rng.uniform(0.1, 0.9)) * shape[0]


def _ruled(
    rgb: Picture, rules: list[list[float]], rng: np.random.Generator, *, faint_too: bool
) -> tuple[Picture, Picture]:
    """The page with its rules in one hand's manner, and masks (h, w, 2) of level and plumb ones."""
    out = rgb.copy()
    truth = np.zeros((*rgb.shape[:2], 2), np.uint8)
    thick = float(
        rng.choice([rng.uniform(0.4, 1.2), rng.uniform(1.0, 3.0), rng.uniform(2.5, 7.0)], p=[0.35, 0.45, 0.2])
    )
    pale = 0.3 if faint_too else 0.0
    shade = float(rng.choice([rng.uniform(0.6, 1.0), rng.uniform(0.12, 0.5)], p=[1 - pale, pale]))
    manner = str(rng.choice(["solid", "dotted", "dashed", "gaps"], p=[0.68, 0.1, 0.1, 0.12]))
    double = rng.random() < 0.08
    open_sides = rng.random() < 0.06
    no_plumb = rng.random() < 0.03
    xs = [r[0] for r in rules] + [r[2] for r in rules]
    for x0, y0, x1, y1 in rules:
        plumb = x0 == x1
        side = plumb and (abs(x0 - min(xs)) < 8 or abs(x0 - max(xs)) < 8)
        if (plumb and no_plumb) or (side and open_sides) or rng.random() < 0.01:
            continue
        ink = np.zeros(rgb.shape[:2], np.uint8)
        offsets = (-thick - 1.5, thick + 1.5) if double else (0.0,)
        box = _box(x0, y0, x1, y1, rgb.shape)
        for offset in offsets:
            dx, dy = (offset, 0.0) if plumb else (0.0, offset)
            for a, b in _pieces((x0 + dx, y0 + dy), (x1 + dx, y1 + dy), manner, rng):
                _draw(ink, a, b, thick)
        part = ink[box]
        cover = part.astype(np.float32)[..., None] / 255 * shade
        out[box] = (out[box] * (1 - cover)).astype(np.uint8)
        seen = np.zeros(rgb.shape[:2], np.uint8)
        cv2.line(seen, (round(x0), round(y0)), (round(x1), round(y1)), 1, max(3, round(thick)))
        truth[..., 1 if plumb else 0][box] |= seen[box]
    return out, truth


def _box(x0: float, y0: float, x1: float, y1: float, shape: tuple[int, ...]) -> tuple[slice, slice]:
    return (
        slice(max(0, int(y0) - 16), min(shape[0], int(y1) + 17)),
        slice(max(0, int(x0) - 16), min(shape[1], int(x1) + 17)),
    )


def _draw(ink: Picture, a: tuple[float, float], b: tuple[float, float], thick: float) -> None:
    """A stroke of any thickness; under one pixel it is paler instead of thinner."""
    tone = 255 if thick >= 1 else round(255 * thick)
    ends = [(round(x * 16), round(y * 16)) for x, y in (a, b)]
    if thick < 1.5:
        cv2.line(ink, ends[0], ends[1], tone, 1, cv2.LINE_AA, 4)
    else:
        cv2.line(ink, ends[0], ends[1], tone, round(thick), cv2.LINE_AA, 4)


def _pieces(
    a: tuple[float, float], b: tuple[float, float], manner: str, rng: np.random.Generator
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """A rule as the strokes that it is made of."""
    start, end = np.array(a), np.array(b)
    length = float(np.linalg.norm(end - start))
    if manner == "solid" or length < 20:
        return [(a, b)]
    if manner == "gaps":
        cuts = np.sort(rng.uniform(0, 1, 2 * int(rng.integers(1, 4))))
        edges = [0.0, *cuts, 1.0]
        edges = [
            e
            for i, e in enumerate(edges)
            if i == 0 or i == len(edges) - 1 or length * (edges[i] - edges[i - 1]) < 400
        ]
        spans = list(zip(edges[::2], edges[1::2], strict=False))
    else:
        on, off = (2.5, 4.0) if manner == "dotted" else (14.0, 8.0)
        marks = np.arange(0, length, on + off)
        spans = [(m / length, min(1.0, (m + on) / length)) for m in marks]
    points = [(start + (end - start) * s, start + (end - start) * e) for s, e in spans]
    return [((float(p[0]), float(p[1])), (float(q[0]), float(q[1]))) for p, q in points]


def _crop(
    dark: Picture, truth: Picture, centre: tuple[float, float], rng: np.random.Generator
) -> tuple[Picture, Picture]:
    """A tilted, bent and scaled part of the page; never sharper than it was."""
    height, width = CROP
    (cx, cy), page_w = centre, dark.shape[1]
    scale = float(np.exp(rng.normal(0, 0.12)))
    tilt = np.radians(float(rng.normal(0, 0.5)))
    lean = float(rng.normal(0, 0.006))
    bow = float(rng.normal(0, 4.0)) if rng.random() < 0.4 else 0.0
    u, v = np.meshgrid(
        np.arange(width, dtype=np.float32) - width / 2, np.arange(height, dtype=np.float32) - height / 2
    )
    v = v + bow * np.sin(np.pi * (u / width + 0.5))
    x = cx + scale * (np.cos(tilt) * u - (np.sin(tilt) + lean) * v)
    y = cy + scale * (np.sin(tilt) * u + np.cos(tilt) * v)
    if rng.random() < 0.5:
        x = page_w - 1 - x
    maps = x.astype(np.float32), y.astype(np.float32)
    seen = cv2.remap(dark, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    true = [cv2.remap(truth[..., k] * 255, *maps, cv2.INTER_LINEAR) for k in (0, 1)]
    half = [cv2.resize(t, (width // 2, height // 2), interpolation=cv2.INTER_AREA) > 90 for t in true]
    return seen, np.stack(half).astype(np.uint8)
