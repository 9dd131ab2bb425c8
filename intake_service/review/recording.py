"""The one road of every change: who may, on which version, what stood before, what stands after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from extractors.form.reading import COLUMN_IDS, FIELD_IDS
from intake_service import indexing
from intake_service.current import Current, current_values
from intake_service.errors import ConflictError, InvalidRequestError, NotFoundError
from intake_service.normalise import normalise
from intake_service.parts import Actor, Parts, Role
from intake_service.review.opening import load
from intake_service.store import State, corrections, lookups, submissions
from intake_service.store.corrections import Correction
from intake_service.store.submissions import Submission

MAX_TEXT = 4000

Plan = Callable[[Current], tuple[Any, Any]]
"""From the values as they stand: what stood at the place before, and what stands there after. Refuses by raising."""


def record(
    parts: Parts,
    actor: Actor,
    submission_id: str,
    version: int,
    kind: str,
    path: str,
    plan: Plan,
    reason: str,
) -> Current:
    """Append one correction and return the values after it.

    Raises ConflictError when the submission is not in review, held by somebody else or no longer at ``version``.
    """
    actor.require(Role.REVIEWER)
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        if submission.status is not State.IN_REVIEW:
            raise ConflictError("这份件现在不在审核中，不能修改。")
        require_free(tx, submission, actor)
        if submission.version != version:
            raise ConflictError
        review = load(tx, submission)
        before, after = plan(review.current)
        now = datetime.now(UTC)
        change = Correction(version + 1, kind, path, before, after, actor.name, now, reason.strip()[:500])
        corrections.append(tx, submission_id, version, change)
        indexing.refresh(tx, submission_id)
        if submission.claimant() == actor.name:
            submissions.claim(tx, submission_id, actor.name, parts.settings.claim_minutes)
    return current_values(review.reading, [*review.corrections, change])


def require_free(tx: sa.Connection, submission: Submission, actor: Actor) -> None:
    """Raises ConflictError while somebody else holds the submission."""
    holder = submission.claimant()
    if holder is not None and holder != actor.name:
        raise ConflictError(f"这份件正由 {lookups.shown(tx, holder)} 处理。")


def typed(path: str, untrusted_text: str) -> dict[str, Any]:
    """Text and normalised value as a correction keeps them."""
    text = "".join(c for c in untrusted_text if c.isprintable() or c == "\n").strip()
    if len(text) > MAX_TEXT:
        raise InvalidRequestError(f"内容过长（最多 {MAX_TEXT} 字）。")
    name = path.rsplit(".", 1)[-1]
    if name not in FIELD_IDS and name not in COLUMN_IDS:
        raise NotFoundError("找不到这个栏目。")
    return {"text": text, "value": normalise(name, text)}
