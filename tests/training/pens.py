"""One hand writes one line: print, a written face or strokes, jittered sign by sign."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tests.forms import fonts, strokes, writing
from tests.training.faces import CHINESE, EM, LATIN, LETTERS, PRINT_FILES, STATE, Glyph, glyph, letters


@dataclass(frozen=True, slots=True)
class Hand:
    """How one line is written. ``latin`` and ``chinese``: font files, or names of single-line letters, or strokes."""

    latin: str
    chinese: str
    print_face: str
    pen_px: float
    slant: float
    rise: float
    narrow: float
    size: float
    spread: float
    wander: float
    tremble: float
    gap: float
    printed: bool


def draw_hand(rng: np.random.Generator) -> Hand:
    """Print, a written face or strokes."""
    way = rng.choice(["print", "face", "strokes"], p=[0.25, 0.5, 0.25])
    faces = Path("/usr/share/fonts")
    typeface = str(faces / PRINT_FILES[int(rng.integers(len(PRINT_FILES)))])
    hurry = float(rng.beta(1.4, 2.0))
    latin, chinese = typeface, typeface
    if way != "print":
        written = rng.choice(["strokes", *[str(STATE / f"{n}.ttf") for n in CHINESE]], p=[0.6, *[0.05] * 8])
        chinese = str(written)
        latin = str(STATE / f"{rng.choice(LATIN)}.ttf") if way == "face" else str(rng.choice(LETTERS))
        if way == "face" and rng.random() < 0.15 and chinese != "strokes":
            latin = chinese
    loose = 0.15 if way == "print" else 1.0
    return Hand(
        latin,
        chinese,
        typeface,
        pen_px=float(rng.uniform(2.0, 6.0)),
        slant=float(rng.normal(0.05, 0.12)) * loose,
        rise=float(rng.normal(-0.03, 0.05)) * loose,
        narrow=float(rng.uniform(0.75, 1.1)) if way != "print" else float(rng.choice([1.0, 1.0, 0.8])),
        size=float(rng.uniform(0.85, 1.25)) if way != "print" else 1.0,
        spread=(0.02 + 0.08 * hurry) * loose,
        wander=(0.015 + 0.045 * hurry) * loose,
        tremble=0.006 + 0.02 * hurry,
        gap=float(rng.normal(0.0, 0.07)) * loose
        + (0.0 if way != "print" else float(rng.choice([0, 0, 0.08]))),
        printed=way == "print",
    )


def write_line(rng: np.random.Generator, text: str, hand: Hand) -> np.ndarray | None:
    """The line's ink as cover 0..255, uint8 (height, width), some paper around it; None where a sign is unknown."""
    height = EM * 3
    canvas = np.zeros((height, int(EM * (len(text) * 1.6 + 3))), np.uint8)
    x, base, drift = float(EM), EM * 2.0, 0.0
    for sign in text:
        drift = 0.85 * drift + float(rng.normal(0, hand.wander))
        if sign == " ":
            x += EM * float(rng.uniform(0.25, 0.6))
            continue
        done = _write_sign(rng, canvas, sign, hand, x, base + EM * drift)
        if done is None:
            return None
        x = done + EM * (hand.gap + float(rng.normal(0, hand.wander * 0.7)))
        base += hand.rise * 3
        if x > canvas.shape[1] - 1.5 * EM:
            canvas = np.pad(canvas, ((0, 0), (0, EM * 6)))
        if base < EM * 1.2 or base > height - EM * 0.6:
            return None
    return canvas[:, : int(x) + EM]


def _write_sign(
    rng: np.random.Generator, canvas: np.ndarray, sign: str, hand: Hand, x: float, base: float
) -> float | None:
    """Put a sign on the canvas; returns where the next begins."""
    source = hand.latin if sign.isascii() else hand.chinese
    is_face = Path(source).suffix != ""
    found = glyph(source, sign) if is_face else None
    if found is None and (not is_face or not sign.isascii()):
        lines = _strokes_of(source, sign)
        if lines is not None:
            return _stroke_sign(rng, canvas, lines, sign, hand, x, base)
    found = found or glyph(hand.print_face, sign)
    return None if found is None else _paste(rng, canvas, found, hand, x, base)


def _strokes_of(source: str, sign: str) -> strokes.Strokes | None:
    """Of letters those of the font ``source``; of Chinese characters and punctuation those that all hands share."""
    if source in LETTERS and sign in letters(source):
        return letters(source)[sign]
    return strokes.strokes_of(sign, fonts.LETTER_FONTS[0]) if not sign.isalnum() or ord(sign) > 127 else None


def _paste(
    rng: np.random.Generator,
    canvas: np.ndarray,
    sign: Glyph,
    hand: Hand,
    x: float,
    base: float,
) -> float:
    cover, left, top, advance = sign
    size = hand.size * float(rng.normal(1, hand.spread))
    wide = hand.narrow * size * float(rng.normal(1, hand.spread))
    turn = float(rng.normal(0, hand.spread * 0.8))
    a = np.array([[wide, -hand.slant * size], [turn, size]])
    corner = a @ np.array([left, top]) + np.array([x, base])
    matrix = np.hstack([a, corner[:, None]])
    reach = int(3.2 * EM)
    x0 = max(0, int(x - EM))
    x1 = min(canvas.shape[1], x0 + reach + EM)
    matrix[0, 2] -= x0
    moved = cv2.warpAffine(cover, matrix, (x1 - x0, canvas.shape[0]), flags=cv2.INTER_LINEAR)
    np.maximum(canvas[:, x0:x1], moved, out=canvas[:, x0:x1])
    return x + advance * wide


def _stroke_sign(
    rng: np.random.Generator,
    canvas: np.ndarray,
    lines: strokes.Strokes,
    sign: str,
    hand: Hand,
    x: float,
    base: float,
) -> float:
    size = EM * hand.size * float(rng.normal(1, hand.spread))
    wide = hand.narrow * float(rng.normal(1, hand.spread))
    bend = rng.normal(0, hand.wander * 0.6, (2, 2))
    shape = np.array([[wide, hand.rise], [-hand.slant, 1.0]]) + bend
    right, before = 0.0, None
    for stroke in lines:
        moved = stroke + rng.normal(0, hand.tremble, stroke.shape) + rng.normal(0, hand.tremble, 2)
        line = (writing.rounded(np.asarray(moved, np.float32), 1) - np.array([0.0, 0.82])) @ shape * size
        right = max(right, float(line[:, 0].max()))
        width = max(1, round(hand.pen_px * float(rng.uniform(0.75, 1.15))))
        if (
            before is not None
            and not sign.isascii()
            and rng.random() < hand.spread * 6
            and np.hypot(*(line[0] - before)) < 0.4 * size
        ):
            line = np.vstack([before[None], line])
        points = np.round((line + np.array([x, base])) * 16).astype(np.int32)
        cv2.polylines(canvas, [points[:, None]], False, 255, width, cv2.LINE_AA, 4)
        before = line[-1]
    advance = right + 0.12 * size if sign.isascii() else size * wide
    return x + max(0.2 * size, advance)
