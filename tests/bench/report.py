"""Results as one HTML file that carries its pictures and needs nothing else, with every wrong cell in it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from tests.bench import real
from tests.bench.diagrams import reliability
from tests.bench.outcomes import CellOutcome, LongOutcome, MarkOutcome, Outcome
from tests.bench.pictures import Place, cut_places
from tests.bench.remembered import beyond_chance
from tests.bench.results import Results

TEMPLATE = Path(__file__).with_name("report.html.j2")
MOST_PICTURES = 400
MOST_CANDIDATES, MOST_PARTS = 5, 4
Pieces = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether the other text lacks it."""
Texts = CellOutcome | LongOutcome


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that went wrong as the page shows it; ``pictures`` are JPEGs in base64."""

    where: str
    about: str
    truth: Pieces
    read: Pieces
    status: str
    confidence: str
    reasons: tuple[str, ...]
    candidates: tuple[tuple[str, bool], ...]
    passed: bool
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Wrong things of one kind; ``left_out``: how many are not shown."""

    id: str
    title: str
    wrongs: tuple[Wrong, ...]
    left_out: int = 0


def write_report(path: Path, folder: Path, results: Results) -> None:
    """``folder`` holds the documents."""
    sections = list(_sections(results.outcomes))
    shown = [item for _, _, items in sections for item in items[:MOST_PICTURES]]
    pictures = cut_places(folder, [place for item in shown for place in _places(item)])
    wrong_sections = [
        Section(
            id=key,
            title=title,
            wrongs=tuple(_wrong(item, pictures) for item in items[:MOST_PICTURES]),
            left_out=max(0, len(items) - MOST_PICTURES),
        )
        for key, title, items in sections
    ]
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    page = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        r=results,
        changes=beyond_chance(results.changes),
        diagram=reliability(results.calibration["bins"]),
        sections=wrong_sections,
        others=list(_others(results.outcomes)),
        seals=[f for f in results.run.real if f.group == real.RING],
        digits=[f for f in results.run.real if f.group == real.PEN_DIGITS],
        real_wrong=[f for f in results.run.real if not f.right],
    )
    path.write_text(page, encoding="utf-8")


def _sections(
    outcomes: Sequence[Outcome],
) -> Iterator[tuple[str, str, Sequence[Texts | MarkOutcome]]]:
    """What passed wrongly first. A form that was not found at all is one line elsewhere, not twenty cells."""
    seen = [outcome for outcome in outcomes if outcome.matched_right]
    cells = sorted(
        (cell for o in seen for cell in o.cells if not cell.exact),
        key=lambda c: (not c.box, c.field, c.source.document),
    )
    longs = sorted(
        (text for o in seen for text in o.longs if not text.exact),
        key=lambda t: (t.source.cls, t.field, -t.errors),
    )
    texts: list[Texts] = [*cells, *longs]
    yield "passed", "Passed without a person, and wrong", [t for t in texts if t.status == "auto"]
    for cls, words in (
        ("printed", "Printed"),
        ("handwriting", "Handwriting-like"),
        ("digital", "Born digital"),
    ):
        held = [c for c in cells if c.source.cls == cls and not c.passed]
        yield cls, f"{words}, held for a person", held
    yield "long", "Long texts, held for a person", [t for t in longs if t.status != "auto"]
    yield "marks", "Seals and signatures", [m for o in seen for m in o.marks if not m.right]


def _places(item: Texts | MarkOutcome) -> list[Place]:
    """Where it stands; a text that goes over a page break stands in several places."""
    parts = () if isinstance(item, MarkOutcome) else item.parts
    if not parts and item.page and item.box:
        parts = ((item.page, item.box),)
    return [(item.source.document, page, box) for page, box in parts[:MOST_PARTS]]


def _wrong(item: Texts | MarkOutcome, pictures: dict[Place, str]) -> Wrong:
    cell = item if isinstance(item, CellOutcome) else None
    if isinstance(item, MarkOutcome):
        where, truth, read = item.question, _said(item.truth), _said(item.read)
        parts: tuple[Pieces, Pieces] = ((truth, False),), ((read, False),)
    else:
        where = f"{item.field}, row {cell.row}" if cell and cell.row else item.field
        parts = different(item.truth, item.text)
    source = item.source
    about = [source.document, *([f"page {item.page}"] if item.page else []), source.font]
    about += [", ".join(source.damages) or "no damage"]
    if isinstance(item, MarkOutcome) and item.style:
        about.append(item.style)
    if isinstance(item, LongOutcome):
        about.append(f"{item.errors} characters of {len(item.truth)}")
    if cell and cell.mistake:
        about.append(f"wrong on the paper: {cell.mistake}")
    return Wrong(
        where=where,
        about=" · ".join(about),
        truth=parts[0],
        read=parts[1],
        status=item.status or "–",
        confidence=f"{cell.confidence:.4f}" if cell else "",
        reasons=item.reasons,
        candidates=tuple((text, text == item.truth) for text in cell.candidates[:MOST_CANDIDATES])
        if cell
        else (),
        passed=item.status == "auto",
        pictures=tuple(pictures[place] for place in _places(item) if place in pictures),
    )


def _said(value: object) -> str:
    if value is None:
        return "cannot tell"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def different(truth: str, read: str) -> tuple[Pieces, Pieces]:
    """Both texts in pieces, marked where they differ."""
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, a0, a1, b0, b1 in difflib.SequenceMatcher(None, truth, read, autojunk=False).get_opcodes():
        if a1 > a0:
            left.append((truth[a0:a1], tag != "equal"))
        if b1 > b0:
            right.append((read[b0:b1], tag != "equal"))
    return tuple(left), tuple(right)


def _others(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, str, object, object]]:
    """What has no cell: whole documents, rows, pages."""
    for outcome in outcomes:
        name = outcome.source.document
        if outcome.refused:
            yield name, "refused", "a reading", outcome.refused
        if not outcome.matched_right:
            yield name, "form found", "", "differs"
        if outcome.rows_lost or outcome.rows_invented:
            yield name, "rows", f"{outcome.rows_lost} lost", f"{outcome.rows_invented} invented"
        for page in outcome.pages:
            if page.role_truth != page.role_read:
                yield name, f"role of page {page.number}", page.role_truth, page.role_read
            if page.rotation_right is False:
                yield name, f"turn of page {page.number}", "right", "wrong"
