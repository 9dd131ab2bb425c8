"""A submission follows its files: after every change of a document, the submission is settled."""

from __future__ import annotations

import sqlalchemy as sa

from intake_service.store import documents, submissions, webhooks
from intake_service.store.states import MOVES, State, moves_between, state_of_files

EVENTS = {
    State.IN_REVIEW: "submission.read",
    State.FAILED: "submission.failed",
    State.QUARANTINED: "submission.failed",
}


def settle(tx: sa.Connection, submission_id: str) -> State:
    """Bring a submission to the state its files ask for, with the first file's error; returns the state.

    A submission that somebody decided or typed in by hand stays as it is. Which file holds the form
    is fixed when the submission comes to review.
    """
    submission = submissions.get(tx, submission_id, lock=True)
    files = documents.of_submission(tx, submission_id)
    # What could not be read of an earlier round was dealt with before the supplement came.
    newest = max((document.round for document in files), default=0)
    counted = [d for d in files if d.round == newest or d.status not in {State.FAILED, State.QUARANTINED}]
    goal = state_of_files([document.status for document in counted])
    moves = moves_between(submission.status, goal)
    if not moves:
        return submission.status
    state = submission.status
    for move in moves:
        state = MOVES[state, move]
    troubled = next((d for d in files if d.status == state and d.error_code), None)
    matched = documents.matched(tx, submission_id) if state is State.IN_REVIEW else []
    submissions.update(
        tx,
        submission_id,
        status=state,
        error_code=troubled.error_code if troubled else None,
        error_message=troubled.error_message if troubled else None,
        form_document_id=matched[0].id if matched else submission.form_document_id,
    )
    if event := EVENTS.get(state):
        webhooks.emit(tx, event, submissions.get(tx, submission_id))
    return state
