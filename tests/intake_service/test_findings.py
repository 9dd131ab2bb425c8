"""What a reviewer says of a finding: kept, shown, taken back, and silent once the finding says something else."""

from __future__ import annotations

from typing import Any

import pytest

from intake_service import queue, review
from intake_service.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError
from intake_service.parts import Parts
from intake_service.rechecks import finding_path
from tests.intake_service.builders import CLERK, REVIEWER, in_review, make_cell, make_reading

DIGIT = "findings.uscc.check_digit@fields.uscc"


@pytest.fixture
def submission_id(parts: Parts) -> str:
    reading = make_reading(rows=1)
    reading["fields"]["uscc"] = make_cell("91430100MA4L1234XX")
    return in_review(parts, reading).id


def finding(parts: Parts, submission_id: str, path: str = DIGIT) -> dict[str, Any]:
    checks = review.open_review(parts, submission_id).checks
    return next(check for check in checks if finding_path(check) == path)


def test_an_override_is_kept_and_the_finding_stays(parts: Parts, submission_id: str) -> None:
    current = review.judge_finding(parts, REVIEWER, submission_id, 0, DIGIT, "执照原件如此。", settled=True)
    found = finding(parts, submission_id)
    assert current.version == 1
    assert found["passed"] is False
    told = found["judged"]
    assert (told["settled"], told["comment"], told["by"]) == (True, "执照原件如此。", "reviewer")
    kept = review.history(parts, submission_id).corrections[0]
    assert (kept.kind, kept.path, kept.reason) == ("finding", DIGIT, "执照原件如此。")
    assert "校验不符" in kept.before["message"]


def test_what_is_settled_no_longer_counts_as_failing(parts: Parts, submission_id: str) -> None:
    review.judge_finding(parts, REVIEWER, submission_id, 0, DIGIT, "先记一笔", settled=False)
    before = queue.get_submission(parts, submission_id)[0].failed_checks
    review.judge_finding(parts, REVIEWER, submission_id, 1, DIGIT, "执照原件如此", settled=True)
    assert queue.get_submission(parts, submission_id)[0].failed_checks == before - 1
    review.undo(parts, REVIEWER, submission_id, 2)
    assert queue.get_submission(parts, submission_id)[0].failed_checks == before
    assert finding(parts, submission_id)["judged"]["comment"] == "先记一笔"


def test_another_value_is_asked_about_again(parts: Parts, submission_id: str) -> None:
    years = next(
        c for c in review.open_review(parts, submission_id).checks if c["rule"] == "call.trained_total"
    )
    path = finding_path(years)
    review.judge_finding(parts, REVIEWER, submission_id, 0, path, "材料 2 证明有三万人次", settled=True)
    assert finding(parts, submission_id, path)["judged"]
    review.correct(parts, REVIEWER, submission_id, 1, "occupations.r1.trained_count", "300")
    assert "judged" not in finding(parts, submission_id, path)
    review.correct(parts, REVIEWER, submission_id, 2, "occupations.r1.trained_count", "12000")
    assert finding(parts, submission_id, path)["judged"]


@pytest.mark.parametrize(
    ("path", "comment", "version", "refusal"),
    [
        (DIGIT, "  ", 0, InvalidRequestError),
        ("findings.uscc.check_digit@fields.email", "好", 0, NotFoundError),
        ("fields.uscc", "好", 0, NotFoundError),
        (DIGIT, "好", 5, ConflictError),
    ],
)
def test_what_cannot_be_judged_is_refused(
    parts: Parts, submission_id: str, path: str, comment: str, version: int, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        review.judge_finding(parts, REVIEWER, submission_id, version, path, comment, settled=True)


def test_clerks_judge_nothing(parts: Parts, submission_id: str) -> None:
    with pytest.raises(ForbiddenError):
        review.judge_finding(parts, CLERK, submission_id, 0, DIGIT, "好", settled=True)
