"""Seals, signatures and ticks put on the pages, then the scanner: what happens after printing."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image

from tests.forms import fonts, ink
from tests.forms.content import ORG_TYPES, Content, regions
from tests.forms.ink import camera, damage, pens, seals
from tests.forms.mix import Spec
from tests.forms.phrases import organisation
from tests.forms.places import Places

MM_PT = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Mark:
    """Ink to put on a page: ``kind`` says what, the centre is in points from the top left."""

    kind: str
    page: int
    x: float
    y: float
    size_pt: float
    text: str = ""
    number: str | None = None
    inner: str | None = None
    style: str = "clean"
    signed_in: str = ""


@dataclass(slots=True)
class Plan:
    """All marks of a form and their truth."""

    marks: list[Mark] = field(default_factory=list)
    truth: dict[str, Any] = field(default_factory=dict)
    edge: Mark | None = None
    """A seal over the edges of all pages (骑缝章); ``page`` counts the pages, ``x`` is not used."""


def plan_marks(rng: np.random.Generator, spec: Spec, content: Content, places: Places) -> Plan:
    """Decide every mark and where it goes."""
    plan = Plan()
    choice = random.Random(int(rng.integers(2**31)))
    _plan_signature(choice, plan, spec, content, places)
    _plan_org_seal(choice, plan, spec, content, places)
    _plan_authority(choice, plan, spec, content, places)
    _plan_ticks(choice, plan, spec, content, places)
    _plan_edge(choice, plan, spec, content, places)
    return plan


def plan_papers(rng: np.random.Generator, spec: Spec, content: Content, places: Places) -> Plan:
    """The owner's seal wherever another paper says （盖章）."""
    choice, plan = random.Random(int(rng.integers(2**31))), Plan()
    for spot in places.seal_spots:
        diameter = choice.choice([40, 42]) * MM_PT
        x, y = (
            (spot.x0 + spot.x1) / 2 + choice.uniform(-20, 10) * MM_PT,
            spot.y1 + choice.uniform(-4, 6) * MM_PT,
        )
        centre = _on_page(x, y, diameter, places)
        name = content.fields["org_name"].text
        plan.marks.append(Mark("seal", spot.page, *centre, diameter, name, style=spec.seal_style))
    return plan


def _plan_edge(choice: random.Random, plan: Plan, spec: Spec, content: Content, places: Places) -> None:
    plan.truth["edge_seals"] = []
    if not spec.edge_seal or not 1 < places.page_count < 6 or spec.cls == "digital":
        return
    y = places.page_size_pt[1] * choice.uniform(0.35, 0.65)
    text = content.fields["org_name"].text
    plan.edge = Mark("seal", places.page_count, 0, y, 42 * MM_PT, text)
    plan.truth["edge_seals"] = [
        {"present": True, "text": text, "pages": list(range(1, places.page_count + 1))}
    ]


def _plan_signature(choice: random.Random, plan: Plan, spec: Spec, content: Content, places: Places) -> None:
    line, name = places.found.get("sign"), content.fields["legal_representative"].text
    kind = spec.signature if line else "none"
    if line and kind in {"handwritten", "name_seal"}:
        height = (
            choice.uniform(7, 11) * MM_PT if kind == "handwritten" else choice.choice([14, 16, 18]) * MM_PT
        )
        reach = height * (0.6 * len(name) if kind == "handwritten" else 0.6)
        x = line.x1 + choice.uniform(2, 6) * MM_PT + reach
        y = (line.y0 + line.y1) / 2 + choice.uniform(-1.5, 1.5) * MM_PT
        plan.marks.append(Mark(kind, line.page, x, y, height, name, signed_in=spec.signed_in))
        if kind == "handwritten" and choice.random() < 0.1:  # signed and stamped counts as signed
            beside = x + reach + choice.uniform(4, 10) * MM_PT
            side = choice.choice([14, 16]) * MM_PT
            centre = _on_page(beside, y, side, places)
            plan.marks.append(Mark("name_seal", line.page, *centre, side, name))
    plan.truth["legal_rep_signature"] = {"present": kind in {"handwritten", "name_seal"}, "kind": kind}


def _seal_number(choice: random.Random, content: Content, spec: Spec) -> str | None:
    return content.region.adcode + f"{choice.randrange(10**7):07}" if spec.seal_number else None


def _plan_org_seal(choice: random.Random, plan: Plan, spec: Spec, content: Content, places: Places) -> None:
    line = places.found.get("stamp")
    if line is None or spec.org_seal == "none":
        plan.truth["org_seal"] = {"present": False, "text": "", "number": "", "matches": None}
        return
    text = content.fields["org_name"].text
    if spec.org_seal == "other":
        other = choice.choice(regions())
        text = organisation(choice, content.org_type, other.city, other.county, provincial=False)
    inner = choice.choice(["财务专用章", "合同专用章", "教务专用章"]) if spec.org_seal == "special" else None
    number = _seal_number(choice, content, spec)
    diameter = choice.choice([38, 40, 40, 42, 42, 45]) * MM_PT
    x = line.x1 + choice.uniform(-14, 24) * MM_PT
    y = (line.y0 + line.y1) / 2 + choice.uniform(-6, 4) * MM_PT
    centre = _on_page(x, y, diameter, places)
    plan.marks.append(Mark("seal", line.page, *centre, diameter, text, number, inner, spec.seal_style))
    matches = text == content.fields["org_name"].text
    plan.truth["org_seal"] = {
        "present": True,
        "text": text,
        "number": number or "",
        "matches": matches,
        "inner": inner or "",
        "style": spec.seal_style,
    }


