"""The story of a document, top to bottom: file → pages → tables → the form → one reading."""

from __future__ import annotations

import hashlib
import heapq
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from extractors.assemble import form_to_reading
from extractors.blank_form import page_to_cover
from extractors.cells import TextTable, grid_to_table, layer_is_trusted, layer_to_table
from extractors.faint_print import with_print_read
from extractors.form.catalogue import Catalogue, default_catalogue
from extractors.form.layout import Layout, default_layout, load_layout
from extractors.form.reading import DocumentReading, PageSummary, Role
from extractors.form.text import normal_label
from extractors.grid import Grid, upright_to_grids
from extractors.ink import Inks, page_to_inks
from extractors.kept import KeptPage, pages_of_version, reader_version
from extractors.loading import Limits, file_to_pages
from extractors.matching import FormMatcher
from extractors.ocr.engine import OcrEngine
from extractors.ocr.registry import build_engine
from extractors.package import Package
from extractors.pages import PageDone, PageImage
from extractors.rules import RuleFinder
from extractors.straighten import UprightPage, as_displayed, at_working_size, page_to_upright
from extractors.timing import StageClock


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Everything that is loaded once and serves many documents."""

    engine: OcrEngine
    rules: RuleFinder
    layout: Layout
    catalogue: Catalogue
    version: str
    """Changes with whatever a reading depends on."""

    @property
    def headings(self) -> tuple[str, ...]:
        """The sections' headings as matching compares them."""
        return tuple(normal_label(text) for section in self.layout.sections for text in section.texts)

    @property
    def cell_counts(self) -> frozenset[int]:
        """How many cells a row of the form may have: a heading, one or two labels with values, a table row."""
        return frozenset({1, 2, 4, len(self.layout.columns)})


def build_pipeline(engine: str = "rapidocr", layout: Path | None = None) -> Pipeline:
    """Load the models, the layout (in the folder ``layout``, if not ours) and the catalogue.

    Raises KeyError for an unknown engine, LayoutError for a folder that cannot be used.
    """
    built = build_engine(engine)
    chosen = default_layout() if layout is None else load_layout(layout)
    return Pipeline(built, RuleFinder(), chosen, default_catalogue(), reader_version(built.info))


def read_document(
    path: Path,
    name: str,
    *,
    reader: Pipeline,
    on_page: Callable[[PageDone], None] | None = None,
    limits: Limits | None = None,
    kept: Iterable[Mapping[str, Any]] = (),
) -> DocumentReading:
    """Read one file. Bad paper becomes doubt in the reading; raises ExtractionError for a file that cannot be opened.

    ``kept``: what ``on_page`` was told by a reading of the same file that was cut off; it goes on behind that.
    """
    clock = StageClock(time.perf_counter)
    loaded = file_to_pages(path, name=name, limits=limits)
    matcher = FormMatcher(reader.layout)
    package = Package(reader.layout, reader.engine)
    summaries: list[PageSummary] = []
    known = pages_of_version(kept, reader.version)
    unknown = sorted({*range(1, loaded.page_count + 1)} - {page.number for page in known})
    for page in _in_order(known, clock.each("loading", map(at_working_size, loaded.pages(unknown)))):
        done = PageDone(page.number, loaded.page_count)
        if isinstance(page, KeptPage):
            package.recall(page)
            summaries.append(page.summary)
        else:
            upright, inks, tables = _look_at(page, reader, clock)
            with clock.stage("matching"):
                tables = tuple(with_print_read(t, matcher.printed, reader.engine) for t in tables)
                taken = [matcher.take(table) for table in tables]
                missed = not any(taken) and any(matcher.may_miss(table) for table in tables)
                summary = _summary(page, upright, inks, tables, package, taken=any(taken))
                summaries.append(_warned(summary, "form_unread") if missed else summary)
            done = replace(done, picture=as_displayed(page, upright.rotation))
            if any(taken):
                of_form = [table for table, is_ours in zip(tables, taken, strict=True) if is_ours]
                done = replace(done, cover=page_to_cover(of_form, matcher.printed, reader.layout))
            else:
                done = replace(done, kept=KeptPage(summaries[-1], package.before).to_json(reader.version))
        if summaries[-1].role is Role.BLANK:
            matcher.pass_blank(page.number)
        if on_page is not None:
            on_page(done)
    return form_to_reading(
        matcher.finish(),
        summaries,
        engine=reader.engine,
        layout=reader.layout,
        catalogue=reader.catalogue,
        clock=clock,
        file_name=name,
        sha256=_sha256(path),
        page_count=loaded.page_count,
        warnings=loaded.warnings,
    )


def _in_order(
    known: Iterable[KeptPage | PageImage], loaded: Iterable[KeptPage | PageImage]
) -> Iterator[KeptPage | PageImage]:
    return heapq.merge(known, loaded, key=attrgetter("number"))


def _look_at(
    page: PageImage, reader: Pipeline, clock: StageClock
) -> tuple[UprightPage, Inks, tuple[TextTable, ...]]:
    with clock.stage("straighten"):
        upright = page_to_upright(page, reader.engine)
    with clock.stage("grid"):
        inks = page_to_inks(upright.rgb)
        grids = upright_to_grids(inks, reader.rules)
    with clock.stage("cells"):
        return upright, inks, tuple(grid_to_texts(page, upright, grid, reader) for grid in grids)


def grid_to_texts(page: PageImage, upright: UprightPage, grid: Grid, reader: Pipeline) -> TextTable:
    """Texts from the file's own layer where it says what the pixels say, else read."""
    if page.source == "digital" and layer_is_trusted(upright, grid, page.words, reader.engine):
        return layer_to_table(upright, grid, page.words)
    return grid_to_table(upright, grid, reader.engine, reader.headings, reader.cell_counts)


def _summary(
    page: PageImage,
    upright: UprightPage,
    inks: Inks,
    tables: tuple[TextTable, ...],
    package: Package,
    *,
    taken: bool,
) -> PageSummary:
    distrusted = page.source == "digital" and any(not table.digital for table in tables)
    words = page.words if page.source == "digital" and not distrusted else ()
    kind = package.take_form() if taken else package.judge(inks, tables, words)
    return PageSummary(
        number=page.number,
        role=kind.role,
        material=kind.material,
        rotation=upright.rotation,
        skew_deg=upright.skew_deg,
        source="scan" if distrusted else page.source,
        dpi=page.dpi,
        warnings=(*page.warnings, *(("text_layer_mismatch",) if distrusted else ()), *kind.warnings),
    )


def _warned(page: PageSummary, warning: str) -> PageSummary:
    return page if warning in page.warnings else replace(page, warnings=(*page.warnings, warning))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
