"""审核: the page beside its fields; corrections, verdicts, rows and decisions."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from flask import Blueprint, g, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from intake_service import letters, pages, queue, rereading, review, searchable
from intake_service.current import Current
from intake_service.errors import ConflictError, ForbiddenError, InvalidRequestError
from intake_service.parts import Role
from intake_service.rereading import drawn_place
from intake_service.shortcomings import ILLEGIBLE_REASON
from intake_service.store import Move, State
from intake_service.web import review_page, words
from intake_service.web.door import actor, at_once, parts, untrusted_json, wants_json
from intake_service.web.register_room import checks_html, materials_html, reasons_html
from intake_service.web.review_fields import reread_view, verdict_of
from intake_service.web.review_view import history_lines, review_content

MOVES = {"accept": Move.ACCEPT, "return": Move.RETURN, "reject": Move.REJECT}
ORIGINAL_CSP = "sandbox; default-src 'none'"


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/review/next", "review_next", go_to_next)
    web.add_url_rule("/review/<submission_id>", "review", show)
    web.add_url_rule("/review/<submission_id>/state", "review_state", state)
    web.add_url_rule("/review/<submission_id>/save", "review_save", save, methods=["POST"])
    web.add_url_rule("/review/<submission_id>/reread", "review_reread", reread, methods=["POST"])
    web.add_url_rule("/review/<submission_id>/rows", "review_rows", change_rows, methods=["POST"])
    web.add_url_rule("/review/<submission_id>/undo", "review_undo", undo, methods=["POST"])
    web.add_url_rule("/review/<submission_id>/decide", "review_decide", decide, methods=["POST"])
    web.add_url_rule("/review/<submission_id>/reopen", "review_reopen", reopen, methods=["POST"])
    web.add_url_rule("/review/<submission_id>/retry", "review_retry", retry, methods=["POST"])
    web.add_url_rule("/review/<submission_id>/type-in", "review_type_in", type_in, methods=["POST"])
    web.add_url_rule(
        "/review/<submission_id>/pages/<document_id>/<int:number>.png", "page_picture", page_picture
    )
    web.add_url_rule(
        "/review/<submission_id>/covers/<document_id>/<int:number>.png", "page_cover", page_cover
    )
    web.add_url_rule("/review/<submission_id>/original/<document_id>", "original", original)
    web.add_url_rule("/review/<submission_id>/searchable.pdf", "searchable", send_searchable)


def go_to_next() -> ResponseReturnValue:
    """The next submission nobody works on; ``after`` leaves that one for later."""
    after = request.args.get("after")
    if after:
        queue.release(parts(), actor(), after)
    found = queue.claim_next(parts(), actor(), after) or queue.claim_next(parts(), actor())
    if found is None or found.id == after:
        g.active = "review"
        return render_template("all_done.html", only=found and review.list_as(parts(), actor(), [found])[0])
    return redirect(url_for("web.review", submission_id=found.id))


def show(submission_id: str) -> ResponseReturnValue:
    """The review page; whoever may still enter a colleague's values blind is led there first, unless ``seen``."""
    g.active = "review"
    opened = review.open_as(parts(), actor(), submission_id)
    if opened.hidden and "seen" not in request.args and opened.submission.status is State.IN_REVIEW:
        return redirect(url_for("web.second", submission_id=submission_id))
    return render_template("review.html", view=review_page.build(opened))


def state(submission_id: str) -> ResponseReturnValue:
    """Every field's state, for a page that was overtaken by somebody else."""
    return jsonify(_state(submission_id))


def save(submission_id: str) -> ResponseReturnValue:
    """One field's correction, confirmation or verdict, by somebody who had seen ``version``."""
    asked = untrusted_json()
    path, version = str(asked.get("path", "")), _version(asked)
    try:
        _save(submission_id, path, version, asked)
    except ConflictError as error:
        return jsonify(code=error.code, message=error.message, state=_state(submission_id)), error.http_status
    return jsonify(_state(submission_id))


