"""Ticking off which materials lie in the envelope; mail room and reviewers alike may say so until it is decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from extractors.form.layout import default_layout
from intake_service import indexing
from intake_service.current import Current
from intake_service.errors import ConflictError, NotFoundError
from intake_service.parts import Actor, Parts, Role
from intake_service.review.opening import load
from intake_service.second_look import values_to_settle
from intake_service.store import corrections, submissions
from intake_service.store.corrections import Correction
from intake_service.store.states import DECISIONS


def tick_material(
    parts: Parts, actor: Actor, submission_id: str, number: int, *, present: bool | None
) -> Current:
    """Say that material ``number`` of the call is there or not; None takes back what was said.

    Raises NotFoundError for a number the call does not ask for, ConflictError for a decided submission.
    """
    actor.require(Role.CLERK)
    if number not in {material.number for material in default_layout().materials}:
        raise NotFoundError("这一批次没有这项材料。")
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        if submission.status in DECISIONS.values():
            raise ConflictError("这份件已经办结，材料清单不能再改。")
        review = load(tx, submission)
        before = {"present": review.current.materials.get(number)}
        change = Correction(
            submission.version + 1, "material", f"materials.{number}", before, {"present": present},
            actor.name, datetime.now(UTC),
        )  # fmt: skip
        corrections.append(tx, submission_id, submission.version, change)
        current = values_to_settle(review.reading, [*review.corrections, change], submission_id)
        indexing.refresh(tx, submission_id)
    return replace(current, version=change.version)
