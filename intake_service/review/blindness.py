"""What the second person must not have seen: a colleague's entries, out of everything that shows a submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from extractors.form.reading import Status
from intake_service import seconding
from intake_service.current import Cell
from intake_service.errors import ForbiddenError
from intake_service.parts import Actor, Parts, Role
from intake_service.review.opening import History, Review, history, open_review
from intake_service.store import State, lookups
from intake_service.store.corrections import Correction
from intake_service.store.submissions import Submission

LISTED = ("org_name", "uscc", "contact_phone")
"""Fields that a submission's own record repeats."""
NOT_YET = "等您另录一遍，录完后显示"


def hidden_from(review: Review, actor: Actor) -> frozenset[str]:
    """Paths of the values that a colleague entered and that this person may still enter without having seen them."""
    if not actor.may(Role.REVIEWER) or review.submission.status is not State.IN_REVIEW:
        return frozenset()
    found = seconding.places(review.current, review.submission.id, seconding.rule())
    return seconding.hidden(found, actor.name)


def open_as(parts: Parts, actor: Actor, submission_id: str) -> Review:
    """What this person may see of one submission at this moment. Raises NotFoundError."""
    review = open_review(parts, submission_id)
    hidden = hidden_from(review, actor)
    if not hidden:
        return review
    blank: dict[str, Any] = {name: "" for name in LISTED if f"fields.{name}" in hidden}
    current = review.current
    return replace(
        review,
        submission=replace(review.submission, **blank),
        current=replace(
            current,
            fields=_covered(current.fields, hidden),
            rows=tuple(replace(row, cells=_covered(row.cells, hidden)) for row in current.rows),
        ),
        corrections=_without_words(review.corrections, hidden),
        hidden=hidden,
    )


def list_as(parts: Parts, actor: Actor, found: Sequence[Submission]) -> list[Submission]:
    """Submissions as a list may show them to this person: without a name or code that waits for their second entry.

    Told by who entered something there, without replaying every submission: once in doubt, it is left out.
    """
    rule = seconding.rule()
    waiting = [each.id for each in found if each.awaits_second and each.status is State.IN_REVIEW]
    if rule is None or not waiting or not actor.may(Role.REVIEWER):
        return list(found)
    wanted = {f"fields.{name}": name for name in LISTED if rule.wants(f"fields.{name}", "")}
    with parts.store.read() as tx:
        entered = lookups.entered_by(tx, waiting, wanted)
    hidden = {place for place, people in entered.items() if actor.name not in people}
    blank: dict[str, dict[str, Any]] = {
        each.id: {wanted[path]: "" for number, path in hidden if number == each.id} for each in found
    }
    return [replace(each, **blank[each.id]) for each in found]


def history_as(parts: Parts, review: Review) -> History:
    """Who did what, as far as whoever sees this ``review`` may know."""
    told = history(parts, review.submission.id)
    return replace(told, corrections=_without_words(told.corrections, review.hidden))


def require_seen(review: Review, actor: Actor, kind: str = "", path: str = "") -> None:
    """Let nobody change, take back or decide what is hidden from them; entering it as second is the way.

    Without a path: nothing may be hidden at all. Raises ForbiddenError.
    """
    hidden = hidden_from(review, actor)
    rows = kind.startswith("row_") and any(each.startswith("occupations.") for each in hidden)
    if hidden and (not path or path in hidden or rows):
        raise ForbiddenError("有同事录入的栏目等您另录一遍。请先到“第二人录入”录完。")


def _covered(cells: Mapping[str, Cell], hidden: frozenset[str]) -> dict[str, Cell]:
    """The cells with nothing in those that are hidden but where they stand on the paper."""
    return {
        name: Cell(cell.path, "", None, Status.BLANK, by=cell.by, places=cell.pieces)
        if cell.path in hidden
        else cell
        for name, cell in cells.items()
    }


def _without_words(changes: Sequence[Correction], hidden: frozenset[str]) -> tuple[Correction, ...]:
    """The changes without what they say of hidden places: by path, and of findings by the place they name."""
    return tuple(
        replace(change, kind="hidden", before=None, after=None, reason=NOT_YET)
        if change.path.rpartition("@")[2] in hidden
        else change
        for change in changes
    )
