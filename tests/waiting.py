"""Waiting for what other processes do, and ending them."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

# Long, for a busy machine; what is there sooner is not waited for.
PATIENCE_S = 30.0
ENDING_S = 20.0


def until(holds: Callable[[], object], within_s: float = PATIENCE_S, what: str = "it") -> float:
    """Ask again until it holds; how many seconds that took.

    A server that does not listen yet (OSError) has not answered. Raises AssertionError when the time is up.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < within_s:
        with suppress(OSError):
            if holds():
                return time.monotonic() - begun
        time.sleep(0.02)
    raise AssertionError(f"waited {within_s:.0f} s in vain for {what}")


@contextmanager
def running(command: list[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has ended afterwards, by itself when asked or by force. ``options``: those of ``Popen``."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=ENDING_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
