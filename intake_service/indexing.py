"""What lists and searches show of a submission: columns that are copied from its values on every change of them."""

from __future__ import annotations

import sqlalchemy as sa

from intake_service import rechecks, seconding
from intake_service.current import active_versions
from intake_service.second_look import values_to_settle
from intake_service.store import corrections, documents, sharing, submissions


def warm_up() -> None:
    """Load what the rules need, so that no transaction waits a second for it."""
    rechecks.warm_up()


def refresh(tx: sa.Connection, submission_id: str) -> None:
    """Copy anew, in the transaction of the change: names and numbers, doubts, broken rules, wanted second entries."""
    submission = submissions.get(tx, submission_id)
    form = submission.form_document_id
    reading = documents.form_reading(tx, submission_id, form) if form else None
    changes = corrections.of_submission(tx, submission_id)
    current = values_to_settle(reading, changes, submission_id)
    checks = rechecks.current_checks(current, reading, rechecks.envelope_of(tx, submission, current))
    judged = rechecks.with_judgements(checks, changes, active_versions(changes))
    cells = current.fields
    sharing.note_persons(tx, submission_id, {name: cells[name].text for name in rechecks.PERSONS})
    submissions.update(
        tx,
        submission_id,
        org_name=cells["org_name"].text[:200],
        uscc=str(cells["uscc"].value or cells["uscc"].text)[:32],
        contact_phone=cells["contact_phone"].text[:40],
        doubts=len(current.doubts),
        failed_checks=sum(map(rechecks.still_fails, judged)),
        awaits_second=seconding.unsettled(seconding.places(current, submission_id, seconding.rule())),
    )
