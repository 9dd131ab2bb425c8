"""The door of this stage: one function for every supported type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from extractors.loading import pdf, picture
from extractors.loading.limits import Limits
from extractors.loading.sniff import Kind, file_to_kind
from extractors.pages import PageImage


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A file that was looked at and found acceptable.

    ``kind`` is pdf, jpeg, png or tiff. ``warnings`` concern the whole file. ``pages()`` decodes the pages in
    order, one at a time, and may raise any ``ExtractionError`` on the way; each call starts again at page 1.
    """

    kind: Kind
    page_count: int
    warnings: tuple[str, ...]
    pages: Callable[[], Iterator[PageImage]]


def file_to_pages(path: Path, *, name: str, limits: Limits | None = None) -> LoadedFile:
    """Look at the untrusted file at ``path``, which its sender calls ``name``.

    Raises:
        ExtractionError: one of its subclasses, when the file is refused.
    """
    limits = limits or Limits()
    kind = file_to_kind(path, name=name, limits=limits)
    if kind is Kind.PDF:
        facts = pdf.inspect(path, limits)
        return LoadedFile(kind, facts.page_count, facts.warnings, lambda: pdf.pages(path, facts, limits))
    count = picture.count_frames(path, kind, limits)
    return LoadedFile(kind, count, (), lambda: picture.frames(path, kind, count, limits))
