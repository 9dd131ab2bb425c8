"""Real papers, where they are at hand: seals, check-boxes, printed entries and handwritten digits.

They are no forms of ours, so the parts of the reading are put to them one by one. Pictures and what stands on
them were transcribed by hand, beside them (``*.gt.json``). They are for testing only and never committed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.cells import CellText, TextTable, grid_to_table
from extractors.form.layout import Label, Option
from extractors.form.text import distance
from extractors.grid import Cell, upright_to_grids
from extractors.ink import page_to_inks
from extractors.loading import file_to_pages
from extractors.marks.checkboxes import cells_to_ticks
from extractors.marks.ringnames import judge_name
from extractors.marks.ringtext import clean_name, read_seal
from extractors.marks.seals import FoundSeal, find_seals
from extractors.pages import Rgb
from extractors.pipeline import Pipeline, build_pipeline
from extractors.straighten import UprightPage, page_to_upright
from tests.bench.compare import same_form
from tests.bench.figures import Share, share
from tests.bench.pictures import cut, to_jpeg

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "real"
TABLE_SHARE = 0.8
"""Width of a table on a page of the usual margins; seals are searched for at its scale."""
OTHER_SCALES = {"trocr_seal_1.png": (3.6,), "three_seals_handwritten_captions.jpg": (0.8, 1.2)}
"""Pictures cut around seals tell no scale: how many of their widths a form's table would be wide."""
NEGATIVE_SCALES = (0.8, 1.2, 1.8, 2.6, 3.6)
PRIMES = str.maketrans({"′": "'", "’": "'", "‘": "'", "″": '"', "”": '"', "“": '"', "〃": '"'})

SEAL_SEEN, RING, OWNER = "seals seen", "ring read without a mistake", "owner told"
OTHER, FALSE_SEAL = "another's name refused", "no seal seen in other red"
BOX, ENTRY = "check-boxes", "printed entries"
PEN_DIGITS, PRINTED_DIGITS, EMPTY = "handwritten digits", "printed digits", "empty cells"


@dataclass(frozen=True, slots=True)
class Finding:
    """One question about a real paper. ``crop``: the place as a JPEG in base64."""

    group: str
    picture: str
    truth: str
    read: str
    right: bool
    crop: str = ""


def look_at(folder: Path = FOLDER) -> tuple[Finding, ...] | None:
    """Everything there is to ask; None where the folder is absent."""
    if not (folder / "seals.gt.json").exists():
        return None
    reader = build_pipeline()
    seals: dict[str, list[Mapping[str, Any]]] = _truth(folder / "seals.gt.json")["seals"]
    out: list[Finding] = []
    tables = sorted(path for path in folder.glob("*.gt.json") if path.name != "seals.gt.json")
    for path in tables:
        truth = _truth(path)
        name = truth["image"]
        page = next(iter(file_to_pages(folder / name, name=name).pages()))
        upright = page_to_upright(page, reader.engine)
        found = [
            grid_to_table(upright, grid, reader.engine, (), frozenset())
            for grid in upright_to_grids(page_to_inks(upright.rgb), reader.rules)
        ]
        seals = {**seals, **({name: truth["seals"]} if "seals" in truth else {})}
        out += _boxes(name, truth, found, upright, reader)
        out += _entries(name, truth, found, upright, reader)
        out += _digits(name, truth, found, upright, reader)
    names = sorted({seal["text"] for group in seals.values() for seal in group})
    for name, wanted in seals.items():
        if (folder / name).exists():
            page = next(iter(file_to_pages(folder / name, name=name).pages()))
            out += _seals(name, page.rgb, wanted, names, reader)
    return tuple(out)


def real_figures(findings: Sequence[Finding]) -> dict[str, Share]:
    """How many of each group were right, in the order of the questions."""
    groups = dict.fromkeys(
        (SEAL_SEEN, FALSE_SEAL, RING, OWNER, OTHER, BOX, ENTRY, PRINTED_DIGITS, PEN_DIGITS, EMPTY)
    )
    figures = {name: share([f for f in findings if f.group == name], lambda f: f.right) for name in groups}
    return {name: counted for name, counted in figures.items() if counted.all}


