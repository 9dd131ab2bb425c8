"""Which seal belongs where: the seals of the pages that hold sections 四 and 五, and the labels they stand near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.cells import TextTable
from extractors.form.reading import Part
from extractors.grid import Cell
from extractors.labelled import Piece
from extractors.marks.labels import Anchor
from extractors.marks.seals import FoundSeal, find_seals
from extractors.ocr.engine import Span
from extractors.straighten import pixels_to_box

AROUND = 0.2
"""How far around a section's cells a seal may reach, as a share of the table's width."""
FAR_RADII = 2.6
"""A seal whose centre is farther than this many radii from its label belongs to something else."""
DISC = 1.07
"""A seal's letters and rim reach no farther than this share of its radius."""
OUTSIDE = 0.6
"""What it costs, in radii, to have the centre outside the section's cell."""


@dataclass(frozen=True, slots=True)
class PageSeal:
    """A seal of the page ``table`` is on: ``seal`` in pixels of the page, ``placed`` in pixels of the table picture.

    ``before``: the table as scanned, where seals were faded from ``table``'s picture, this one among them.
    """

    table: TextTable
    seal: FoundSeal
    placed: FoundSeal
    before: TextTable | None = None

    def reaches(self, place: Span | Cell) -> bool:
        """Whether the seal's ink may lie over a place in the table picture."""
        (x, y), (ax, ay) = self.placed.centre_px, self.placed.axes_px
        across = place.x0 < x + DISC * ax and place.x1 > x - DISC * ax
        return across and place.y0 < y + DISC * ay and place.y1 > y - DISC * ay

    @property
    def part(self) -> Part:
        """Where the seal stands, for people."""
        (x, y), (ax, ay) = self.seal.centre_px, self.seal.axes_px
        corners = np.array(
            [[x - ax, y - ay], [x + ax, y - ay], [x + ax, y + ay], [x - ax, y + ay]], np.float64
        )
        page = self.table.page
        return Part(page.number, pixels_to_box(corners, page.to_turned, page.turned_px))


def pieces_to_seals(pieces: Sequence[Piece]) -> tuple[PageSeal, ...]:
    """The seals on and around the pieces' cells; each page is searched once."""
    tables = {id(p.table): p.table for p in pieces}
    out: list[PageSeal] = []
    for key, table in tables.items():
        cells = [p.cell.cell for p in pieces if id(p.table) == key]
        reach = AROUND * table.grid.width
        x0, x1 = min(c.x0 for c in cells) - reach, max(c.x1 for c in cells) + reach
        y0, y1 = min(c.y0 for c in cells) - reach, max(c.y1 for c in cells) + reach
        corners = np.array([[[x0, y0]], [[x1, y0]], [[x1, y1]], [[x0, y1]]], np.float64)
        on_page = cv2.perspectiveTransform(corners, table.grid.to_page)[:, 0]
        left, top = (max(0, int(v)) for v in on_page.min(axis=0))
        right, bottom = (max(0, int(v)) for v in on_page.max(axis=0))
        for seal in find_seals(table.page.rgb[top:bottom, left:right], table.grid.width):
            whole = _shifted(seal, left, top)
            out.append(PageSeal(table, whole, _placed(whole, np.linalg.inv(table.grid.to_page))))
    return tuple(out)


def _shifted(seal: FoundSeal, left: int, top: int) -> FoundSeal:
    (x, y), (cx, cy) = seal.centre_px, seal.corner_px
    return replace(seal, centre_px=(x + left, y + top), corner_px=(cx + left, cy + top))


def _placed(seal: FoundSeal, to_table: NDArray[np.float64]) -> FoundSeal:
    (cx, cy), (ax, ay) = seal.centre_px, seal.axes_px
    points = np.array([[[cx, cy]], [[cx + ax, cy]], [[cx, cy + ay]]], np.float64)
    centre, right, down = cv2.perspectiveTransform(points, to_table)[:, 0]
    axes = (float(np.hypot(*(right - centre))), float(np.hypot(*(down - centre))))
    return replace(seal, centre_px=(float(centre[0]), float(centre[1])), axes_px=axes)


def seals_to_owners(
    seals: Sequence[PageSeal], anchors: Mapping[str, Anchor | None], sections: Mapping[str, Sequence[Piece]]
) -> dict[str, PageSeal]:
    """Mark → the seal nearest to its label; no seal for two marks. ``sections``: mark → its section's cells."""
    costs = [
        (cost, mark, seal)
        for mark, pieces in sections.items()
        for seal in seals
        if (cost := _cost(seal, anchors.get(mark), pieces)) < FAR_RADII
    ]
    owners: dict[str, PageSeal] = {}
    for _, mark, seal in sorted(costs, key=lambda c: c[0]):
        if mark not in owners and not any(seal is other for other in owners.values()):
            owners[mark] = seal
    return owners


def _cost(seal: PageSeal, anchor: Anchor | None, pieces: Sequence[Piece]) -> float:
    """Distance from the label in radii, more outside the section's cell."""
    x, y = seal.placed.centre_px
    radius = seal.placed.radius_px
    cells = [p.cell.cell for p in pieces if p.table is seal.table]
    outside = 0.0 if any(c.y0 <= y <= c.y1 for c in cells) else OUTSIDE
    if anchor is not None and anchor.piece.table is seal.table:
        dx = max(0.0, anchor.span.x0 - x, x - anchor.span.x1 - 2 * radius)
        dy = abs(y - (anchor.span.y0 + anchor.span.y1) / 2)
        return float(np.hypot(dx, dy)) / radius + outside
    if not cells:
        return FAR_RADII
    return 1.5 if not outside else 1.0 + min(min(abs(y - c.y0), abs(y - c.y1)) for c in cells) / radius


def covers(seal: PageSeal, anchor: Anchor) -> bool:
    """Whether the seal's disc lies over the label's line, right of where the label begins."""
    (x, y), (ax, ay) = seal.placed.centre_px, seal.placed.axes_px
    middle = (anchor.span.y0 + anchor.span.y1) / 2
    return seal.table is anchor.piece.table and abs(y - middle) < ay and x + ax > anchor.span.x0
