"""The reliability diagram as an SVG picture: confidence against what came true, both as log odds.

Nearly all cells stand above 0.98, where a plain scale shows nothing; log odds give each nine its own room.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from tests.bench.intervals import interval

SIDE, LEFT, BOTTOM, TOP = 420, 62, 46, 14
LOWEST, HIGHEST = -3.0, 9.4
"""Log odds at the ends of both scales: 0.047 and 0.99992."""
TICKS = (0.1, 0.5, 0.8, 0.95, 0.99, 0.999, 0.9999)


def log_odds(p: float) -> float:
    """ln p / (1 - p), held inside the scales."""
    if p <= 0.0 or p >= 1.0:
        return LOWEST if p <= 0.0 else HIGHEST
    return min(HIGHEST, max(LOWEST, math.log(p / (1 - p))))


def _along(p: float) -> float:
    return (log_odds(p) - LOWEST) / (HIGHEST - LOWEST) * SIDE


def reliability(bins: Sequence[dict[str, Any]]) -> Markup:
    """One dot a bin, as large as it has cells, with the 95 % interval of its share; on the line is honest."""
    width, height = LEFT + SIDE + 14, TOP + SIDE + BOTTOM
    parts = [
        (
            f'<svg class="reliability" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="confidence against the share that is right">'
        ),
        f'<rect class="field" x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}"/>',
    ]
    for p in TICKS:
        x, y = LEFT + _along(p), TOP + SIDE - _along(p)
        parts += [
            f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{TOP + SIDE}"/>',
            f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{LEFT + SIDE}" y2="{y:.1f}"/>',
            f'<text x="{x:.1f}" y="{TOP + SIDE + 18}" text-anchor="middle">{p:g}</text>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{p:g}</text>',
        ]
    parts.append(f'<line class="honest" x1="{LEFT}" y1="{TOP + SIDE}" x2="{LEFT + SIDE}" y2="{TOP}"/>')
    for b in bins:
        parts.append(_dot(b))
    parts += [
        f'<text class="axis" x="{LEFT + SIDE / 2}" y="{height - 6}" text-anchor="middle">confidence</text>',
        (
            f'<text class="axis" transform="translate(13 {TOP + SIDE / 2}) rotate(-90)" '
            f'text-anchor="middle">share right</text>'
        ),
        "</svg>",
    ]
    return Markup("".join(parts))  # numbers and our own words only


def _dot(b: dict[str, Any]) -> str:
    x = LEFT + _along(b["confidence"])
    low, high = interval(b["right"], b["n"])
    y, y0, y1 = (TOP + SIDE - _along(p) for p in (b["right"] / b["n"], low, high))
    radius = 3 + 1.6 * math.log10(b["n"])
    words = escape(
        f"{b['from']} to {b['to']}: {b['right']} of {b['n']} right, confidence {b['confidence']:.4f}"
    )
    return (
        f'<g><title>{words}</title><line class="span" x1="{x:.1f}" y1="{y0:.1f}" x2="{x:.1f}" y2="{y1:.1f}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/></g>'
    )
