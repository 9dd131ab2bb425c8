"""Good files with a few bytes changed, cut or doubled: a reading or a refusal, never an accident."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extractors.errors import ExtractionError
from tests.extractors.loading.files import image_bytes, many_pages, one_page, picture_page, put, text
from worker.sandbox import Budget, Reader

ACCIDENTS = {"processing_crashed", "timeout"}


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(7).integers(0, 256, (90, 70, 3), dtype=np.uint8))


GOOD = {
    "text.pdf": one_page(text("Some words to read on this page")),
    "scan.pdf": picture_page(np.full((60, 40, 3), 90)),
    "long.pdf": many_pages(4),
    "scan.jpg": image_bytes(noise(), "JPEG", dpi=(200, 200)),
    "scan.png": image_bytes(noise(), "PNG"),
    "scan.tif": image_bytes(noise(), "TIFF", save_all=True, append_images=[noise()], compression="tiff_lzw"),
}


def damaged(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data))
        what = chance.randrange(4)
        if what == 0:
            data[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            data[at] = chance.choice((0, 0x7F, 0xFF, ord("9"), ord("/")))
        elif what == 2:
            del data[at : at + chance.randint(1, 40)]
        else:
            data[at:at] = data[at : at + chance.randint(1, 40)]
    return bytes(data) or b"\0"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader("loading only", budget=Budget(page_s=20), pipeline="tests.worker.pipelines") as made:
        yield made


@pytest.mark.parametrize("times", [25, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", GOOD)
def test_damage_is_never_an_accident(reader: Reader, name: str, times: int, tmp_path: Path) -> None:
    chance = random.Random(f"{name} {times}")
    ends: Counter[str] = Counter()
    for number in range(times):
        path = put(tmp_path, f"{number}-{name}", damaged(GOOD[name], chance))
        try:
            reading = reader.read(path, name)
        except ExtractionError as error:
            ends[error.code] += 1
        else:
            ends["read"] += 1
            assert len(reading["pages"]) == reading["file"]["pages"]
        path.unlink()
    assert ends.total() == times
    assert not ACCIDENTS & ends.keys(), ends
