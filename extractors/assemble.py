"""The labelled form and its page summaries → the document's reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractors.authority import authority_parts
from extractors.authority_date import date_to_transcript
from extractors.column_hand import column_in_one_hand
from extractors.confidence import transcript_to_field
from extractors.form.case import Case
from extractors.form.catalogue import Catalogue
from extractors.form.checks import case_to_checks
from extractors.form.grammar import Grammar, grammar_for
from extractors.form.layout import Layout, Section
from extractors.form.reading import (
    COLUMN_IDS,
    Check,
    DocumentReading,
    FieldReading,
    FormMatch,
    OccupationRow,
    PageSummary,
    Part,
    Role,
    Status,
)
from extractors.form.text import normal_label, similarity
from extractors.labelled import LabelledForm, Piece, without_heading
from extractors.lost_strokes import pages_hardly_read, pages_with_lost_strokes
from extractors.marks.checkboxes import cells_to_ticks
from extractors.marks.collect import form_to_marks, form_to_seals
from extractors.marks.fading import without_seals
from extractors.marks.owners import PageSeal
from extractors.ocr.engine import OcrEngine
from extractors.package import pages_to_materials
from extractors.row_agreement import agree_on_occupation
from extractors.third_look import may_be_lifted, with_third_look
from extractors.timing import StageClock
from extractors.transcribe import (
    Transcript,
    piece_box,
    pieces_to_transcript,
)

SAME_SENTENCE = 0.9
DOUBTING = frozenset({"email.host", "phone.area_code", "rows.sequence"})
"""Warnings that speak of a reading mistake as much as of the applicant's."""
CONFIRMING = frozenset({"occupation.name_matches_code"})
"""Rules whose values may not pass unless they confirm each other; the tables are not complete."""
CHECKED_DIGITS = frozenset({"uscc", "code", "seq"})
Warnings = tuple[str, ...]


def form_to_reading(
    form: LabelledForm,
    summaries: Sequence[PageSummary],
    *,
    engine: OcrEngine,
    layout: Layout,
    catalogue: Catalogue,
    clock: StageClock,
    file_name: str,
    sha256: str,
    page_count: int,
    warnings: Warnings,
) -> DocumentReading:
    """Read values, rows and marks of the form; without a form nothing is invented."""
    pages = _with_roles(summaries, form)
    if not form.pages:
        return DocumentReading(
            file_name, sha256, page_count, FormMatch(layout.form, layout.version), engine.info,
            pages=pages, materials=pages_to_materials(pages, layout), warnings=(*warnings, "form_not_found"),
            timing_s=clock.seconds,
        )  # fmt: skip
    with clock.stage("marks"):
        form, seals = without_seals(form, form_to_seals(form, layout), engine)
    with clock.stage("fields"):
        fields = form_to_fields(form, seals, layout, catalogue, engine)
    with clock.stage("rows"):
        rows, short_of_strokes = form_to_rows(form, layout, catalogue, engine)
        fields, rows = with_doubted_digits(fields, rows, short_of_strokes)
        fields, rows = with_doubted_pages(fields, rows)
    with clock.stage("marks"):
        org_name = fields["org_name"].text if "org_name" in fields else ""
        marks = form_to_marks(form, seals, org_name, layout, engine)
    checks = case_to_checks(Case(fields, rows, marks, catalogue, layout))
    fields, rows = with_checks(fields, rows, checks)
    return DocumentReading(
        file_name, sha256, page_count, _match(form, layout), engine.info, fields, rows, marks, checks,
        pages, pages_to_materials(pages, layout), warnings, clock.seconds,
    )  # fmt: skip


def _with_roles(summaries: Sequence[PageSummary], form: LabelledForm) -> tuple[PageSummary, ...]:
    return tuple(
        replace(page, role=Role.FORM_CONTINUATION) if page.number in form.pages[1:] else page
        for page in summaries
    )


