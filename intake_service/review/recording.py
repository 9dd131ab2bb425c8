"""The one road of every change: who may, on which version, what stood before, what stands after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from extractors.form.reading import COLUMN_IDS, FIELD_IDS
from intake_service import indexing
from intake_service.current import Current
from intake_service.errors import ConflictError, InvalidRequestError, NotFoundError, OutdatedError
from intake_service.normalise import normalise
from intake_service.parts import Actor, Parts, Role
from intake_service.review.blindness import require_seen
from intake_service.review.opening import load
from intake_service.second_look import values_to_settle
from intake_service.store import State, corrections, lookups, submissions
from intake_service.store.corrections import Correction
from intake_service.store.submissions import Submission

MAX_TEXT = 4000

Plan = Callable[[Current], tuple[Any, Any]]
"""From the values as they stand: what stood at the place before, and what stands there after. Refuses by raising."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change that is wanted."""

    kind: str
    path: str
    plan: Plan
    reason: str = ""


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
    """Append one correction and return the values after it, see ``record_all``."""
    return record_all(parts, actor, submission_id, version, [Step(kind, path, plan, reason)])


def record_all(
    parts: Parts, actor: Actor, submission_id: str, version: int, steps: Sequence[Step]
) -> Current:
    """Append corrections, all or none, and return the values after them.

    Raises ConflictError when the submission is not in review or held by somebody else, OutdatedError when it is no
    longer at ``version``.
    """
    actor.require(Role.REVIEWER)
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        if submission.status is not State.IN_REVIEW:
            raise ConflictError("这份件现在不在审核中，不能修改。")
        require_free(tx, submission, actor)
        if submission.version != version:
            raise OutdatedError
        review = load(tx, submission)
        current, changes = review.current, list(review.corrections)
        for step in steps:
            if step.kind != "second":
                require_seen(review, actor, step.kind, step.path)
            before, after = step.plan(current)
            seen, now = current.version, datetime.now(UTC)
            change = Correction(
                seen + 1, step.kind, step.path, before, after, actor.name, now, plain(step.reason)[:500]
            )
            corrections.append(tx, submission_id, seen, change)
            changes.append(change)
            current = values_to_settle(review.reading, changes, submission_id)
        indexing.refresh(tx, submission_id)
        if submission.claimant() == actor.name:
            submissions.claim(tx, submission_id, actor.name, parts.settings.claim_minutes)
    return current


def require_free(tx: sa.Connection, submission: Submission, actor: Actor) -> None:
    """Raises ConflictError while somebody else holds the submission."""
    holder = submission.claimant()
    if holder is not None and holder != actor.name:
        raise ConflictError(f"这份件正由 {lookups.shown(tx, holder)} 处理。")


def typed(path: str, untrusted_text: str) -> dict[str, Any]:
    """Text and normalised value as a correction keeps them."""
    text = plain(untrusted_text)
    if len(text) > MAX_TEXT:
        raise InvalidRequestError(f"内容过长（最多 {MAX_TEXT} 字）。")
    name = path.rsplit(".", 1)[-1]
    if name not in FIELD_IDS and name not in COLUMN_IDS:
        raise NotFoundError("找不到这个栏目。")
    return {"text": text, "value": normalise(name, text)}


def plain(untrusted_text: str) -> str:
    """The text without what is no character of a text: control characters, halves of pairs."""
    return "".join(c for c in untrusted_text if c.isprintable() or c == "\n").strip()
