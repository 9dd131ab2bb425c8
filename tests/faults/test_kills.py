"""The short run: about a hundred kill -9 and thirty faults of the queue. The long one is ``make faults``."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.checker import Report
from tests.faults.kills import run_kills
from tests.faults.stack import REAL, STANDIN, postgres_url

RECOVERY_S = 60.0
pytestmark = [pytest.mark.alone, pytest.mark.slow]


def expect(report: Report) -> None:
    print(report.table())
    assert report.accepted
    assert not report.lost
    assert not report.doubled
    assert not report.stuck
    assert not report.errors
    assert max(report.from_last_s, default=0) <= RECOVERY_S


@pytest.mark.parametrize(
    ("queue", "database", "kills", "queue_faults", "foreign"),
    [
        ("valkey", "sqlite", 45, 15, False),
        pytest.param("redis", "sqlite", 15, 5, True, marks=pytest.mark.needs("redis")),
        pytest.param(
            "redis", "postgres", 30, 10, False,
            marks=[pytest.mark.needs("redis"), pytest.mark.needs("postgresql")],
        ),
    ],
)  # fmt: skip
def test_nothing_is_lost_doubled_or_stuck(
    tmp_path: Path, queue: str, database: str, kills: int, queue_faults: int, foreign: bool
) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(postgres_url()) if database == "postgres" else ""
        report = run_kills(
            tmp_path, 20200040, kills, queue_faults=queue_faults, pipeline=STANDIN, queue=queue, database_url=url,
            foreign=foreign,
        )  # fmt: skip
    assert sum(report.faults.values()) >= kills
    expect(report)


def test_the_real_pipeline_is_killed_as_well(tmp_path: Path) -> None:
    report = run_kills(tmp_path, 4020, 10, pipeline=REAL, workers=2, pause_s=1.0)
    expect(report)
