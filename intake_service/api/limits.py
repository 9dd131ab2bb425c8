"""How many requests a token may make a minute, counted in this process."""

from __future__ import annotations

import threading
import time

from intake_service.errors import RateLimitedError


class MinuteLimit:
    """Counts by name in windows of one minute."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._window = 0
        self._counts: dict[str, int] = {}

    def count(self, name: str) -> None:
        """One more request. Raises RateLimitedError past the limit."""
        now = time.time()
        with self._lock:
            if (window := int(now // 60)) != self._window:
                self._window, self._counts = window, {}
            self._counts[name] = self._counts.get(name, 0) + 1
            passed = self._counts[name] > self._limit
        if passed:
            raise RateLimitedError(retry_after_s=60 - int(now % 60))
