"""The states of a submission and the moves between them, as data.

``received → reading → in_review → accepted | returned | rejected``; ``failed`` and ``quarantined`` go on
only when somebody asks for it (read again, or type in by hand), a decision is only re-opened on purpose. A supplement
brings back whatever was not decided for good.
"""

from __future__ import annotations

from collections.abc import Collection
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
    PUT_OFF = "put_off"
    FINISH = "finish"
    FAIL = "fail"
    QUARANTINE = "quarantine"
    RETRY = "retry"
    TYPE_IN = "type_in"
    ACCEPT = "accept"
    RETURN = "return"
    REJECT = "reject"
    REOPEN = "reopen"
    SUPPLEMENT = "supplement"


DECISIONS = {Move.ACCEPT: State.ACCEPTED, Move.RETURN: State.RETURNED, Move.REJECT: State.REJECTED}

SUPPLEMENTED = (
    State.RETURNED,
    State.IN_REVIEW,
    State.FAILED,
    State.QUARANTINED,
    State.RECEIVED,
    State.READING,
)
"""Where more paper may join: everywhere but behind a decision that ended the matter."""
MOVES: dict[tuple[State, Move], State] = {
    (State.RECEIVED, Move.START): State.READING,
    (State.READING, Move.PUT_OFF): State.RECEIVED,
    (State.READING, Move.FINISH): State.IN_REVIEW,
    (State.READING, Move.FAIL): State.FAILED,
    (State.READING, Move.QUARANTINE): State.QUARANTINED,
    (State.FAILED, Move.RETRY): State.RECEIVED,
    (State.QUARANTINED, Move.RETRY): State.RECEIVED,
    (State.FAILED, Move.TYPE_IN): State.IN_REVIEW,
    (State.QUARANTINED, Move.TYPE_IN): State.IN_REVIEW,
    **{(State.IN_REVIEW, move): state for move, state in DECISIONS.items()},
    **{(state, Move.REOPEN): State.IN_REVIEW for state in DECISIONS.values()},
    **{(state, Move.SUPPLEMENT): State.RECEIVED for state in SUPPLEMENTED},
}
BY_READER = frozenset({Move.START, Move.PUT_OFF, Move.FINISH, Move.FAIL, Move.QUARANTINE})
"""Moves that follow from what became of the files; the others are asked for by somebody."""


def after(state: State, move: Move) -> State | None:
    """The state ``move`` leads to, or None where it is not allowed."""
    return MOVES.get((state, move))


def moves_between(state: State, goal: State) -> tuple[Move, ...]:
    """The shortest way from ``state`` to ``goal`` by the reader's moves alone; empty when there is none or no need."""
    ways: list[tuple[State, tuple[Move, ...]]] = [(state, ())]
    seen = {state}
    for here, way in ways:
        if here is goal:
            return way
        for move in sorted(BY_READER):
            there = after(here, move)
            if there is not None and there not in seen:
                seen.add(there)
                ways.append((there, (*way, move)))
    return ()


def state_of_files(files: Collection[State]) -> State:
    """The state of an undecided submission from those of its files.

    While anything is still to be read it counts as reading; then what needs somebody's help shows first;
    it is in review only when every file was read.
    """
    if State.READING in files:
        return State.READING
    if State.RECEIVED in files:
        return State.READING if State.IN_REVIEW in files else State.RECEIVED
    return next((state for state in (State.QUARANTINED, State.FAILED) if state in files), State.IN_REVIEW)
