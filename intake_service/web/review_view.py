"""The review page's whole content, from a review as the use case gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from extractors.form.layout import Section, default_layout
from extractors.form.reading import FIELD_IDS
from intake_service.current import Current, current_values
from intake_service.pages import PageRef
from intake_service.rechecks import still_fails
from intake_service.review import History, Review
from intake_service.shortcomings import shortcomings
from intake_service.store.audit import AuditEntry
from intake_service.store.corrections import Correction
from intake_service.store.states import DECISIONS, State
from intake_service.web import words
from intake_service.web.door import shown_name
from intake_service.web.listed import listed_near
from intake_service.web.review_checks import CheckView, check_view
from intake_service.web.review_fields import (
    Context,
    FieldView,
    MarkView,
    field_view,
    mark_view,
    verdict_word,
)

DATE_LABEL = "意见日期"


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of the table; ``number`` counts from 1 as shown."""

    id: str
    number: int
    cells: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """One numbered part of the form."""

    id: str
    heading: str
    fields: tuple[FieldView, ...]
    columns: tuple[Any, ...]
    rows: tuple[RowView, ...]
    marks: tuple[MarkView, ...]


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of the history."""

    at: datetime
    by: str
    what: str
    before: str = ""
    after: str = ""
    has_change: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to return or reject, ticked when the checks speak for it."""

    code: str
    word: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Content:
    """Fields, checks and reasons of one review."""

    sections: tuple[SectionView, ...]
    checks: tuple[CheckView, ...]
    labels: Mapping[str, str]

    @property
    def failed(self) -> int:
        """How many checks failed as errors or warnings."""
        return sum(check.state.tone in {"fail", "check"} for check in self.checks)

    def items(self) -> Iterable[FieldView | MarkView]:
        """Everything with a state, in the order of the paper."""
        for section in self.sections:
            yield from section.fields
            for row in section.rows:
                yield from row.cells
            yield from section.marks


def review_content(review: Review, pages: Sequence[PageRef]) -> Content:
    """Everything that depends on the current values."""
    labels = path_labels(review.current)
    checks = review.checks
    context = _context(review, pages, checks)
    sections = tuple(_section(section, review.current, context) for section in default_layout().sections)
    shown = sorted((check_view(check, labels) for check in checks), key=lambda check: check.order)
    return Content(sections, tuple(shown), labels)


def path_labels(current: Current) -> dict[str, str]:
    """Path → what people call it."""
    layout = default_layout()
    names = {label.field: label.text for label in layout.labels}
    names |= {
        s.body.field: s.heading.split("、", 1)[-1].split("（")[0].rstrip("：")
        for s in layout.sections
        if s.body
    }
    names |= {
        "authority_opinion": "市（州）人社局意见",
        "authority_opinion_date": DATE_LABEL,
        "statement": "情况说明",
    }
    labels = {f"fields.{name}": names.get(name, name) for name in FIELD_IDS}
    for number, row in enumerate(current.rows, start=1):
        for column in layout.columns:
            labels[f"occupations.{row.id}.{column.id}"] = f"第 {number} 行 {column.header}"
    labels |= {f"marks.{mark.mark}": mark.label.rstrip("：:") for mark in layout.marks}
    labels |= {f"materials.{material.number}": material.title for material in layout.materials}
    return labels | {"marks.authority_seal": "市（州）人社局公章"}


def place_label(place: str) -> str:
    """What people call a place counted over all submissions and rows: ``fields.uscc``, ``occupations.code``."""
    columns = {f"occupations.{column.id}": f"表二 {column.header}" for column in default_layout().columns}
    edge = {"marks.edge_seals": "骑缝章"}
    return (path_labels(current_values(None, ())) | columns | edge).get(place, place)


def _context(review: Review, pages: Sequence[PageRef], checks: Sequence[Mapping[str, Any]]) -> Context:
    failed: dict[str, list[str]] = {}
    broken: set[str] = set()
    for check in checks:
        if still_fails(check):
            for path in check["fields"]:
                failed.setdefault(path, []).append(check["message"])
                if check["severity"] == "error":
                    broken.add(path)
    last = {change.path: change for change in review.corrections if change.version in review.active}
    numbers = {(page.document_id, page.document_page): page.number for page in pages}
    return Context(
        form=review.submission.form_document_id or "",
        page_numbers=numbers,
        failed=failed,
        broken=frozenset(broken),
        last=last,
        decided=review.submission.status in DECISIONS.values(),
        hidden=review.hidden,
        listed={path: near for row in review.current.rows for path, near in listed_near(row).items()},
    )


