"""What the rules find once they know the envelope and the other submissions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from intake_service import queue, review
from intake_service.intake import Meta
from intake_service.parts import Parts
from intake_service.rechecks import still_fails
from intake_service.shortcomings import shortcomings
from intake_service.web.review_view import path_labels
from tests.intake_service.builders import CLERK, PDF, REVIEWER, make_cell, make_reading, read_all, upload


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


def with_persons(contact: str, legal: str) -> dict[str, Any]:
    reading = make_reading()
    reading["fields"]["contact_person"] = make_cell(contact)
    reading["fields"]["legal_representative"] = make_cell(legal)
    return reading


def test_a_name_in_another_submission_is_a_hint_whichever_field_it_stands_in(parts: Parts) -> None:
    first = upload(parts, PDF + b"1")
    read_all(parts, with_persons("何晓芸", "周明远"))
    second = opened(parts, Meta(), with_persons("王某某", "何 晓芸"), PDF + b"2")
    hint = second["applicants.same_name"]
    assert (hint["passed"], hint["severity"], hint["fields"]) == (
        False,
        "info",
        ["fields.legal_representative"],
    )
    assert first.receipt_number in hint["message"]
    other = opened(parts, Meta(), with_persons("李某某", "赵某某"), PDF + b"3")
    assert "applicants.same_name" not in other
    lone = opened(parts, Meta(), with_persons("周", "—"), PDF + b"4")
    assert "applicants.same_name" not in lone
    elsewhere = opened(parts, Meta(call="another"), with_persons("何晓芸", "周明远"), PDF + b"5")
    assert "applicants.same_name" not in elsewhere
    assert not still_fails(hint)  # a hint keeps nobody waiting


def test_a_corrected_name_is_no_longer_the_same(parts: Parts) -> None:
    first = upload(parts, PDF + b"1")
    read_all(parts, with_persons("何晓芸", "周明远"))
    second = upload(parts, PDF + b"2")
    read_all(parts, with_persons("何晓芸", "赵某某"))
    review.correct(parts, REVIEWER, first.id, 0, "fields.contact_person", "何晓芳")
    found = {check["rule"] for check in review.open_review(parts, second.id).checks}
    assert "applicants.same_name" not in found


def of_materials(parts: Parts, submission_id: str) -> dict[str, bool | None]:
    checks = review.open_review(parts, submission_id).checks
    return {check["rule"]: check["passed"] for check in checks if check["rule"].startswith("materials.")}


def test_materials_are_findings_counted_over_all_files(parts: Parts) -> None:
    submission = upload(parts, PDF, PDF + b"annex")
    form, annex = make_reading(pages=2), make_reading(matched=False, pages=4)
    form["materials"] = [{"number": 1, "pages": [1, 2]}]
    annex["materials"] = [{"number": 5, "pages": [1, 2, 4]}]
    read_all(parts, form, annex)
    assert of_materials(parts, submission.id) == {
        "materials.form": True, "materials.catalogue": None, "materials.plan": None, "materials.experts": None,
        "materials.assets": True, "materials.credit": None,
    }  # fmt: skip
    checks = review.open_review(parts, submission.id).checks
    assert "（第 3–4、6 页）" in next(c["message"] for c in checks if c["rule"] == "materials.assets")


def test_only_a_persons_word_makes_a_material_missing_and_holds_the_submission(parts: Parts) -> None:
    submission = upload(parts)
    read_all(parts, make_reading())

    def failed() -> int:
        return queue.get_submission(parts, submission.id)[0].failed_checks

    before = failed()
    review.tick_material(parts, CLERK, submission.id, 6, present=False)
    assert of_materials(parts, submission.id)["materials.credit"] is False
    assert failed() == before + 1
    now = review.open_review(parts, submission.id)
    told = [each.line for each in shortcomings(now, path_labels(now.current))]
    assert [line for line in told if "信用报告" in line] == ["缺少材料：信用报告或诚信承诺书"]
    review.tick_material(parts, CLERK, submission.id, 6, present=True)
    assert of_materials(parts, submission.id)["materials.credit"] is True
    assert failed() == before
