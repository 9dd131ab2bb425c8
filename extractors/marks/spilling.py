"""A pen's tick reaches into another line, and so do the feet of letters: each line's own ink, before boxes are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from extractors.components import components
from extractors.ocr.engine import Span
from extractors.pages import Gray

INKED = 0.4
"""Darkness of ink, 0 paper .. 1 as dark as the words around."""
SLACK_PX = 2
"""How far a box may stand beyond the middle between two lines."""
FOOT = 0.75
"""How far down a piece of ink its own line is, as a share of its height: a tick begins at its foot and runs up and away."""
CLEARLY = 0.2
"""How much nearer to another line ink must be, in heights of a line, not to count here."""


def to_own_lines(gaps: Sequence[Sequence[Span]]) -> list[tuple[Span, ...]]:
    """The pieces of each gap cut half-way to the lines above and below, give or take ``SLACK_PX``."""
    spans = [span for pieces in gaps for span in pieces]
    out = []
    for pieces in gaps:
        cut = []
        for piece in pieces:
            own, tall = _middle(piece), piece.y1 - piece.y0
            others = [m for m in map(_middle, spans) if 0.5 * tall < abs(m - own)]
            top = max([piece.y0, *(round((own + m) / 2) - SLACK_PX for m in others if m < own)])
            foot = min([piece.y1, *(round((own + m) / 2) + SLACK_PX for m in others if m > own)])
            cut.append(replace(piece, y0=top, y1=foot))
        out.append(tuple(cut))
    return out


def without_other_lines(dark: Gray, gaps: Sequence[Sequence[Span]], level: float) -> list[Gray]:
    """The table picture once for each gap, without pieces of ink that belong to another line.

    ``gaps``: the pieces of each, in pixels of ``dark``; ``level``: the ink's grey value.
    """
    spans = [span for pieces in gaps for span in pieces]
    x0, y0 = (max(0, min(getattr(s, at) for s in spans)) for at in ("x0", "y0"))
    x1, y1 = (max(getattr(s, at) for s in spans) for at in ("x1", "y1"))
    area = dark[y0:y1, x0:x1]
    if area.size == 0:
        return [dark for _ in gaps]
    labels, stats = components(area < 250.0 - INKED * (250.0 - level))
    feet = y0 + stats[:, 1] + FOOT * stats[:, 3]
    out = []
    for pieces in gaps:
        tall = max(piece.y1 - piece.y0 for piece in pieces)
        middles = [_middle(piece) for piece in pieces]
        others = [m for m in map(_middle, spans) if all(abs(m - own) > 0.5 * tall for own in middles)]
        theirs = _distance(feet, others) < _distance(feet, middles) - CLEARLY * tall
        theirs[0] = False
        own = dark
        if theirs.any():
            own = dark.copy()
            own[y0:y1, x0:x1][theirs[labels]] = 255
        out.append(own)
    return out


def _distance(feet: np.ndarray, middles: Sequence[float]) -> np.ndarray:
    """From each foot to the nearest middle, px; infinitely far where there is none."""
    if not middles:
        return np.full(feet.shape, np.inf)
    return np.asarray(np.abs(feet[:, None] - np.asarray(middles)[None]).min(axis=1))


def _middle(span: Span) -> float:
    return (span.y0 + span.y1) / 2
