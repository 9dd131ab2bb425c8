"""The door of this stage: one function for every supported type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from extractors.errors import EmptyFileError, FileTooLargeError
from extractors.loading import pdf, picture
from extractors.loading.limits import Limits
from extractors.loading.tiff_chain import pages_may_be_missing
from extractors.pages import PageImage
from extractors.sniff import HEAD_BYTES, Kind, check_kind


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A file that was looked at and found acceptable.

    ``kind`` is pdf, jpeg, png or tiff. ``warnings`` concern the whole file.
    """

    kind: Kind
    page_count: int
    warnings: tuple[str, ...]
    decode: Callable[[Iterable[int]], Iterator[PageImage]]

    def pages(self, numbers: Iterable[int] | None = None) -> Iterator[PageImage]:
        """Decode the pages with these numbers, else all, in order and one at a time; each call starts again.

        Raises:
            ExtractionError: any of its subclasses, on the way.
        """
        return self.decode(range(1, self.page_count + 1) if numbers is None else numbers)


def file_to_pages(path: Path, *, name: str, limits: Limits | None = None) -> LoadedFile:
    """Look at the untrusted file at ``path``, which its sender calls ``name``.

    Raises:
        ExtractionError: one of its subclasses, when the file is refused.
    """
    limits = limits or Limits()
    kind = _checked_kind(path, name, limits)
    if kind is Kind.PDF:
        facts = pdf.inspect(path, limits)
        return LoadedFile(
            kind, facts.page_count, facts.warnings, lambda numbers: pdf.pages(path, numbers, limits)
        )
    count = picture.count_frames(path, kind, limits)
    unsure = kind is Kind.TIFF and pages_may_be_missing(path, count)
    return LoadedFile(
        kind,
        count,
        ("page_count_mismatch",) * unsure,
        lambda numbers: picture.frames(path, kind, numbers, limits),
    )


def _checked_kind(untrusted_path: Path, name: str, limits: Limits) -> Kind:
    size = untrusted_path.stat().st_size
    if size == 0:
        raise EmptyFileError
    if size > limits.max_bytes:
        raise FileTooLargeError(
            f"文件有 {size / 1024**2:.0f} MB，超过上限 {limits.max_bytes / 1024**2:.0f} MB。"
            "请降低扫描分辨率或分成几份提交。"
        )
    with untrusted_path.open("rb") as stream:
        return check_kind(name, stream.read(HEAD_BYTES))
