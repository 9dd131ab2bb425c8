"""The fence a process puts around itself before it opens untrusted bytes (Linux).

Python 3.11 has no ``unshare`` or ``prctl``, hence the few calls into libc.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_WRITE_FILE, _READ_FILE = 1 << 1, 1 << 2
_WRITING_RIGHTS = (
    (1, _WRITE_FILE | sum(1 << bit for bit in range(4, 13))),  # remove, make: every kind of entry
    (2, 1 << 13),  # link or rename across folders
    (3, 1 << 14),  # truncate
)
"""Since which Landlock version a right exists (linux/landlock.h); asking for an unknown one is an error."""
NICE = 5
"""A third of what others weigh. More would be humbler, and nearer to pages that miss their minute under a storm."""
_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent_pid: int) -> None:
    """Have the kernel kill this process when its parent dies; exits at once if that has happened already."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies, so that none escapes ``kill_children``."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def cut_network() -> bool:
    """Leave this process and its children without any network interface; False where the kernel forbids it.

    As root directly, as an ordinary user through a user namespace. Must run before any thread is started.
    """
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    return any(_LIBC.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def landlock_version() -> int:
    """The kernel's Landlock version, below 1 where it has none or a container forbids it."""
    version: int = _LIBC.syscall(_LANDLOCK_CREATE_RULESET, None, 0, 1)
    return version


def programs(*packages: str) -> list[Path]:
    """What a reading process may need to open by itself: libraries, fonts, models, our own code; no data of ours."""
    own = [Path(path) for name in packages for path in getattr(sys.modules.get(name), "__path__", ())]
    # Not all of /proc: there stands what other processes were started with.
    proc = [f"/proc/{name}" for name in ("self", "cpuinfo", "meminfo", "stat", "sys")]
    system = [
        "/usr",
        "/lib",
        "/lib64",
        "/bin",
        "/opt",
        "/sys",
        "/dev",
        "/etc/fonts",
        "/etc/ld.so.cache",
        "/etc/localtime",
    ]
    told = [os.environ[name] for name in ("TESSDATA_PREFIX",) if name in os.environ]
    found = [*own, *map(Path, (*system, *proc, *told, sys.prefix, sys.base_prefix))]
    return [path for path in dict.fromkeys(found) if path.exists()]


def forbid_files_except(writable: Sequence[Path], readable: Sequence[Path]) -> bool:
    """Leave this process able to change files beneath ``writable`` only, and to read beneath those and ``readable``.

    Above all it cannot read the database, the secret key or other people's uploads. Names of files stay visible.
    By Landlock, which needs no privilege (Linux 5.13 on). False where the kernel has none; nothing is limited then.
    """
    version = landlock_version()
    if version < 1:
        return False
    rights = _READ_FILE | sum(right for since, right in _WRITING_RIGHTS if version >= since)
    ruleset = _LIBC.syscall(_LANDLOCK_CREATE_RULESET, struct.pack("<Q", rights), 8, 0)
    allowed = [(path, rights) for path in writable]
    allowed += [(path, _READ_FILE) for path in readable] + [(Path(os.devnull), _READ_FILE | _WRITE_FILE)]
    for path, wanted in allowed:
        granted = wanted if path.is_dir() else wanted & (_READ_FILE | _WRITE_FILE)
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("<Qi", granted, place)
        done = _LIBC.syscall(_LANDLOCK_ADD_RULE, ruleset, 1, rule, 0)
        os.close(place)
        if done != 0:
            return False
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    restricted: int = _LIBC.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return restricted == 0


def limit_resources(*, memory_bytes: int, processor_s: int) -> None:
    """Bound this process: address space beyond what it maps now, processor seconds; no core files.

    Address space is limited, not resident memory, because only that is enforced by the kernel
    (``RLIMIT_RSS`` has no effect since Linux 2.4.30). Its failures come as ``MemoryError`` or as an abort.
    """
    space = mapped_bytes(os.getpid()) + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024**2, 256 * 1024**2))
    extend_processor_time(processor_s)
    with suppress(OSError):  # a read-only /proc
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def let_others_first() -> None:
    """Leave most of a busy core to who answers people: nice 5, and as much for the session where the kernel shares by those.

    Linux gives each session an equal share (``sched_autogroup``), in which nice counts against its own processes only.
    """
    os.nice(NICE)
    with suppress(OSError):  # a kernel without autogroups, a read-only /proc
        Path("/proc/self/autogroup").write_text(f"{NICE}", encoding="ascii")


def extend_processor_time(processor_s: int) -> None:
    """Grant ``processor_s`` more seconds of processor from now on; beyond them SIGXCPU ends the process."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(spent.ru_utime + spent.ru_stime) + processor_s
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard < 0 else min(wanted, hard), hard))


def mapped_bytes(pid: int) -> int:
    """The address space a process has mapped, in bytes; 0 once it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize()


def kill_children() -> None:
    """Kill and reap every child of this process, with all that they left behind."""
    listing = Path(f"/proc/self/task/{os.getpid()}/children")
    if not listing.exists():  # a kernel without CONFIG_PROC_CHILDREN
        return
    while pids := [int(word) for word in listing.read_text(encoding="ascii").split()]:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _prctl(option: int, value: int) -> None:
    if _LIBC.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
