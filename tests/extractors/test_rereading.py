"""A drawn box read again: what stands in it and what does not, however the page lies."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from extractors.form.catalogue import default_catalogue
from extractors.form.geometry import Box
from extractors.form.layout import default_layout
from extractors.form.reading import Status
from extractors.pipeline import Pipeline
from extractors.rereading import Region, reread
from tests.extractors.paper import ScriptedEngine, rule_finder

WIDTH, HEIGHT = 1654, 2339
SIDE, GAP = 24, 18
LEFT, TOP = 600, 1000


def signs_in(line: np.ndarray) -> str:
    """What the scripted reader says: how many signs stand in a line's picture."""
    inked = (line < 128).any(axis=0).astype(np.int8)
    return str(int((np.diff(np.concatenate(([0], inked))) == 1).sum()))


def reader() -> Pipeline:
    return Pipeline(ScriptedEngine(signs_in), rule_finder(), default_layout(), default_catalogue(), "test")


def page(count: int, *, ruled: bool = True) -> np.ndarray:
    """A row of square signs in a cell, with another row above, one below and a neighbour's on the right."""
    paper = np.full((HEIGHT, WIDTH), 250, np.uint8)

    def row(left: int, top: int, number: int) -> None:
        for i in range(number):
            x = left + i * (SIDE + GAP)
            paper[top : top + SIDE, x : x + SIDE] = 20

    row(LEFT, TOP, count)
    row(LEFT, TOP - 60, 9)
    row(LEFT, TOP + 60, 9)
    row(LEFT + 500, TOP, 7)
    if ruled:
        for y in (TOP - 18, TOP + 42):
            paper[y - 1 : y + 2, 200:1500] = 0
        for x in (LEFT - 30, LEFT + 470):
            paper[600:1400, x - 1 : x + 2] = 0
    return paper


def box_around(
    count: int, left: int = 6, top: int = 6, right: int = 6, bottom: int = 6
) -> tuple[int, int, int, int]:
    """Pixels of a box with so much around the signs."""
    end = LEFT + count * (SIDE + GAP) - GAP
    return LEFT - left, TOP - top, end + right, TOP + SIDE + bottom


def saved(folder: Path, *pages: np.ndarray) -> Path:
    first, *rest = (Image.fromarray(each) for each in pages)
    path = folder / "page.tiff"
    first.save(path, append_images=rest, save_all=True, dpi=(200, 200))
    return path


def read(
    path: Path, pixels: tuple[int, ...], number: int = 1, rotation: int = 0, skew_deg: float = 0.0
) -> tuple[str, Status]:
    x0, y0, x1, y1 = pixels
    box = Box(x0 / WIDTH, y0 / HEIGHT, x1 / WIDTH, y1 / HEIGHT)
    found = reread(path, path.name, Region(number, box, "count", rotation, skew_deg), reader=reader())
    return found.text, found.status


@pytest.mark.parametrize(
    "around",
    [(6, 6, 6, 6), (-6, -4, -6, -4), (40, 24, 60, 24), (60, 30, 20, 40)],
    ids=["close", "cutting the signs", "with rules", "across rules"],
)
def test_a_box_reads_its_signs_whole_and_no_others(tmp_path: Path, around: tuple[int, int, int, int]) -> None:
    path = saved(tmp_path, page(5))
    assert read(path, box_around(5, *around)) == ("5", Status.REVIEW)


def test_a_neighbour_that_is_touched_is_not_taken_in(tmp_path: Path) -> None:
    path = saved(tmp_path, page(5, ruled=False))
    x0, y0, _, y1 = box_around(5)
    assert read(path, (x0, y0, LEFT + 500 + SIDE // 3, y1)) == ("5", Status.REVIEW)


def test_an_empty_box_says_so_and_nothing_passes_by_itself(tmp_path: Path) -> None:
    path = saved(tmp_path, page(5))
    assert read(path, (300, 1500, 900, 1560)) == ("", Status.BLANK)


def test_only_the_asked_page_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path, page(3), page(6), page(4))
    assert read(path, box_around(6), number=2) == ("6", Status.REVIEW)
    with pytest.raises(IndexError):
        read(path, box_around(6), number=4)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_page_that_lies_in_its_file_is_turned_as_it_is_shown(tmp_path: Path, rotation: int) -> None:
    path = saved(tmp_path, np.rot90(page(5), rotation // 90))
    assert read(path, box_around(5), rotation=rotation) == ("5", Status.REVIEW)


@pytest.mark.parametrize("skew", [-3.0, 1.5, 4.0])
def test_a_slanting_line_is_read_along_its_slant(tmp_path: Path, skew: float) -> None:
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), -skew, 1.0)
    path = saved(tmp_path, cv2.warpAffine(page(10, ruled=False), turn, (WIDTH, HEIGHT), borderValue=250))
    x0, y0, x1, y1 = box_around(10)
    corners = np.array([[[x, y]] for x in (x0, x1) for y in (y0, y1)], np.float64)
    spread = cv2.transform(corners, turn)[:, 0]
    pixels = (*spread.min(axis=0).astype(int), *spread.max(axis=0).astype(int))
    assert read(path, pixels, skew_deg=skew) == ("10", Status.REVIEW)


def test_a_finer_scan_is_read_at_no_less_than_its_working_size(tmp_path: Path) -> None:
    path = saved(tmp_path, cv2.resize(page(5), None, fx=2.0, fy=2.0, interpolation=cv2.INTER_LINEAR))
    assert read(path, box_around(5)) == ("5", Status.REVIEW)
