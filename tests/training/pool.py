"""What every trainer needs: examples that other processes draw beside it, and a rate that falls to nothing."""

from __future__ import annotations

import math
import multiprocessing
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

WAITING = 64


class Pool:
    """Examples drawn for ever by ``feed(queue, *arguments)``, a process for each of ``feeders``.

    It fills up to ``most``; then what arrives takes a place at random. It is ready with ``least`` of them.
    """

    def __init__(
        self,
        feed: Callable[..., None],
        feeders: Sequence[tuple[Any, ...]],
        *,
        least: int,
        most: int,
    ) -> None:
        queue: Any = multiprocessing.Queue(WAITING)
        for arguments in feeders:
            multiprocessing.Process(target=feed, args=(queue, *arguments), daemon=True).start()
        self.examples = [queue.get() for _ in range(least)]
        self.drawn, self._most = least, most
        # A pipe holds few pictures: a thread empties it, or the feeders would wait for the next step.
        self._arrived: deque[Any] = deque()
        threading.Thread(target=lambda: self._arrived.extend(iter(queue.get, None)), daemon=True).start()

    def draw(self, rng: np.random.Generator, count: int) -> list[Any]:
        """So many of them at random, those that arrived meanwhile among them."""
        while self._arrived:
            self.drawn += 1
            fresh = self._arrived.popleft()
            if len(self.examples) < self._most:
                self.examples.append(fresh)
            else:
                self.examples[int(rng.integers(self._most))] = fresh
        return [self.examples[int(i)] for i in rng.integers(0, len(self.examples), count)]


def falling_rate(step: int, share: float, *, highest: float, warm_steps: int) -> float:
    """The rate of learning: risen in ``warm_steps``, then half a cosine over the time (``share`` 0..1) down to 0."""
    return highest * min(1.0, (step + 1) / warm_steps) * (0.5 + 0.5 * math.cos(math.pi * share))