def _section(section: Section, current: Current, context: Context) -> SectionView:
    labels = path_labels(current)
    names = [*(label.field for label in section.labels), *([section.body.field] if section.body else [])]
    if section.body and section.labels:
        names = [section.body.field, *(label.field for label in section.labels)]
    rows = current.rows if section.columns else ()
    expected = {place.mark: place for place in section.marks}
    marks = [
        mark_view(name, current.marks[name], expected[name], context)
        for name in expected
        if name in current.marks
    ]
    if section.id == "commitment":
        marks += [
            mark_view(n, m, None, context) for n, m in current.marks.items() if n.startswith("edge_seals.")
        ]
    return SectionView(
        id=section.id,
        heading=section.heading,
        fields=tuple(
            field_view(current.fields[n], labels[f"fields.{n}"], context)
            for n in names
            if n in current.fields
        ),
        columns=section.columns,
        rows=tuple(
            RowView(
                row.id, number, tuple(field_view(row.cells[c.id], c.header, context) for c in section.columns)
            )
            for number, row in enumerate(rows, start=1)
        ),
        marks=tuple(marks),
    )


def decision_reasons(opened: Review, labels: Mapping[str, str]) -> dict[str, list[Reason]]:
    """What may be ticked: first what this very application lacks (ticked where the form can be mended), then what is usual."""
    found = sorted(shortcomings(opened, labels), key=lambda each: not each.told)
    usual = [Reason(word, word, chosen=False) for word in words.RETURN_REASONS]
    return {
        "return": [*(Reason(each.line, each.line, chosen=each.told) for each in found), *usual],
        "reject": [
            Reason(w, w, chosen=False)
            for w in (*words.REJECT_REASONS, *default_layout().call.refusal_reasons)
        ],
    }


def history_lines(history: History, labels: Mapping[str, str]) -> list[EventView]:
    """What happened, newest first."""
    lines = [
        _change_line(change, labels, undone=change.version not in history.active)
        for change in history.corrections
        if change.kind != "decision"
    ]
    decided = {change.version: change for change in history.corrections if change.kind == "decision"}
    lines += [
        EventView(
            event.at, event.actor, _event_word(event),
            reason=_grounds(decided.get(event.detail.get("version", -1) + 1)),
        )
        for event in history.events
        if event.action in words.EVENT_WORDS
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _event_word(event: AuditEntry) -> str:
    """What happened, and which letter where one was issued."""
    letter = words.LETTER_WORDS.get(event.detail.get("kind", "")) if event.action == "letter.issue" else None
    return f"出具{letter}" if letter else words.EVENT_WORDS[event.action]


def _grounds(decision: Correction | None) -> str:
    """Why it was decided so; empty for what was decided before reasons were kept here."""
    if decision is None:
        return ""
    told = [*decision.after.get("reasons", ()), decision.after.get("note", "")]
    return "；".join(filter(None, (each.rstrip("。") for each in told)))


def _change_line(change: Correction, labels: Mapping[str, str], *, undone: bool) -> EventView:
    label = labels.get(change.path, "职业（工种）表")
    suffix = "（已撤销）" if undone else ""
    if what := _judgement(change, label):
        return EventView(change.at, change.by, what + suffix, reason=change.reason)
    if change.kind in {"register", "filing"}:
        word = (words.REGISTER_WORDS | words.FILING_WORDS).get(change.path, change.path)
        return EventView(
            change.at, change.by, f"{'改登记' if change.kind == 'register' else '填'}“{word}”",
            change.before["text"], change.after["text"], has_change=True,
        )  # fmt: skip
    if change.kind == "holder":
        before, after = (shown_name(each["text"]) or "无人" for each in (change.before, change.after))
        return EventView(change.at, change.by, "交办", before, after, has_change=True, reason=change.reason)
    if change.kind != "value":
        what = f"{words.CHANGE_WORDS.get(change.kind, change.kind)}：{label}{suffix}"
        return EventView(change.at, change.by, what, reason=change.reason)
    before, after = str(change.before.get("text", "")), str(change.after.get("text", ""))
    if before == after:
        return EventView(change.at, change.by, f"确认“{label}”{suffix}", reason=change.reason)
    return EventView(
        change.at, change.by, f"改“{label}”{suffix}", before, after, has_change=True, reason=change.reason
    )


def _judgement(change: Correction, label: str) -> str:
    """What a person judged without changing a value; nothing for other changes."""
    match change.kind:
        case "mark":
            return f"判断“{label}”：{verdict_word(change.path, {**change.before, **change.after})}"
        case "second":
            return f"第二人录入“{label}”"
        case "proposal":
            said = change.after and f"提出“{label}”应为“{change.after['text']}”"
            return said or f"收回对“{label}”的意见"
        case "material":
            return f"材料“{label}”：{words.PRESENCE[change.after['present']]}"
        case "finding":
            return f"{'认定可以' if change.after['settled'] else '批注'}：{change.before['message']}"
        case _:
            return ""


def is_editable(review: Review, name: str, *, may_review: bool) -> bool:
    """Whether this person may change this submission now."""
    holder = review.submission.claimant()
    return may_review and review.submission.status is State.IN_REVIEW and holder in {None, name}
