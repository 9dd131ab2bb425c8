"""One part of one page read again for one field, because a person drew a box around it.

The whole page was straightened when it was read; here only the box and some paper around it are, from the
file's own pixels. What follows is the reading of any cell, so that a box reads as well as a cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.authority_date import find_date
from extractors.confidence import transcript_to_field
from extractors.form.geometry import Box
from extractors.form.grammar import grammar_for
from extractors.form.reading import FieldReading, Part, Status
from extractors.grid import Cell, Grid
from extractors.ink import page_to_inks
from extractors.labelled import Piece
from extractors.lines import PALE_BELOW
from extractors.loading import Limits, file_to_pages
from extractors.pages import Gray, PageImage, Rgb
from extractors.pipeline import Pipeline, grid_to_texts
from extractors.sheet import sheet_corners, sheet_shape
from extractors.straighten import WORKING_WIDTH_PX, Homography, UprightPage, unskewing
from extractors.transcribe import pieces_to_transcript

MOST_DETAIL = 1.5
"""Pixels for one of the page's working size; lines and specks are told by sizes that fit about 200 dpi."""
AROUND_PX = 120
"""Paper around the box, at working size, that tells what the paper's own shade is."""
LEAST_HEIGHT = 0.75
"""A box on a slanting line is higher than the line; it is no lower than this share of the box."""
OURS = 0.4
"""Share of a stroke that lies inside the box for it to belong there."""
CLEAR_PX = 10
"""White between strokes and the cell's edge, where rests of rules are looked for."""
RULE_COVER, RULE_REACH, RULE_ON_PX = 0.9, 0.25, 40
"""Share of a box's side, and how far beyond, that a rule covers; how deep inside the box one is looked for, as a share."""


@dataclass(frozen=True, slots=True)
class Region:
    """Where to read and as what: ``box`` in fractions of page ``page`` (from 1) as displayed upright.

    ``rotation`` and ``skew_deg`` are the page's own as its reading has them.
    """

    page: int
    box: Box
    kind: str
    rotation: int = 0
    skew_deg: float = 0.0

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """The region as the reading process is told of it."""
        return cls(
            told["page"], Box(*told["box"]).clipped(), told["kind"], told["rotation"], told["skew_deg"]
        )


def reread(
    path: Path, name: str, region: Region, *, reader: Pipeline, limits: Limits | None = None
) -> FieldReading:
    """Read a region of an untrusted file. What is found waits for a person and never passes by itself.

    Raises ExtractionError for a file or page that cannot be opened, IndexError for a page that is not there.
    """
    loaded = file_to_pages(path, name=name, limits=limits)
    if region.page > loaded.page_count:
        raise IndexError(region.page)
    (page,) = loaded.pages([region.page])
    upright, area = page_to_region(page, region)
    inks = page_to_inks(upright.rgb)
    dark, cell = _written_inside(inks.dark, area)
    grid = Grid(dark, inks.red, ((cell,),), np.eye(3), cell.width)
    table = grid_to_texts(page, upright, grid, reader)
    pieces = [Piece(table, each) for row in table.rows for each in row]
    transcript = pieces_to_transcript(
        region.kind, pieces, reader.engine, grammar_for(region.kind, reader.catalogue)
    )
    if transcript is not None and region.kind == "date":
        transcript = find_date(transcript)
    read = transcript_to_field(region.kind, transcript, required=False)
    status = Status.REVIEW if read.text else Status.BLANK
    return replace(read, status=status, parts=(Part(region.page, region.box),))


