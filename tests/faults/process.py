"""A role of the service, started so that the harness can strike it at named places.

``python -m tests.faults.process PLAN PIPELINE`` loads what the roles need, then forks one for each line it is
given (``worker``, ``web --fd 3``) and answers with its number, so that a start takes little time. The role is the same
code as ``intake worker``, plus one thing: at each place of ``intake_service.faultpoints`` it looks whether the
harness has put a token ``<place>@<victim>`` into the folder PLAN. Who removes the token dies, and leaves
``hit/<token>.<pid>`` behind.
"""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from intake_service import faultpoints
from intake_service.cli.children import die_with_parent

FOREIGN = "FAULTS_FOREIGN"
"""Set: every worker believes to be alone on its machine, so that only leases that run out tell of deaths."""
HASTY = "FAULTS_HASTY"
"""Set: three seconds a page instead of thirty, where documents that hang are waited for."""
FULL = "full"
"""A file of this name in PLAN: writing fails as on a full disk. For machines where no small disk may be mounted."""
VICTIMS = ("self", "both", "child")
"""What dies: this process, this process and its reading child, or the reading child alone."""


def kill_children(pid: int) -> int:
    """kill -9 of every child with its whole group; how many there were."""
    found = psutil.Process(pid).children()
    for child in found:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    return len(found)


def striker(plan: Path) -> Callable[[str], None]:
    """What is called at each named place."""

    def strike(name: str) -> None:
        if name in {"files.written", "page.done"} and (plan / FULL).exists():
            raise OSError(errno.ENOSPC, "as if the disk were full")
        for victim in VICTIMS:
            try:
                (plan / f"{name}@{victim}").unlink()
            except FileNotFoundError:
                continue
            (plan / "hit" / f"{name}@{victim}.{os.getpid()}").write_text(str(time.time()), encoding="ascii")
            if victim != "self":
                kill_children(os.getpid())
            if victim != "child":
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(0.1)  # lets the harness see whose child it was

    return strike


def serve_forks(plan: Path, pipeline: str) -> None:
    """Fork a role for each line of the standard input, until that ends; all of them end with this process."""
    for name in ("intake_service.app", "waitress", "worker.main", "worker.sandbox"):
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            die_with_parent()
            try:
                main(plan, pipeline, line.split())
            except Exception:  # noqa: BLE001 - the last door: told in the log, where the checker looks
                traceback.print_exc()
            os._exit(0)
        print(pid, flush=True)


def main(plan: Path, pipeline: str, arguments: list[str]) -> None:
    faultpoints.arm(striker(plan))
    if os.environ.get(FOREIGN):
        from worker import owners

        owners.machine = lambda: f"elsewhere-{os.getpid()}"  # type: ignore[assignment]
    if arguments == ["worker"]:
        from intake_service.settings import load_settings
        from worker.main import run
        from worker.sandbox import Budget, Reader

        page_s = 3.0 if os.environ.get(HASTY) else 30.0
        budget = Budget(page_s, memory_bytes=256 * 1024**2) if pipeline.endswith(".standin") else Budget()
        settings = load_settings()
        run(settings, Reader(settings.engine, budget=budget, pipeline=pipeline))
        return
    from intake_service.cli import main as command

    command(arguments)


if __name__ == "__main__":
    serve_forks(Path(sys.argv[1]), sys.argv[2])
