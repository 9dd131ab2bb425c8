"""The same done to many submissions of the queue, each for itself: what cannot be done stops nothing else.

Deciding is none of these: a person decides each submission after looking at it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from intake_service import queue
from intake_service.errors import ConflictError, InvalidRequestError, ServiceError
from intake_service.parts import Actor, Parts, Role


@dataclass(frozen=True, slots=True)
class Outcome:
    """Ids of what was done, and of what was not with the sentence that says why."""

    done: tuple[str, ...]
    left: Mapping[str, str]


def claim(parts: Parts, actor: Actor, ids: Collection[str]) -> Outcome:
    """Reserve them for ``actor``."""
    actor.require(Role.REVIEWER)
    return _each(ids, lambda submission_id: queue.claim(parts, actor, submission_id))


def release(parts: Parts, actor: Actor, ids: Collection[str]) -> Outcome:
    """Give back one's own claims."""
    actor.require(Role.REVIEWER)

    def give_back(submission_id: str) -> None:
        if not queue.release(parts, actor, submission_id):
            raise ConflictError("这份件不是您领取的。")

    return _each(ids, give_back)


def retry(parts: Parts, actor: Actor, ids: Collection[str]) -> Outcome:
    """Read again what failed."""
    actor.require(Role.REVIEWER)
    return _each(ids, lambda submission_id: queue.retry(parts, actor, submission_id))


def hand_over(parts: Parts, actor: Actor, ids: Collection[str], to: str, note: str) -> Outcome:
    """Give the work on them to one reviewer, or take it back when ``to`` is empty."""
    actor.require(Role.ADMIN)
    return _each(ids, lambda submission_id: queue.hand_over(parts, actor, submission_id, to, note))


def _each(ids: Collection[str], act: Callable[[str], object]) -> Outcome:
    if len(ids) > queue.MAX_PAGE:
        raise InvalidRequestError(f"一次最多 {queue.MAX_PAGE} 件。")
    left: dict[str, str] = {}
    for submission_id in dict.fromkeys(ids):
        try:
            act(submission_id)
        except ServiceError as error:
            left[submission_id] = error.message
    return Outcome(tuple(each for each in dict.fromkeys(ids) if each not in left), left)
