"""Like with like: what is put side by side, and that only what was seen as it stands is confirmed."""

from __future__ import annotations

from intake_service import queue, review, wall
from intake_service.parts import Parts
from intake_service.wall import Seen
from tests.intake_service.builders import OTHER_REVIEWER, REVIEWER, in_review, make_reading


def test_the_same_texts_stand_side_by_side(parts: Parts) -> None:
    for name in ("乙校", "甲校", "乙校"):
        in_review(parts, make_reading(org_name=name, email="review", org_type="review"))
    found = wall.gather(parts, REVIEWER, "fields.email")
    assert found.kind == "fields.email"
    assert found.counts == {"fields.email": 3, "fields.org_type": 3}
    texts = [tile.cell.text for tile in found.tiles]
    assert texts == sorted(texts)


def test_what_a_colleague_holds_is_left_out(parts: Parts) -> None:
    submission = in_review(parts, make_reading(email="review"))
    queue.claim(parts, OTHER_REVIEWER, submission.id)
    assert wall.gather(parts, REVIEWER).tiles == ()


def test_several_places_of_one_submission_are_confirmed_together(parts: Parts) -> None:
    one = in_review(parts, make_reading(email="review", org_type="review"))
    seen = [Seen(one.id, "fields.email", 0), Seen(one.id, "fields.org_type", 0)]
    done, left = wall.confirm_seen(parts, REVIEWER, seen)
    assert (done, left) == (seen, [])
    assert review.open_review(parts, one.id).current.doubts == ("marks.legal_rep_signature",)


def test_what_changed_meanwhile_is_not_confirmed(parts: Parts) -> None:
    one, two = (in_review(parts, make_reading(email="review")) for _ in range(2))
    review.correct(parts, OTHER_REVIEWER, one.id, 0, "fields.email", "x@example.cn")
    done, left = wall.confirm_seen(
        parts, REVIEWER, [Seen(one.id, "fields.email", 0), Seen(two.id, "fields.email", 0)]
    )
    assert [each.submission_id for each in done] == [two.id]
    assert [each.submission_id for each in left] == [one.id]
    assert review.open_review(parts, one.id).current.fields["email"].text == "x@example.cn"


def test_what_breaks_a_rule_is_no_matter_of_a_glance(parts: Parts) -> None:
    reading = make_reading(email="review", uscc="review")
    reading["fields"]["uscc"]["reasons"] = ["low_confidence", "check_failed"]
    reading["fields"]["email"]["reasons"] = ["low_confidence"]
    in_review(parts, reading)
    assert "fields.uscc" not in wall.gather(parts, REVIEWER).counts
    assert "fields.email" in wall.gather(parts, REVIEWER).counts
