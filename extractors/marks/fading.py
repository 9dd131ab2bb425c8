"""Seals faded from the paper: grey copies and dark reds lie over print and writing, join lines and hide strokes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from extractors.cells import CellText, TextTable, read_again
from extractors.ink import PAPER_ABOVE
from extractors.labelled import LabelledForm, Piece
from extractors.lines import TextLine
from extractors.marks.owners import DISC, PageSeal
from extractors.ocr.engine import OcrEngine
from extractors.pages import Gray
from extractors.rules import Mask

RIM = (0.94, 1.02)
"""The rim, as shares of the radius: there a seal's own ink stands alone."""
LEAST_RIM = 0.15
"""Share of the rim that must be inked: of most red seals the red channel shows nothing."""
RED_DISTURBS = 212
"""What is left of red ink in the red channel is as dark as this where it disturbs reading, grey value."""
LEAST_PALE = 50
"""Grey value from which a seal's ink can be told from writing."""
SPREAD, OVER_EACH_OTHER = 8, 30
"""Grey values by which a seal's ink varies beyond its rim's, and by which it is darker where writing crosses it."""
RING, RING_STROKE_PX, STROKE_PX = (0.55, 0.93), 2, 3
"""Where the ring's letters stand, as shares of the radius; how broad their strokes are at least, and those elsewhere."""
RIM_GREYS = (20, 75)
"""Percentiles of the rim's ink that are the seal's own: some of it is writing, some half paper."""
OVERLAP_PX = 1
"""Lines that overlap no more than this are cut apart cleanly."""


def without_seals(
    form: LabelledForm, seals: Sequence[PageSeal], engine: OcrEngine
) -> tuple[LabelledForm, tuple[PageSeal, ...]]:
    """The form with its stamped sections read anew where a seal paler than the writing lies over them.

    The seals come back bound to the tables the sections now stand in. A seal as dark as the writing stays:
    there is nothing to tell the two apart.
    """
    tables: dict[int, TextTable] = {}
    faded: list[PageSeal] = []
    for seal in seals:
        so_far = tables.get(id(seal.table), seal.table)
        dark = _faded(so_far.grid.dark, seal)
        if dark is not None:
            tables[id(seal.table)] = replace(so_far, grid=replace(so_far.grid, dark=dark))
            faded.append(seal)
    if not tables:
        return form, tuple(seals)
    sections = {
        name: tuple(_again(p, tables.get(id(p.table)), seals, engine) for p in pieces)
        for name, pieces in form.sections.items()
    }
    kept = tuple(
        replace(
            seal,
            table=tables.get(id(seal.table), seal.table),
            before=seal.table if any(seal is each for each in faded) else None,
        )
        for seal in seals
    )
    return replace(form, sections=sections), kept


def _again(piece: Piece, table: TextTable | None, seals: Sequence[PageSeal], engine: OcrEngine) -> Piece:
    """The piece on its cleared table; its lines from the first to the last that a seal touches are cut and read anew."""
    if table is None:
        return piece
    cell = piece.cell.cell
    here = [seal for seal in seals if seal.table is piece.table and seal.reaches(cell)]
    # The file's own texts need no reading, and numbers of lines hold for the first reading only.
    if not here or table.digital or piece.first_line or piece.last_line < len(piece.cell.texts):
        return replace(piece, table=table)
    lines, texts = piece.cell.lines, piece.cell.texts
    touched = [any(seal.reaches(line.span) for seal in here) for line in lines]
    if not any(touched):
        return replace(piece, table=table)
    top, bottom = _range(lines, touched)
    above = [k for k, line in enumerate(lines) if line.span.y1 <= top + OVERLAP_PX]
    below = [k for k, line in enumerate(lines) if line.span.y0 >= bottom - OVERLAP_PX]
    roof = max((lines[k].span.y1 for k in above), default=cell.y0)
    floor = min((lines[k].span.y0 for k in below), default=cell.y1)
    again = read_again(
        table, replace(cell, y0=max(cell.y0, min(roof, top)), y1=min(cell.y1, max(floor, bottom))), engine
    )
    return replace(
        piece,
        table=table,
        cell=CellText(
            cell,
            (*(lines[k] for k in above), *again.lines, *(lines[k] for k in below)),
            (*(texts[k] for k in above), *again.texts, *(texts[k] for k in below)),
        ),
    )


def _range(lines: Sequence[TextLine], touched: Sequence[bool]) -> tuple[int, int]:
    """Top and bottom of the lines that are touched and of those that stand beside or reach into them, px."""
    inside = [line for line, hit in zip(lines, touched, strict=True) if hit]
    while True:
        top, bottom = min(line.span.y0 for line in inside), max(line.span.y1 for line in inside)
        more = [
            line for line in lines if line.span.y1 > top + OVERLAP_PX and line.span.y0 < bottom - OVERLAP_PX
        ]
        if len(more) <= len(inside):
            return top, bottom
        inside = more


def _faded(dark: Gray, seal: PageSeal) -> Gray | None:
    """The picture with the seal's ink turned to paper; None where it does not disturb, or is as dark as writing.

    The seal's ink is known by the grey that its rim has, and by being broad: print as grey as it is thinner. Where
    both lie over each other it is darker than either, and stays.
    """
    (x, y), (ax, ay) = seal.placed.centre_px, seal.placed.axes_px
    top, bottom = max(0, int(y - DISC * ay)), min(dark.shape[0], int(y + DISC * ay) + 1)
    left, right = max(0, int(x - DISC * ax)), min(dark.shape[1], int(x + DISC * ax) + 1)
    if bottom - top < 4 or right - left < 4:
        return None
    rows, columns = np.ogrid[top:bottom, left:right]
    away = np.sqrt(((columns - x) / ax) ** 2 + ((rows - y) / ay) ** 2)
    area = dark[top:bottom, left:right]
    rim = area[(away > RIM[0]) & (away < RIM[1])]
    disturbing = rim < (RED_DISTURBS if seal.seal.colour == "red" else PAPER_ABOVE)
    if disturbing.mean() <= LEAST_RIM:
        return None
    darkest, palest = np.percentile(rim[rim < PAPER_ABOVE], RIM_GREYS)
    if darkest < LEAST_PALE:
        return None
    alike = (area >= darkest - SPREAD) & (area <= palest + SPREAD) & (away <= DISC)
    ring = (away > RING[0]) & (away < RING[1])
    seals_own = np.where(ring, _broad(alike, RING_STROKE_PX), _broad(alike, STROKE_PX))
    # Two pixels more: the strokes' pale edges.
    seals_own = cv2.dilate(seals_own.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    steps = np.arange(256)
    faded = np.clip((steps - (darkest - OVER_EACH_OTHER)) * 255 / (OVER_EACH_OTHER - SPREAD), 0, 255)
    out = dark.copy()
    out[top:bottom, left:right] = np.where(seals_own, cv2.LUT(area, faded.astype(np.uint8)), area)
    return out


def _broad(mask: Mask, stroke_px: int) -> Mask:
    """What of a mask is at least so broad."""
    kernel = np.ones((stroke_px, stroke_px), np.uint8)
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0
