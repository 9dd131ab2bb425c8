"""Where the characters of a read line stand, so that what is drawn between or beside words can be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from extractors.form.text import TICKS, fold_width
from extractors.lines import TextLine
from extractors.ocr.engine import LineText, Span
from extractors.pages import Gray

MODEL_HEIGHT_PX, STEP_PX = 48, 8
"""The recogniser's input height, and how many of its columns one time step covers."""


EMPTY_GLYPHS = "□口囗▢◻☐〇○O0"
TICK_GLYPHS = TICKS + "✗✘×xXvVⅤ区团回国図⊠✕"
"""Drawn ticks and what a recogniser makes of them."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One character: its centre in pixels of the table picture and the number of its line in the cell."""

    char: str
    x: float
    line: int


def line_to_places(line: TextLine, text: LineText, number: int) -> tuple[Placed, ...]:
    """Centres of the characters along the recogniser's best path; evenly spread where there is no path."""
    span = line.span
    if not text.lattice.steps:
        width = (span.x1 - span.x0) / max(1, len(text.text))
        return tuple(Placed(c, span.x0 + (i + 0.5) * width, number) for i, c in enumerate(text.text))
    height, width = line.picture.shape
    left = span.x0 - (width - (span.x1 - span.x0)) / 2
    per_step = STEP_PX * height / MODEL_HEIGHT_PX
    chosen = text.lattice.logp.argmax(axis=1).tolist()
    out: list[Placed] = []
    start = 0
    for step in range(1, len(chosen) + 1):
        if step < len(chosen) and chosen[step] == chosen[start]:
            continue
        if chosen[start]:
            middle = (start + step) / 2 * per_step
            out.append(Placed(text.lattice.symbols[chosen[start]], left + middle, number))
        start = step
    return tuple(out)


def find_words(
    places: Sequence[Placed], words: Sequence[str], allowed: float = 0.34
) -> tuple[range, float] | None:
    """Indices of the places that spell one of the words best, with the share of wrong characters; longer words win.

    None where every word would need more than ``allowed`` of its characters changed (Sellers 1980:
    approximate matching whose start in the text is free).
    """
    text = "".join(fold_width(p.char)[:1] or " " for p in places)
    best: tuple[float, range, float] | None = None
    for word in words:
        wanted = fold_width(word)
        if sum(c in text for c in wanted) < (1 - allowed) * len(wanted):
            continue
        cost, found = best_substring(text, wanted)
        share = cost / max(1, len(wanted))
        worth = len(wanted) - 2.0 * cost
        if share <= allowed and len(found) and (best is None or worth > best[0]):
            best = (worth, found, share)
    return (best[1], best[2]) if best else None


def best_substring(text: str, wanted: str) -> tuple[int, range]:
    """The stretch of ``text`` with the least edit distance to ``wanted``, and that distance."""
    row = [(0, j) for j in range(len(text) + 1)]
    for i, char in enumerate(wanted, 1):
        following = [(i, 0)]
        for j, seen in enumerate(text, 1):
            swap = (row[j - 1][0] + (seen != char), row[j - 1][1])
            skip = (row[j][0] + 1, row[j][1])
            more = (following[j - 1][0] + 1, following[j - 1][1])
            following.append(min(swap, skip, more, key=lambda option: option[0]))
        row = following
    end = min(range(len(row)), key=lambda j: (row[j][0], -j))
    cost, start = row[end]
    return cost, range(start, end)


def pitch_of(places: Sequence[Placed], fallback: float) -> float:
    """Median distance between neighbouring characters of one line, in pixels."""
    steps = sorted(b.x - a.x for a, b in pairwise(places) if a.line == b.line and b.x > a.x)
    return steps[len(steps) // 2] if steps else fallback


def evenly_placed(
    dark: Gray, runs: Sequence[Sequence[Placed]], middles: Sequence[float]
) -> tuple[float, list[list[float]]]:
    """Pitch and centres of full-width characters, px: print stands on an even grid whose lines run through white.

    ``runs``: neighbouring characters of one line each. The recogniser tells places to about a third of a
    character; the ink on the grid's lines tells the rest.
    """
    longest = max(runs, key=len)
    pitch = (longest[-1].x - longest[0].x) / max(1, len(longest) - 1) or 24.0
    if len(longest) > 2:
        tries = pitch * np.linspace(0.93, 1.07, 15)
        pitch = float(min(tries, key=lambda p: _snap(dark, longest, middles[longest[0].line], float(p))[0]))
    out = []
    for run in runs:
        _, centre = _snap(dark, run, middles[run[0].line], pitch)
        out.append([centre + (i - (len(run) - 1) / 2) * pitch for i in range(len(run))])
    return pitch, out


def _snap(dark: Gray, run: Sequence[Placed], middle: float, pitch: float) -> tuple[float, float]:
    """Ink on the grid's lines (less is better) and the run's centre for the best shift of up to half a character."""
    y0, y1 = max(0, round(middle - 0.5 * pitch)), max(1, round(middle + 0.5 * pitch))
    columns = (255.0 - dark[y0:y1]).mean(axis=0) / 255.0
    smooth = np.convolve(columns, np.ones(3) / 3, mode="same")
    centre = float(np.mean([p.x for p in run]))
    edges = centre + (np.arange(len(run) + 1) - len(run) / 2) * pitch
    shifts = np.arange(-0.5 * pitch, 0.5 * pitch + 0.1, 0.5)
    at = np.clip(np.round(edges[None, :] + shifts[:, None]).astype(np.intp), 0, len(smooth) - 1)
    cost = smooth[at].mean(axis=1) + 0.12 * np.square(shifts / pitch)
    best = int(cost.argmin())
    return float(cost[best]), centre + float(shifts[best])


def rows_of(
    dark: Gray, places: Sequence[Placed], line: TextLine, number: int, pitch: float
) -> tuple[float, float]:
    """Middle and height of the ink under the given characters of line ``number``, px.

    Strokes of a pen that make the line picture taller do not count.
    """
    profile = np.zeros(line.span.y1 - line.span.y0)
    for place in places:
        if place.line == number and place.char not in EMPTY_GLYPHS + TICK_GLYPHS:
            x0, x1 = round(place.x - 0.45 * pitch), round(place.x + 0.45 * pitch)
            profile += (dark[line.span.y0 : line.span.y1, max(0, x0) : x1] < 160).sum(axis=1)
    if profile.sum() == 0:
        return (line.span.y0 + line.span.y1) / 2, float(line.span.y1 - line.span.y0)
    share = np.cumsum(profile) / profile.sum()
    low, high = np.searchsorted(share, (0.03, 0.97))
    return line.span.y0 + (float(low) + float(high) + 1) / 2, float(high - low + 1)


def spans_union(spans: Sequence[Span]) -> Span | None:
    """The smallest span around all, None for none."""
    if not spans:
        return None
    return Span(
        min(s.x0 for s in spans), min(s.y0 for s in spans), max(s.x1 for s in spans), max(s.y1 for s in spans)
    )
