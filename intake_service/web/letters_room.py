"""文书: the receipt and the letters as they will print, issued with a number, and kept to be fetched again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import segno
from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from intake_service import letters, queue, review
from intake_service.errors import InvalidRequestError, NotFoundError
from intake_service.letters import Letter
from intake_service.store.letters import Issued
from intake_service.web.door import actor, parts

ORIGINAL_CSP = "sandbox; default-src 'none'"


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    address = "/submissions/<submission_id>"
    web.add_url_rule(f"{address}/receipt", "receipt", receipt)
    web.add_url_rule("/submissions/receipts", "receipts", receipts)
    web.add_url_rule(f"{address}/letter", "letter", letter)
    web.add_url_rule(f"{address}/letters/<letter_kind>", "issue_letter", issue, methods=["POST"])
    web.add_url_rule(f"{address}/letters/issued/<letter_id>", "issued_letter", issued)
    web.add_url_rule(f"{address}/letters/issued/<letter_id>.<form>", "letter_file", send)


def receipt(submission_id: str) -> ResponseReturnValue:
    """收件回执: what was handed in and when, with the number as a code that the queue's search understands."""
    return _draft(review.open_as(parts(), actor(), submission_id), "receipt")


def letter(submission_id: str) -> ResponseReturnValue:
    """The letter that tells of the decision: the newest that was issued since, else as it would go out."""
    opened = review.open_as(parts(), actor(), submission_id)
    kind = letters.DECISION_LETTERS.get(opened.submission.status)
    decided_at = opened.submission.decided_at
    if kind is None or decided_at is None:
        raise NotFoundError("作出决定之后才有通知书。")
    sent = [
        each
        for each in letters.issued_letters(parts(), submission_id)
        if each.kind == kind and each.issued_at >= decided_at
    ]
    return _issued(sent[-1]) if sent else _draft(opened, kind)


def receipts() -> ResponseReturnValue:
    """The receipts of several submissions, each on a sheet of its own."""
    ids = list(dict.fromkeys(request.args.getlist("id")))
    if not 1 <= len(ids) <= queue.MAX_PAGE:
        raise InvalidRequestError(f"请选 1 到 {queue.MAX_PAGE} 件来打印回执。")
    drafts = [letters.draft(review.open_as(parts(), actor(), each), "receipt") for each in ids]
    return _page(drafts, title=f"收件回执 {len(drafts)} 份", back=url_for("web.queue"))


def issue(submission_id: str, letter_kind: str) -> ResponseReturnValue:
    """Give the letter its number and keep it."""
    made = letters.issue(parts(), actor(), submission_id, letter_kind)
    return redirect(url_for("web.issued_letter", submission_id=submission_id, letter_id=made.id), code=303)


def issued(submission_id: str, letter_id: str) -> ResponseReturnValue:
    """A letter as it went out."""
    found = letters.issued_letters(parts(), submission_id)
    one = next((each for each in found if each.id == letter_id), None)
    if one is None:
        raise NotFoundError("找不到这份文书。")
    return _issued(one)


def send(submission_id: str, letter_id: str, form: str) -> ResponseReturnValue:
    """An issued letter as PDF or Word file, to save."""
    found = letters.letter_file(parts(), submission_id, letter_id, form)
    response = send_file(
        found.path, mimetype=found.media_type, as_attachment=True, download_name=found.name, etag=found.hash
    )
    response.headers["Content-Security-Policy"] = ORIGINAL_CSP
    response.headers["Cache-Control"] = "no-store"
    return response


def _draft(opened: review.Review, kind: str) -> ResponseReturnValue:
    one = letters.draft(opened, kind)
    here = opened.submission.id
    return _page(
        [one],
        title=f"{one.title} {one.code}",
        back=url_for("web.register", submission_id=here),
        issue_url=url_for("web.issue_letter", submission_id=here, letter_kind=kind),
    )


def _issued(one: Issued) -> ResponseReturnValue:
    kept = letters.letter_from_json(one.content)
    here = one.submission_id
    files = {
        form: url_for("web.letter_file", submission_id=here, letter_id=one.id, form=form)
        for form in letters.MEDIA_TYPES
    }
    back = url_for("web.register", submission_id=here)
    return _page([kept], title=f"{kept.title} {one.number}", back=back, files=files, issued=one)


def _page(drafts: Sequence[Letter], **more: Any) -> ResponseReturnValue:
    sheets = [
        # The library writes the picture from the number alone; nothing of the paper gets into it.
        (one, Markup(segno.make_qr(one.code, error="m").svg_inline(scale=4, border=0, omitsize=True)))  # noqa: S704
        for one in drafts
    ]
    return render_template("letter.html", sheets=sheets, **more)
