"""Who is at work besides the web: reading processes and folder watchers, as they tell it themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from intake_service.parts import Parts
from intake_service.store import documents, processes
from intake_service.store.processes import Process

SILENT = timedelta(seconds=45)
"""Four beats. Whoever says nothing for longer is taken for gone."""

UNWATCHED = "没有进程在看这个文件夹，放进去的文件暂时不会收。请管理员启动 intake serve 或 intake watch。"


@dataclass(frozen=True, slots=True)
class Watcher:
    """One watched folder. ``waiting`` and ``refused`` are pairs of a thing's name and the reason; cut short."""

    alive: bool
    seen_at: datetime | None
    folder: str
    trouble: str
    waiting: tuple[tuple[str, str], ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    refused_count: int = 0


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the reading goes: processes at work, and files that none of them has read yet."""

    workers: int
    waiting: int


def is_alive(process: Process) -> bool:
    """Whether it was heard of lately."""
    return process.seen_at > datetime.now(UTC) - SILENT


def workers(parts: Parts) -> list[Process]:
    """The reading processes that are or lately were there, the latest seen first."""
    return _of_role(parts, "worker")


def backlog(parts: Parts) -> Backlog:
    """Who reads, and how much is left to read."""
    with parts.store.read() as tx:
        waiting = documents.count_waiting(tx)
    return Backlog(sum(map(is_alive, workers(parts))), waiting)


def watchers(parts: Parts) -> list[Watcher]:
    """The watched folders; one that nobody watches is in trouble. Empty where there is none."""
    found = _of_role(parts, "watch")
    heard = [process for process in found if is_alive(process)] or found[:1]
    if not heard and parts.settings.watch is not None:
        return [Watcher(alive=False, seen_at=None, folder=str(parts.settings.watch), trouble=UNWATCHED)]
    return [_to_watcher(process) for process in heard]


def _of_role(parts: Parts, role: str) -> list[Process]:
    with parts.store.read() as tx:
        return [process for process in processes.known(tx) if process.role == role]


def _to_watcher(process: Process) -> Watcher:
    told, alive = process.report, is_alive(process)
    return Watcher(
        alive=alive,
        seen_at=process.seen_at,
        folder=told["folder"],
        trouble=told["trouble"] if alive else UNWATCHED,
        waiting=tuple((name, why) for name, why in told["waiting"]),
        refused=tuple((name, why) for name, why in told["refused"]),
        refused_count=told["refused_count"],
    )
