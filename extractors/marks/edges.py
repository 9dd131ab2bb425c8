"""A seal over the edges of all sheets (骑缝章): each page bears one strip of it; joined they are the seal again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from extractors.cells import TextTable
from extractors.form.reading import Part
from extractors.ink import page_to_inks
from extractors.labelled import LabelledForm
from extractors.marks.owners import PageSeal
from extractors.marks.seals import FoundSeal, Mask, find_seals, red_ink
from extractors.pages import Rgb
from extractors.straighten import pixels_to_box

TABLE_MM = 166
"""The form's table is 150 to 182 mm wide; in the middle, for a scale good to a tenth."""
STRIP_MM, HEIGHT_MM = (4, 27), (20, 50)
"""Least and greatest width and height of one page's strip: a fifth to two thirds of a seal."""
BESIDE_TABLE_MM, INTO_TABLE_MM = 1.5, 6
"""A copied seal is looked for beside the table only; a red one may lie over it."""
GAP_MM = 14
"""From a seal's star down to its rim, where no number stands between."""
APART_MM = 15
"""How far the strips of one stack may stand higher or lower on their pages."""
ROUND = (0.7, 1.35)
"""Width of all strips together as a share of the highest one's height."""
HALF = 0.6
"""A seal with no more of its rim than this may be a strip."""
LEAST_INK = 0.002
"""Share of a page's margin that must be inked to be looked at."""
DARK_BELOW = 150


@dataclass(frozen=True, slots=True)
class EdgeSeal:
    """``picture``: the strips side by side, paper around; ``seal``: where the rim runs on it, None where none fits.

    ``parts``: where the strips stand, page by page; ``inner_px``: by a page's number, where its strip begins.
    """

    picture: Rgb
    seal: FoundSeal | None
    parts: tuple[Part, ...]
    inner_px: Mapping[int, int]

    def is_part(self, seal: PageSeal) -> bool:
        """Whether what was taken for a seal is a strip of this one."""
        start = self.inner_px.get(seal.table.page.number)
        return (
            start is not None
            and seal.seal.strength <= HALF
            and seal.seal.centre_px[0] > start - seal.seal.radius_px
        )


@dataclass(frozen=True, slots=True)
class _Strip:
    """A page's strip: its bounds on the straightened page in pixels."""

    table: TextTable
    x0: int
    y0: int
    x1: int
    y1: int
    mm: float


def form_to_edge_seal(form: LabelledForm, seals: Sequence[PageSeal]) -> EdgeSeal | None:
    """The seal over the right edges of the form's pages, None where fewer than two pages bear a piece of one.

    ``seals``: the other seals, whose ink may reach the margin as well.
    """
    tables = _form_tables(form)
    if len(tables) < 2:
        return None
    for coloured in (True, False):
        strips = [s for table in tables if (s := _strip(table, seals, coloured=coloured)) is not None]
        if len(strips) < 2 or not _of_one_stack(strips):
            continue
        picture = _joined(strips)
        width = round(TABLE_MM * strips[0].mm)
        found = [s for s in find_seals(picture, width) if (s.colour == "red") is coloured]
        if found or coloured:
            starts = {s.table.page.number: s.x0 for s in strips}
            return EdgeSeal(picture, found[0] if found else None, tuple(map(_part, strips)), starts)
    return None


def _form_tables(form: LabelledForm) -> tuple[TextTable, ...]:
    """One table for each of the form's pages, in order."""
    pieces = [p for group in (*form.fields.values(), *form.sections.values()) for p in group]
    pieces += [p for row in form.rows for cell in row for p in cell]
    tables = {p.table.page.number: p.table for p in pieces}
    return tuple(tables[number] for number in sorted(tables))


