"""Calls about submissions: parse, one call, answer."""

from __future__ import annotations

from itertools import chain

from flask import Response, g, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from intake_service import (
    explaining,
    export,
    intake,
    letters,
    lists,
    pages,
    queue,
    review,
    searchable,
    workbook,
)
from intake_service.api import asking, shapes
from intake_service.errors import InvalidRequestError, OutdatedError, PreconditionFailedError
from intake_service.store.submissions import Filter

ORIGINAL_POLICY = "sandbox; default-src 'none'"


def submit() -> ResponseReturnValue:
    """POST /submissions."""
    files = [intake.UntrustedFile(each.filename or "", each.stream) for each in request.files.getlist("file")]
    meta = intake.parse_meta(asking.meta())
    key = request.headers.get("Idempotency-Key", "")
    done = intake.accept_upload(g.parts, asking.who(), files, meta, key)
    answer = jsonify({**shapes.accepted(done.submission), "same_bytes_as": list(done.same_bytes)})
    answer.headers["Location"] = shapes.links(done.submission)["self"]
    return answer, 202


def list_submissions() -> ResponseReturnValue:
    """GET /submissions."""
    asked = request.args
    chosen = Filter(
        status=tuple(asked.getlist("status")), search=asked.get("q", ""), channel=asked.get("channel", ""),
        call=asked.get("call", ""), uscc=asked.get("uscc", ""), order=asked.get("order", "newest"),
    )  # fmt: skip
    page = queue.list_submissions(g.parts, chosen, asked.get("cursor"), asking.limit())
    return jsonify({"items": [shapes.brief(each) for each in page.items], "next_cursor": page.cursor})


def get_submission(submission_id: str) -> ResponseReturnValue:
    """GET /submissions/{id}."""
    return jsonify(shapes.full(*queue.get_submission(g.parts, submission_id)))


def get_reading(submission_id: str) -> ResponseReturnValue:
    """GET /submissions/{id}/reading."""
    return jsonify(review.reading(g.parts, submission_id, request.args.get("file")))


def get_result(submission_id: str) -> Response:
    """GET /submissions/{id}/result."""
    return jsonify(export.result(g.parts, submission_id))


def propose(submission_id: str) -> ResponseReturnValue:
    """PATCH /submissions/{id}/result."""
    stands = get_result(submission_id)
    stands.add_etag()
    asking.require_match(stands.get_etag()[0] or "")
    proposals = asking.body("Proposals")["proposals"]
    try:
        review.propose(g.parts, asking.who(), submission_id, stands.get_json()["version"], proposals)
    except OutdatedError as error:
        raise PreconditionFailedError from error
    changed = get_result(submission_id)
    changed.add_etag()
    return changed


def get_findings(submission_id: str) -> ResponseReturnValue:
    """GET /submissions/{id}/findings."""
    return jsonify(explaining.explain(g.parts, submission_id))


def get_page(submission_id: str, number: int) -> ResponseReturnValue:
    """GET /submissions/{id}/pages/{n}.png."""
    found = pages.page_picture(g.parts, submission_id, number, request.args.get("file"))
    return send_file(found.path, mimetype=found.media_type, etag=found.path.name)  # the hash of what is in it


def get_original(submission_id: str) -> ResponseReturnValue:
    """GET /submissions/{id}/original."""
    found = pages.original(g.parts, asking.who(), submission_id, request.args.get("file"))
    answer = send_file(
        found.path,
        mimetype=found.media_type,
        as_attachment=True,
        download_name=found.name,
        etag=found.path.name,
    )
    answer.headers["Content-Security-Policy"] = ORIGINAL_POLICY
    return answer


def get_searchable(submission_id: str) -> ResponseReturnValue:
    """GET /submissions/{id}/searchable.pdf."""
    made = searchable.searchable(g.parts, g.at_once, asking.who(), submission_id, request.args.get("file"))
    answer = send_file(made.stream, mimetype="application/pdf", as_attachment=True, download_name=made.name)
    answer.headers["Content-Security-Policy"] = ORIGINAL_POLICY
    return answer


def list_letters(submission_id: str) -> ResponseReturnValue:
    """GET /submissions/{id}/letters."""
    found = letters.issued_letters(g.parts, submission_id)
    return jsonify({"items": [shapes.letter(each) for each in found]})


def issue_letter(submission_id: str) -> ResponseReturnValue:
    """POST /submissions/{id}/letters."""
    kind = asking.body("LetterRequest")["kind"]
    return jsonify(shapes.letter(letters.issue(g.parts, asking.who(), submission_id, kind))), 201


def get_letter_file(submission_id: str, letter_id: str, form: str) -> ResponseReturnValue:
    """GET /submissions/{id}/letters/{letter}.{form}."""
    found = letters.letter_file(g.parts, submission_id, letter_id, form)
    answer = send_file(
        found.path, mimetype=found.media_type, as_attachment=True, download_name=found.name, etag=found.hash
    )
    answer.headers["Content-Security-Policy"] = ORIGINAL_POLICY
    return answer


def export_accepted() -> ResponseReturnValue:
    """GET /export."""
    asked = request.args
    kinds = {
        "jsonl": (export.to_json_lines, "application/jsonl; charset=utf-8"),
        "csv": (export.to_csv, "text/csv; charset=utf-8"),
        "xlsx": (workbook.to_workbook, workbook.MEDIA_TYPE),
    }
    chosen = Filter(search=asked.get("q", ""), channel=asked.get("channel", ""), call=asked.get("call", ""))
    write, media_type = kinds[asked.get("format", "jsonl")]
    lines = write(g.parts, asking.who(), chosen)
    first = next(lines, b"")  # a refusal comes before the answer has begun
    return Response(chain([first], lines), content_type=media_type)


def get_list(list_name: str) -> ResponseReturnValue:
    """GET /lists/{list_name}."""
    lines, media_type = lists.made(g.parts, asking.who(), list_name, request.args.get("format", "json"))
    first = next(lines)  # a refusal comes before the answer has begun
    return Response(chain([first], lines), content_type=media_type)


def extract() -> ResponseReturnValue:
    """POST /extract."""
    file = request.files.get("file")
    if file is None:
        raise InvalidRequestError("请用 multipart 字段 file 提交一个文件。")
    return jsonify(g.at_once.read(file.stream, file.filename or ""))


HANDLERS = {
    each.__name__: each
    for each in (submit, list_submissions, get_submission, get_reading, get_result, propose, get_findings,
                 list_letters, issue_letter, get_letter_file, get_page, get_original, get_searchable, export_accepted,
                 get_list, extract)
}  # fmt: skip
