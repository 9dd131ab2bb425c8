"""What others make of the same page pictures: rapidocr's default run and tesseract, text without a form.

They return lines, not values, so they are measured by what a search in their text would find: the share of
entries that stand somewhere in the document's text. Our reading is put to the same measure beside them.
"""

from __future__ import annotations

import importlib.util
import logging
import shutil
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.form.reading import COLUMN_IDS, FIELD_IDS
from extractors.loading import file_to_pages
from extractors.pages import Rgb
from tests.bench.compare import LONG_FIELDS, same_form
from tests.bench.reading import Case, Read

NOT_SEARCHED = {*LONG_FIELDS, "org_type", "seq", "is_new"}
"""Long texts, and what stands in every form's text: the printed kinds, numbers of rows, 是 and 否."""
LEAST_SIGNS = 2

PageReader = Callable[[Rgb], str]


@dataclass(frozen=True, slots=True)
class Rival:
    """One reader on the sample: seconds a page (median over documents) and entries found of those written."""

    name: str
    seconds_a_page: float
    found: int
    entries: int
    pages: int


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


def ours(cases: Sequence[Case], reads: Sequence[Read]) -> Rival:
    """Our reading by the same measure."""
    found = entries = 0
    speeds = []
    for case, read in zip(cases, reads, strict=True):
        wanted = entries_of(case.truth)
        text = same_form("\n".join(_texts(read.reading or {})))
        entries += len(wanted)
        found += sum(entry in text for entry in wanted)
        if read.pages:
            speeds.append((read.ended_s - read.began_s) / read.pages)
    pages = sum(read.pages for read in reads)
    return Rival("ours", statistics.median(speeds or [0.0]), found, entries, pages)


def _texts(reading: dict[str, Any]) -> Iterable[str]:
    yield from (field["text"] for field in (reading.get("fields") or {}).values())
    for row in reading.get("occupations") or []:
        yield from (cell["text"] for cell in row.values())


def measure(name: str, reader: PageReader, cases: Sequence[Case]) -> Rival:
    """Read every page of the cases' files as it lies in the file."""
    found = entries = pages = 0
    speeds = []
    for case in cases:
        wanted = entries_of(case.truth)
        texts, spent = _timed(case.path, reader)
        text = same_form("\n".join(texts))
        entries += len(wanted)
        found += sum(entry in text for entry in wanted)
        pages += len(texts)
        speeds.append(spent / len(texts))
    return Rival(name, statistics.median(speeds or [0.0]), found, entries, pages)


def _timed(path: Path, reader: PageReader) -> tuple[list[str], float]:
    texts, spent = [], 0.0
    for page in file_to_pages(path, name=path.name).pages():
        start = time.monotonic()
        texts.append(reader(page.rgb))
        spent += time.monotonic() - start
    return texts, spent


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
