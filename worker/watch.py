"""The watched folder: what a scanner drops there becomes a submission, exactly once, whenever this process dies.

A thing that has wholly arrived is first renamed into ``正在收件/<arrival>/``, which makes it ours under a name of its own;
that name is the upload's idempotency key, so that handing it in again after a death changes nothing. Then it is moved to
``已收件/<day>/`` with its receipt number, or to ``未收下/`` with a note beside it. The same file dropped twice is two
arrivals: the second is shown as a likely duplicate, as anywhere else.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import re
import secrets
import shutil
import signal
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import FrameType

from extractors.errors import ExtractionError
from intake_service.errors import IdempotencyMismatchError, ServiceError
from intake_service.files import FULL, flush_folder
from intake_service.intake import LOCAL_UTC_OFFSET, Meta, UntrustedFile, accept_upload, clean_name
from intake_service.parts import WATCHED_FOLDER, Parts, open_parts
from intake_service.settings import Settings
from worker.arrivals import Arrival, Look, in_order, look_at, obstacle
from worker.presence import beat, leave

TAKING, DONE, REFUSED = "正在收件", "已收件", "未收下"
NOTE = ".说明.txt"
EVERY_S, BEAT_S, REST_S, CLEAN_S = 1.0, 5.0, 15.0, 3600.0
MOST_TOLD = 20
"""How many waiting and refused things are named to the desk."""
MOST_NAME = 255
"""Bytes of a file's name, as file systems have it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """What the desk shows of the folder. ``waiting`` and ``refused`` are pairs of name and reason; both cut short."""

    folder: str
    trouble: str = ""
    waiting: tuple[tuple[str, str], ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    refused_count: int = 0

    def to_json(self) -> dict[str, object]:
        """For the store."""
        return {name: getattr(self, name) for name in self.__slots__}


class _Unchanging(io.FileIO):
    """A file to hand in. Raises BlockingIOError at its end when it changed while it was read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW))
        self._before = self._told()

    def read(self, size: int | None = -1, /) -> bytes:
        chunk: bytes = super().read(size) or b""
        if not chunk and self._told() != self._before:
            raise BlockingIOError(errno.EAGAIN, "changed while it was read")
        return chunk

    def _told(self) -> tuple[int, int]:
        told = os.fstat(self.fileno())
        return told.st_size, told.st_mtime_ns


@dataclass
class Watch:
    """One watched folder. Remembers since when (monotonic seconds) each thing there looks as it does."""

    parts: Parts
    folder: Path
    _since: dict[Path, tuple[Look, float]] = field(default_factory=dict)
    _rest: tuple[float, Report] | None = None
    """Until when (monotonic seconds) nothing is tried, and what is said meanwhile."""

    def round(self) -> Report:
        """Take what has wholly arrived; what is in the way is told, not raised."""
        if self._rest is not None and time.monotonic() < self._rest[0]:
            return self._rest[1]
        waiting: list[tuple[str, str]] = []
        trouble, rest_s = "", 0.0
        try:
            for path in self._candidates():
                try:
                    if why := self._take(path):
                        waiting.append((clean_name(path.name), why))
                except FileNotFoundError:
                    continue  # somebody took it away between two looks
                except PermissionError:
                    waiting.append((clean_name(path.name), "没有权限读取或移动它。"))
        except ServiceError as error:
            # Each try copies the files anew, so a full queue is not asked every second.
            trouble, rest_s = f"{error.message.rstrip('。')}；恢复后自动继续，文件留在原处。", REST_S
        except OSError as error:
            trouble = _in_words(error)
        report = Report(str(self.folder), trouble, tuple(waiting[:MOST_TOLD]), *self._refused())
        self._rest = (time.monotonic() + rest_s, report) if rest_s else None
        return report

    def clean_up(self) -> None:
        """Remove what was taken long ago: the originals lie in the file store."""
        days = self.parts.settings.watch_keep_days
        oldest = (datetime.now(UTC) + LOCAL_UTC_OFFSET).date() - timedelta(days=days)
        for folder in (self.folder / DONE).glob("????-??-??"):
            with suppress(ValueError):  # a folder of somebody's own
                if days and date.fromisoformat(folder.name) < oldest:
                    shutil.rmtree(folder, ignore_errors=True)

    def _candidates(self) -> list[Path]:
        """What was claimed before, then what lies in the folder. Raises OSError where the folder cannot be used."""
        here = sorted(self.folder.iterdir(), key=in_order)
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "cannot be written")
        claimed = []
        for home in sorted((self.folder / TAKING).glob("*")):
            inside = list(home.iterdir()) if home.is_dir() else []
            claimed += inside
            if not inside and home.is_dir():
                home.rmdir()
        found = claimed + [path for path in here if path.name not in {TAKING, DONE, REFUSED}]
        self._since = {path: self._since[path] for path in found if path in self._since}
        return found

    def _take(self, path: Path) -> str:
        """Hand it in when it has wholly arrived; else why not yet. Raises ServiceError, OSError."""
        arrival = look_at(path)
        if arrival is None:
            return ""
        if why := self._not_yet(arrival):
            return why
        if path.parent == self.folder:
            path = self._claim(path)
            claimed = look_at(path)
            if claimed is None or claimed.look != arrival.look:
                return "刚才又有变化，等它写完。"
            arrival = claimed
        return self._hand_in(arrival)

    def _not_yet(self, arrival: Arrival) -> str:
        settings = self.parts.settings
        look, since = self._since.setdefault(arrival.path, (arrival.look, time.monotonic()))
        if look != arrival.look:
            self._since[arrival.path] = arrival.look, time.monotonic()
            return "正在写入。"
        quiet_s = time.monotonic() - since
        by_quiet = arrival.is_folder and not arrival.is_marked
        if quiet_s < (settings.watch_folder_quiet_s if by_quiet else settings.watch_quiet_s):
            return "等文件到齐；放一个名为“完成”的文件就立即收下。" if by_quiet else "刚到，确认已写完。"
        return obstacle(arrival, quiet_s)

    def _claim(self, path: Path) -> Path:
        """Make it ours under a new name: from now on, whatever dies, it is handed in under that name only."""
        stamp = (datetime.now(UTC) + LOCAL_UTC_OFFSET).strftime("%Y%m%d-%H%M%S")
        home = self.folder / TAKING / f"{stamp}-{secrets.token_hex(3)}"
        home.mkdir(parents=True)
        mine = path.rename(home / path.name)
        for changed in (home, home.parent, self.folder):
            with suppress(
                OSError
            ):  # some network shares cannot; then a power cut may bring a duplicate, never a loss
                flush_folder(changed)
        return mine

    def _hand_in(self, arrival: Arrival) -> str:
        home = arrival.path.parent
        meta = Meta(channel="mail", note=clean_name(arrival.path.name) if arrival.is_folder else "")
        try:
            with ExitStack() as opened:
                files = [
                    UntrustedFile(path.name, opened.enter_context(_Unchanging(path)))
                    for path in arrival.files
                ]
                done = accept_upload(self.parts, WATCHED_FOLDER, files, meta, f"watch {home.name}")
        except BlockingIOError:
            return "正在写入。"
        except IdempotencyMismatchError:
            # It changed after it had been accepted and before it could be moved: what is there now is something new.
            self._claim(arrival.path)
            return "正在写入。"
        except (ServiceError, ExtractionError) as error:
            if isinstance(error, ServiceError) and error.retry_after_s is not None:
                raise
            self._refuse(arrival, error.message)
            return ""
        number = done.submission.receipt_number
        day = (datetime.now(UTC) + LOCAL_UTC_OFFSET).date().isoformat()
        self._move(arrival.path, self.folder / DONE / day / _fitting(f"{number} ", arrival.path.name))
        return ""

    def _refuse(self, arrival: Arrival, why: str) -> None:
        path = arrival.path
        target = self.folder / REFUSED / _fitting(f"{path.parent.name} ", path.name, NOTE)
        target.parent.mkdir(exist_ok=True)
        target.with_name(target.name + NOTE).write_text(
            f"{clean_name(path.name)}\n没有收下：{why}\n怎么办：处理后重新放进扫描文件夹，或在“收件”页手工提交；"
            "不需要的话，把文件和本说明一起删除即可。\n",
            encoding="utf-8",
        )
        self._move(path, target)

    @staticmethod
    def _move(path: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
        with suppress(OSError):  # not empty: what else came there is looked at in the next round
            path.parent.rmdir()

    def _refused(self) -> tuple[tuple[tuple[str, str], ...], int]:
        """The newest refused things with their reasons, and how many there are."""
        try:
            notes = sorted((self.folder / REFUSED).glob(f"*{NOTE}"), reverse=True)
            told = [note.read_text(encoding="utf-8").splitlines()[:2] for note in notes[:MOST_TOLD]]
        except (OSError, UnicodeDecodeError):
            return (), 0
        return tuple((each[0], each[1].removeprefix("没有收下：")) for each in told if len(each) == 2), len(
            notes
        )


def run(settings: Settings) -> None:
    """Watch until SIGTERM or SIGINT."""
    assert settings.watch is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    signal.signal(signal.SIGIO, signal.SIG_IGN)  # a lease that is asked back within the moment we hold it
    parts = open_parts(settings)
    watch = Watch(parts, settings.watch)
    beat_at = clean_at = 0.0
    before: Report | None = None
    try:
        while True:
            try:
                report = watch.round()
                if report != before or time.monotonic() >= beat_at:
                    beat(parts, "watch", report.to_json())
                    before, beat_at = report, time.monotonic() + BEAT_S
                if time.monotonic() >= clean_at:
                    watch.clean_up()
                    clean_at = time.monotonic() + CLEAN_S
            except ServiceError as error:
                log.warning("the watched folder waits: %s", type(error).__name__)
            except Exception:  # the process's last door: one odd thing must not end the watching
                log.exception("a round over the watched folder failed; the next one follows")
            time.sleep(EVERY_S)
    finally:
        leave(parts)
        parts.store.close()


def _in_words(error: OSError) -> str:
    if error.errno in FULL:
        return "磁盘满了；腾出空间后自动继续，文件留在原处。"
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return "找不到这个文件夹；请检查网络盘是否连着、名字是否改过。恢复后自动继续。"
    if isinstance(error, PermissionError):
        return "没有权限读写这个文件夹；请让管理员给服务的账号读写权限。恢复后自动继续。"
    return f"文件夹出错（{error.strerror}）；恢复后自动继续，文件留在原处。"


def _fitting(prefix: str, name: str, more: str = "") -> str:
    """The name behind its prefix, its stem cut where the whole, with ``more`` behind it, would be too long."""
    ending = found[0] if (found := re.search(r"\.\w{1,8}$", name)) else ""
    room = MOST_NAME - len(os.fsencode(prefix + ending + more))
    stem = os.fsencode(name.removesuffix(ending))[:room]
    return prefix + stem.decode("utf-8", "ignore") + ending


def _stop(number: int, _frame: FrameType | None) -> None:
    """Leave at once: whatever is half-way is taken up at the next start."""
    raise SystemExit(0 if number == signal.SIGTERM else 130)