def page_to_region(page: PageImage, region: Region) -> tuple[UprightPage, Cell]:
    """The region with paper around it, straightened, as a small page; and where in it the box lies."""
    turned = np.ascontiguousarray(np.rot90(page.rgb, -region.rotation // 90))
    height, width = turned.shape[:2]
    to_turned, side_px = _straight_to_turned(turned, page, region.skew_deg)
    x, y = region.box.centre
    centre = cv2.perspectiveTransform(np.array([[[x * width, y * height]]]), np.linalg.inv(to_turned))[0, 0]
    wide, high = _without_slant(region.box.width * width, region.box.height * height, region.skew_deg)
    scale = min(MOST_DETAIL, max(1.0, side_px / WORKING_WIDTH_PX)) * WORKING_WIDTH_PX / side_px
    around = AROUND_PX * scale * side_px / WORKING_WIDTH_PX
    size = (round(wide * scale + 2 * around), round(high * scale + 2 * around))
    to_straight = np.array(
        [
            [1 / scale, 0, centre[0] - size[0] / 2 / scale],
            [0, 1 / scale, centre[1] - size[1] / 2 / scale],
            [0, 0, 1],
        ]
    )
    rgb = _warped(turned, to_turned @ to_straight, size, scale)
    left, top = round(around), round(around)
    cell = Cell(left, top, size[0] - left, size[1] - top)
    return UprightPage(
        page.number, rgb, region.rotation, region.skew_deg, to_turned @ to_straight, (height, width)
    ), cell


def _straight_to_turned(turned: Rgb, page: PageImage, skew_deg: float) -> tuple[Homography, float]:
    """The map from pixels of the straightened page to the turned one's, and the straightened page's shorter side."""
    corners = sheet_corners(turned) if page.source != "digital" else None
    if corners is None:
        size, back = turned.shape[1::-1], np.eye(3)
    else:
        size, back = sheet_shape(corners)
    return back @ unskewing(size, skew_deg), float(min(size))


def _without_slant(width: float, height: float, skew_deg: float) -> tuple[float, float]:
    """Width and height of the straight box that, turned by the skew, just fills the given one."""
    sine, cosine = abs(np.sin(np.radians(skew_deg))), np.cos(np.radians(skew_deg))
    square = cosine**2 - sine**2
    wide, high = (width * cosine - height * sine) / square, (height * cosine - width * sine) / square
    return max(wide, LEAST_HEIGHT * width), max(high, LEAST_HEIGHT * height)


def _warped(turned: Rgb, to_turned: Homography, size: tuple[int, int], scale: float) -> Rgb:
    """The region's picture, uint8 RGB; reduced before it is turned, so that no stroke falls between pixels."""
    corners = np.array([[[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]]], np.float64)
    spread = cv2.perspectiveTransform(corners, to_turned)[0]
    height, width = turned.shape[:2]
    x0, y0 = (max(0, int(v) - 2) for v in spread.min(axis=0))
    x1, y1 = (min(m, int(v) + 3) for v, m in zip(spread.max(axis=0), (width, height), strict=True))
    part = turned[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    shift = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1.0]])
    if scale < 1:
        part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        shift = np.diag([scale, scale, 1.0]) @ shift
    return cv2.warpPerspective(
        part, shift @ to_turned, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT, borderValue=(255, 255, 255),
    )  # fmt: skip


def _written_inside(dark: Gray, area: Cell) -> tuple[Gray, Cell]:
    """The ink that belongs to the box, all else white, and the cell it stands in.

    Strokes that the box cuts belong to it wholly where much of them lies inside; the rules of a table that a
    generous box took in at its edges do not.
    """
    inked, inner = dark < PALE_BELOW, area
    for _ in range(2):  # a rule that ends at another one fills its side only once that one is out
        top, bottom = _between_rules(inked[inner.y0 : inner.y1], (inner.x0, inner.x1))
        inner = replace(inner, y0=inner.y0 + top, y1=inner.y0 + bottom)
        left, right = _between_rules(inked[:, inner.x0 : inner.x1].T, (inner.y0, inner.y1))
        inner = replace(inner, x0=inner.x0 + left, x1=inner.x0 + right)
    strokes = inked.astype(np.uint8)
    for rule in (slice(area.y0, inner.y0), slice(inner.y1, area.y1)):
        strokes[rule] = 0
    for rule in (slice(area.x0, inner.x0), slice(inner.x1, area.x1)):
        strokes[:, rule] = 0
    count, labels = cv2.connectedComponents(strokes, connectivity=8)
    inside = np.bincount(labels[inner.y0 : inner.y1, inner.x0 : inner.x1].ravel(), minlength=count)
    ours = inside > OURS * np.bincount(labels.ravel(), minlength=count)
    ours[0] = False
    kept = cv2.dilate(ours[labels].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    rows, columns = (np.flatnonzero(kept.any(axis=along)) for along in (1, 0))
    if not rows.size:
        return np.full_like(dark, 255), inner
    written = Cell(
        min(inner.x0, int(columns[0]) - CLEAR_PX), min(inner.y0, int(rows[0]) - CLEAR_PX),
        max(inner.x1, int(columns[-1]) + CLEAR_PX), max(inner.y1, int(rows[-1]) + CLEAR_PX),
    )  # fmt: skip
    return np.where(kept, dark, np.uint8(255)), written


def _between_rules(inked: NDArray[np.bool_], span: tuple[int, int]) -> tuple[int, int]:
    """First and last row of ``inked`` (rows, columns) between the innermost rules near its two ends.

    ``span``: the box's columns. A rule goes on beyond one of them, as no stroke does.
    """
    start, stop = span
    cover = np.maximum(
        inked[:, start - RULE_ON_PX : stop].mean(axis=1), inked[:, start : stop + RULE_ON_PX].mean(axis=1)
    )
    reach = int(len(cover) * RULE_REACH)
    near = np.flatnonzero(cover[:reach] > RULE_COVER)
    far = np.flatnonzero(cover[len(cover) - reach :] > RULE_COVER)
    first = int(near[-1]) + 1 if near.size else 0
    last = len(cover) - reach + int(far[0]) if far.size else len(cover)
    return (first, last) if last - first > 2 else (0, len(cover))
