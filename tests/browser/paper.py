"""A form drawn by the browser itself, with the exact place of every value: page pictures and their reading.

For pictures of the desk and for tests that need no reader. Names, numbers and codes are made up.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import Browser

from intake_service.normalise import normalise

HERE = Path(__file__).parent
WIDTH, HEIGHT = 1600, 2263
TYPES = ("企业", "民办非企业单位", "行业协会", "技工院校")
TICKED = "民办非企业单位"
MEASURE = """() => [...document.querySelectorAll('[data-path]')].map((each) => {
  const box = each.getBoundingClientRect();
  return [each.dataset.path, box.left, box.top, box.right, box.bottom];
})"""

Places = dict[str, tuple[int, list[float]]]
"""Path → page and box in page fractions."""


@dataclass(frozen=True)
class Drawn:
    """What one form says; ``doubts`` maps a path to what the reader makes of it instead."""

    values: dict[str, str]
    rows: list[dict[str, str]]
    doubts: dict[str, dict[str, Any]]
    checks: list[dict[str, Any]]


SAMPLE = Drawn(**json.loads((HERE / "sample.json").read_text(encoding="utf-8")))


def draw(browser: Browser, form: Drawn) -> tuple[list[bytes], Places]:
    """The PNG of each page, and where everything stands."""
    template = Environment(loader=FileSystemLoader(HERE), autoescape=True).get_template("paper.html")
    boxes = " ".join(f"{name}{'☑' if name == TICKED else '□'}" for name in TYPES)
    values = {**form.values, "org_type": boxes}
    pictures: list[bytes] = []
    places: Places = {}
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    for number in (1, 2):
        signature = form.values["legal_representative"]
        page.set_content(template.render(page=number, values=values, rows=form.rows, signature=signature))
        for path, x0, y0, x1, y1 in page.evaluate(MEASURE):
            places[path] = (number, [x0 / WIDTH, y0 / HEIGHT, x1 / WIDTH, y1 / HEIGHT])
        pictures.append(page.screenshot())
    page.close()
    return pictures, places


def reading_of(form: Drawn, places: Places, name: str, sha256: str) -> dict[str, Any]:
    """The reading as a good reader would give it, with the doubts the form asks for."""

    def found(path: str, **told: Any) -> dict[str, Any]:
        page, box = places.get(path, (None, None))
        base = {"confidence": 0.998, "status": "auto", "reasons": [], "page": page, "box": box}
        return base | told | form.doubts.get(path, {})

    def cell(path: str, text: str) -> dict[str, Any]:
        value = normalise(path.rsplit(".", 1)[-1], text)
        return found(path, text=text, value=value, status="auto" if text else "blank", candidates=[])

    values = {**form.values, "org_type": TICKED}
    seal = {"present": True, "number": "", "covers": []}
    org_seal = {**seal, "text": values["org_name"], "matches": True}
    return {
        "schema": "intake.reading/1",
        "file": {"name": name, "sha256": sha256, "pages": 2},
        "form": {
            "id": "basic-info", "version": "hunan-2020-40", "matched": True, "score": 0.98, "deviations": []
        },
        "fields": {field: cell(f"fields.{field}", text) for field, text in values.items()},
        "occupations": [
            {column: cell(f"occupations.r{number}.{column}", text) for column, text in row.items()}
            for number, row in enumerate(form.rows, start=1)
        ],
        "marks": {
            "legal_rep_signature": found("marks.legal_rep_signature", present=True, kind="handwritten"),
            "org_seal": found("marks.org_seal", **org_seal),
            "authority_seal": found("marks.authority_seal", **seal, text="", matches=None),
            "edge_seals": [],
        },
        "checks": form.checks,
        "pages": [_page(1), _page(2)],
        "materials": [{"number": 1, "title": "社会培训评价组织基本情况表", "pages": [1, 2]}],
        "warnings": [],
        "engine": {"name": "rapidocr", "version": "3.10", "models": "PP-OCRv6"},
        "timing_s": {"total": 1.1},
    }  # fmt: skip


def _page(number: int) -> dict[str, Any]:
    kind = {"role": "form", "material": 1, "source": "scan", "dpi": 200}
    return {"number": number, "rotation": 0, "skew_deg": 0.4, "warnings": [], **kind}
