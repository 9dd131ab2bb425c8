"""What is kept of pages that were looked at, so that a reading which was cut off goes on behind them.

Kept are pages that are no part of the form, the bulk of most envelopes: how each was judged, and how it ended for the
page behind it. Pages of the form are few and are read again: their values come from all their pixels at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from extractors.form.reading import EngineInfo, PageSummary, Role

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class PageKind:
    """A page's role, the material's number where it is one, and what a person should know of it."""

    role: Role
    material: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageEnd:
    """A page as far as the next one may go on with it."""

    kind: PageKind
    bottom: float
    """Share of the page's height down to which it is written on."""
    columns: tuple[float, ...]
    """Right edges of the columns of the table at its foot, as shares of the table's width."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page that is no part of the form, as it was judged. ``end``: None behind the form and blank backs of it."""

    summary: PageSummary
    end: PageEnd | None

    @property
    def number(self) -> int:
        return self.summary.number

    def to_json(self, version: str) -> dict[str, Any]:
        """As plain JSON values, under the version of the reader that judged it."""
        return {"version": version, **asdict(self)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Back from ``to_json``. Raises KeyError, TypeError or ValueError for anything else."""
        end, summary = kept["end"], kept["summary"]
        return cls(
            PageSummary(**{**summary, "role": Role(summary["role"]), "warnings": tuple(summary["warnings"])}),
            end and PageEnd(_kind(end["kind"]), float(end["bottom"]), tuple(end["columns"])),
        )


def _kind(kind: Mapping[str, Any]) -> PageKind:
    return PageKind(Role(kind["role"]), kind["material"], tuple(kind["warnings"]))


def pages_of_version(kept: Iterable[Mapping[str, Any]], version: str) -> list[KeptPage]:
    """The pages that this version of the reader judged, in order; another one might judge them otherwise."""
    pages = [KeptPage.from_json(page) for page in kept if page["version"] == version]
    return sorted(pages, key=lambda page: page.number)


def reader_version(engine: EngineInfo) -> str:
    """Sixteen hex digits over everything that a reading depends on: code, nets, layouts, the engine's models."""
    digest = hashlib.sha256(repr(engine).encode())
    for folder in ("extractors", "templates_ref"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".onnx", ".yaml", ".csv", ".json"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
