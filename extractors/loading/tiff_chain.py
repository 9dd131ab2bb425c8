"""A second count of a TIFF's pages, by its directories alone: the picture library stops in silence where a chain breaks.

Every page has a directory which names its strips and the next directory (TIFF 6.0, section 2; BigTIFF alike with
wider numbers). A chain may lead back into itself, out of the file, or end too early; then bytes are left that belong
to no page.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_WIDTHS = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
"""Bytes of one value, by its type's number."""
_INTEGERS = {3: "H", 4: "L", 13: "L", 16: "Q", 18: "Q"}
_STRIPS, _TILES, _OLD_JPEG = (273, 279), (324, 325), (513, 514)
_PLACES_AND_SIZES = (_STRIPS, _TILES, _OLD_JPEG)
_SUB_DIRECTORIES = (330, 34665, 34853, 40965)
"""Previews, and what cameras note; no pages."""
_SPARE_BYTES = 1024
"""More than this that belongs to no page could be a lost one: a written page, packed as tightly as can be, takes more.

What common writers leave over is padding, some 20 bytes a page.
"""
_MOST_STEPS = 2_000_000
"""Entries and strips looked at; more is no scan."""


class _BrokenChainError(Exception):
    """The chain leads back, out of the file, or through more than anybody scans."""


def pages_may_be_missing(untrusted_path: Path, counted: int) -> bool:
    """Whether the directories tell of another number of pages than ``counted``, or end as no whole file ends."""
    with untrusted_path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        chain = _Chain(data)
        try:
            pages = sum(1 for _page in chain.directories())
        except (_BrokenChainError, struct.error):
            return True
        return pages != counted or chain.unclaimed_bytes() > _SPARE_BYTES


@dataclass
class _Chain:
    """``claimed``: the parts of the file that belong to something, as (begin, end)."""

    data: mmap.mmap
    claimed: list[tuple[int, int]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    steps: int = 0

    def __post_init__(self) -> None:
        self.order = "<" if self.data[:2] == b"II" else ">"
        self.big = self.data[2:4] in {b"+\x00", b"\x00+"}

    def directories(self) -> Iterator[int]:
        """The place of each page's directory.

        Raises:
            _BrokenChainError, struct.error: the chain is broken.
        """
        place = self._number("Q", 8) if self.big else self._number("L", 4)
        self.claimed.append((0, 16 if self.big else 8))
        while place:
            yield place
            place = self._walk(place)

    def unclaimed_bytes(self) -> int:
        reached = unclaimed = 0
        for begin, end in sorted(self.claimed):
            unclaimed += max(0, begin - reached)
            reached = max(reached, end)
        return unclaimed + max(0, len(self.data) - reached)

    def _walk(self, place: int) -> int:
        """Claim what a directory names; the place of the next one, 0 after the last."""
        if place in self.seen:
            raise _BrokenChainError
        self.seen.add(place)
        head, width = (8, 20) if self.big else (2, 12)
        entries = self._number("Q" if self.big else "H", place)
        self._step(entries)
        end = place + head + entries * width
        following = self._number("Q" if self.big else "L", end)
        self.claimed.append((place, end + (8 if self.big else 4)))
        values = dict(self._value(place + head + n * width) for n in range(entries))
        for places, sizes in _PLACES_AND_SIZES:
            self.claimed += [
                (begin, begin + size)
                for begin, size in zip(values.get(places, ()), values.get(sizes, ()), strict=False)
            ]
        for tag in _SUB_DIRECTORIES:
            for sub in values.get(tag, ()):
                if sub not in self.seen:
                    self._walk(sub)
        return following

    def _value(self, place: int) -> tuple[int, tuple[int, ...]]:
        """Tag and whole numbers of an entry; only of those that name places."""
        tag, kind = struct.unpack_from(f"{self.order}HH", self.data, place)
        count = self._number("Q" if self.big else "L", place + 4)
        inline = 8 if self.big else 4
        at = place + (12 if self.big else 8)
        size = count * _WIDTHS.get(kind, 1)
        if size > inline:
            at = self._number("Q" if self.big else "L", at)
            self.claimed.append((at, at + size))
        if (
            tag not in {*_SUB_DIRECTORIES, *(one for pair in _PLACES_AND_SIZES for one in pair)}
            or kind not in _INTEGERS
        ):
            return tag, ()
        self._step(count)
        return tag, struct.unpack_from(f"{self.order}{count}{_INTEGERS[kind]}", self.data, at)

    def _number(self, code: str, place: int) -> int:
        (number,) = struct.unpack_from(self.order + code, self.data, place)
        return int(number)

    def _step(self, count: int) -> None:
        self.steps += count
        if self.steps > _MOST_STEPS:
            raise _BrokenChainError
