"""The mail room's register of an envelope: put right after the fact, with what stood there before beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from intake_service import indexing
from intake_service.intake import Meta
from intake_service.parts import Actor, Parts, Role
from intake_service.store import audit, corrections, submissions
from intake_service.store.corrections import Correction
from intake_service.store.submissions import Submission


def amend_register(parts: Parts, actor: Actor, submission_id: str, meta: Meta) -> Submission:
    """Write down what the envelope says anew (all but the call). An empty time of receipt keeps the one there is.

    Both versions are kept as corrections, which leave with the submission; the audit trail, which stays, gets
    the names of what was changed only. Raises NotFoundError.
    """
    actor.require(Role.CLERK)
    with parts.store.write() as tx:
        submission = submissions.get(tx, submission_id, lock=True)
        now: dict[str, Any] = {
            "channel": meta.channel,
            "tracking_number": meta.tracking_number,
            "postmark_date": meta.postmark_date.isoformat() if meta.postmark_date else None,
            "received_at": meta.received_at or submission.received_at,
            "sender": meta.sender,
            "copies": meta.copies,
            "envelope": meta.envelope,
            "note": meta.note,
        }
        changed = {name: value for name, value in now.items() if value != getattr(submission, name)}
        if not changed:
            return submission
        for version, (name, value) in enumerate(changed.items(), start=submission.version + 1):
            before, after = ({"text": _written(each)} for each in (getattr(submission, name), value))
            at = datetime.now(UTC)
            change = Correction(version, "register", f"register.{name}", before, after, actor.name, at)
            corrections.append(tx, submission_id, version - 1, change)
        if "received_at" in changed and submission.due_from == submission.received_at:
            changed["due_from"] = changed["received_at"]
        submissions.update(tx, submission_id, **changed)
        indexing.refresh(tx, submission_id)
        audit.append(tx, actor.name, "submission.register", submission_id, {"fields": sorted(changed)})
        return submissions.get(tx, submission_id)


def _written(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
