"""Full disks and a locked database: refused with a clear code, nothing accepted is lost, and it goes on by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.machine import ANSWERS, CLEAR, MachineFaults

pytestmark = [pytest.mark.alone, pytest.mark.slow]


def test_full_disks_and_a_locked_database_lose_nothing(tmp_path: Path) -> None:
    run = MachineFaults(tmp_path, seed=507, fills=10, locks=10)
    report = run.run()
    print(
        report.table(),
        sorted(run.codes),
        sorted(run.answers),
        "tmpfs" if run.mounted else "stand-in for a disk",
    )
    assert report.accepted
    assert not (report.lost + report.doubled + report.stuck + report.errors)
    assert run.codes <= CLEAR
    assert "storage_full" in run.codes
    assert "unavailable" in run.codes
    assert run.answers <= ANSWERS
