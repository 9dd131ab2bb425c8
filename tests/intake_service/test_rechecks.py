"""What the rules find once they know the envelope and the other submissions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from intake_service import review
from intake_service.intake import Meta
from intake_service.parts import Parts
from tests.intake_service.builders import PDF, REVIEWER, make_cell, make_reading, read_all, upload


def opened(
    parts: Parts, meta: Meta, reading: dict[str, Any] | None = None, content: bytes = PDF
) -> dict[str, Any]:
    """The findings of a fresh submission by rule."""
    submission = upload(parts, content, meta=meta)
    read_all(parts, reading or make_reading())
    return {check["rule"]: check for check in review.open_review(parts, submission.id).checks}


@pytest.mark.parametrize(
    ("channel", "postmark", "received", "passed"),
    [
        ("mail", date(2020, 4, 17), datetime(2020, 4, 22, 2, tzinfo=UTC), None),
        ("mail", None, datetime(2020, 4, 22, 2, tzinfo=UTC), None),
        ("mail", date(2020, 4, 21), datetime(2020, 4, 22, 2, tzinfo=UTC), False),
        ("counter", None, datetime(2020, 4, 22, 2, tzinfo=UTC), False),
        ("counter", None, datetime(2020, 4, 17, 2, tzinfo=UTC), True),
        # In the office it is the 20th already.
        ("counter", None, datetime(2020, 4, 19, 17, tzinfo=UTC), None),
    ],
)
def test_the_deadline_is_judged_by_the_register(
    parts: Parts, channel: str, postmark: date | None, received: datetime, passed: bool | None
) -> None:
    found = opened(parts, Meta(channel=channel, postmark_date=postmark, received_at=received))
    assert found["call.deadline"]["passed"] is passed


def test_no_date_may_be_later_than_the_receipt(parts: Parts) -> None:
    reading = make_reading(rows=0)
    reading["fields"]["authority_opinion_date"] = make_cell("2020年4月22日", "2020-04-22")
    days = {21: False, 22: True}
    for day, passed in days.items():
        meta = Meta(received_at=datetime(2020, 4, day, 2, tzinfo=UTC))
        assert opened(parts, meta, reading)["date.possible"]["passed"] is passed


def with_phone(text: str, value: str) -> dict[str, Any]:
    reading = make_reading()
    reading["fields"]["contact_phone"] = make_cell(text, value)
    return reading


def test_the_same_telephone_in_another_submission_is_named(parts: Parts) -> None:
    first = upload(parts, PDF + b"1")
    read_all(parts, with_phone("0731-24900000、135 0000 0000", "0731-24900000/13500000000"))
    second = opened(parts, Meta(), with_phone("联系 135 0000 0000", "13500000000"), PDF + b"2")
    third = opened(parts, Meta(), with_phone("0731 24900000", "0731-24900000"), PDF + b"3")
    other = opened(parts, Meta(), with_phone("13600000000", "13600000000"), PDF + b"4")
    assert first.receipt_number in second["applicants.shared"]["message"]
    assert first.receipt_number in third["applicants.shared"]["message"]
    assert "applicants.shared" not in other


def test_a_correction_changes_what_is_shared(parts: Parts) -> None:
    first = upload(parts, PDF + b"1")
    read_all(parts, with_phone("13500000000", "13500000000"))
    submission = upload(parts, PDF + b"2")
    read_all(parts, with_phone("13600000000", "13600000000"))
    review.correct(parts, REVIEWER, submission.id, 0, "fields.contact_phone", "13500000000")
    found = review.open_review(parts, submission.id).checks
    assert first.receipt_number in next(c["message"] for c in found if c["rule"] == "applicants.shared")
