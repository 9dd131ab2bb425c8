"""Truth against reading, cell by cell → ``outcomes``.

Texts are *exact* when they agree after NFKC, with every dash (and the tilde that stands for one) the same and
white space left out: what a clerk would call the same entry. The kind of organisation is compared by value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from extractors.form.text import distance
from tests.bench.outcomes import CellOutcome, LongOutcome, MarkOutcome, Outcome, PageOutcome, Place, Source

LONG_FIELDS = ("statement", "authority_opinion")
"""Counted apart from cells: one wrong comma in four hundred characters is not a wrong number."""
DASHES = re.compile("[-‐‑‒–—―−─﹣－~～〜∼]+")
LOST_ROW = 0.45
"""What it costs to leave a row without a partner; two of them cost as much as rows that share a tenth."""

Json = Mapping[str, Any]


def same_form(text: object) -> str:
    """A text as comparisons see it: NFKC, one kind of dash, no white space."""
    narrow = "".join(unicodedata.normalize("NFKC", str(text or "")).split())
    return DASHES.sub("-", narrow)


def truth_to_source(truth: Json) -> Source:
    """Who is speaking; pages that were fed turned count as a damage, as the drawing says."""
    font = truth["font"] if truth["class"] == "handwriting" else "print"
    mistakes = {item["field"]: item["kind"] for item in truth.get("wrong_on_paper", ())}
    damages = tuple(truth.get("damage", ()))
    return Source(truth["file"], truth["class"], font, damages, mistakes, _circumstances(truth))


def _circumstances(truth: Json) -> dict[str, str]:
    """What figures are parted by, in words; what an older drawing did not say is left out."""
    form_pages = sum(page["role"] in {"form", "form_continuation"} for page in truth["pages"])
    out = {"pages of the form": str(form_pages) if form_pages < 4 else "4 or more"}
    out["papers"] = {"": "form alone", "package": "among other papers"}.get(
        truth.get("papers", ""), "no form"
    )
    if truth["class"] != "digital":
        layer = {"": "none", "good": "scanner's, right", "bad": "scanner's, rubbish"}
        out["hidden text"] = layer.get(truth.get("text_layer", ""), "none")
        for name, key in (("colours", "colour"), ("dpi", "dpi")):
            if key in truth:
                out[name] = str(truth[key])
    if "layout" in truth:
        tables = {"one": "one table", "split": "section 二 apart", "continued": "rows on a fresh page"}
        out["layout"] = tables.get(truth["layout"], str(truth["layout"]))
    ticks = len(truth.get("org_type_ticks", ()))
    out["tick"] = str(truth.get("tick", "")) if ticks == 1 else "none" if not ticks else "two or more"
    return out


def compare(truth: Json, reading: Json | None, refused: str = "") -> Outcome:
    """One document's truth against its reading (``intake.reading/1``), None where it was refused."""
    source, read = truth_to_source(truth), reading or {}
    fields = read.get("fields") or {}
    cells = [
        _cell(source, name, 0, wanted, fields.get(name) or {})
        for name, wanted in truth["fields"].items()
        if name not in LONG_FIELDS
    ]
    longs = [
        _long(source, name, truth["fields"][name], fields.get(name) or {})
        for name in LONG_FIELDS
        if name in truth["fields"]
    ]
    rows = read.get("occupations") or []
    pairs = align_rows(truth["occupations"], rows)
    for at, other in pairs:
        if at is not None:
            found = rows[other] if other is not None else {}
            wanted = truth["occupations"][at]
            cells += [_cell(source, f"row.{c}", at + 1, wanted[c], found.get(c) or {}) for c in wanted]
    return Outcome(
        source=source,
        cells=tuple(cells),
        longs=tuple(longs),
        marks=_marks(source, truth.get("marks") or {}, read.get("marks") or {}),
        pages=_pages(source, truth["pages"], read.get("pages") or []),
        rows=len(truth["occupations"]),
        rows_lost=sum(other is None for _, other in pairs),
        rows_invented=sum(at is None for at, _ in pairs),
        matched_right=bool((read.get("form") or {}).get("matched")) == truth["matched"],
        refused=refused,
    )


def _cell(source: Source, name: str, row: int, wanted: Json, read: Json) -> CellOutcome:
    value_equal = wanted["value"] == read.get("value")
    exact = same_form(wanted["text"]) == same_form(read.get("text"))
    return CellOutcome(
        source=source,
        field=name,
        row=row,
        truth=wanted["text"],
        text=read.get("text") or "",
        exact=value_equal if name == "org_type" and read else exact and bool(read),
        value_equal=value_equal and bool(read),
        status=read.get("status") or "missing",
        confidence=float(read.get("confidence") or 0.0),
        reasons=tuple(read.get("reasons") or ()),
        page=read.get("page"),
        box=tuple(read.get("box") or ()),
        candidates=tuple(each["text"] for each in read.get("candidates") or ()),
        parts=_parts(read),
    )


