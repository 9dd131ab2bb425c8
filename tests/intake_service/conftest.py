"""A fresh service for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake_service.parts import Parts
from tests.intake_service.builders import make_parts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = make_parts(tmp_path)
    yield made
    made.store.close()
