"""What lists and searches show of a submission: columns that are copied from its values on every change of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from intake_service import seconding
from intake_service.current import Current, current_values, still_fails
from intake_service.store import corrections, documents


def index_columns(
    submission_id: str, current: Current, checks: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The columns, from the values and the checks on them."""
    cells = current.fields
    return {
        "org_name": cells["org_name"].text[:200],
        "uscc": str(cells["uscc"].value or cells["uscc"].text)[:32],
        "contact_phone": cells["contact_phone"].text[:40],
        "doubts": len(current.doubts),
        "failed_checks": sum(map(still_fails, checks)),
        "awaits_second": seconding.unsettled(seconding.places(current, submission_id, seconding.rule())),
    }


def stored_columns(tx: sa.Connection, submission_id: str, form_document_id: str | None) -> dict[str, Any]:
    """``index_columns`` of a submission that comes to review: its checks are those of the reading."""
    reading = documents.reading_of(tx, form_document_id) if form_document_id else None
    current = current_values(reading, corrections.of_submission(tx, submission_id))
    return index_columns(submission_id, current, (reading or {}).get("checks", ()))
