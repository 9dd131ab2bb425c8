"""Judging a finding: rules advise, people decide, and what they decided is shown instead of asking again."""

from __future__ import annotations

from typing import Any

from intake_service.current import Current
from intake_service.errors import InvalidRequestError, NotFoundError
from intake_service.parts import Actor, Parts
from intake_service.rechecks import finding_path
from intake_service.review.opening import open_review
from intake_service.review.recording import record


def judge_finding(
    parts: Parts, actor: Actor, submission_id: str, version: int, path: str, comment: str, *, settled: bool
) -> Current:
    """Say why a finding need not be asked about again (``settled``), or only something about it.

    It stays in sight with the words, and speaks up again once it says something else than now. Raises
    InvalidRequestError without words, NotFoundError when no rule finds this any more.
    """
    if not comment.strip():
        raise InvalidRequestError("请写明理由。")
    checks = open_review(parts, submission_id).checks
    check = next((check for check in checks if finding_path(check) == path), None)
    if check is None:
        raise NotFoundError("这一项校验已经变了，请刷新后再看。")
    before = {"message": check["message"], "passed": check["passed"]}

    def plan(_current: Current) -> tuple[Any, Any]:
        return before, {"settled": settled}

    return record(parts, actor, submission_id, version, "finding", path, plan, comment)