def _truth(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _seals(
    name: str, rgb: Rgb, wanted: Sequence[Mapping[str, Any]], names: Sequence[str], reader: Pipeline
) -> Iterator[Finding]:
    """Round seals; a square one bears a person's name and is no seal of an organisation."""
    rings = [seal for seal in wanted if seal.get("shape", "round") == "round"]
    scales = OTHER_SCALES.get(name, (TABLE_SHARE,) if wanted else NEGATIVE_SCALES)
    found = _apart([s for k in scales for s in find_seals(rgb, round(k * rgb.shape[1]))])
    if not rings:
        yield Finding(FALSE_SEAL, name, "none", f"{len(found)} seen" if found else "none", not found)
    read = [(seal, read_seal(rgb, seal, reader.engine, [w["text"] for w in rings])) for seal in found]
    left = list(read)
    for truth in rings:
        best = min(left, key=lambda item: _unlikeness(item, truth), default=None)
        if best is None:
            yield Finding(SEAL_SEEN, name, truth["text"], "not seen", right=False)
            continue
        left.remove(best)
        seal, ring = best
        crop = to_jpeg(cut(rgb, _box(seal)), 260)
        yield Finding(SEAL_SEEN, name, truth["text"], "seen", right=True, crop=crop)
        exact = clean_name(ring.text) == clean_name(truth["text"])
        yield Finding(RING, name, truth["text"], ring.text, exact, crop)
        own = judge_name(ring.strips, clean_name(truth["text"])).matches
        yield Finding(OWNER, name, truth["text"], _told(own), own is True, crop)
        for other in names:
            if other != truth["text"]:
                taken = judge_name(ring.strips, clean_name(other)).matches
                yield Finding(OTHER, name, f"not {other}", _told(taken), taken is not True)
    for seal, ring in left:
        crop = to_jpeg(cut(rgb, _box(seal)), 260)
        yield Finding(FALSE_SEAL, name, "none", ring.text or "a ring", right=False, crop=crop)


def _apart(seals: Sequence[FoundSeal]) -> list[FoundSeal]:
    """Each seal once, though seen at two scales."""
    out: list[FoundSeal] = []
    for seal in sorted(seals, key=lambda s: -s.strength):
        x, y = seal.centre_px
        if all(max(abs(x - o.centre_px[0]), abs(y - o.centre_px[1])) > o.radius_px for o in out):
            out.append(seal)
    return out


def _box(seal: FoundSeal) -> tuple[float, float, float, float]:
    (x, y), (ax, ay) = seal.centre_px, seal.axes_px
    return x - ax, y - ay, x + ax, y + ay


def _unlikeness(item: tuple[FoundSeal, Any], truth: Mapping[str, Any]) -> float:
    """By place where the transcription gives one, else by the words."""
    if "bbox" in truth:
        x0, y0, x1, y1 = truth["bbox"]
        x, y = item[0].centre_px
        return float(abs(x - (x0 + x1) / 2) + abs(y - (y0 + y1) / 2))
    return float(distance(item[1].text, truth["text"])) - 0.5 * item[0].strength


def _told(matches: bool | None) -> str:
    return {True: "matches", False: "another's", None: "cannot tell"}[matches]


def _boxes(
    name: str, truth: Mapping[str, Any], tables: Sequence[TextTable], page: UprightPage, reader: Pipeline
) -> Iterator[Finding]:
    wanted = {box["label"]: box["checked"] for box in truth.get("checkboxes", ())}
    if not wanted:
        return
    cells = [(table, cell) for table in tables for row in table.rows for cell in row]
    table, cell = max(cells, key=lambda item: sum(label in item[1].text for label in wanted))
    options = tuple(Option(label, label) for label in wanted)
    seen = cells_to_ticks(
        table, [cell], Label("kind", "", "right", "checkboxes", options=options), reader.engine
    )
    crop = _cell_picture(page, table, cell.cell)
    for label, checked in wanted.items():
        read = ", ".join(seen.reasons) if seen.reasons else "ticked" if label in seen.ticked else "empty"
        yield Finding(
            BOX, name, f"{label} {'ticked' if checked else 'empty'}", read,
            right=not seen.reasons and (label in seen.ticked) == checked, crop=crop,
        )  # fmt: skip


def _entries(
    name: str, truth: Mapping[str, Any], tables: Sequence[TextTable], page: UprightPage, reader: Pipeline
) -> Iterator[Finding]:
    """Each entry against the cell most like it; a telephone's cell also holds its label."""
    cells = [(t, c, _full_text(c, reader)) for t in tables for row in t.rows for c in row if c.lines]
    for label, text in truth.get("fields", {}).items():
        prefix = f"{label.split()[-1]}：" if "电话" in label else ""
        wanted = same_form(prefix + text)
        best = min(cells, key=lambda item: distance(same_form(item[2]), wanted), default=None)
        if best is not None:
            cells.remove(best)
            table, cell, read = best
            crop = _cell_picture(page, table, cell.cell)
            yield Finding(ENTRY, name, prefix + text, read, same_form(read) == wanted, crop)


def _digits(
    name: str, truth: Mapping[str, Any], tables: Sequence[TextTable], page: UprightPage, reader: Pipeline
) -> Iterator[Finding]:
    """Two tables of two blocks side by side; each cell by its row and column."""
    for key, table in zip(("left_table", "right_table"), tables, strict=False):
        blocks = truth.get(key)
        if blocks is None:
            return
        for row, pair in zip(
            table.rows[1:], zip(blocks["block1"], blocks["block2"], strict=True), strict=False
        ):
            middle = len(row) // 2
            cells = [cell for i, cell in enumerate(row) if len(row) % 2 == 0 or i != middle]
            for cell, entry in zip(cells, [*pair[0], *pair[1]], strict=False):
                pen = isinstance(entry, dict)
                wanted = entry["text"] if pen else entry
                read = _full_text(cell, reader)
                group = EMPTY if not wanted else PEN_DIGITS if pen else PRINTED_DIGITS
                right = _signs(read) == _signs(wanted)
                yield Finding(group, name, wanted, read, right, _cell_picture(page, table, cell.cell, 220))


def _signs(text: str) -> str:
    """Minutes and seconds alike however they are typed; two single marks are a double one."""
    return same_form(text.translate(PRIMES)).replace("''", '"')


def _full_text(cell: CellText, reader: Pipeline) -> str:
    """By the exact recogniser, free of any grammar."""
    return "".join(line.text for line in reader.engine.read_lines([line.picture for line in cell.lines]))


def _cell_picture(page: UprightPage, table: TextTable, cell: Cell, widest_px: int = 700) -> str:
    import cv2
    import numpy as np

    corners = np.array([[[x, y]] for x in (cell.x0, cell.x1) for y in (cell.y0, cell.y1)], np.float64)
    points = cv2.perspectiveTransform(corners, table.grid.to_page)[:, 0]
    box = (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
    return to_jpeg(cut(page.rgb, box, 4), widest_px)