def reread(submission_id: str) -> ResponseReturnValue:
    """One field read again from a box that was drawn on a page."""
    asked = untrusted_json()
    place = drawn_place(parts(), actor(), submission_id, _integer(asked, "page"), asked.get("box"))
    path = str(asked.get("path", ""))
    return jsonify(reread_view(rereading.reread(parts(), at_once(), actor(), submission_id, path, place)))


def change_rows(submission_id: str) -> ResponseReturnValue:
    """Add rows (with pasted texts), remove, merge, split or move one."""
    asked = untrusted_json()
    version, row_id = _version(asked), str(asked.get("row", ""))
    match asked.get("action"):
        case "add":
            rows = [r for r in asked.get("texts", [{}]) if isinstance(r, dict)]
            review.add_rows(parts(), actor(), submission_id, version, _integer(asked, "at"), rows)
        case "remove":
            review.remove_row(parts(), actor(), submission_id, version, row_id)
        case "merge":
            review.merge_rows(parts(), actor(), submission_id, version, row_id, str(asked.get("with", "")))
        case "split":
            first, second = (_texts(asked, name) for name in ("first", "second"))
            review.split_row(parts(), actor(), submission_id, version, row_id, first, second)
        case "move":
            review.move_row(parts(), actor(), submission_id, version, row_id, _integer(asked, "at"))
        case _:
            raise InvalidRequestError
    return jsonify(_state(submission_id))


def undo(submission_id: str) -> ResponseReturnValue:
    """Take the newest change back, or with ``redo`` bring it back."""
    asked = untrusted_json()
    step = review.redo if asked.get("redo") else review.undo
    step(parts(), actor(), submission_id, _version(asked))
    return jsonify(_state(submission_id))


def decide(submission_id: str) -> ResponseReturnValue:
    """Accept, return or reject; then on to the next."""
    form = request.form
    move = MOVES.get(form.get("decision", ""))
    if move is None:
        raise InvalidRequestError("未知的审核决定。")
    version = int(form["version"]) if form.get("version", "").isdigit() else -1
    decided = review.decide(
        parts(), actor(), submission_id, version, move, form.getlist("reason"), form.get("note", "")
    )
    following = url_for("web.review_next")
    if not wants_json():
        return redirect(following, code=303)
    word = words.SUBMISSION_LOOKS[decided.status].word
    letter = (
        url_for("web.letter", submission_id=submission_id)
        if decided.status in letters.DECISION_LETTERS
        else ""
    )
    return jsonify(
        next=following, said=f"{word}：{decided.org_name or decided.receipt_number}", letter=letter
    )


def reopen(submission_id: str) -> ResponseReturnValue:
    """Take a decision back, with a reason."""
    review.reopen(parts(), actor(), submission_id, request.form.get("reason", ""))
    return redirect(url_for("web.review", submission_id=submission_id), code=303)


def retry(submission_id: str) -> ResponseReturnValue:
    """Let a failed submission be read again."""
    queue.retry(parts(), actor(), submission_id)
    if wants_json():
        return jsonify(ok=True)
    back = url_for("web.admin") if request.form.get("back") else url_for("web.queue", status="reading")
    return redirect(back, code=303)


def type_in(submission_id: str) -> ResponseReturnValue:
    """Send a submission that cannot be read to review, to be typed in from the original."""
    queue.type_in(parts(), actor(), submission_id)
    return redirect(url_for("web.review", submission_id=submission_id), code=303)


def page_picture(submission_id: str, document_id: str, number: int) -> ResponseReturnValue:
    """One page's picture, re-encoded by us. It never changes, so the browser may keep it."""
    return _kept_picture(pages.page_picture(parts(), submission_id, number, document_id))


def page_cover(submission_id: str, document_id: str, number: int) -> ResponseReturnValue:
    """What hides the printed form on that picture."""
    return _kept_picture(pages.page_cover(parts(), submission_id, number, document_id))


