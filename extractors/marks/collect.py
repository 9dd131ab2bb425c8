"""All marks of a form: where the labels stand, which seal belongs to which, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.cells import cell_span
from extractors.form.catalogue import default_catalogue
from extractors.form.layout import Layout, MarkPlace
from extractors.form.reading import Marks, Part, SealReading, SignatureReading, Status
from extractors.form.text import distance, normal_label, squeeze
from extractors.labelled import LabelledForm, Piece
from extractors.marks.edges import EdgeSeal, form_to_edge_seal
from extractors.marks.labels import Anchor, find_labels
from extractors.marks.owners import PageSeal, covers, pieces_to_seals, seals_to_owners
from extractors.marks.ringnames import Verdict, judge_name
from extractors.marks.ringtext import SealText, clean_name, read_seal
from extractors.marks.signatures import line_to_signature
from extractors.ocr.engine import OcrEngine

SIGNATURE_AUTO = 0.9
BUREAUS = ("人力资源和社会保障局", "人力资源社会保障局")
EDGE_SURE, EDGE_GUESSED = 0.97, 0.8
"""How sure a seal over the edges is that has a rim, and one whose strips only fit together."""
ABSENT_SURE = 0.9
"""How sure the absence of a seal is: none of those drawn or scanned in red was overlooked so far."""


def form_to_seals(form: LabelledForm, layout: Layout) -> tuple[PageSeal, ...]:
    """The seals on and around the sections that are signed and stamped."""
    sections = [form.sections.get(section.id, ()) for section in layout.sections if section.marks]
    return pieces_to_seals([piece for group in sections for piece in group])


def form_to_marks(
    form: LabelledForm, seals: Sequence[PageSeal], org_name: str, layout: Layout, engine: OcrEngine
) -> Marks:
    """Judge the signature and the seals of sections 四 and 五. Doubt goes to a person, nothing is guessed."""
    marks = {place.mark: place for section in layout.sections for place in section.marks}
    edge = form_to_edge_seal(form, seals)
    if edge is not None:
        seals = [seal for seal in seals if not edge.is_part(seal)]
    sections = {
        place.mark: form.sections.get(section.id, ())
        for section in layout.sections
        for place in section.marks
    }
    anchors: dict[str, Anchor | None] = {}
    scanned = {id(seal.table): seal.before for seal in seals if seal.before is not None}
    for section in layout.sections:
        if section.marks:
            pieces = form.sections.get(section.id, ())
            stamped_here = any(seal.table is piece.table for seal in seals for piece in pieces)
            anchors |= find_labels(pieces, section.marks, engine, stamped=stamped_here, scanned=scanned)
    stamped = {mark: group for mark, group in sections.items() if marks[mark].kind == "seal"}
    owners = seals_to_owners(seals, anchors, stamped)
    where = [
        *("".join(p.text for p in form.fields.get(f, ())) for f in ("address", "registration_authority")),
        org_name,
    ]
    expected = {"org_seal": (org_name,), "authority_seal": bureau_names(where)}
    names = (org_name, *expected["authority_seal"])
    texts = {mark: _read_ring(s, seals, names, engine) for mark, s in owners.items()}
    authority = sections.get("authority_seal", ())
    owners, texts = _bureau_to_authority(owners, texts, org_name, authority)
    read = {
        mark: _seal_reading(
            owners.get(mark), texts.get(mark), group, anchors[mark], marks[mark], expected.get(mark, ())
        )
        for mark, group in stamped.items()
    }
    if authority and not read["authority_seal"].present and not _has_opinion(authority):
        read["authority_seal"] = SealReading(confidence=ABSENT_SURE, status=Status.BLANK)
    name = "".join(p.text for p in form.fields.get("legal_representative", ()))
    signature = SignatureReading()
    if "legal_rep_signature" in marks:
        signature = _signature(
            sections["legal_rep_signature"], anchors["legal_rep_signature"], seals, name, engine
        )
    edges = (_edge_reading(edge, org_name, engine),) if edge is not None else ()
    none = SealReading()
    return Marks(signature, read.get("org_seal", none), read.get("authority_seal", none), edges)


def _edge_reading(edge: EdgeSeal, org_name: str, engine: OcrEngine) -> SealReading:
    """The seal over the pages' edges, which must be the applicant's like the one on its line."""
    matches, text, number, sure = None, "", "", EDGE_SURE if edge.seal is not None else EDGE_GUESSED
    if edge.seal is not None:
        read = read_seal(edge.picture, edge.seal, engine, (org_name,))
        text, verdict = match_any(read, (org_name,))
        matches, number = verdict.matches, read.number
        sure = verdict.confidence if matches is not None else sure
    reasons = ("seal_of_another",) if matches is False else ("seal_unreadable",) if matches is None else ()
    return SealReading(
        present=True,
        text=text,
        number=number,
        matches=matches,
        confidence=round(sure, 5),
        status=Status.REVIEW if reasons else Status.AUTO,
        reasons=reasons,
        part=edge.parts[0],
    )


def _read_ring(
    seal: PageSeal, seals: Sequence[PageSeal], names: Sequence[str], engine: OcrEngine
) -> SealText:
    page = seal.table.page
    others = [other.seal for other in seals if other is not seal and other.table.page is page]
    return read_seal(page.rgb, seal.seal, engine, names, others)


def _bureau_to_authority(
    owners: Mapping[str, PageSeal], texts: Mapping[str, SealText], org_name: str, authority: Sequence[Piece]
) -> tuple[dict[str, PageSeal], dict[str, SealText]]:
    """A bureau's seal nearest to the applicant's line is section 五's, when that section has none of its own."""
    text = texts["org_seal"].text if "org_seal" in texts else ""
    if not text.endswith("保障局") or org_name.endswith("保障局") or "authority_seal" in owners:
        return dict(owners), dict(texts)
    if not authority:
        return (
            {m: s for m, s in owners.items() if m != "org_seal"},
            {m: t for m, t in texts.items() if m != "org_seal"},
        )
    return {"authority_seal": owners["org_seal"]}, {"authority_seal": texts["org_seal"]}


