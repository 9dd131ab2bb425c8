"""The form's rules applied to the values as they stand now, so that a correction can settle or raise a doubt."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from extractors.form.geometry import Box
from extractors.form.reading import (
    COLUMN_IDS,
    FieldReading,
    Marks,
    OccupationRow,
    Part,
    SealReading,
    SignatureKind,
    SignatureReading,
    Status,
)
from extractors.form.workdays import local_day
from intake_service.current import PERSON, Cell, Current, Mark, current_values
from intake_service.store import sharing
from intake_service.store.corrections import Correction
from intake_service.store.submissions import Submission

PERSONS = ("contact_person", "legal_representative")
"""Fields that name somebody."""
CELL = re.compile(r"occupations\[(\d+)\]\.(\w+)")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What rules look at besides the paper: the days the mail room registered, and who else says the same."""

    postmark: date | None = None
    received: date | None = None
    alike: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Field → receipt numbers of other submissions."""
    material_pages: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """Number of a material → the pages taken for it, counted over all files."""


def register_days(submission: Submission) -> tuple[date | None, date]:
    """Postmark and receipt on the office's calendar; what does not come by post is posted when it comes."""
    received = local_day(submission.received_at)
    if submission.channel != "mail":
        return received, received
    return date.fromisoformat(submission.postmark_date) if submission.postmark_date else None, received


def envelope_of(
    tx: sa.Connection,
    submission: Submission,
    current: Current,
    material_pages: Mapping[int, Sequence[int]] | None = None,
) -> Envelope:
    """What is registered of a submission, what lies in it, and who else says the same.

    Without the pages no material counts as seen, which fails nobody: only people can say that one is missing.
    """
    here = (tx, submission.id, submission.call)
    numbers = str(current.fields["contact_phone"].value or "").split("/")
    alike = {name: sharing.same_name(*here, current.fields[name].text) for name in PERSONS}
    alike["contact_phone"] = sharing.same_telephone(*here, numbers)
    return Envelope(*register_days(submission), alike, material_pages or {})


def current_checks(
    current: Current, reading: Mapping[str, Any] | None, envelope: Envelope
) -> tuple[dict[str, Any], ...]:
    """Every finding as the reading writes it, but naming paths (``fields.uscc``, ``occupations.r1.code``, ``marks.org_seal``).

    None for a form that was not found, unless a person typed it in.
    """
    matched = (reading or {}).get("form", {}).get("matched")
    if not matched and not any(cell.by == PERSON for cell in current.cells()):
        return ()
    checks = _judge(current, envelope)
    return tuple({**check, "fields": [_path(name, current) for name in check["fields"]]} for check in checks)


def finding_path(check: Mapping[str, Any]) -> str:
    """What corrections call a finding: its rule, and the first place it names."""
    return f"findings.{check['rule']}@{next(iter(check['fields']), '')}"


def with_judgements(
    checks: Iterable[Mapping[str, Any]], changes: Sequence[Correction], active: Collection[int]
) -> tuple[dict[str, Any], ...]:
    """Findings with what a reviewer said of them as ``judged``; nothing where they say something else by now."""
    said = {
        (change.path, change.before["message"], change.before["passed"]): {
            "settled": change.after["settled"],
            "comment": change.reason,
            "by": change.by,
            "at": change.at.isoformat(),
        }
        for change in changes
        if change.kind == "finding" and change.version in active
    }
    judged = [(check, said.get((finding_path(check), check["message"], check["passed"]))) for check in checks]
    return tuple({**check, "judged": told} if told else dict(check) for check, told in judged)


def still_fails(check: Mapping[str, Any]) -> bool:
    """Whether a finding asks for a person: failed, more than a hint, and settled by nobody."""
    settled = check.get("judged", {}).get("settled", False)
    return check["passed"] is False and check["severity"] != "info" and not settled


def warm_up() -> None:
    """Load what the rules need, so that the first correction does not wait a second for it."""
    _judge(current_values(None, ()), Envelope())


def _judge(current: Current, envelope: Envelope) -> list[dict[str, Any]]:
    # The catalogues behind the rules take a moment to load: only who judges needs them.
    from extractors.form.case import Case, Handed
    from extractors.form.catalogue import default_catalogue
    from extractors.form.checks import case_to_checks
    from extractors.form.layout import default_layout

    layout = default_layout()
    numbers = [kind.number for kind in layout.materials]
    case = Case(
        fields={name: _field(cell) for name, cell in current.fields.items()},
        rows=[OccupationRow(**{c: _field(row.cells[c]) for c in COLUMN_IDS}) for row in current.rows],
        marks=_marks(current),
        catalogue=default_catalogue(),
        layout=layout,
        postmark=envelope.postmark,
        received=envelope.received,
        alike=envelope.alike,
        materials={
            number: Handed(tuple(envelope.material_pages.get(number, ())), current.materials.get(number))
            for number in numbers
        },
    )
    return [
        {
            "rule": check.rule,
            "passed": check.passed,
            "severity": check.severity,
            "fields": list(check.fields),
            "message": check.message,
        }
        for check in case_to_checks(case)
    ]


def _path(name: str, current: Current) -> str:
    if cell := CELL.fullmatch(name):
        index = int(cell[1])
        return f"occupations.{current.rows[index].id}.{cell[2]}" if index < len(current.rows) else name
    if name in current.fields:
        return f"fields.{name}"
    return f"marks.{name}" if name in current.marks else name


def _field(cell: Cell) -> FieldReading:
    """A cell as the rules know it: what a person wrote is certain."""
    if cell.by == PERSON:
        return FieldReading(cell.text, cell.value, 1.0, Status.AUTO if cell.text else Status.BLANK)
    reasons = tuple(cell.machine.get("reasons", ()))
    return FieldReading(
        cell.text, cell.value, float(cell.machine.get("confidence", 0)), Status(cell.status), reasons
    )


def _marks(current: Current) -> Marks:
    signature = current.marks.get("legal_rep_signature", Mark("", {}))
    kind = SignatureKind(signature.verdict.get("kind", SignatureKind.NONE))
    return Marks(
        SignatureReading(kind, 1.0, _mark_status(signature), _mark_reasons(signature), _part(signature)),
        _seal(current.marks.get("org_seal", Mark("", {}))),
        _seal(current.marks.get("authority_seal", Mark("", {}))),
    )


def _seal(mark: Mark) -> SealReading:
    told = mark.verdict
    return SealReading(
        present=bool(told.get("present")), text=told.get("text", ""), number=told.get("number", ""),
        matches=told.get("matches"), status=_mark_status(mark), reasons=_mark_reasons(mark), part=_part(mark),
    )  # fmt: skip


def _mark_status(mark: Mark) -> Status:
    return Status.AUTO if mark.by == PERSON else Status(mark.machine.get("status", Status.MISSING))


def _mark_reasons(mark: Mark) -> tuple[str, ...]:
    return () if mark.by == PERSON else tuple(mark.machine.get("reasons", ()))


def _part(mark: Mark) -> Part | None:
    box = mark.machine.get("box")
    return Part(mark.machine.get("page") or 1, Box(*box)) if box else None
