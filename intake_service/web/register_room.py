"""登记: an envelope's register put right, its materials ticked off."""

from __future__ import annotations

from flask import Blueprint, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from intake_service import intake, letters, pages, register, review
from intake_service.errors import InvalidRequestError, ServiceError
from intake_service.parts import Role
from intake_service.store import State
from intake_service.web import words
from intake_service.web.door import actor, parts, untrusted_json
from intake_service.web.intake_room import REGISTER
from intake_service.web.materials import material_lines
from intake_service.web.review_view import Content, decision_reasons, review_content

DECIDED = {State.ACCEPTED, State.RETURNED, State.REJECTED}


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    address = "/submissions/<submission_id>"
    web.add_url_rule(f"{address}/register", "register", show)
    web.add_url_rule(f"{address}/register", "amend_register", amend, methods=["POST"])
    web.add_url_rule(f"{address}/materials", "materials", tick, methods=["POST"])


def show(submission_id: str) -> ResponseReturnValue:
    """The register of one envelope, to put right, with its check-list."""
    return _page(submission_id)


def amend(submission_id: str) -> ResponseReturnValue:
    """Save the register."""
    told = {name: value for name in REGISTER if (value := request.form.get(name, "").strip())}
    try:
        register.amend_register(parts(), actor(), submission_id, intake.parse_meta(told))
    except InvalidRequestError as error:
        return _page(submission_id, error)
    return redirect(url_for("web.register", submission_id=submission_id, saved="1"), code=303)


def tick(submission_id: str) -> ResponseReturnValue:
    """One material is there, or not; nothing for ``present`` takes the word back."""
    asked = untrusted_json()
    number, present = asked.get("number"), asked.get("present")
    if not isinstance(number, int) or not (present is None or isinstance(present, bool)):
        raise InvalidRequestError
    current = review.tick_material(parts(), actor(), submission_id, number, present=present)
    opened = review.open_as(parts(), actor(), submission_id)
    content = review_content(opened, pages.list_pages(parts(), submission_id))
    return jsonify(
        version=current.version,
        materials=materials_html(opened),
        reasons=reasons_html(opened, content),
        failed=content.failed,
        checks=checks_html(opened, content),
    )


def checks_html(opened: review.Review, content: Content) -> str:
    """The findings' lines, to be settled by whoever may review."""
    editable = opened.submission.status is State.IN_REVIEW and actor().may(Role.REVIEWER)
    return render_template("checks.html", view={"checks": content.checks, "editable": editable})


def materials_html(opened: review.Review) -> str:
    """The check-list's lines."""
    view = {"materials": material_lines(opened), "may_tick": opened.submission.status not in DECIDED}
    return render_template("materials.html", view=view)


def reasons_html(opened: review.Review, content: Content) -> str:
    """What a letter may name as missing, ticked where it is known."""
    found = decision_reasons(opened, content.labels)
    return render_template("reasons.html", reasons=found["return"])


def _page(submission_id: str, problem: ServiceError | None = None) -> ResponseReturnValue:
    g.active = "inbox"
    opened = review.open_as(parts(), actor(), submission_id)
    page = render_template(
        "register.html",
        submission=opened.submission,
        title=opened.submission.org_name or opened.documents[0].name,
        state=words.SUBMISSION_LOOKS[opened.submission.status],
        received_local=words.local(opened.submission.received_at).strftime("%Y-%m-%dT%H:%M"),
        channels=list(intake.CHANNELS.items()),
        envelopes=intake.ENVELOPES,
        problem=problem.message if problem else "",
        view={"materials": material_lines(opened), "may_tick": opened.submission.status not in DECIDED},
        may_supplement=opened.submission.status is State.RETURNED,
        has_letter=opened.submission.status in letters.DECISION_LETTERS,
        issued=letters.issued_letters(parts(), submission_id),
    )
    return page, problem.http_status if problem else 200
