"""Seconds a stage, for the reading's ``timing_s``; the clock itself is handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class StageClock:
    """Adds up seconds by stage name; ``seconds`` also holds the total since it was made."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._begin = now()
        self._spent: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time inside the block."""
        begin = self._now()
        try:
            yield
        finally:
            self._spent[name] = self._spent.get(name, 0.0) + self._now() - begin

    def each(self, name: str, items: Iterable[T]) -> Iterator[T]:
        """Count the time that producing each item takes."""
        iterator = iter(items)
        while True:
            with self.stage(name):
                try:
                    item = next(iterator)
                except StopIteration:
                    return
            yield item

    @property
    def seconds(self) -> dict[str, float]:
        return {"total": self._now() - self._begin, **self._spent}
