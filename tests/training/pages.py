"""Pages without their rules, and the rules beside them: what the rule finder is trained on.

``python -m tests.training.pages OUT --first-seed 3000 --count 150`` writes for every page of the forms and of
the papers around them ``SEED-PAPER-PAGE.png`` (200 dpi, RGB, all rules left out) and ``….json`` (the rules in
pixels). The rules are drawn anew for each look at a page, so that one page teaches thick, faint, dotted and
double ones alike.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from tests.forms import fonts, inking
from tests.forms.content import Content
from tests.forms.draw import born_pdfs, content_of, number_rows
from tests.forms.mix import Spec, spec_of
from tests.forms.papers import write_papers
from tests.forms.places import find_places
from tests.forms.word import write_form
from tests.forms.writing import draw_hand, write_on

DPI = 200
RULE_PT = 6.0
"""What is drawn thinner than this, and longer than three times as much, is a rule."""


def main() -> None:
    """Write the pages of a run of seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--first-seed", type=int, default=3000)
    parser.add_argument("--count", type=int, default=150)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for start in range(asked.first_seed, asked.first_seed + asked.count, 25):
        with tempfile.TemporaryDirectory() as folder:
            last = min(start + 25, asked.first_seed + asked.count)
            _write_batch([spec_of(seed) for seed in range(start, last)], Path(folder), asked.out)


def _write_batch(specs: list[Spec], folder: Path, out: Path) -> None:
    jobs = []
    for spec in specs:
        content = content_of(spec)
        number_rows(content, spec.style.numbers)
        form = folder / f"{spec.seed:04}.docx"
        write_form(form, content, spec.style, random.Random(f"word-{spec.seed}"))
        papers = write_papers(folder, form.stem, random.Random(f"papers-{spec.seed}"), content)
        jobs.append((spec, content, form, [paper.path for paper in papers[:2]]))
    born_pdfs([path for *_, form, others in jobs for path in (form, *others)], folder)
    for spec, content, form, others in jobs:
        for name, born in [("form", form), *((f"paper{i}", path) for i, path in enumerate(others))]:
            pages = _pages(spec, content, born.with_suffix(".pdf"), form=name == "form")
            for number, (picture, rules) in enumerate(pages):
                stem = f"{spec.seed:04}-{name}-{number}"
                Image.fromarray(picture).save(out / f"{stem}.png")
                (out / f"{stem}.json").write_text(json.dumps(rules))


def _pages(
    spec: Spec, content: Content, born: Path, *, form: bool
) -> Iterator[tuple[np.ndarray, list[list[float]]]]:
    """Each page with entries and marks but without rules, and the rules as x0, y0, x1, y1 in pixels."""
    rng = np.random.default_rng(spec.seed)
    places = find_places(born)
    plan = None
    if form:
        plan = inking.plan_marks(rng, replace(spec, dpi=DPI), content, places)
    hand = draw_hand(rng, fonts.LETTER_FONTS, spec.style.ink_rgb)
    document = pypdfium2.PdfDocument(born)
    for number, page in enumerate(document):
        rules = _take_rules(page)
        picture = page.render(scale=DPI / 72, rev_byteorder=True).to_numpy()[..., :3].copy()
        written = [place for place in places.written if place.page == number]
        picture = write_on(rng, picture, written, hand, DPI)
        if plan is not None:
            picture = inking.ink_page(rng, picture, plan, number, DPI)
        yield picture, rules
    document.close()


def _take_rules(page: Any) -> list[list[float]]:
    """Remove thin drawn paths from a page; where they ran, in pixels from the top left."""
    height = page.get_height()
    rules = []
    for item in list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])):
        left, bottom, right, top = item.get_bounds()
        wide, tall = right - left, top - bottom
        if min(wide, tall) < RULE_PT and max(wide, tall) > 3 * RULE_PT:
            x0, x1, y0, y1 = left, right, height - top, height - bottom
            if wide > tall:
                y0 = y1 = (y0 + y1) / 2
            else:
                x0 = x1 = (x0 + x1) / 2
            rules.append([round(v * DPI / 72, 2) for v in (x0, y0, x1, y1)])
        page.remove_obj(item)
    page.gen_content()
    return rules


if __name__ == "__main__":
    main()
