"""Every rule of the call for one submission: what it rests on, what it looked at, what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from extractors.form.layout import default_layout
from extractors.form.rules import Rule, rule_of
from intake_service.current import MACHINE, PERSON
from intake_service.parts import Parts
from intake_service.rechecks import finding_path
from intake_service.review import Review, open_review
from intake_service.store import submissions
from intake_service.store.submissions import Filter

SCHEMA = "intake.findings/1"
PASSED, FAILED, CANNOT_JUDGE, NOT_APPLICABLE = "passed", "failed", "cannot_judge", "not_applicable"
_OUTCOMES = {True: PASSED, False: FAILED, None: CANNOT_JUDGE}
_WORST_FIRST = (FAILED, CANNOT_JUDGE, PASSED)


def explain(parts: Parts, submission_id: str) -> dict[str, Any]:
    """The rules in the call's order (``intake.findings/1``), by id or receipt number. Raises NotFoundError.

    Pages and boxes are those of the document with the form, as in its reading.
    """
    return review_to_findings(open_review(parts, _id_of(parts, submission_id)))


def review_to_findings(review: Review) -> dict[str, Any]:
    """A review as ``intake.findings/1``."""
    call = default_layout().call
    findings: dict[str, list[dict[str, Any]]] = {}
    for check in review.checks:
        rule = rule_of(call.rules, check["rule"])
        if rule is not None:
            findings.setdefault(rule.id, []).append(_finding(check, review))
    return {
        "schema": SCHEMA,
        "id": review.submission.id,
        "receipt_number": review.submission.receipt_number,
        "version": review.current.version,
        "call": {"id": call.id, "document": call.document, "judged_as_of": call.judged_as_of, "deadline": call.deadline},
        "rules": [_rule_json(rule, findings.get(rule.id, [])) for rule in call.rules],
    }  # fmt: skip


def _rule_json(rule: Rule, findings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    outcomes = {finding["outcome"] for finding in findings}
    return {
        "rule": rule.id,
        "basis": rule.basis,
        "words": rule.words,
        "severity": rule.severity,
        "with": dict(rule.params),
        "outcome": next((outcome for outcome in _WORST_FIRST if outcome in outcomes), NOT_APPLICABLE),
        "findings": list(findings),
    }


def _finding(check: Mapping[str, Any], review: Review) -> dict[str, Any]:
    told = {
        "finding": check["rule"],
        "path": finding_path(check),
        "outcome": _OUTCOMES[check["passed"]],
        "message": check["message"],
        "inputs": [_input(path, review) for path in check["fields"]],
    }
    return {**told, "judged": check["judged"]} if "judged" in check else told


def _input(path: str, review: Review) -> dict[str, Any]:
    """What stood at a path when the rule looked, and where on the paper."""
    current = review.current
    if cell := current.cell(path):
        return {
            "path": path,
            "text": cell.text,
            "value": cell.value,
            "by": cell.by,
            "places": _places(cell.pieces),
        }
    if mark := current.marks.get(path.removeprefix("marks.")):
        told = {
            key: value for key, value in mark.verdict.items() if key in {"present", "kind", "text", "matches"}
        }
        return {"path": path, "text": str(told.pop("text", "")), "value": told, "by": mark.by,
                "places": _places(mark.machine.get("parts") or [mark.machine])}  # fmt: skip
    if path.startswith("materials."):
        return _material_input(path, review)
    registered = getattr(review.submission, path.removeprefix("register."), None)
    return {
        "path": path,
        "text": "" if registered is None else str(registered),
        "value": None,
        "by": "",
        "places": [],
    }


def _material_input(path: str, review: Review) -> dict[str, Any]:
    """A material: its title, the pages taken for it (counted over all files), and a person's word."""
    number = int(path.removeprefix("materials."))
    title = next(kind.title for kind in default_layout().materials if kind.number == number)
    said = review.current.materials.get(number)
    pages = list(review.material_pages.get(number, ()))
    by = MACHINE if said is None else PERSON
    return {"path": path, "text": title, "value": {"pages": pages, "said": said}, "by": by, "places": []}


def _places(pieces: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Page and box of each piece, ``document`` where it is not in the one with the form."""
    kept = ("document", "page", "box")
    return [{key: piece[key] for key in kept if key in piece} for piece in pieces if piece.get("box")]


def _id_of(parts: Parts, name: str) -> str:
    """The id behind an id or a receipt number."""
    with parts.store.read() as tx:
        found = submissions.list_page(tx, Filter(search=name), limit=2).items
    return next((submission.id for submission in found if submission.receipt_number == name), name)