def _long(source: Source, name: str, wanted: Json, read: Json) -> LongOutcome:
    return LongOutcome(
        source=source,
        field=name,
        truth=wanted["text"],
        text=read.get("text") or "",
        errors=distance(same_form(wanted["text"]), same_form(read.get("text"))),
        status=read.get("status") or "missing",
        page=read.get("page"),
        box=tuple(read.get("box") or ()),
        reasons=tuple(read.get("reasons") or ()),
        parts=_parts(read),
    )


def _parts(read: Json) -> tuple[Place, ...]:
    return tuple((part["page"], tuple(part["box"])) for part in read.get("parts") or () if part["box"])


def align_rows(truth: Sequence[Json], read: Sequence[Json]) -> list[tuple[int | None, int | None]]:
    """Pairs of row indices in order; None where a row was lost (right) or invented (left).

    The cheapest alignment by the edit distance of name and code together, as a share of their length.
    """
    a, b = [_row_text(row) for row in truth], [_row_text(row) for row in read]
    cost = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a), -1, -1):
        for j in range(len(b), -1, -1):
            ways = []
            if i < len(a) and j < len(b):
                ways.append(cost[i + 1][j + 1] + _unlike(a[i], b[j]))
            if i < len(a):
                ways.append(cost[i + 1][j] + LOST_ROW)
            if j < len(b):
                ways.append(cost[i][j + 1] + LOST_ROW)
            cost[i][j] = min(ways, default=0.0)
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(a) or j < len(b):
        if i < len(a) and j < len(b) and cost[i][j] == cost[i + 1][j + 1] + _unlike(a[i], b[j]):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < len(a) and cost[i][j] == cost[i + 1][j] + LOST_ROW:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def _row_text(row: Json) -> str:
    return same_form("".join((row.get(column) or {}).get("text") or "" for column in ("name", "code")))


def _unlike(a: str, b: str) -> float:
    """0 the same .. 1 nothing in common."""
    return distance(a, b) / max(len(a), len(b), 1)


def _marks(source: Source, truth: Json, read: Json) -> tuple[MarkOutcome, ...]:
    """Each question that the truth answers; a seal's match only where a seal is and was seen."""
    out = []
    if "legal_rep_signature" in truth:
        seen = read.get("legal_rep_signature") or {}
        kind = truth["legal_rep_signature"]["kind"]
        out.append(_mark(source, "signature.kind", kind, seen.get("kind", "none"), seen, kind))
    for name in ("org_seal", "authority_seal"):
        if name not in truth:
            continue
        seen, wanted = read.get(name) or {}, truth[name]
        style = _seal_style(source, wanted)
        out.append(
            _mark(source, f"{name}.present", wanted["present"], bool(seen.get("present")), seen, style)
        )
        if wanted["present"] and seen.get("present"):
            out.append(_mark(source, f"{name}.matches", wanted["matches"], seen.get("matches"), seen, style))
    edges, seen_edges = truth.get("edge_seals") or (), read.get("edge_seals") or ()
    if edges or seen_edges:
        out.append(_mark(source, "edge_seal.present", bool(edges), bool(seen_edges), {}, "over page edges"))
    return tuple(out)


def _seal_style(source: Source, seal: Json) -> str:
    if not seal["present"]:
        return "no seal"
    colours = source.circumstances.get("colours", "colour")
    return str(seal.get("style") or "clean") if colours == "colour" else f"on a scan in {colours}"


def _mark(source: Source, question: str, truth: object, read: object, seen: Json, style: str) -> MarkOutcome:
    return MarkOutcome(
        source,
        question,
        truth,
        read,
        status=seen.get("status") or "",
        page=seen.get("page"),
        box=tuple(seen.get("box") or ()),
        reasons=tuple(seen.get("reasons") or ()),
        style=style,
    )


def _pages(source: Source, truth: Sequence[Json], read: Sequence[Json]) -> tuple[PageOutcome, ...]:
    out = []
    for number, wanted in enumerate(truth, 1):
        seen = read[number - 1] if number <= len(read) else {}
        turned = seen.get("rotation") == wanted["rotation"] if wanted["role"] != "blank" else None
        out.append(PageOutcome(source, number, _role(wanted), _role(seen), turned))
    return tuple(out)


def _role(page: Json) -> str:
    """A material counts with its number; the form's own number says nothing more."""
    role = str(page.get("role", "unread"))
    return f"material {page.get('material')}" if role == "material" else role
