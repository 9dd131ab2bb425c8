"""From specs to files: Word, LibreOffice, pixels, ink, damage, file with truth."""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

from tests.forms import fonts, inking, truth
from tests.forms.content import Content, make_content
from tests.forms.mix import Spec, spec_of
from tests.forms.places import Places, find_places
from tests.forms.spellings import Cell
from tests.forms.word import write_form
from tests.forms.writing import draw_hand, write_on


@dataclass(frozen=True, slots=True)
class Drawn:
    """One finished form: ``path`` of the document, ``truth`` as in its JSON."""

    path: Path
    truth: dict


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


def _draw_batch(out: Path, specs: Sequence[Spec], folder: Path) -> Iterator[Drawn]:
    jobs = []
    for drawn in specs:
        content = content_of(drawn)
        spec = replace(drawn, style=replace(drawn.style, typed_name=drawn.signature == "typed"))
        number_rows(content, spec.style.numbers)
        path = folder / f"{spec.seed:04}.docx"
        write_form(path, content, spec.style, random.Random(f"word-{spec.seed}"))
        jobs.append((spec, content, path))
    born_pdfs([path for _, _, path in jobs], folder)
    for spec, content, path in jobs:
        yield _finish(out, spec, content, path.with_suffix(".pdf"))


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


def _finish(out: Path, spec: Spec, content: Content, born: Path) -> Drawn:
    places = find_places(born)
    rng = np.random.default_rng(spec.seed)
    if spec.cls == "digital":
        path, marks = inking.stamp_pdf(rng, spec, content, born, places, out / f"{spec.seed:04}.pdf")
        rotations = [0] * places.page_count
    else:
        pages, marks = _picture_pages(rng, spec, content, born, places)
        rotations = [spec.rotations[i] for i in range(len(pages))]
        path = write_pictures(out / f"{spec.seed:04}", pages, spec)
    record = truth.truth_of(spec, content, marks, rotations)
    record["file"] = path.name
    text = json.dumps(record, ensure_ascii=False, indent=1)
    (out / f"{spec.seed:04}.truth.json").write_text(text + "\n", encoding="utf-8")
    return Drawn(path, record)


def _picture_pages(
    rng: np.random.Generator, spec: Spec, content: Content, born: Path, places: Places
) -> tuple[list[Image.Image], dict]:
    document = pypdfium2.PdfDocument(born)
    plan = inking.plan_marks(rng, spec, content, places)
    hand = draw_hand(rng, fonts.LETTER_FONTS, spec.style.ink_rgb)
    pages = []
    for number in range(len(document)):
        picture = document[number].render(scale=spec.dpi / 72, rev_byteorder=True).to_numpy()[..., :3].copy()
        written = [place for place in places.written if place.page == number]
        picture = write_on(rng, picture, written, hand, spec.dpi)
        picture = inking.ink_page(rng, picture, plan, number, spec.dpi)
        picture = inking.scan_page(rng, picture, spec, number)
        pages.append(_in_colour(picture, spec.colour))
    document.close()
    return pages, plan.truth


def _in_colour(rgb: np.ndarray, colour: str) -> Image.Image:
    image = Image.fromarray(rgb)
    if colour == "colour":
        return image
    grey = image.convert("L")
    return (
        grey
        if colour == "grey"
        else grey.point(lambda v: 255 if v > 150 else 0).convert("1", dither=Image.Dither.NONE)
    )


def write_pictures(stem: Path, pages: list[Image.Image], spec: Spec) -> Path:
    """The scanner's file. A form of more than one page cannot be a JPEG or PNG and becomes a PDF."""
    kind = spec.output if len(pages) == 1 or spec.output == "tif" else "pdf"
    path = stem.with_suffix(f".{kind}")
    dpi = (spec.dpi, spec.dpi)
    first, rest = pages[0], pages[1:]
    if kind == "pdf":
        quality = {} if spec.colour == "bw" else {"quality": spec.jpeg_quality}
        first.save(path, save_all=True, append_images=rest, resolution=spec.dpi, **quality)
    elif kind == "tif":
        packing = "group4" if spec.colour == "bw" else "tiff_lzw"
        first.save(path, save_all=True, append_images=rest, dpi=dpi, compression=packing)
    else:
        first.save(path, dpi=dpi, quality=spec.jpeg_quality)
    return path
