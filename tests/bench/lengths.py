"""Whether a long file costs more a page than a short one, and more memory than a worker has.

One short paper by itself; the same among thirty pages of other papers; and ten times over in one file, which nobody
sends but a scanner's feeder that was filled with ten copies.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.reading import Case, read_cases

SHORT_PAGES, LONG_PAGES, TIMES = 3, 30, 10


@dataclass(frozen=True, slots=True)
class Length:
    """One file read in a process of its own; ``peak_mib`` is the most memory that process held."""

    what: str
    pages: int
    wall_s: float
    cpu_s: float
    peak_mib: float

    @property
    def wall_s_a_page(self) -> float:
        return self.wall_s / self.pages

    @property
    def cpu_s_a_page(self) -> float:
        return self.cpu_s / self.pages


def choose(cases: Sequence[Case]) -> Case | None:
    """A scanned PDF of three pages with a form in it, or the one with most pages below that."""
    scans = [
        case
        for case in _scans(cases)
        if case.truth["matched"] and not case.truth.get("papers") and len(case.truth["pages"]) <= SHORT_PAGES
    ]
    return max(scans, key=lambda case: len(case.truth["pages"]), default=None)


def _scans(cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if case.path.suffix == ".pdf" and case.truth["class"] != "digital"]


def others(cases: Sequence[Case]) -> list[tuple[Path, int]]:
    """Pages (file, index) of scanned papers that are not the form: materials, letters, blank backs."""
    return [
        (case.path, index)
        for case in _scans(cases)
        for index, page in enumerate(case.truth["pages"])
        if page["role"] not in {"form", "form_continuation"}
    ]


def joined(pages: Sequence[tuple[Path, int]], path: Path) -> Path:
    """Pages of several PDFs as one PDF."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    readers = {file: PdfReader(file) for file, _ in pages}
    for file, index in pages:
        writer.add_page(readers[file].pages[index])
    with path.open("wb") as stream:
        writer.write(stream)
    return path


def measure(cases: Sequence[Case], out: Path) -> list[Length]:
    """The short file, then the long ones; empty where the set has no fitting scan."""
    case = choose(cases)
    if case is None:
        return []
    own = [(case.path, index) for index in range(len(case.truth["pages"]))]
    more = others(cases)
    files = [("one paper", case.path)]
    if more:
        fill = list(itertools.islice(itertools.cycle(more), LONG_PAGES - len(own)))
        files.append(("among other papers", joined([*own, *fill], out / "long-others.pdf")))
    files.append((f"{TIMES} times over", joined(own * TIMES, out / "long-same.pdf")))
    lengths = []
    for what, path in files:
        (read,) = read_cases([Case(path, case.truth)], processes=1)
        if read.pages:
            lengths.append(Length(what, read.pages, read.ended_s - read.began_s, read.cpu_s, read.peak_mib))
    return lengths