def _strip(table: TextTable, seals: Sequence[PageSeal], *, coloured: bool) -> _Strip | None:
    page, mm = table.page, table.grid.width / TABLE_MM
    wide = page.left_px + page.rgb.shape[1]
    right = max(cell.x1 for row in table.grid.rows for cell in row)
    middle = np.array([[[right, table.grid.dark.shape[0] / 2]]], np.float64)
    edge = float(cv2.perspectiveTransform(middle, table.grid.to_page)[0, 0, 0])
    left = round(edge + (-INTO_TABLE_MM if coloured else BESIDE_TABLE_MM) * mm)
    left = max(left, wide - round(STRIP_MM[1] * mm))
    if wide - left < STRIP_MM[0] * mm:
        return None
    margin = np.ascontiguousarray(page.rgb[:, left - page.left_px :])
    ink = red_ink(margin) if coloured else page_to_inks(margin).dark < DARK_BELOW
    ink = _without_seals(ink, left, [s.seal for s in seals if s.table.page.number == page.number])
    if ink.mean() < LEAST_INK:
        return None
    bounds = _bounds(ink, mm)
    if bounds is None:
        return None
    x0, y0, x1, y1 = bounds
    return _Strip(table, left + x0, y0, left + x1, y1, mm)


def _without_seals(ink: Mask, left: int, seals: Sequence[FoundSeal]) -> Mask:
    out = ink.astype(np.uint8)
    for seal in seals:
        centre = (round(seal.centre_px[0]) - left, round(seal.centre_px[1]))
        axes = (round(1.05 * seal.axes_px[0]), round(1.05 * seal.axes_px[1]))
        # A strip may have been taken for a seal, of which half is missing then.
        if seal.strength > HALF:
            cv2.ellipse(out, centre, axes, 0, 0, 360, 0, -1)
    return out > 0


def _bounds(ink: Mask, mm: float) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of the one stretch of ink that is as high and wide as a strip."""
    rows = ink.any(axis=1).astype(np.uint8).reshape(-1, 1)
    gap = round(GAP_MM * mm) | 1
    closed = cv2.morphologyEx(rows, cv2.MORPH_CLOSE, np.ones((gap, 1), np.uint8)).reshape(-1)
    ends = np.flatnonzero(np.diff(np.concatenate(([0], closed, [0])).astype(np.int8)))
    best: tuple[int, tuple[int, int, int, int]] | None = None
    for top, bottom in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
        columns = np.flatnonzero(ink[top:bottom].sum(axis=0) >= 2)
        if not len(columns):
            continue
        left, right = int(columns[0]), int(columns[-1]) + 1
        high, wide = (bottom - top) / mm, (right - left) / mm
        area = int(ink[top:bottom].sum())
        fits = HEIGHT_MM[0] < high < HEIGHT_MM[1] and STRIP_MM[0] < wide < STRIP_MM[1]
        if fits and (best is None or area > best[0]):
            best = (area, (left, top, right, bottom))
    return best[1] if best else None


def _of_one_stack(strips: Sequence[_Strip]) -> bool:
    """Whether the strips stand at one height and are as wide together as the highest is high."""
    middles = [(s.y0 + s.y1) / 2 / s.mm for s in strips]
    wide = sum((s.x1 - s.x0) / s.mm for s in strips)
    high = max((s.y1 - s.y0) / s.mm for s in strips)
    return max(middles) - min(middles) < APART_MM and ROUND[0] < wide / high < ROUND[1]


def _joined(strips: Sequence[_Strip]) -> Rgb:
    """The strips side by side in the pages' order, their middles on one height, with paper around."""
    scale = strips[0].mm
    pad = round(5 * scale)
    tall = max(round((s.y1 - s.y0) * scale / s.mm) for s in strips) + 2 * pad
    pieces = []
    for s in strips:
        page = s.table.page
        piece = np.ascontiguousarray(page.rgb[s.y0 : s.y1, s.x0 - page.left_px : s.x1 - page.left_px])
        piece = cv2.resize(piece, None, fx=scale / s.mm, fy=scale / s.mm, interpolation=cv2.INTER_AREA)
        above = max(0, (tall - piece.shape[0]) // 2)
        below = max(0, tall - piece.shape[0] - above)
        pieces.append(cv2.copyMakeBorder(piece, above, below, 0, 0, cv2.BORDER_CONSTANT, value=(255,) * 3))
    joined = np.concatenate(pieces, axis=1)
    return np.asarray(
        cv2.copyMakeBorder(joined, 0, 0, pad, pad, cv2.BORDER_CONSTANT, value=(255,) * 3), np.uint8
    )


def _part(strip: _Strip) -> Part:
    page = strip.table.page
    corners = np.array(
        [[strip.x0, strip.y0], [strip.x1, strip.y0], [strip.x1, strip.y1], [strip.x0, strip.y1]], np.float64
    )
    return Part(page.number, pixels_to_box(corners, page.to_turned, page.turned_px))
