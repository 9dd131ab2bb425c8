"""A chain of TIFF pages that loops, is cut or leads astray is told; whole files of every packing are not."""

from __future__ import annotations

import itertools
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extractors.errors import CorruptFileError
from extractors.loading import file_to_pages
from tests.extractors.loading.files import image_bytes, put

PAGES = 3
PACKINGS = [
    ("1", "group4"),
    ("1", "group3"),
    ("L", None),
    ("L", "tiff_lzw"),
    ("RGB", "jpeg"),
    ("RGB", "packbits"),
]


def scans(mode: str = "1", compression: str | None = "group4", **options: object) -> bytes:
    chance = np.random.default_rng(5)
    first, *more = [
        Image.fromarray(chance.integers(0, 256, (120, 90, 3), dtype=np.uint8)).convert(mode)
        for _ in range(PAGES)
    ]
    return image_bytes(
        first, "TIFF", save_all=True, append_images=more, compression=compression, dpi=(200, 200), **options
    )


def links(content: bytes) -> list[int]:
    """Where the places of the first, second, … directory are written, and after the last one a zero."""
    found = [4]
    while place := struct.unpack_from("<L", content, found[-1])[0]:
        (entries,) = struct.unpack_from("<H", content, place)
        found.append(place + 2 + 12 * entries)
    return found


def relinked(content: bytes, number: int, target: int) -> bytes:
    """The same file, with another directory in the place of the ``number``-th, counted from 0."""
    data = bytearray(content)
    struct.pack_into("<L", data, links(content)[number], target)
    return bytes(data)


def look(folder: Path, content: bytes) -> tuple[int, tuple[str, ...]]:
    path = put(folder, "scan.tif", content)
    loaded = file_to_pages(path, name="scan.tif")
    return len(list(loaded.pages())), loaded.warnings


@pytest.mark.parametrize(
    ("mode", "compression", "big"),
    [(*packing, big) for packing, big in itertools.product(PACKINGS, (False, True))],
)
def test_a_whole_file_has_its_pages_and_no_warning(
    mode: str, compression: str | None, big: bool, tmp_path: Path
) -> None:
    assert look(tmp_path, scans(mode, compression, big_tiff=big)) == (PAGES, ())


@pytest.mark.parametrize(("number", "goal"), [*itertools.combinations([3, 2, 1, 0], 2)])
def test_a_loop_is_told(number: int, goal: int, tmp_path: Path) -> None:
    content = scans()
    places = [struct.unpack_from("<L", content, link)[0] for link in links(content)]
    assert look(tmp_path, relinked(content, number, places[goal]))[1] == ("page_count_mismatch",)


@pytest.mark.parametrize("number", [1, 2])
def test_a_chain_that_ends_too_early_is_told(number: int, tmp_path: Path) -> None:
    assert look(tmp_path, relinked(scans(), number, 0)) == (number, ("page_count_mismatch",))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_chain_that_leaves_the_file_is_told_or_refused(number: int, tmp_path: Path) -> None:
    try:
        _count, warnings = look(tmp_path, relinked(scans(), number, 0x7000_0000))
    except CorruptFileError:
        return
    assert warnings == ("page_count_mismatch",)


def test_a_skipped_page_is_told(tmp_path: Path) -> None:
    content = scans()
    (last,) = struct.unpack_from("<L", content, links(content)[2])
    assert look(tmp_path, relinked(content, 1, last)) == (PAGES - 1, ("page_count_mismatch",))


def test_a_cut_file_is_told_or_refused(tmp_path: Path) -> None:
    content = scans()
    for end in range(200, len(content), 97):
        try:
            count, warnings = look(tmp_path, content[:end])
        except CorruptFileError:
            continue
        assert warnings == ("page_count_mismatch",), (end, count)
