"""Taking changes back: who may, and what comes back with the value."""

from __future__ import annotations

import pytest

from intake_service import review
from intake_service.errors import ForbiddenError, InvalidRequestError, NotFoundError
from intake_service.parts import Parts
from tests.intake_service.builders import CLERK, REVIEWER, in_review


def test_taking_back_asks_first_who_it_is_then_what_it_is_about(parts: Parts) -> None:
    submission = in_review(parts)
    for step in (review.undo, review.redo):
        for nobody in (submission.id, "nothing"):
            with pytest.raises(ForbiddenError):
                step(parts, CLERK, nobody, 0)
        with pytest.raises(NotFoundError):
            step(parts, REVIEWER, "nothing", 0)
        with pytest.raises(InvalidRequestError):
            step(parts, REVIEWER, submission.id, 0)


def test_a_value_read_again_keeps_its_box_until_that_is_taken_back(parts: Parts) -> None:
    submission = in_review(parts)
    drawn = {"document": "d", "page": 1, "box": [0.1, 0.2, 0.3, 0.4]}
    path = "fields.org_name"
    current = review.correct(parts, REVIEWER, submission.id, 0, path, "湘江学校", "框选", drawn)
    assert current.fields["org_name"].pieces == (drawn,)
    current = review.correct(parts, REVIEWER, submission.id, 1, path, "湘江技校")
    assert current.fields["org_name"].pieces == (drawn,)
    cell = review.undo(parts, REVIEWER, submission.id, 2, 1).fields["org_name"]
    assert cell.pieces == (cell.machine,)
