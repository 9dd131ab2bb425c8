"""What lies in the watched folder, and whether it has wholly arrived.

Writers are scanners, copiers and people over a network share: they say nothing when they are done. What can be known
is taken together: nothing changed for a while, nobody on this machine has it open for writing, the file has its end.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from extractors.sniff import HEAD_BYTES, Kind, head_to_kind

JUNK = re.compile(
    r"(?i)thumbs\.db|desktop\.ini|\.ds_store|\._.*|@eadir|[#.]recycle|\.trash.*|lost\+found|system volume information"
)
"""What file managers and network drives leave behind; never paper."""
UNFINISHED = re.compile(r"(?i)[.~].*|.*\.(tmp|temp|part|partial|filepart|crdownload|!ut)")
"""Names that programs give to what they are still writing."""
MARKS = {"完成", "done", "complete"}
"""A file of this name (any ending) in a folder says that the folder is complete."""
ENDS = {Kind.PDF: b"%%EOF", Kind.JPEG: b"\xff\xd9", Kind.PNG: b"IEND", Kind.TIFF: b"", None: b""}
"""What stands near the end of a whole file, by its type; a TIFF has no such end."""
TAIL = 4096
STALLED_S = 600.0
"""After so long without a change, a file without an end, or an empty one, is taken as it is: it will not grow any more."""

Look = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file, or a folder of files, that lies directly in the watched folder.

    ``files`` are what is to be handed in, in the order of their names; ``look`` tells name, size in bytes, time of change
    (nanoseconds) and inode of everything there, so that equal looks mean that nothing changed.
    """

    path: Path
    files: tuple[Path, ...]
    look: Look
    is_folder: bool
    is_marked: bool
    is_unfinished: bool


def look_at(path: Path) -> Arrival | None:
    """What is there; None for what is no paper at all: links, junk, empty folders. Raises OSError."""
    if JUNK.fullmatch(path.name) or path.is_symlink():
        return None
    is_folder = path.is_dir()
    found = _regular_files(path) if is_folder else [path]
    marks = [each for each in found if is_folder and each.stem.lower() in MARKS]
    looks = tuple((str(each.relative_to(path.parent)), *_state(each)) for each in found)
    files = tuple(each for each in found if each not in marks)
    if not files or not (is_folder or path.is_file()):
        return None
    unfinished = any(UNFINISHED.fullmatch(each.name) for each in (path, *files))
    return Arrival(path, files, looks, is_folder, bool(marks), unfinished)


def obstacle(arrival: Arrival, quiet_s: float) -> str:
    """Why it should not be taken yet though nothing changed for ``quiet_s``, as a sentence; empty when it may be.

    Raises OSError for a file that cannot be read.
    """
    if arrival.is_unfinished:
        return "名字像是还没写完的临时文件；写完会改名的话，改名后自动收下。"
    for path in arrival.files:
        with path.open("rb") as stream:
            if _is_open_for_writing(stream.fileno()):
                return "还有程序开着它在写。"
            if quiet_s < STALLED_S and not _has_its_end(stream.fileno()):
                return "还没有写到结尾；十分钟不再变化就照现在的样子收下。"
    return ""


def in_order(path: Path) -> list[str | int]:
    """Sorts names as people number them: 2 before 10."""
    return [int(part) if part.isdecimal() else part.lower() for part in re.split(r"([0-9]+)", str(path))]


def _regular_files(folder: Path) -> list[Path]:
    """Every file below, however deep. Raises OSError for a folder that cannot be read: nothing in it may be missed."""
    found = []
    for here, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not JUNK.fullmatch(name)]
        found += [Path(here, name) for name in names if not JUNK.fullmatch(name)]
    return sorted((path for path in found if stat.S_ISREG(path.lstat().st_mode)), key=in_order)


def _raise(error: OSError) -> None:
    raise error


def _state(path: Path) -> tuple[int, int, int]:
    told = path.lstat()
    return told.st_size, told.st_mtime_ns, told.st_ino


def _has_its_end(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    end = ENDS[head_to_kind(os.pread(descriptor, HEAD_BYTES, 0))]
    return size > 0 and end in os.pread(descriptor, TAIL, max(0, size - TAIL))


def _is_open_for_writing(descriptor: int) -> bool:
    """Whether the kernel knows of a writer: it gives no read lease then. False where that cannot be known."""
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    return False
