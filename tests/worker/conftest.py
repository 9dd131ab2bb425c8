"""A fenced reader whose pipeline misbehaves as the file's name asks, and a page for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from worker.sandbox import Budget, Reader

PIPELINE = "tests.worker.pipelines"
BUDGET = Budget(page_s=20.0, memory_bytes=300 * 1024**2, start_s=30)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader("fake", budget=BUDGET, pipeline=PIPELINE) as made:
        yield made


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.png"
    pixels = np.full((300, 200, 3), 255, np.uint8)
    pixels[50:60, 20:180] = (200, 0, 0)
    Image.fromarray(pixels).save(path)
    return path
