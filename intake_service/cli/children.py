"""Child processes of ``serve``: started, watched, started again, stopped together."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PR_SET_PDEATHSIG = 1
STOP_S = 15.0
RESTART_S = (0.0, 1.0, 2.0, 5.0, 10.0)
"""Waits before a child that keeps dying is started again; a minute of life forgives."""

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """For ``preexec_fn``: ask the kernel for SIGTERM when the parent is gone, be it by kill -9."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start_role(*arguments: str, pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
    """Start ``intake`` with these arguments, in its own group so that Ctrl-C reaches ``serve`` alone."""
    return subprocess.Popen(
        [sys.executable, "-m", "intake_service.cli", *arguments],
        pass_fds=pass_fds,
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - the supervisor has no threads
    )


@dataclass
class Child:
    """One child and how to start it. Changes as the child lives and dies."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = 0.0
    start_again_at: float = field(default=0.0)

    def ensure(self, now: float) -> None:
        """Start it if it is due; note a death."""
        if self.process is not None and self.process.poll() is not None:
            self.process = None
            self.deaths = 0 if now - self.started_at > 60 else self.deaths + 1
            self.start_again_at = now + RESTART_S[min(self.deaths, len(RESTART_S) - 1)]
        if self.process is None and now >= self.start_again_at:
            self.process, self.started_at = self.start(), now


class Stopped(Exception):  # noqa: N818 - not an error
    """Somebody asked ``serve`` to end."""


def _ask_to_stop(_number: int, _frame: object) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def watch(children: list[Child], on_up: Callable[[], None], every_s: float = 0.25) -> None:
    """Start the children in order, call ``on_up``, keep them alive until SIGTERM or SIGINT, stop them in reverse."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ask_to_stop)
    try:
        for child in children:
            child.ensure(time.monotonic())
        on_up()
        while True:
            for child in children:
                child.ensure(time.monotonic())
            time.sleep(every_s)
    except Stopped:
        pass
    finally:
        stop(children)


def stop(children: list[Child]) -> None:
    """SIGTERM to all but the first (the queue), then to the first; SIGKILL to what is left after a while."""
    for group in (children[1:], children[:1]):
        running = [child.process for child in group if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        end = time.monotonic() + STOP_S
        for process in running:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
