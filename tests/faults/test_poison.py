"""Poison among good documents: set aside after three tries with its code; every good one is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.poison import run_poison
from tests.faults.standin import POISONS

pytestmark = pytest.mark.slow


def test_poison_is_set_aside_and_every_good_document_is_read(tmp_path: Path) -> None:
    report = run_poison(tmp_path, seed=4, rounds=1)
    print(report.table())
    assert not (report.lost + report.doubled + report.stuck + report.errors)
    assert report.quarantined == len(POISONS) + 1
