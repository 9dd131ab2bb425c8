"""The register put right, and the materials ticked off by mail room and reviewers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from intake_service import queue, register, review
from intake_service.errors import ConflictError, InvalidRequestError, NotFoundError
from intake_service.intake import Meta, parse_meta
from intake_service.parts import Parts
from intake_service.store import Move
from tests.intake_service.builders import CLERK, REVIEWER, in_review, make_reading, upload


def test_the_register_is_put_right_and_what_stood_there_is_on_record(parts: Parts) -> None:
    was = upload(parts, meta=Meta(channel="mail", tracking_number="EE1", sender="王某"))
    told = parse_meta(
        {
            "channel": "counter",
            "sender": "王某",
            "postmark_date": "2020-04-01",
            "copies": "2",
            "envelope": "damaged",
        }
    )
    now = register.amend_register(parts, CLERK, was.id, told)
    assert (now.channel, now.tracking_number, now.sender, now.copies) == ("counter", "", "王某", 2)
    assert now.postmark_date == date(2020, 4, 1).isoformat()
    assert now.received_at == was.received_at
    history = review.history(parts, was.id)
    assert {c.path: (c.before["text"], c.after["text"]) for c in history.corrections} == {
        "register.channel": ("mail", "counter"),
        "register.tracking_number": ("EE1", ""),
        "register.postmark_date": ("", "2020-04-01"),
        "register.copies": ("1", "2"),
        "register.envelope": ("", "damaged"),
    }
    assert (history.events[-1].action, now.version) == ("submission.register", 5)


def test_an_envelope_is_in_one_of_the_known_states() -> None:
    assert parse_meta({"envelope": ""}).envelope == ""
    with pytest.raises(InvalidRequestError, match="envelope"):
        parse_meta({"envelope": "torn"})


def test_the_trail_that_outlives_a_purge_holds_nothing_personal(parts: Parts) -> None:
    was = upload(parts, meta=Meta(sender="王某 13800000000"))
    register.amend_register(parts, CLERK, was.id, Meta(sender="李某"))
    told = [event.detail for event in review.history(parts, was.id).events]
    assert told[-1] == {"fields": ["sender"]}
    assert "某" not in str(told)


def test_undo_leaves_the_register_alone(parts: Parts) -> None:
    submission = in_review(parts, make_reading())
    review.correct(parts, REVIEWER, submission.id, 0, "fields.email", "x@example.cn")
    register.amend_register(parts, CLERK, submission.id, Meta(sender="李某"))
    now = review.open_review(parts, submission.id).current.version
    assert review.undo(parts, REVIEWER, submission.id, now).fields["email"].by == "machine"
    assert queue.get_submission(parts, submission.id)[0].sender == "李某"


def test_nothing_is_put_on_record_when_nothing_changed(parts: Parts) -> None:
    was = upload(parts, meta=Meta(channel="mail", received_at=datetime(2020, 4, 1, tzinfo=UTC)))
    register.amend_register(
        parts, CLERK, was.id, replace(Meta(), channel="mail", received_at=was.received_at)
    )
    assert "submission.register" not in {e.action for e in review.history(parts, was.id).events}


def test_a_clerk_ticks_materials_beside_a_reviewer(parts: Parts) -> None:
    submission = in_review(parts, make_reading())
    queue.claim(parts, REVIEWER, submission.id)
    assert review.tick_material(parts, CLERK, submission.id, 3, present=True).materials == {3: True}
    now = review.tick_material(parts, CLERK, submission.id, 5, present=False)
    assert now.materials == {3: True, 5: False}
    review.correct(parts, REVIEWER, submission.id, now.version, "fields.email", "a@example.cn")
    current = review.tick_material(parts, CLERK, submission.id, 3, present=None)
    assert (current.materials, current.version) == ({5: False}, 4)
    assert review.undo(parts, REVIEWER, submission.id, 4).materials == {3: True, 5: False}


def test_what_no_call_asks_for_or_is_decided_cannot_be_ticked(parts: Parts) -> None:
    submission = in_review(parts, make_reading())
    with pytest.raises(NotFoundError):
        review.tick_material(parts, CLERK, submission.id, 7, present=True)
    review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)
    with pytest.raises(ConflictError):
        review.tick_material(parts, CLERK, submission.id, 2, present=True)
