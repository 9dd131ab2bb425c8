"""The states of a submission and the moves between them, as data.

``received → reading → in_review → accepted | returned | rejected``; ``failed`` and ``quarantined`` go back
only by an explicit retry, a decision only by an explicit re-opening.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a submission or a document stands."""

    RECEIVED = "received"
    READING = "reading"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REJECTED = "rejected"
    FAILED = "failed"
    QUARANTINED = "quarantined"


class Move(StrEnum):
    """What may happen to it."""

    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    QUARANTINE = "quarantine"
    RETRY = "retry"
    ACCEPT = "accept"
    RETURN = "return"
    REJECT = "reject"
    REOPEN = "reopen"


DECISIONS = {Move.ACCEPT: State.ACCEPTED, Move.RETURN: State.RETURNED, Move.REJECT: State.REJECTED}

MOVES: dict[tuple[State, Move], State] = {
    (State.RECEIVED, Move.START): State.READING,
    (State.READING, Move.START): State.READING,
    (State.READING, Move.FINISH): State.IN_REVIEW,
    (State.READING, Move.FAIL): State.FAILED,
    (State.READING, Move.QUARANTINE): State.QUARANTINED,
    (State.FAILED, Move.RETRY): State.RECEIVED,
    (State.QUARANTINED, Move.RETRY): State.RECEIVED,
    **{(State.IN_REVIEW, move): state for move, state in DECISIONS.items()},
    **{(state, Move.REOPEN): State.IN_REVIEW for state in DECISIONS.values()},
}


def after(state: State, move: Move) -> State | None:
    """The state ``move`` leads to, or None where it is not allowed."""
    return MOVES.get((state, move))


def submission_state(documents: list[State]) -> State:
    """The state of an undecided submission from those of its files.

    Work that is still going on shows first, then what needs an administrator; a submission is in
    review only when every file was read.
    """
    for state in (State.READING, State.QUARANTINED, State.FAILED):
        if state in documents:
            return state
    if State.RECEIVED in documents:
        return State.READING if State.IN_REVIEW in documents else State.RECEIVED
    return State.IN_REVIEW