def _kept_picture(found: pages.Sendable) -> ResponseReturnValue:
    response = send_file(found.path, mimetype=found.media_type, etag=found.path.name, conditional=True)
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def original(submission_id: str, document_id: str) -> ResponseReturnValue:
    """The upload as it came, to save, never to be shown inside our pages."""
    found = pages.original(parts(), actor(), submission_id, document_id)
    return _to_save(found.path, found.media_type, found.name)


def send_searchable(submission_id: str) -> ResponseReturnValue:
    """All files as one PDF under a layer of text, to save; not for whoever must not have seen one of the texts."""
    if review.open_as(parts(), actor(), submission_id).hidden:
        raise ForbiddenError("有同事录入的栏目等您另录一遍，录完后才能下载带文字的 PDF。")
    made = searchable.searchable(parts(), at_once(), actor(), submission_id)
    return _to_save(made.stream, "application/pdf", made.name)


def _to_save(content: Path | IO[bytes], media_type: str, name: str) -> ResponseReturnValue:
    response = send_file(content, mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = ORIGINAL_CSP
    response.headers["Cache-Control"] = "no-store"
    return response


def _save(submission_id: str, path: str, version: int, asked: dict[str, Any]) -> Current:
    common = (parts(), actor(), submission_id, version, path)
    text = str(asked.get("text", ""))
    match asked.get("action"):
        case "confirm":
            return review.confirm(*common)
        case "correct":
            return review.correct(*common, text, **_drawn(submission_id, asked))
        case "illegible":
            return review.correct(*common, "", ILLEGIBLE_REASON)
        case "blank":
            return review.correct(*common, "", words.BLANK_REASON)
        case "verdict":
            verdict = verdict_of(path, text)
            if verdict is None:
                raise InvalidRequestError("印章或签字的判断内容有误。")
            return review.judge_mark(*common, verdict)
        case "settle" | "note" as judged:
            return review.judge_finding(*common, text, settled=judged == "settle")
        case _:
            raise InvalidRequestError


def _drawn(submission_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Why and where, when what is saved was read again from a drawn box."""
    told = asked.get("drawn")
    if not isinstance(told, dict):
        return {}
    place = drawn_place(parts(), actor(), submission_id, _integer(told, "page"), told.get("box"))
    reason = words.DRAWN_REASON.format(page=told["page"])
    return {"reason": reason, "drawn": place.to_json()}


def _state(submission_id: str) -> dict[str, Any]:
    """What the page needs to show all of this submission's fields as they are now."""
    opened = review.open_as(parts(), actor(), submission_id)
    content = review_content(opened, pages.list_pages(parts(), submission_id))
    lines = history_lines(review.history_as(parts(), opened), content.labels)
    editable = opened.submission.status is State.IN_REVIEW and actor().may(Role.REVIEWER)
    return {
        "version": opened.current.version,
        "last": opened.corrections[-1].path if opened.corrections else "",
        "editable": editable,
        "doubts": len(opened.current.doubts),
        "failed": content.failed,
        "title": opened.submission.org_name or opened.submission.receipt_number,
        "fields": {item.path: _item_json(item) for item in content.items()},
        "rows": [row.id for section in content.sections for row in section.rows],
        "history": render_template("history.html", view={"history": lines}),
        "checks": checks_html(opened, content),
        "materials": materials_html(opened),
        "reasons": reasons_html(opened, content),
    }


def _item_json(item: Any) -> dict[str, Any]:
    text = item.value if hasattr(item, "value") else item.text
    say = item.say if hasattr(item, "say") else item.by_say
    return {
        "text": text,
        "state": item.state.to_json(),
        "open": item.open,
        "reasons": list(item.reasons),
        "say": say,
    }


def _version(asked: dict[str, Any]) -> int:
    return _integer(asked, "version")


def _texts(asked: dict[str, Any], name: str) -> dict[str, str]:
    """Column → text of a row as the page sent it."""
    value = asked.get(name)
    if not isinstance(value, dict):
        raise InvalidRequestError
    return {str(column): str(text) for column, text in value.items()}


def _integer(asked: dict[str, Any], name: str) -> int:
    value = asked.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRequestError
    return value
