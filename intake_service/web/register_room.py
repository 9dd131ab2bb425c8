"""登记: an envelope's register put right, its materials ticked off; the receipt and the letters, to print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import segno
from flask import Blueprint, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from extractors.form.layout import default_layout
from intake_service import intake, pages, queue, register, review
from intake_service.errors import InvalidRequestError, NotFoundError, ServiceError
from intake_service.store import State
from intake_service.web import words
from intake_service.web.door import actor, parts, untrusted_json
from intake_service.web.intake_room import REGISTER
from intake_service.web.materials import material_lines, missing_materials
from intake_service.web.review_view import Content, decision_reasons, review_content

DECIDED = {State.ACCEPTED, State.RETURNED, State.REJECTED}
LETTERS = {
    State.RETURNED: ("return", "补正材料通知书", "补"),
    State.REJECTED: ("reject", "不予受理通知书", "否"),
}


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    address = "/submissions/<submission_id>"
    web.add_url_rule(f"{address}/register", "register", show)
    web.add_url_rule(f"{address}/register", "amend_register", amend, methods=["POST"])
    web.add_url_rule(f"{address}/materials", "materials", tick, methods=["POST"])
    web.add_url_rule(f"{address}/receipt", "receipt", receipt)
    web.add_url_rule("/submissions/receipts", "receipts", receipts)
    web.add_url_rule(f"{address}/letter", "letter", letter)


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
    opened = review.open_review(parts(), submission_id)
    content = review_content(opened, pages.list_pages(parts(), submission_id))
    return jsonify(
        version=current.version,
        materials=materials_html(opened),
        reasons=reasons_html(opened, content),
    )


def receipt(submission_id: str) -> ResponseReturnValue:
    """收件回执: what was handed in and when, with the number as a code that the queue's search understands."""
    return _receipts([submission_id])


def receipts() -> ResponseReturnValue:
    """The receipts of several submissions, each on a sheet of its own."""
    ids = list(dict.fromkeys(request.args.getlist("id")))
    if not 1 <= len(ids) <= queue.MAX_PAGE:
        raise InvalidRequestError(f"请选 1 到 {queue.MAX_PAGE} 件来打印回执。")
    return _receipts(ids)


def letter(submission_id: str) -> ResponseReturnValue:
    """补正材料通知书 or 不予受理通知书 of a decided submission, to print."""
    submission = review.open_review(parts(), submission_id).submission
    if submission.status not in LETTERS or submission.decided_at is None:
        raise NotFoundError("退回补正或不予受理之后才有通知书。")
    kind, title, mark = LETTERS[submission.status]
    decision = submission.decision or {}
    year, _dash, serial = submission.receipt_number.partition("-")
    return render_template(
        "letter.html",
        submission=submission,
        kind=kind,
        title=title,
        number=f"{mark}〔{year}〕{serial}号",
        reasons=[*decision.get("reasons", ()), *([decision["note"]] if decision.get("note") else ())],
        call=default_layout().call,
    )


def materials_html(opened: review.Review) -> str:
    """The check-list's lines."""
    view = {"materials": material_lines(opened), "may_tick": opened.submission.status not in DECIDED}
    return render_template("materials.html", view=view)


def reasons_html(opened: review.Review, content: Content) -> str:
    """What a letter may name as missing, ticked where it is known."""
    found = decision_reasons(content, missing_materials(material_lines(opened)))
    return render_template("reasons.html", reasons=found["return"])


def _receipts(ids: Sequence[str]) -> ResponseReturnValue:
    opened = (review.open_review(parts(), submission_id) for submission_id in ids)
    return render_template(
        "receipt.html", receipts=[_receipt(each) for each in opened], call=default_layout().call
    )


def _receipt(opened: review.Review) -> dict[str, Any]:
    submission = opened.submission
    code = segno.make_qr(submission.receipt_number, error="m")
    return {
        "submission": submission,
        "channel": intake.CHANNELS.get(submission.channel, submission.channel),
        "envelope": intake.ENVELOPES.get(submission.envelope, "—"),
        "files": len(opened.documents),
        "pages": sum(document.pages_total or 0 for document in opened.documents),
        "materials": material_lines(opened),
        # The library writes the picture from the number alone; nothing of the paper gets into it.
        "code": Markup(code.svg_inline(scale=4, border=0, omitsize=True)),  # noqa: S704
    }


def _page(submission_id: str, problem: ServiceError | None = None) -> ResponseReturnValue:
    g.active = "inbox"
    opened = review.open_review(parts(), submission_id)
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
        has_letter=opened.submission.status in LETTERS,
    )
    return page, problem.http_status if problem else 200
