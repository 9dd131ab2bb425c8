"""Seals faded from the paper: grey copies and dark reds lie over print and writing, join lines and hide strokes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from extractors.cells import CellText, TextTable, read_again
from extractors.ink import INK_BELOW, PAPER_ABOVE
from extractors.labelled import LabelledForm, Piece
from extractors.lines import TextLine
from extractors.marks.owners import DISC, PageSeal
from extractors.ocr.engine import OcrEngine
from extractors.pages import Gray

RIM = (0.94, 1.02)
"""The rim, as shares of the radius: there a seal's own ink stands alone."""
LEAST_RIM = 0.15
"""Share of the rim that must be inked: of most red seals the red channel shows nothing."""
RED_DISTURBS = 212
"""What is left of red ink in the red channel is as dark as this where it disturbs reading, grey value."""
LEAST_APART = 35
"""Grey values by which a seal's ink must be paler than writing to be told from it."""
OVERLAP_PX = 1
"""Lines that overlap no more than this are cut apart cleanly."""
DARK_OF_SEAL, DARK_OF_WRITING = 20, 10
"""Percentiles of the rim's ink, some of which is writing, and of all ink around, some of which is seal."""


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
    """The picture with the seal's ink turned to paper and darker ink kept; None where it is no paler than writing."""
    (x, y), (ax, ay) = seal.placed.centre_px, seal.placed.axes_px
    top, bottom = max(0, int(y - DISC * ay)), min(dark.shape[0], int(y + DISC * ay) + 1)
    left, right = max(0, int(x - DISC * ax)), min(dark.shape[1], int(x + DISC * ax) + 1)
    if bottom - top < 4 or right - left < 4:
        return None
    rows, columns = np.ogrid[top:bottom, left:right]
    away = ((columns - x) / ax) ** 2 + ((rows - y) / ay) ** 2
    area = dark[top:bottom, left:right]
    rim = area[(away > RIM[0] ** 2) & (away < RIM[1] ** 2)]
    inked = rim[rim < PAPER_ABOVE]
    around = dark[max(0, top - (bottom - top) // 2) : bottom + (bottom - top) // 2]
    writing = around[around < INK_BELOW]
    disturbing = rim < (RED_DISTURBS if seal.seal.colour == "red" else PAPER_ABOVE)
    if disturbing.mean() <= LEAST_RIM or not writing.size:
        return None
    pale = float(np.percentile(inked, DARK_OF_SEAL))
    black = float(np.percentile(writing, DARK_OF_WRITING))
    if pale - black < LEAST_APART:
        return None
    steps = np.arange(256)
    stretched = black + (steps - black) * (255 - black) / (pale - black)
    table = np.where(steps <= black, steps, np.clip(stretched, 0, 255)).astype(np.uint8)
    out = dark.copy()
    out[top:bottom, left:right] = np.where(away <= DISC**2, cv2.LUT(area, table), area)
    return out