def bureau_names(texts: Sequence[str]) -> tuple[str, ...]:
    """How the bureau of the applicant's city is called. ``texts``: address, registration authority and name, as read.

    () where no text tells one city or prefecture, or two different ones.
    """
    for text in map(squeeze, texts):
        city = city_of(text)
        if city:
            return tuple(f"{city}{bureau}" for bureau in BUREAUS)
    return ()


def city_of(text: str) -> str:
    """The city a text names: in full, by one of its counties, or in short at its beginning; "" when it does not."""
    catalogue = default_catalogue()
    regions = catalogue.regions
    full = {c.name for c in catalogue.cities if c.name in text}
    county = {
        regions[r.parent].name
        for r in regions.values()
        if r.level == "county" and len(r.name) > 2 and r.name in text
    }
    start = text.removeprefix("湖南省")
    short = {c.name for c in catalogue.cities if start.startswith(c.name[:2])}
    for names in (full, county, short):
        if names:
            return next(iter(names)) if len(names) == 1 else ""
    return ""


def every_bureau() -> frozenset[str]:
    """The bureaus of all cities: names so regular that the ink of one rules out the others."""
    return frozenset(f"{city.name}{bureau}" for city in default_catalogue().cities for bureau in BUREAUS)


def _signature(
    pieces: Sequence[Piece], anchor: Anchor | None, seals: Sequence[PageSeal], name: str, engine: OcrEngine
) -> SignatureReading:
    if not pieces:
        return SignatureReading(reasons=("section_not_found",))
    if anchor is None:
        return SignatureReading(status=Status.REVIEW, reasons=("label_not_found",))
    table = anchor.piece.table
    here = [s for s in seals if s.table is table]
    scanned = next((s.before for s in here if s.before), table)
    hiding = [s.placed for s in here if s.before is None]
    region = cell_span(anchor.piece.cell.cell)
    found = line_to_signature(table, scanned, anchor.span, region, hiding, name, engine)
    part = Part(table.page.number, table.span_to_box(found.span or anchor.span))
    reasons = found.reasons
    if found.confidence < SIGNATURE_AUTO and not reasons:
        reasons = ("signature_unclear",)
    return SignatureReading(
        found.kind, round(found.confidence, 5), Status.REVIEW if reasons else Status.AUTO, reasons, part
    )


def _seal_reading(
    found: PageSeal | None,
    read: SealText | None,
    pieces: Sequence[Piece],
    anchor: Anchor | None,
    place: MarkPlace,
    expected: Sequence[str],
) -> SealReading:
    """The seal as the contract tells it. ``expected``: names any of which it may bear."""
    if not pieces:
        return SealReading(reasons=("section_not_found",))
    if found is None or read is None:
        part = (
            Part(anchor.piece.table.page.number, anchor.piece.table.span_to_box(anchor.span))
            if anchor
            else None
        )
        return SealReading(confidence=ABSENT_SURE, status=Status.REVIEW, reasons=("seal_absent",), part=part)
    text, verdict = match_any(read, expected)
    matches = verdict.matches
    over = (place.place,) if place.place and anchor is not None and covers(found, anchor) else ()
    reasons = [
        *(("seal_unreadable",) if matches is None else ()),
        *(("seal_of_another",) if matches is False else ()),
        *(("seal_not_red",) if found.seal.colour == "grey" else ()),
        *(("seal_beside_its_line",) if place.place and anchor is not None and not over else ()),
    ]
    return SealReading(
        present=True,
        text=text,
        number=read.number,
        matches=matches,
        confidence=round(read.confidence if matches is None else verdict.confidence, 5),
        status=Status.REVIEW if reasons else Status.AUTO,
        reasons=tuple(reasons),
        part=found.part,
        covers=over,
    )


def match_any(read: SealText, expected: Sequence[str]) -> tuple[str, Verdict]:
    """The seal's text, and whether it is one of the names, clearly none of them, or in doubt."""
    names = [clean for name in expected if (clean := clean_name(name))]
    verdicts = [(name, judge_name(read.strips, name)) for name in names]
    borne = next(((name, v) for name, v in verdicts if v.matches), None)
    if borne:
        return borne
    if names and names[0].endswith(BUREAUS):
        for name in every_bureau():
            if distance(name, read.text, 2) <= 2 and name[:2] != names[0][:2]:
                other = judge_name(read.strips, name)
                if other.matches:
                    return name, Verdict(matches=False, confidence=other.confidence)
    if verdicts and all(v.matches is False for _, v in verdicts):
        return read.text, verdicts[0][1]
    return read.text, Verdict(None, 0.0)


def _has_opinion(pieces: Sequence[Piece]) -> bool:
    """Whether anything but the printed heading, 公章 and 年 月 日 is written in section 五."""
    text = normal_label("".join(p.text for p in pieces))
    for printed in ("五市州人力资源社会保障局意见", "公章", "年", "月", "日"):
        text = text.replace(printed, "")
    return len(text) >= 4
