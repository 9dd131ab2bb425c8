"""What a PDF is apart from its pages: repaired, active, with attachments; and a second count of the pages."""

from __future__ import annotations

import mmap
import re
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import dict_value, list_value
from pdfminer.psexceptions import PSException

from extractors.errors import ImageTooLargeError
from extractors.loading.limits import Limits

_ACTIVE = re.compile(
    rb"/S\s*/(?:JavaScript|Launch|SubmitForm|ImportData|Rendition|Movie|Sound)\b"
    rb"|/JavaScript\s*(?:\d+\s+\d+\s+R|<<|\[)|/JS\s*(?:\d+\s+\d+\s+R|[(<])|/RichMedia\b"
)
_PICTURE = re.compile(rb"/(Width|Height)\s+(\d{1,10})\b[^>]{0,300}?/(Width|Height)\s+(\d{1,10})\b")
_ATTACHED = re.compile(rb"/FileAttachment\b")
_BROKEN_TREE = (
    PSException,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    RecursionError,
    OverflowError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
)
"""What the second library lets through on broken files."""


def scan_bytes(untrusted_path: Path, limits: Limits) -> tuple[str, ...]:
    """Warnings that the raw bytes already show.

    ``repaired``, ``active_content``, ``has_attachments``; ``downscaled`` where a picture or its mask has more
    pixels than a page may have. Streams never hide inside others, so every picture dictionary is in sight.

    Raises:
        ImageTooLargeError: a picture or mask would unfold to more than ``limits.max_source_px``.
    """
    with _mapped(untrusted_path) as data:
        largest = max((int(m[2]) * int(m[4]) for m in _PICTURE.finditer(data) if m[1] != m[3]), default=0)
        if largest > limits.max_source_px:
            raise ImageTooLargeError(
                f"PDF 里有一张图片达 {largest / 1e6:.0f} 百万像素，超过上限。请降低扫描分辨率后再提交。"
            )
        found = ["downscaled"] if largest > limits.max_page_px else []
        if not _cross_reference_is_whole(data):
            found.append("repaired")
        if _ACTIVE.search(data):
            found.append("active_content")
        if _ATTACHED.search(data):
            found.append("has_attachments")
    return tuple(found)


def is_marked_encrypted(untrusted_path: Path) -> bool:
    """Whether a trailer or cross-reference stream names an encryption dictionary."""
    with _mapped(untrusted_path) as data:
        return re.search(rb"/Encrypt\s+(?:\d+\s+\d+\s+R|<<)", data) is not None


def is_empty(untrusted_path: Path) -> bool:
    """Whether the page tree is whole but holds nothing, as the second library sees it."""
    try:
        with untrusted_path.open("rb") as stream:
            tree = dict_value(PDFDocument(PDFParser(stream)).catalog.get("Pages"))
            return "Kids" in tree and not list_value(tree["Kids"])
    except _BROKEN_TREE:
        return False


@contextmanager
def _mapped(untrusted_path: Path) -> Iterator[mmap.mmap]:
    with untrusted_path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def _cross_reference_is_whole(data: mmap.mmap) -> bool:
    """Whether the last ``startxref`` leads to a cross-reference table or stream, so nothing was rebuilt."""
    tail = data[-2048:]
    at = tail.rfind(b"startxref")
    number = re.match(rb"startxref\s+(\d{1,12})", tail[at:]) if at >= 0 else None
    if number is None:
        return False
    origin = max(0, data.find(b"%PDF-", 0, 1024))
    for base in {0, origin}:
        place = int(number[1]) + base
        if re.match(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)", data[place : place + 40]):
            return True
    return False


def pages_may_be_missing(untrusted_path: Path, counted: int, *, budget_s: float = 3.0) -> bool:
    """Whether a second library, which walks the page tree, counts other than ``counted`` pages or cannot count them.

    Where walking takes longer than the budget, what the tree itself says stands for it.
    """
    deadline, walked = time.monotonic() + budget_s, 0
    try:
        with untrusted_path.open("rb") as stream:
            document = PDFDocument(PDFParser(stream))
            for walked, _page in enumerate(PDFPage.create_pages(document), 1):
                if walked > counted:
                    return True
                if time.monotonic() > deadline:
                    return bool(dict_value(document.catalog["Pages"])["Count"] != counted)
            return walked != counted
    except _BROKEN_TREE:
        return True