def _plan_authority(choice: random.Random, plan: Plan, spec: Spec, content: Content, places: Places) -> None:
    line = places.found.get("authority")
    if line is None or spec.authority_seal == "none" or not content.judged:
        plan.truth["authority_seal"] = {"present": False, "text": "", "number": "", "matches": None}
        return
    other = choice.choice([r for r in regions() if r.city != content.region.city])
    city = content.region.city if spec.authority_seal == "own" else other.city
    text = f"{city}人力资源和社会保障局"
    number = _seal_number(choice, content, spec)
    diameter = choice.choice([42, 42, 45]) * MM_PT
    x = (line.x0 + line.x1) / 2 + choice.uniform(-6, 14) * MM_PT
    y = line.y1 + choice.uniform(-5, 7) * MM_PT
    plan.marks.append(Mark("seal", line.page, *_on_page(x, y, diameter, places), diameter, text, number))
    matches = city == content.region.city
    plan.truth["authority_seal"] = {"present": True, "text": text, "number": number or "", "matches": matches}


def _on_page(x: float, y: float, diameter: float, places: Places) -> tuple[float, float]:
    width, height = places.page_size_pt
    reach = diameter / 2 + 4
    return min(max(x, reach), width - reach), min(max(y, reach), height - reach)


def _plan_ticks(choice: random.Random, plan: Plan, spec: Spec, content: Content, places: Places) -> None:
    if spec.style.tick != "pen":
        return
    beside = choice.random() < 0.12
    for kind in ORG_TYPES:
        box = places.found.get(kind)
        if box is None or kind not in content.ticks:
            continue
        side = box.x1 - box.x0
        x = (box.x0 + box.x1) / 2 + (
            choice.uniform(0.55, 0.8) * side if beside else choice.uniform(-0.15, 0.3) * side
        )
        y = (box.y0 + box.y1) / 2 + choice.uniform(-0.3, 0.15) * side
        plan.marks.append(Mark("tick", box.page, x, y, choice.uniform(1.1, 1.9) * side))


def draw_mark(rng: np.random.Generator, mark: Mark, dpi: int) -> np.ndarray:
    """The mark as RGBA at the page's resolution."""
    size = max(8, round(mark.size_pt * dpi / 72))
    if mark.kind == "seal":
        wear: dict[str, Any] = {
            "style": mark.style,
            "inner": mark.inner,
            "centre": "none" if mark.inner else "star",
        }
        return seals.draw_seal(rng, mark.text, number=mark.number, diameter_px=size, **wear)
    if mark.kind == "name_seal":
        return seals.draw_name_seal(rng, mark.text, size)
    if mark.kind == "handwritten":
        return pens.draw_signature(
            rng, mark.text, size, font_path=fonts.STATE / "ttf" / f"{mark.signed_in}.ttf"
        )
    return pens.draw_tick(rng, str(rng.choice(["tick", "tick", "tick", "cross"])), size)


def ink_page(rng: np.random.Generator, rgb: np.ndarray, plan: Plan, page: int, dpi: int) -> np.ndarray:
    """The printed page with its marks."""
    for mark in plan.marks:
        if mark.page == page:
            centre = (round(mark.x * dpi / 72), round(mark.y * dpi / 72))
            rgb = ink.paste(rgb, draw_mark(rng, mark, dpi), centre)
    return rgb if plan.edge is None else _edge(rgb, plan.edge, page, dpi)


def _edge(rgb: np.ndarray, mark: Mark, page: int, dpi: int) -> np.ndarray:
    """This page's strip of the seal that was put over all pages fanned out."""
    seal = draw_mark(np.random.default_rng(mark.page), mark, dpi)
    wide = seal.shape[1] // mark.page
    strip = seal[:, page * wide : (page + 1) * wide]
    return ink.paste(rgb, strip, (rgb.shape[1] - wide / 2 - 1, mark.y * dpi / 72))


def scan_page(rng: np.random.Generator, rgb: np.ndarray, spec: Spec, turn: int) -> np.ndarray:
    """The page through the scanner or the telephone, turned clockwise by ``turn`` degrees."""
    if "coloured_paper" in spec.damage:  # one colour for all sheets of a form
        rgb = damage.damage_page(np.random.default_rng(spec.seed), rgb, ("coloured_paper",), spec.dpi)
    others = tuple(kind for kind in spec.damage if kind != "coloured_paper")
    rgb = damage.damage_page(rng, rgb, others, spec.dpi)
    if spec.photographed:
        rgb = camera.photograph(rng, rgb)
    return camera.turn(rgb, turn) if turn else rgb


def stamp_pdf(
    rng: np.random.Generator, spec: Spec, content: Content, born: Path, places: Places, out: Path
) -> tuple[Path, dict[str, Any]]:
    """The born PDF with its marks pasted as pictures with transparency; the text layer stays."""
    plan = plan_marks(rng, spec, content, places)
    document = pypdfium2.PdfDocument(born)
    for number in range(len(document)):
        page = document[number]
        marks = [mark for mark in plan.marks if mark.page == number]
        for mark in marks:
            _insert(document, page, draw_mark(rng, mark, 300), mark)
        if marks:
            page.gen_content()
    document.save(out)
    document.close()
    return out, plan.truth


def _insert(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, rgba: np.ndarray, mark: Mark) -> None:
    wide, tall = rgba.shape[1] * 72 / 300, rgba.shape[0] * 72 / 300
    bitmap = pypdfium2.PdfBitmap.from_pil(Image.fromarray(rgba, "RGBA"))
    picture = pypdfium2.PdfImage.new(document)
    picture.set_bitmap(bitmap)
    picture.set_matrix(
        pypdfium2.PdfMatrix()
        .scale(wide, tall)
        .translate(mark.x - wide / 2, page.get_height() - mark.y - tall / 2)
    )
    page.insert_obj(picture)
