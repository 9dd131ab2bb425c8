"""第二人录入: a second person enters some values without seeing the first; where the two differ they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue

from intake_service import pages, review
from intake_service.current import PERSON, Cell, Entry
from intake_service.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError
from intake_service.parts import Role
from intake_service.review import Review
from intake_service.seconding import Place, Standing, is_same, may_enter
from intake_service.store import State
from intake_service.web.door import actor, parts, shown_name, untrusted_json
from intake_service.web.review_candidates import differing_pieces
from intake_service.web.review_fields import FieldView
from intake_service.web.review_view import review_content

AGREED = "对照后采用第一次录入"
TAKEN = "对照后采用第二次录入"


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/review/<submission_id>/second", "second", show)
    web.add_url_rule("/review/<submission_id>/second", "second_enter", enter, methods=["POST"])


def show(submission_id: str) -> ResponseReturnValue:
    """What this person may enter blind; once that is done, what the entries differ in."""
    g.active = "review"
    actor().require(Role.REVIEWER)
    opened = review.open_review(parts(), submission_id)
    found = review.second_places(opened)
    blind = [place for place in found if may_enter(place, actor().name)]
    unequal = [place for place in found if place.standing is Standing.UNEQUAL]
    refs = pages.list_pages(parts(), submission_id)
    content = review_content(opened, refs)
    views = {item.path: item for item in content.items()}
    return render_template(
        "second.html",
        submission=opened.submission,
        version=opened.current.version,
        blind=[_field(views[place.cell.path], content.labels) for place in blind],
        unequal=[]
        if blind
        else [_compared(place, views[place.cell.path], content.labels) for place in unequal],
        settled=sum(place.standing is Standing.SETTLED for place in found),
        total=len(found),
        locked=_locked(opened),
        pictures={
            ref.number: url_for(
                "web.page_picture",
                submission_id=submission_id,
                document_id=ref.document_id,
                number=ref.document_page,
            )
            for ref in refs
        },
    )


def enter(submission_id: str) -> ResponseReturnValue:
    """One blind entry, or the choice between two that differ. The answer never tells what stands there."""
    asked = untrusted_json()
    path, version, text = str(asked.get("path", "")), asked.get("version"), asked.get("text")
    if not isinstance(version, int) or isinstance(version, bool):
        raise InvalidRequestError
    where = (parts(), actor(), submission_id, version, path)
    match asked.get("action"):
        case "enter" if isinstance(text, str):
            now = review.enter_second(*where, text)
        case "first":
            now = review.enter_second(*where, _unequal(submission_id, path).cell.text, AGREED)
        case "second":
            now = review.correct(*where, _newest_of_others(submission_id, path).text, TAKEN)
        case _:
            raise InvalidRequestError
    return jsonify(version=now.version)


def _unequal(submission_id: str, path: str) -> Place:
    actor().require(Role.REVIEWER)
    opened = review.open_review(parts(), submission_id)
    place = next((each for each in review.second_places(opened) if each.cell.path == path), None)
    if place is None:
        raise NotFoundError("这一栏不需要第二个人录入。")
    if place.standing is not Standing.UNEQUAL:
        raise ConflictError("这一处已没有不同，请刷新后再看。")
    return place


def _newest_of_others(submission_id: str, path: str) -> Entry:
    other = _other(_unequal(submission_id, path))
    if other.who == actor().name:
        raise ForbiddenError("这是您自己录入的，请由别人决定采用哪一个。")
    return other


def _other(place: Place) -> Entry:
    """The entry that is compared with what stands there: the newest that differs."""
    return max((entry for entry in place.entries if not is_same(entry, place.cell)), key=lambda e: e.at)


def _field(view: Any, labels: Mapping[str, str]) -> dict[str, Any]:
    """A field without anything that somebody entered or the machine read."""
    assert isinstance(view, FieldView)
    offered = tuple((value, word) for value, word in view.options if not word.endswith("（机器读到）"))
    return {
        "path": view.path, "label": labels[view.path], "rows": view.rows, "is_code": view.is_code, "dom": view.dom,
        "options": offered, "places": view.parts,
    }  # fmt: skip


def _compared(place: Place, view: Any, labels: Mapping[str, str]) -> dict[str, Any]:
    other, cell, me = _other(place), place.cell, actor().name
    return {
        **_field(view, labels),
        "first": differing_pieces(other.text, cell.text),
        "second": differing_pieces(cell.text, other.text),
        "first_by": _author(cell),
        "second_by": shown_name(other.who),
        "may_first": not (cell.by == PERSON and cell.who == me),
        "may_second": other.who != me,
    }


def _author(cell: Cell) -> str:
    return shown_name(cell.who) if cell.by == PERSON else "机器"


def _locked(opened: Review) -> str:
    """Why nothing can be entered now; empty when it can."""
    submission = opened.submission
    if submission.status is not State.IN_REVIEW:
        return "这份件现在不在审核中。"
    holder = submission.claimant()
    return (
        f"这份件正由 {shown_name(holder)} 审核，等放回后再录。" if holder not in {None, actor().name} else ""
    )
