"""Deciding: accept, return or reject a submission, and open a decided one again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from intake_service import counted, second_look
from intake_service.errors import ConflictError, InvalidRequestError
from intake_service.parts import Actor, Parts, Role
from intake_service.review.blindness import require_seen
from intake_service.review.opening import load
from intake_service.review.recording import MAX_TEXT, require_free
from intake_service.review.seconding import require_settled
from intake_service.store import Move, audit, corrections, second_looks, submissions, totals, webhooks
from intake_service.store.corrections import Correction
from intake_service.store.submissions import Submission


def decide(
    parts: Parts,
    actor: Actor,
    submission_id: str,
    version: int,
    move: Move,
    reasons: Sequence[str] = (),
    note: str = "",
) -> Submission:
    """Accept 通过, return 退回补正 or reject 不予受理. Return and reject need at least one reason.

    Raises ConflictError when the submission changed since ``version`` or is not in review.
    """
    actor.require(Role.REVIEWER)
    if move not in {Move.ACCEPT, Move.RETURN, Move.REJECT}:
        raise InvalidRequestError("未知的审核决定。")
    words = [str(reason).strip()[:500] for reason in reasons if str(reason).strip()]
    if move is not Move.ACCEPT and not words and not note.strip():
        raise InvalidRequestError("退回补正或不予受理时，请写明原因。")
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        require_free(tx, submission, actor)
        if submission.version != version:
            raise ConflictError
        opened = load(tx, submission)
        require_seen(opened, actor)
        if move is Move.ACCEPT:
            require_settled(opened, actor)
            totals.add(tx, counted.of_acceptance(opened.current))
            second_looks.note(tx, submission_id, second_look.outcomes(opened.current, submission_id))
        decision = {"move": str(move), "reasons": words, "note": note.strip()[:MAX_TEXT]}
        submissions.move(
            tx, submission, move, decided_by=actor.name, decided_at=datetime.now(UTC), decision=decision,
            claimed_by=None, claim_expires_at=None,
        )  # fmt: skip
        _keep(tx, submission, actor, decision)
        audit.append(
            tx, actor.name, f"submission.{move}", submission_id, {"version": version, "reasons": len(words)}
        )
        decided = submissions.get(tx, submission_id)
        webhooks.emit(tx, f"submission.{decided.status}", decided)
        return decided


def reopen(parts: Parts, actor: Actor, submission_id: str, reason: str) -> Submission:
    """Take a decision back to review. Administrators only; the reason is kept."""
    actor.require(Role.ADMIN)
    if not reason.strip():
        raise InvalidRequestError("请写明撤回决定的原因。")
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        submissions.move(tx, submission, Move.REOPEN, decided_by=None, decided_at=None, decision=None)
        told = {"version": submission.version, "was": submission.status}
        _keep(tx, submission, actor, {"move": str(Move.REOPEN), "note": reason.strip()[:MAX_TEXT]})
        audit.append(tx, actor.name, "submission.reopen", submission_id, told)
        return submissions.get(tx, submission_id)


def _keep(tx: sa.Connection, submission: Submission, actor: Actor, decision: Mapping[str, Any]) -> None:
    """The grounds of a decision, in the history of the submission: the next decision does not wipe them out."""
    seen = submission.version
    now = datetime.now(UTC)
    corrections.append(
        tx, submission.id, seen, Correction(seen + 1, "decision", "decision", None, decision, actor.name, now)
    )
