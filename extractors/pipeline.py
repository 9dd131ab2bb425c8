"""The story of a document, top to bottom: file → pages → tables → the form → one reading."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from extractors.assemble import form_to_reading
from extractors.cells import TextTable, grid_to_table, layer_is_trusted, layer_to_table
from extractors.form.catalogue import Catalogue, default_catalogue
from extractors.form.layout import Layout, default_layout
from extractors.form.reading import DocumentReading, PageSummary, Role
from extractors.form.text import normal_label
from extractors.grid import Grid, upright_to_grids
from extractors.ink import Inks, page_to_inks
from extractors.loading import Limits, file_to_pages
from extractors.matching import FormMatcher
from extractors.ocr.engine import OcrEngine
from extractors.ocr.registry import build_engine
from extractors.package import Package
from extractors.pages import PageImage, Rgb
from extractors.rules import RuleFinder
from extractors.straighten import UprightPage, as_displayed, page_to_upright
from extractors.timing import StageClock


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Everything that is loaded once and serves many documents."""

    engine: OcrEngine
    rules: RuleFinder
    layout: Layout
    catalogue: Catalogue

    @property
    def headings(self) -> tuple[str, ...]:
        """The sections' headings as matching compares them."""
        return tuple(normal_label(text) for section in self.layout.sections for text in section.texts)

    @property
    def cell_counts(self) -> frozenset[int]:
        """How many cells a row of the form may have: a heading, one or two labels with values, a table row."""
        return frozenset({1, 2, 4, len(self.layout.columns)})


@dataclass(frozen=True, slots=True)
class PageDone:
    """Progress: page ``number`` of ``total`` was looked at. ``picture``: the page upright, uint8 RGB."""

    number: int
    total: int
    picture: Rgb


def build_pipeline(engine: str = "rapidocr") -> Pipeline:
    """Load the models, the layout and the catalogue. Raises KeyError for an unknown engine."""
    return Pipeline(build_engine(engine), RuleFinder(), default_layout(), default_catalogue())


def read_document(
    path: Path,
    name: str,
    *,
    reader: Pipeline,
    on_page: Callable[[PageDone], None] | None = None,
    limits: Limits | None = None,
) -> DocumentReading:
    """Read one file. Bad paper becomes doubt in the reading; raises ExtractionError for a file that cannot be opened."""
    clock = StageClock(time.perf_counter)
    loaded = file_to_pages(path, name=name, limits=limits)
    matcher = FormMatcher(reader.layout)
    package = Package(reader.layout, reader.engine)
    summaries: list[PageSummary] = []
    for page in clock.each("loading", loaded.pages()):
        upright, inks, tables = _look_at(page, reader, clock)
        with clock.stage("matching"):
            taken = [matcher.take(table) for table in tables]
            summaries.append(_summary(page, upright, inks, tables, package, taken=any(taken)))
            if summaries[-1].role is Role.BLANK:
                matcher.pass_blank(page.number)
        if on_page is not None:
            on_page(PageDone(page.number, loaded.page_count, as_displayed(page, upright.rotation)))
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


def _look_at(
    page: PageImage, reader: Pipeline, clock: StageClock
) -> tuple[UprightPage, Inks, tuple[TextTable, ...]]:
    with clock.stage("straighten"):
        upright = page_to_upright(page, reader.engine)
    with clock.stage("grid"):
        inks = page_to_inks(upright.rgb)
        grids = upright_to_grids(inks, reader.rules)
    with clock.stage("cells"):
        return upright, inks, tuple(_grid_to_table(page, upright, grid, reader) for grid in grids)


def _grid_to_table(page: PageImage, upright: UprightPage, grid: Grid, reader: Pipeline) -> TextTable:
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


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
