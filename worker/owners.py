"""Who holds a lease, told so that others on the same machine can see at once that he is gone.

An owner is ``<machine>:<process id>:<when it started>``. Other machines cannot tell; they wait until the lease runs out.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

GONE = {"Z", "X"}
"""States of a process that only waits to be buried."""


def mine() -> str:
    """The name under which this process takes leases; 64 characters at most."""
    return f"{machine()}:{os.getpid()}:{_started(os.getpid())}"


def is_gone(owner: str | None) -> bool:
    """Whether the owner ran on this machine and has ended. False where that cannot be known."""
    words = (owner or "").split(":")
    if len(words) != 3 or words[0] != machine() or not words[1].isdigit():
        return False
    pid = int(words[1])
    if (started := _started(pid)) != "":
        return started != words[2]
    return not _hidden(pid)


@cache
def machine() -> str:
    """The machine's present boot, and the process numbers this process sees: a container has its own."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").replace("-", "")[:16]
        namespace = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        return f"unknown-{os.urandom(8).hex()}"  # equal to no other
    return f"{boot}-{namespace}"


def _started(pid: int) -> str:
    """When the process started, in the kernel's ticks since boot; empty when it has ended or is not shown to us."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    words = line.rpartition(")")[2].split()  # the command's name before it may hold anything
    return "" if words[0] in GONE else words[19]


def _hidden(pid: int) -> bool:
    """Whether the process is there but of another user, whose processes this system may keep from view."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except ProcessLookupError:
        return False
    return False
