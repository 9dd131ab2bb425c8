"""A line of writing as the pipeline cuts it from a page: ink, scanner, crop; with what it says."""

from __future__ import annotations

import random
from typing import Any

import cv2
import numpy as np

from extractors.ocr.signs import said
from tests.training.entries import draw_entry
from tests.training.faces import EM
from tests.training.pens import draw_hand, write_line

Picture = Any


def draw_line(seed: int) -> tuple[Picture, str]:
    """A grey picture, dark on light, uint8 (h, w) as ``extractors.lines`` cuts it, and the text as ``said``."""
    words, rng = random.Random(seed), np.random.default_rng(seed)
    while True:
        text = draw_entry(words)
        hand = draw_hand(rng)
        cover = write_line(rng, text, hand)
        if cover is None or not cover.any():
            continue
        picture = scanned(rng, cover, printed=hand.printed)
        if picture is not None:
            return picture, said(text)


def scanned(rng: np.random.Generator, cover: Picture, *, printed: bool) -> Picture | None:
    """A line's ink (cover 0..255, uint8) as a scanner sees it and the pipeline cuts it; None where nothing is left."""
    cover = _thicker(rng, cover) if rng.random() < 0.5 else cover
    cover = _tilted(rng, cover)
    em_px = float(rng.uniform(15, 46)) if not printed else float(rng.uniform(14, 40))
    factor = em_px / EM
    shrunk = cv2.resize(cover, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    small: Picture = shrunk.astype(np.float32) / 255
    if rng.random() < 0.25:
        small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.4, 1.3)))
    darkness = float(rng.uniform(0.55, 1.0)) if rng.random() < 0.85 else float(rng.uniform(0.3, 0.6))
    if rng.random() < 0.35:
        waver = cv2.resize(
            rng.normal(0.9, 0.16, (small.shape[0] // 12 + 2, small.shape[1] // 12 + 2)).astype(np.float32),
            small.shape[::-1],
        )
        small *= np.clip(waver, 0.2, 1)
    paper = float(rng.uniform(238, 255))
    grey = _dirtied(rng, paper * (1 - small * darkness), em_px)
    if rng.random() < 0.4:
        grey += rng.normal(0, rng.uniform(2, 12), grey.shape)
    picture: Picture = np.clip(grey, 0, 255).astype(np.uint8)
    if rng.random() < 0.2:
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 85))])
        picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    if rng.random() < 0.07:
        picture = np.where(picture < rng.uniform(120, 200), 0, 255).astype(np.uint8)
    return _cropped(rng, picture, small)


def _thicker(rng: np.random.Generator, cover: Picture) -> Picture:
    reach = int(rng.integers(2, 4))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    thinner = cv2.erode(cover, kernel)
    return cv2.dilate(cover, kernel) if rng.random() < 0.6 or thinner.sum() < 0.35 * cover.sum() else thinner


def _tilted(rng: np.random.Generator, cover: Picture) -> Picture:
    """A little turned and waved, as paper and straightening leave it."""
    height, width = cover.shape
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    rise = float(rng.normal(0, 0.008))
    wave = float(rng.normal(0, 1.2)) * np.sin(xs / float(rng.uniform(60, 300)) + float(rng.uniform(0, 6)))
    return cv2.remap(
        cover,
        xs + float(rng.normal(0, 1.0)) * np.sin(ys / 25),
        (ys + (xs - width / 2) * rise + wave).astype(np.float32),
        cv2.INTER_LINEAR,
    )


def _dirtied(rng: np.random.Generator, grey: Picture, em_px: float) -> Picture:
    """Specks, rests of rules, a seal's pale arc, a stroke of something else."""
    height, width = grey.shape
    inked = np.flatnonzero((grey < 160).any(axis=1))
    if not inked.size:
        return grey
    top, bottom = int(inked[0]), int(inked[-1])
    for _ in range(int(rng.poisson(0.5))):
        at = (int(rng.integers(width)), int(rng.integers(max(0, top - 3), bottom + 4)))
        cv2.circle(grey, at, int(rng.integers(0, 2)), float(rng.uniform(30, 170)), -1, cv2.LINE_AA)
    if rng.random() < 0.05:
        y = int(rng.choice([top - 3, bottom + 3]))
        cv2.line(
            grey, (0, y), (width, y + int(rng.integers(-2, 3))), float(rng.uniform(0, 140)), 1, cv2.LINE_AA
        )
    if rng.random() < 0.1:
        centre = (int(rng.integers(-40, width + 40)), int(rng.integers(-60, height + 60)))
        over = np.full_like(grey, 255)
        radius = int(rng.uniform(2, 5) * em_px)
        cv2.circle(over, centre, radius, float(rng.uniform(120, 235)), int(rng.integers(2, 7)), cv2.LINE_AA)
        grey = (
            np.minimum(grey, over)
            if rng.random() < 0.7
            else np.where(over < 250, np.maximum(grey, 200), grey)
        )
    return grey.astype(np.float32)


def _cropped(rng: np.random.Generator, picture: Picture, cover: Picture) -> Picture | None:
    """Cut to its ink with the paper around it that ``extractors.lines`` leaves."""
    mask = cover > 0.25
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size or rows[-1] - rows[0] < 2:
        return None
    y0, y1, x0, x1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    high = y1 - y0
    if rng.random() < 0.25:
        slack = rng.uniform(-0.06, 0.25, 4) * high
        y0, y1, x0, x1 = (round(v) for v in (y0 - slack[0], y1 + slack[1], x0 - slack[2], x1 + slack[3]))
    pad = max(3, round(0.14 * high))
    y0, y1, x0, x1 = y0 - pad, y1 + pad, x0 - 2 * pad, x1 + 2 * pad
    around = 64 + 2 * pad
    wide = cv2.copyMakeBorder(picture, around, around, around, around, cv2.BORDER_CONSTANT, value=255)
    cut = wide[max(0, y0 + around) : y1 + around, max(0, x0 + around) : x1 + around]
    return np.ascontiguousarray(cut) if min(cut.shape) > 3 else None
