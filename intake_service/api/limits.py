"""How many requests a token may make a minute."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from intake_service.dispatch import Dispatch
from intake_service.errors import RateLimitedError

WINDOW_S = 60


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a minute: requests, and seconds until the next begins."""

    limit: int
    requests: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers writes it."""
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW_S}',
            "RateLimit": f'"minute";r={self.requests};t={self.seconds}',
        }


class MinuteLimit:
    """Counts by name in windows of one minute, over all web processes; in this one while the queue server is down."""

    def __init__(self, limit: int, dispatch: Dispatch) -> None:
        self._limit = limit
        self._dispatch = dispatch
        self._lock = threading.Lock()
        self._window = 0
        self._counts: dict[str, int] = {}

    def count(self, name: str) -> Left:
        """One more request. Raises RateLimitedError past the limit."""
        now = time.time()
        window = int(now // WINDOW_S)
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, {}
            count = self._counts[name] = self._counts.get(name, 0) + 1
        count = self._dispatch.count(f"{name}:{window}", 2 * WINDOW_S) or count
        left = Left(self._limit, max(0, self._limit - count), WINDOW_S - int(now % WINDOW_S))
        if count > self._limit:
            raise RateLimitedError(retry_after_s=left.seconds)
        return left
