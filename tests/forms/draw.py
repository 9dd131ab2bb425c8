"""From specs to files: Word, LibreOffice, pixels, ink, damage, file with truth."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image

from tests.forms import fonts, inking, truth
from tests.forms.content import Content, make_content
from tests.forms.mix import Spec, spec_of
from tests.forms.output import as_scanned, misread, write_pictures
from tests.forms.papers import Paper, write_papers
from tests.forms.places import Place, Places, find_places
from tests.forms.spellings import Cell
from tests.forms.word import write_form
from tests.forms.writing import draw_hand, write_on


@dataclass(frozen=True, slots=True)
class Drawn:
    """One finished form: ``path`` of the document, ``truth`` as in its JSON."""

    path: Path
    truth: dict[str, Any]


def content_of(spec: Spec) -> Content:
    """The words of a spec."""
    return make_content(random.Random(f"content-{spec.seed}"))


def draw_forms(out: Path, seeds: Sequence[int], kind: str = "all", *, batch: int = 25) -> Iterator[Drawn]:
    """Write ``NNNN.pdf`` (or .jpg, .png, .tif) and ``NNNN.truth.json`` for each seed, one after the other."""
    for start in range(0, len(seeds), batch):
        yield from draw_specs(out, [spec_of(seed, kind) for seed in seeds[start : start + batch]])


def draw_specs(out: Path, specs: Sequence[Spec]) -> Iterator[Drawn]:
    """The same for specs made by hand; LibreOffice is started once for all."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        yield from _draw_batch(out, specs, Path(folder))


@dataclass(frozen=True, slots=True)
class _Job:
    spec: Spec
    content: Content
    form: Path
    papers: list[Paper]


def _draw_batch(out: Path, specs: Sequence[Spec], folder: Path) -> Iterator[Drawn]:
    jobs = [_written_job(spec, folder) for spec in specs]
    born_pdfs([path for job in jobs for path in (job.form, *(paper.path for paper in job.papers))], folder)
    for job in jobs:
        yield _finish(out, job)


def _written_job(drawn: Spec, folder: Path) -> _Job:
    """The Word files of one spec."""
    content = content_of(drawn)
    spec = replace(drawn, style=replace(drawn.style, typed_name=drawn.signature == "typed"))
    number_rows(content, spec.style.numbers)
    form = folder / f"{spec.seed:04}.docx"
    write_form(form, content, spec.style, random.Random(f"word-{spec.seed}"))
    chance = random.Random(f"papers-{spec.seed}")
    papers = write_papers(folder, form.stem, chance, content) if spec.papers else []
    return _Job(spec, content, form, papers)


def number_rows(content: Content, habit: str) -> None:
    """Rows that were added are not always numbered, and the fourth may be written beside the printed dots."""
    for index, row in enumerate(content.occupations[3:]):
        if habit == "printed" or (habit == "ellipsis" and index > 0):
            row["seq"] = Cell("", None)
        elif habit == "ellipsis":
            row["seq"] = Cell("...", None)


def born_pdfs(paths: list[Path], folder: Path) -> None:
    """Convert Word files with one call of LibreOffice, in a profile of its own."""
    command = [
        "soffice",
        f"-env:UserInstallation=file://{folder / 'profile'}",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        *map(str, paths),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=600, env=fonts.fontconfig_environment())


def _finish(out: Path, job: _Job) -> Drawn:
    spec, content, born = job.spec, job.content, job.form.with_suffix(".pdf")
    rng = np.random.default_rng(spec.seed)
    places = find_places(born)
    layers: list[list[tuple[str, Place]]] = []
    if spec.cls == "digital":
        path, marks = inking.stamp_pdf(rng, spec, content, born, places, out / f"{spec.seed:04}.pdf")
        pages = [truth.page_of("form", number) for number in range(places.page_count)]
    else:
        plan = inking.plan_marks(rng, spec, content, places)
        leaves = [_form_leaves(rng, spec, born, places, plan)] if spec.papers != "no_form" else []
        for paper in job.papers:
            paper_leaves = _paper_leaves(rng, spec, content, paper)
            leaves.insert(0 if paper.role == "other" else len(leaves), paper_leaves)
        pictures, pages, marks = *_scanned(rng, spec, itertools.chain.from_iterable(leaves)), plan.truth
        layers = _layers(spec, places, pages)
        path = write_pictures(out / f"{spec.seed:04}", pictures, spec, layers)
    record = truth.truth_of(spec, content, marks, pages)
    record["file"] = path.name
    record["text_layer"] = spec.text_layer if any(layers) else ""
    text = json.dumps(record, ensure_ascii=False, indent=1)
    (out / f"{spec.seed:04}.truth.json").write_text(text + "\n", encoding="utf-8")
    return Drawn(path, record)


def _layers(spec: Spec, places: Places, pages: list[dict[str, Any]]) -> list[list[tuple[str, Place]]]:
    """The hidden text of a plain scan; moved, turned and photographed pages get none."""
    moved = spec.papers or spec.photographed or spec.stored_turn or any(page["rotation"] for page in pages)
    if not spec.text_layer or moved:
        return []
    rng = random.Random(spec.seed)
    out: list[list[tuple[str, Place]]] = [[] for _ in pages]
    for text, place in places.lines:
        out[place.page].append((misread(rng, text) if spec.text_layer == "bad" else text, place))
    return out


Leaf = tuple[np.ndarray, dict[str, Any]]
"""A page before the scanner, RGB, and its line of the truth."""


def _form_leaves(
    rng: np.random.Generator, spec: Spec, born: Path, places: Places, plan: inking.Plan
) -> Iterator[Leaf]:
    hand = draw_hand(rng, fonts.LETTER_FONTS, spec.style.ink_rgb)
    for number, picture in enumerate(_rendered(born, spec.dpi)):
        written = [place for place in places.written if place.page == number]
        inked = inking.ink_page(rng, write_on(rng, picture, written, hand, spec.dpi), plan, number, spec.dpi)
        yield inked, truth.page_of("form", number)


def _paper_leaves(rng: np.random.Generator, spec: Spec, content: Content, paper: Paper) -> Iterator[Leaf]:
    born = paper.path.with_suffix(".pdf")
    plan = inking.plan_papers(rng, spec, content, find_places(born))
    for number, picture in enumerate(_rendered(born, spec.dpi)):
        yield (
            inking.ink_page(rng, picture, plan, number, spec.dpi),
            truth.page_of(paper.role, 0, paper.material),
        )


def _rendered(born: Path, dpi: int) -> Iterator[np.ndarray]:
    document = pypdfium2.PdfDocument(born)
    for page in document:
        yield page.render(scale=dpi / 72, rev_byteorder=True).to_numpy()[..., :3].copy()
    document.close()


def _scanned(
    rng: np.random.Generator, spec: Spec, leaves: Iterable[Leaf]
) -> tuple[list[Image.Image], list[dict[str, Any]]]:
    """Every leaf through the scanner; with ``blank_backs`` of a package each is followed by its empty back."""
    pictures: list[Image.Image] = []
    pages: list[dict[str, Any]] = []
    for leaf, line in leaves:
        sides = [(leaf, line)]
        if spec.papers and spec.blank_backs:
            sides.append((np.full_like(leaf, 252), truth.page_of("blank", 0)))
        for side, role in sides:
            turn = spec.rotations[len(pages) % len(spec.rotations)]
            pictures.append(as_scanned(inking.scan_page(rng, side, spec, turn), spec.colour))
            pages.append({**role, "rotation": -turn % 360})
    return pictures, pages