def form_to_fields(
    form: LabelledForm, seals: Sequence[PageSeal], layout: Layout, catalogue: Catalogue, engine: OcrEngine
) -> dict[str, FieldReading]:
    """Every field of the layout, in its order."""
    kinds, pieces = layout.kinds, dict(form.fields)
    dated: dict[str, tuple[Piece, ...]] = {}
    for section in layout.sections:
        if section.body is None:
            continue
        body = without_heading(form.sections.get(section.id, ()), section)
        pieces[section.body.field] = body
        if date := _date_within(section):
            dated[date] = body
            pieces[section.body.field], pieces[date] = authority_parts(body, seals, engine)
    required = {label.field for label in layout.labels if label.required}
    printed = {normal_label(t) for label in layout.labels if label.relation == "within" for t in label.texts}
    out = {}
    for name in layout.fields:
        if kinds[name] == "checkboxes":
            out[name] = _ticks(pieces.get(name, ()), name, layout, engine)
        else:
            grammar = grammar_for(kinds[name], catalogue)
            if name in dated:
                transcript = date_to_transcript(pieces[name], dated[name], seals, engine, grammar)
            else:
                transcript = pieces_to_transcript(kinds[name], pieces.get(name, ()), engine, grammar)
            if transcript is not None and normal_label(transcript.text) in printed:
                transcript = Transcript(transcript.parts)
            here = pieces.get(name, ())
            out[name] = _to_field(kinds[name], transcript, here, engine, grammar, required=name in required)
    return out


def _to_field(
    kind: str,
    transcript: Transcript | None,
    pieces: Sequence[Piece],
    engine: OcrEngine,
    grammar: Grammar | None,
    *,
    required: bool,
) -> FieldReading:
    """The field of a transcript, judged again with a third reader's word where that may matter."""
    field = transcript_to_field(kind, transcript, required=required)
    if transcript is None or not may_be_lifted(kind, transcript, field):
        return field
    again = with_third_look(kind, transcript, pieces, engine, grammar)
    return field if again is transcript else transcript_to_field(kind, again, required=required)


def _date_within(section: Section) -> str:
    """The field of the date whose 年 月 日 is printed under a section's free text; empty without one."""
    return next(
        (each.field for each in section.labels if (each.relation, each.kind) == ("within", "date")), ""
    )


def _ticks(pieces: Sequence[Piece], name: str, layout: Layout, engine: OcrEngine) -> FieldReading:
    if not pieces:
        return FieldReading(reasons=("cell_not_found",))
    label = layout.label(name)
    found = cells_to_ticks(pieces[0].table, [p.cell for p in pieces], label, engine)
    one = found.ticked[0] if len(found.ticked) == 1 else None
    names = {option.value: option.text for option in label.options}
    return FieldReading(
        text="、".join(names[value] for value in found.ticked),
        value=one,
        confidence=found.confidence,
        status=Status.AUTO if one and not found.reasons else Status.REVIEW,
        reasons=found.reasons,
        parts=tuple(_part(p) for p in pieces),
    )


def _part(piece: Piece) -> Part:
    return Part(piece.table.page.number, piece_box(piece))


def form_to_rows(
    form: LabelledForm, layout: Layout, catalogue: Catalogue, engine: OcrEngine
) -> tuple[tuple[OccupationRow, ...], frozenset[int]]:
    """The filled rows, in order, and the pages that lost strokes; printed numbers and dots alone are no rows."""
    if not layout.columns:
        return (), frozenset()
    kinds = {column.id: column.kind for column in layout.columns}
    grammars: dict[str, Grammar | None] = {c: grammar_for(kinds[c], catalogue) for c in COLUMN_IDS}
    columns = {
        column: column_in_one_hand(
            kinds[column],
            [pieces_to_transcript(kinds[column], row[at], engine, grammars[column]) for row in form.rows],
        )
        for at, column in enumerate(COLUMN_IDS)
    }
    rows, occupations = [], []
    for number, row in enumerate(form.rows):
        seen = {column: transcripts[number] for column, transcripts in columns.items()}
        seen["name"], seen["code"] = agree_on_occupation(seen["name"], seen["code"], catalogue)
        occupations.append((seen["name"], seen["code"]))
        cells = {
            c: _to_field(kinds[c], t, row[at], engine, grammars[c], required=c != "seq")
            for at, (c, t) in enumerate(seen.items())
        }
        if not all(row):
            # Cells that were not found may have been taken for their neighbours', above or beside.
            cells = {c: _doubted(cell, "row_split_uncertain") for c, cell in cells.items()}
        rows.append(OccupationRow(**cells))
    return tuple(rows), pages_with_lost_strokes(occupations, catalogue)


