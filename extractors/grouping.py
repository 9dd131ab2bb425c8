"""Things in a row, put together with their neighbours: words to lines, characters to words, double rules to one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def grouped(items: Iterable[T], joins: Callable[[Sequence[T], T], bool]) -> list[list[T]]:
    """Items in order, in groups: each joins the group before it where ``joins(group, item)`` says so."""
    groups: list[list[T]] = []
    for item in items:
        if groups and joins(groups[-1], item):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups
