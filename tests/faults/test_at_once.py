"""Everybody at once: one file under one key by many, one field saved by many reviewers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.checker import Report
from tests.faults.crowds import save_at_once, send_at_once

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("crowds", "seed", "rounds"), [(send_at_once, 2050, 12), (save_at_once, 2020, 25)])
def test_one_submission_a_key_and_one_winner_a_field(
    tmp_path: Path, crowds: Callable[[Path, int, int], Report], seed: int, rounds: int
) -> None:
    report = crowds(tmp_path, seed, rounds)
    print(report.table())
    assert sum(report.faults.values()) == rounds
    assert not (report.lost + report.doubled + report.stuck + report.errors)
