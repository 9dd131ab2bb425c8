"""What others make of the same page pictures: rapidocr's default run and tesseract, text without a form.

They return lines, not values, so they are measured by what a search in their text would find: the share of
entries that stand somewhere in the document's text. Our reading is put to the same measure beside them.
"""

from __future__ import annotations

import importlib.util
import logging
import resource
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from extractors.form.reading import COLUMN_IDS, FIELD_IDS
from extractors.loading import file_to_pages
from extractors.pages import Rgb
from tests.bench.compare import LONG_FIELDS, same_form
from tests.bench.reading import Case, Read, read_cases

NOT_SEARCHED = {*LONG_FIELDS, "org_type", "seq", "is_new"}
"""Long texts, and what stands in every form's text: the printed kinds, numbers of rows, 是 and 否."""
LEAST_SIGNS = 2

PageReader = Callable[[Rgb], str]


@dataclass(frozen=True, slots=True)
class Rival:
    """One reader on the sample: seconds on the wall and of the processor, entries found of those written."""

    name: str
    pages: int
    wall_s: float
    cpu_s: float
    found: int
    entries: int

    @property
    def wall_s_a_page(self) -> float:
        return self.wall_s / max(1, self.pages)

    @property
    def cpu_s_a_page(self) -> float:
        return self.cpu_s / max(1, self.pages)


def choose(cases: Sequence[Case], count: int) -> list[int]:
    """Indices of about ``count`` scanned forms, spread evenly over the set; born-digital files need no OCR."""
    scanned = [
        i for i, case in enumerate(cases) if case.truth["class"] != "digital" and case.truth["matched"]
    ]
    step = max(1.0, len(scanned) / max(1, count))
    return sorted({scanned[int(k * step)] for k in range(count) if int(k * step) < len(scanned)})


def entries_of(truth: dict[str, Any]) -> list[str]:
    """What a search would look for, as comparisons see it."""
    texts = [truth["fields"][name]["text"] for name in FIELD_IDS if name not in NOT_SEARCHED]
    for row in truth["occupations"]:
        texts += [row[column]["text"] for column in COLUMN_IDS if column not in NOT_SEARCHED]
    return [text for text in map(same_form, texts) if len(text) >= LEAST_SIGNS]


def ours(name: str, cases: Sequence[Case], reads: Sequence[Read]) -> Rival:
    """Our reading by the same measure: the whole of it, from bytes to values. The wall is that of all processes."""
    found = entries = 0
    for case, read in zip(cases, reads, strict=True):
        wanted = entries_of(case.truth)
        text = same_form("\n".join(_texts(read.reading or {})))
        entries += len(wanted)
        found += sum(entry in text for entry in wanted)
    wall = max(read.ended_s for read in reads) - min(read.began_s for read in reads)
    return Rival(name, sum(r.pages for r in reads), wall, sum(r.cpu_s for r in reads), found, entries)


def _texts(reading: dict[str, Any]) -> Iterable[str]:
    yield from (field["text"] for field in (reading.get("fields") or {}).values())
    for row in reading.get("occupations") or []:
        yield from (cell["text"] for cell in row.values())


def measure(name: str, reader: PageReader, cases: Sequence[Case]) -> Rival:
    """Read every page of the cases' files as it lies in the file; opening the file is not counted."""
    found = entries = pages = 0
    wall = cpu = 0.0
    for case in cases:
        wanted, texts = entries_of(case.truth), []
        for page in file_to_pages(case.path, name=case.path.name).pages():
            began, cpu_began = time.monotonic(), _processor_s()
            texts.append(reader(page.rgb))
            wall += time.monotonic() - began
            cpu += _processor_s() - cpu_began
        text = same_form("\n".join(texts))
        entries += len(wanted)
        found += sum(entry in text for entry in wanted)
        pages += len(texts)
    return Rival(name, pages, wall, cpu, found, entries)


def _processor_s() -> float:
    """Processor seconds of this process and of programs it ran and waited for, as tesseract."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def rapidocr_reader() -> PageReader:
    """rapidocr as its README calls it: ``RapidOCR()`` on the picture (BGR)."""
    from rapidocr import RapidOCR

    logging.disable(logging.INFO)  # it sets its own logger's level, whatever ours is
    engine = RapidOCR()
    logging.disable(logging.NOTSET)

    def read(rgb: Rgb) -> str:
        result = engine(rgb[..., ::-1])
        return "\n".join(result.txts or ())

    return read


def tesseract_reader() -> PageReader | None:
    """tesseract with ``chi_sim``, page segmentation 3; None where it is not installed."""
    if shutil.which("tesseract") is None or importlib.util.find_spec("pytesseract") is None:
        return None
    import pytesseract
    from PIL import Image

    if "chi_sim" not in pytesseract.get_languages():
        return None

    def read(rgb: Rgb) -> str:
        return str(pytesseract.image_to_string(Image.fromarray(rgb), lang="chi_sim", config="--psm 3"))

    return read


def measure_all(cases: Sequence[Case], count: int, processes: int) -> tuple[list[Rival], list[str]]:
    """Ours and theirs on a sample of scanned documents, one right after the other, so that the machine is the same.

    Returns also what was left out, in words. rapidocr's runtime uses all cores by itself, ours one a process.
    """
    sample = [cases[i] for i in choose(cases, count)] if count else []
    if not sample:
        return [], []
    out = [ours("ours, 1 process", sample, list(read_cases(sample, processes=1)))]
    if processes > 1:
        together = list(read_cases(sample, processes=processes))
        out.append(ours(f"ours, {processes} processes", sample, together))
    out.append(measure("rapidocr, default run", rapidocr_reader(), sample))
    tesseract = tesseract_reader()
    if tesseract is None:
        return out, ["tesseract with chi_sim is not installed and was left out."]
    return [*out, measure("tesseract chi_sim, psm 3", tesseract, sample)], []
