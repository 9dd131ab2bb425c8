"""Whether a long file costs more a page than a short one: the same paper once and ten times over in one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.reading import Case, read_cases

SHORT_PAGES, TIMES = 3, 10


@dataclass(frozen=True, slots=True)
class Length:
    """One file read in a process of its own; ``peak_mib`` is the most memory that process held."""

    pages: int
    wall_s: float
    cpu_s: float
    peak_mib: float


def choose(cases: Sequence[Case]) -> Case | None:
    """A scanned PDF of three pages with a form in it, or the one with most pages below that."""
    scans = [
        case
        for case in cases
        if case.path.suffix == ".pdf"
        and case.truth["class"] != "digital"
        and case.truth["matched"]
        and len(case.truth["pages"]) <= SHORT_PAGES
    ]
    return max(scans, key=lambda case: len(case.truth["pages"]), default=None)


def repeated(case: Case, out: Path, times: int) -> Case:
    """The document's pages ``times`` over, in one PDF."""
    from pypdf import PdfReader, PdfWriter

    writer, reader = PdfWriter(), PdfReader(case.path)
    for _ in range(times):
        for page in reader.pages:
            writer.add_page(page)
    path = out / f"{case.path.stem}-{times}-times.pdf"
    with path.open("wb") as stream:
        writer.write(stream)
    return Case(path, case.truth)


def measure(cases: Sequence[Case], out: Path) -> list[Length]:
    """The short file, then the long one; empty where the set has no fitting scan."""
    case = choose(cases)
    if case is None:
        return []
    lengths = []
    for each in (case, repeated(case, out, TIMES)):
        (read,) = read_cases([each], processes=1)
        if read.pages:
            lengths.append(Length(read.pages, read.ended_s - read.began_s, read.cpu_s, read.peak_mib))
    return lengths
