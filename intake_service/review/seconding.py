"""Entering a value as the second person, and who may not accept because of it."""

from __future__ import annotations

from typing import Any

from intake_service import seconding
from intake_service.current import PERSON, Current
from intake_service.errors import ConflictError, ForbiddenError, NotFoundError
from intake_service.parts import Actor, Parts
from intake_service.review.opening import Review
from intake_service.review.recording import record, typed
from intake_service.seconding import Place


def second_places(review: Review) -> tuple[Place, ...]:
    """The places of this submission that two people enter."""
    return seconding.places(review.current, review.submission.id, seconding.rule())


def enter_second(
    parts: Parts, actor: Actor, submission_id: str, version: int, path: str, text: str, reason: str = ""
) -> Current:
    """Enter the value of one cell as the second person; what stands there is not changed by it.

    Raises NotFoundError where no second entry is wanted, ForbiddenError for whoever entered the value that stands there,
    ConflictError as every change does.
    """

    def plan(current: Current) -> tuple[Any, Any]:
        found = seconding.places(current, submission_id, seconding.rule())
        place = next((each for each in found if each.cell.path == path), None)
        if place is None:
            raise NotFoundError("这一栏不需要第二个人录入。")
        if place.cell.by == PERSON and place.cell.who == actor.name:
            raise ForbiddenError("这一栏是您录入的，请由另一个人再录一次。")
        return None, typed(path, text)

    return record(parts, actor, submission_id, version, "second", path, plan, reason)


def require_settled(review: Review, actor: Actor) -> None:
    """Let nobody accept before two people agree, nor who was the second of them. Raises ConflictError, ForbiddenError."""
    found = second_places(review)
    if left := seconding.unsettled(found):
        raise ConflictError(f"还有 {left} 处要由第二个人录入或对照，暂时不能通过。")
    if actor.name in seconding.enterers(found):
        raise ForbiddenError("您是这份件的第二录入人，请由别人审核通过。")
