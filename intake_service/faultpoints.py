"""Named places where a fault may strike, for the tests in ``tests/faults``.

In production nothing arms them and ``reach`` does nothing: no setting, no variable of the environment and no
file can change that, only code that calls ``arm``, which none of ours outside ``tests`` does (a test looks).
"""

from __future__ import annotations

from collections.abc import Callable

POINTS = (
    "files.written",
    "files.named",
    "intake.kept",
    "intake.registering",
    "intake.registered",
    "intake.called",
    "letters.issued",
    "letters.made",
    "call.taken",
    "job.leased",
    "page.done",
    "page.keeping",
    "page.kept",
    "job.read",
    "job.finishing",
    "job.finished",
    "job.failing",
    "sweep.taken_over",
    "sweep.called",
)
"""Every name that ``reach`` is called with."""

_armed: list[Callable[[str], None]] = []


def reach(name: str) -> None:
    """Say that the named place was reached. Does nothing unless a test armed this process."""
    for strike in _armed:
        strike(name)


def arm(strike: Callable[[str], None]) -> None:
    """Have ``strike`` called at every named place of this process. For tests only."""
    _armed[:] = [strike]
