"""备案: what the office gave an accepted organisation, typed in by a person."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from extractors.form.layout import default_layout
from intake_service import filing, review
from intake_service.errors import InvalidRequestError, ServiceError
from intake_service.parts import Role
from intake_service.store import State
from intake_service.web import words
from intake_service.web.door import actor, parts


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    address = "/results/<submission_id>/filing"
    web.add_url_rule(address, "filing", show)
    web.add_url_rule(address, "record_filing", record, methods=["POST"])


def show(submission_id: str) -> ResponseReturnValue:
    """Code, period and sites of one organisation, with who entered them."""
    return _page(submission_id)


def record(submission_id: str) -> ResponseReturnValue:
    """Save what was typed."""
    version = request.form.get("version", "")
    try:
        typed = filing.parse_filing(request.form, _typed_sites())
        if not version.isdecimal():
            raise InvalidRequestError("页面已过期，请刷新后再填。")
        filing.record_filing(parts(), actor(), submission_id, int(version), typed)
    except ServiceError as error:
        if error.http_status not in {400, 409}:
            raise
        return _page(submission_id, error)
    return redirect(url_for("web.filing", submission_id=submission_id, saved="1"), code=303)


def _typed_sites() -> list[tuple[str, str]]:
    names, addresses = request.form.getlist("site_name"), request.form.getlist("site_address")
    return list(zip_longest(names, addresses, fillvalue=""))


def _page(submission_id: str, problem: ServiceError | None = None) -> ResponseReturnValue:
    g.active = "results"
    actor().require(Role.REVIEWER)
    opened = review.open_review(parts(), submission_id)
    following = filing.next_without_code(parts(), submission_id)
    code = default_layout().call.filing_code
    page = render_template(
        "filing.html",
        submission=opened.submission,
        version=opened.current.version,
        may_file=opened.submission.status is State.ACCEPTED,
        state=words.SUBMISSION_LOOKS[opened.submission.status],
        rule=code,
        kept=_shown(opened, typed=problem is not None),
        changes=_changes(opened),
        problem=problem.message if problem else "",
        next_url=url_for("web.filing", submission_id=following) if following else None,
    )
    return page, problem.http_status if problem else 200


def _shown(opened: review.Review, *, typed: bool) -> dict[str, Any]:
    """What the form holds: what is kept, or after a refusal what was typed."""
    if typed:
        told = {name: request.form.get(name, "") for name in ("code", "valid_from", "valid_to")}
        return {**told, "sites": [pair for pair in _typed_sites() if any(pair)]}
    kept = opened.filing
    return {
        "code": kept.code,
        "valid_from": kept.valid_from or "",
        "valid_to": kept.valid_to or "",
        "sites": [(site.name, site.address) for site in kept.sites],
    }


def _changes(opened: review.Review) -> Sequence[Any]:
    """Who entered what, newest first."""
    mine = (change for change in opened.corrections if change.kind == "filing")
    return [
        {"what": words.FILING_WORDS[change.path], "before": change.before["text"], "after": change.after["text"],
         "by": change.by, "at": change.at}
        for change in sorted(mine, key=lambda change: change.version, reverse=True)
    ]  # fmt: skip
