"""What the API says about a submission."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from intake_service import queue
from intake_service.letters import MEDIA_TYPES
from intake_service.store.documents import Document
from intake_service.store.letters import Issued
from intake_service.store.submissions import Submission
from intake_service.store.webhooks import Sent, Webhook

ROOT = "/api/v1"


def links(submission: Submission) -> dict[str, str]:
    """Where to go on."""
    here = f"{ROOT}/submissions/{submission.id}"
    return {
        "self": here,
        "reading": f"{here}/reading",
        "result": f"{here}/result",
        "page": f"{here}/pages/{{n}}.png",
        "original": f"{here}/original",
        "searchable": f"{here}/searchable.pdf",
        "letters": f"{here}/letters",
    }


def accepted(submission: Submission) -> dict[str, Any]:
    """The answer to an upload."""
    return {
        "id": submission.id,
        "receipt_number": submission.receipt_number,
        "status": str(submission.status),
        "links": links(submission),
    }


def brief(submission: Submission) -> dict[str, Any]:
    """One line of a list."""
    error = (
        {"code": submission.error_code, "message": submission.error_message}
        if submission.error_code
        else None
    )
    return {
        **accepted(submission),
        "error": error,
        "org_name": submission.org_name,
        "uscc": submission.uscc,
        "doubts": submission.doubts,
        "created_at": submission.created_at.isoformat(),
        "updated_at": submission.updated_at.isoformat(),
        "decided_at": submission.decided_at.isoformat() if submission.decided_at else None,
        "meta": {
            "channel": submission.channel,
            "tracking_number": submission.tracking_number,
            "postmark_date": submission.postmark_date,
            "received_at": submission.received_at.isoformat(),
            "sender": submission.sender,
            "copies": submission.copies,
            "envelope": submission.envelope,
            "call": submission.call,
        },
    }


def full(submission: Submission, files: list[Document]) -> dict[str, Any]:
    """One submission with its files and how far the reading is."""
    done = queue.progress(files)
    return {
        **brief(submission),
        "progress": {name: getattr(done, name) for name in done.__slots__},
        "files": [file(document) for document in files],
    }


def file(document: Document) -> dict[str, Any]:
    """One file of a submission."""
    return {
        "id": document.id,
        "name": document.name,
        "sha256": document.file_hash,
        "size": document.size,
        "media_type": document.media_type,
        "status": str(document.status),
        "pages_done": document.pages_done,
        "pages_total": document.pages_total,
        "error": {"code": document.error_code, "message": document.error_message}
        if document.error_code
        else None,
    }


def letter(issued: Issued) -> dict[str, Any]:
    """One letter with what stands on it and where its files are."""
    here = f"{ROOT}/submissions/{issued.submission_id}/letters/{issued.id}"
    return {
        "id": issued.id,
        "kind": issued.kind,
        "number": issued.number,
        "issued_at": issued.issued_at.isoformat(),
        "issued_by": issued.issued_by,
        "content": issued.content,
        "links": {form: f"{here}.{form}" for form in MEDIA_TYPES},
    }


def webhook(each: Webhook) -> dict[str, Any]:
    """One address that is told of events, without its secret."""
    return {
        "id": each.id,
        "url": each.url,
        "events": list(each.events),
        "created_at": each.created_at.isoformat(),
    }


def delivery(sent: Sent) -> dict[str, Any]:
    """How the telling of one event went."""
    over = "delivered" if sent.outcome == "delivered" else "given_up"
    return {
        "id": sent.id,
        "event": sent.event,
        "submission_id": sent.submission_id or None,
        "created_at": sent.created_at.isoformat(),
        "status": "waiting" if sent.due_at else over,
        "attempts": sent.attempts,
        "outcome": sent.outcome,
        "tried_at": _moment(sent.tried_at),
        "next_try_at": _moment(sent.due_at),
        "delivered_at": _moment(sent.delivered_at),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
