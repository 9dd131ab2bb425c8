"""Everything that went wrong, with its picture, in one HTML file."""

from __future__ import annotations

import base64
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from PIL import Image

from extractors.loading import file_to_pages
from extractors.ocr.registry import build_engine
from extractors.pages import Rgb
from extractors.straighten import page_to_upright
from tests.bench.compare import CellOutcome, LongOutcome, Outcome
from tests.bench.figures import broken_down, class_figures

TEMPLATE = Path(__file__).with_name("report.html.j2")
MOST_PICTURES = 400
MARGIN_PX = 12
WIDEST_PX = 900


@dataclass(frozen=True, slots=True)
class Wrong:
    """One wrong text as the page shows it; ``picture`` is a JPEG in base64 or empty."""

    document: str
    cls: str
    font: str
    damages: str
    field: str
    truth: str
    text: str
    status: str
    confidence: str
    reasons: tuple[str, ...]
    candidates: tuple[str, ...]
    page: int | None
    passed: bool
    picture: str


def write_report(path: Path, folder: Path, outcomes: Sequence[Outcome], about: dict[str, Any]) -> None:
    """One file that carries its pictures; ``folder`` holds the documents."""
    bad = _wrong_texts(outcomes)
    shown = bad[:MOST_PICTURES]
    pictures = _pictures(folder, shown)
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    page = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        about=about,
        classes=class_figures(outcomes),
        by=broken_down(outcomes),
        wrongs=[_wrong(item, pictures.get(id(item), "")) for item in shown],
        left_out=f"{len(bad) - len(shown)} more are left out." if len(bad) > len(shown) else "",
        others=list(_others(outcomes)),
    )
    path.write_text(page, encoding="utf-8")


def _wrong_texts(outcomes: Sequence[Outcome]) -> list[CellOutcome | LongOutcome]:
    """What passed wrongly first, what has no place last; a form that was not found at all is one line elsewhere."""
    seen = [outcome for outcome in outcomes if outcome.matched_right]
    bad: list[CellOutcome | LongOutcome] = [cell for o in seen for cell in o.cells if not cell.exact]
    bad += [text for o in seen for text in o.longs if not text.exact]
    return sorted(bad, key=lambda i: (i.status != "auto", not i.box, i.field, i.source.document))


def _wrong(item: CellOutcome | LongOutcome, picture: str) -> Wrong:
    cell = item if isinstance(item, CellOutcome) else None
    return Wrong(
        document=item.source.document,
        cls=item.source.cls,
        font=item.source.font,
        damages=", ".join(item.source.damages) or "no damage",
        field=f"{item.field} {cell.row}" if cell and cell.row else item.field,
        truth=item.truth,
        text=item.text,
        status=item.status,
        confidence=f"{cell.confidence:.4f}" if cell else "",
        reasons=item.reasons,
        candidates=cell.candidates[:5] if cell else (),
        page=item.page,
        passed=item.status == "auto",
        picture=picture,
    )


def _pictures(folder: Path, items: Sequence[CellOutcome | LongOutcome]) -> dict[int, str]:
    """Each item's cell cut from its page as the reading saw it upright, by the item's ``id``."""
    wanted: dict[str, list[CellOutcome | LongOutcome]] = defaultdict(list)
    for item in items:
        if item.page and item.box:
            wanted[item.source.document].append(item)
    engine, out = build_engine("rapidocr"), {}
    for name, here in wanted.items():
        pages = {item.page for item in here}
        for page in file_to_pages(folder / name, name=name).pages():
            if page.number in pages:
                upright = page_to_upright(page, engine).turned
                out.update({id(i): _crop(upright, i.box) for i in here if i.page == page.number})
    return out


def _crop(rgb: Rgb, box: Sequence[float]) -> str:
    height, width = rgb.shape[:2]
    x0, y0 = max(0, round(box[0] * width) - MARGIN_PX), max(0, round(box[1] * height) - MARGIN_PX)
    x1, y1 = round(box[2] * width) + MARGIN_PX, round(box[3] * height) + MARGIN_PX
    picture = Image.fromarray(rgb[y0:y1, x0:x1])
    picture.thumbnail((WIDEST_PX, WIDEST_PX))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=72)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def _others(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, str, object, object]]:
    for outcome in outcomes:
        name = outcome.source.document
        if outcome.refused:
            yield name, "refused", "a reading", outcome.refused
        if not outcome.matched_right:
            yield name, "form found", "", "differs"
        if outcome.rows_lost or outcome.rows_invented:
            yield name, "rows", f"{outcome.rows_lost} lost", f"{outcome.rows_invented} invented"
        for mark in outcome.marks:
            if not mark.right:
                yield name, mark.question, mark.truth, mark.read
        for page in outcome.pages:
            if page.role_truth != page.role_read:
                yield name, f"role of page {page.number}", page.role_truth, page.role_read
            if page.rotation_right is False:
                yield name, f"turn of page {page.number}", "right", "wrong"
