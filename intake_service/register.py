"""The mail room's register of an envelope: put right after the fact, with what stood there before on record."""

from __future__ import annotations

from typing import Any

from intake_service.intake import Meta
from intake_service.parts import Actor, Parts, Role
from intake_service.store import audit, submissions
from intake_service.store.submissions import Submission


def amend_register(parts: Parts, actor: Actor, submission_id: str, meta: Meta) -> Submission:
    """Write down what the envelope says anew (all but the call). An empty time of receipt keeps the one there is.

    Raises NotFoundError. What was changed is put on record with both versions.
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
            "note": meta.note,
        }
        changed = {name: value for name, value in now.items() if value != getattr(submission, name)}
        if changed:
            submissions.update(tx, submission_id, **changed)
            detail = {name: [str(getattr(submission, name)), str(value)] for name, value in changed.items()}
            audit.append(tx, actor.name, "submission.register", submission_id, detail)
        return submissions.get(tx, submission_id)