def with_doubted_digits(
    fields: dict[str, FieldReading], rows: tuple[OccupationRow, ...], pages: frozenset[int]
) -> tuple[dict[str, FieldReading], tuple[OccupationRow, ...]]:
    """No digit on a page that lost strokes passes, but those of codes, which have rules of their own."""

    def doubted(name: str, field: FieldReading) -> FieldReading:
        short = name not in CHECKED_DIGITS and any(part.page in pages for part in field.parts)
        return _doubted(field, "strokes_lost") if short and any(map(str.isdigit, field.text)) else field

    checked = tuple(OccupationRow(**{c: doubted(c, cell) for c, cell in row.cells()}) for row in rows)
    return {name: doubted(name, field) for name, field in fields.items()}, checked


def with_doubted_pages(
    fields: dict[str, FieldReading], rows: tuple[OccupationRow, ...]
) -> tuple[dict[str, FieldReading], tuple[OccupationRow, ...]]:
    """Nothing passes on a page most of which is in doubt, and what looks empty there may not be."""
    pages = pages_hardly_read([*fields.values(), *(cell for row in rows for _, cell in row.cells())])

    def doubted(field: FieldReading) -> FieldReading:
        here = field.status in {Status.AUTO, Status.BLANK} and any(part.page in pages for part in field.parts)
        return _doubted(replace(field, status=Status.REVIEW), "image_damaged") if here else field

    checked = tuple(OccupationRow(**{c: doubted(cell) for c, cell in row.cells()}) for row in rows)
    return {name: doubted(field) for name, field in fields.items()}, checked


def with_checks(
    fields: dict[str, FieldReading], rows: tuple[OccupationRow, ...], checks: Sequence[Check]
) -> tuple[dict[str, FieldReading], tuple[OccupationRow, ...]]:
    """What a failed error rule names, or one that cannot tell and should, may not pass by itself."""
    failed = {
        name
        for c in checks
        if (c.passed is False and (c.severity == "error" or c.rule in DOUBTING))
        or (c.passed is None and c.rule in CONFIRMING)
        for name in c.fields
    }
    checked = {name: _doubted(f) if name in failed else f for name, f in fields.items()}
    out = []
    for index, row in enumerate(rows):
        names = {c for c in COLUMN_IDS if f"occupations[{index}].{c}" in failed}
        out.append(replace(row, **{c: _doubted(getattr(row, c)) for c in names}))
    return checked, tuple(out)


def _doubted(field: FieldReading, reason: str = "check_failed") -> FieldReading:
    if field.status is not Status.AUTO and reason in field.reasons:
        return field
    status = Status.REVIEW if field.status in {Status.AUTO, Status.REVIEW} else field.status
    return replace(field, status=status, reasons=(*field.reasons, reason))


def _match(form: LabelledForm, layout: Layout) -> FormMatch:
    """Score: the share of the layout's headings, labels and tables that were seen."""
    labels = len([label for label in layout.labels if label.relation != "within"])
    seen = min(labels, len(form.fields)) + len(form.headings) + bool(form.rows)
    score = round(seen / (labels + len(layout.sections) + bool(layout.columns)), 3)
    return FormMatch(
        layout.form, layout.version, matched=True, score=min(1.0, score), deviations=_deviations(form, layout)
    )


def _deviations(form: LabelledForm, layout: Layout) -> tuple[str, ...]:
    out = [f"缺少“{s.heading}”" for s in layout.sections if s.id not in form.headings]
    for section in layout.sections:
        body = normal_label("".join(p.text for p in form.sections.get(section.id, ())))
        for printed in section.printed:
            wanted = normal_label(printed.text)
            if body and _best_window(body, wanted) < SAME_SENTENCE:
                out.append(f"“{printed.text}”与原表不一致")
    return tuple(out)


def _best_window(body: str, wanted: str) -> float:
    """Likeness of the best stretch of ``body`` to ``wanted``."""
    n = len(wanted)
    return max(similarity(body[i : i + n], wanted) for i in range(max(1, len(body) - n + 1)))
