"""A token's minute is one for all web processes, and one process's own while the queue server is down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake_service.api.limits import MinuteLimit
from intake_service.cli import queue_server
from intake_service.dispatch import Dispatch, connect
from intake_service.errors import RateLimitedError
from intake_service.settings import Settings
from tests.intake_service.builders import make_settings


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000_000 * 60.0]
    monkeypatch.setattr("intake_service.api.limits.time.time", lambda: now[0])
    return now


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = make_settings(tmp_path)
    process = queue_server.start(made)
    yield made
    process.kill()
    process.wait()


def test_two_processes_count_one_minute(settings: Settings, clock: list[float]) -> None:
    here, there = (MinuteLimit(3, Dispatch(settings)) for _ in range(2))
    assert [limit.count("a").requests for limit in (here, there, here)] == [2, 1, 0]
    with pytest.raises(RateLimitedError) as refused:
        there.count("a")
    assert refused.value.retry_after_s == 60
    assert here.count("b").requests == 2
    clock[0] += 60
    assert there.count("a").requests == 2
    assert {connect(settings).ttl(key) for key in connect(settings).scan_iter("intake:count:*")} <= {119, 120}


def test_without_a_queue_server_each_process_counts_for_itself(tmp_path: Path, clock: list[float]) -> None:
    alone = MinuteLimit(2, Dispatch(make_settings(tmp_path)))
    assert [alone.count("a").requests for _ in range(2)] == [1, 0]
    with pytest.raises(RateLimitedError):
        alone.count("a")
    clock[0] += 59.9
    with pytest.raises(RateLimitedError) as refused:
        alone.count("a")
    assert refused.value.retry_after_s == 1
    clock[0] += 1
    assert alone.count("a").requests == 1
