"""What another system says of a value: a candidate and a doubt for a person; never the value, never a person's look."""

from __future__ import annotations

import pytest

from intake_service import export, review, tokens, wall
from intake_service.current import MACHINE, PERSON, Current
from intake_service.errors import ConflictError, ForbiddenError, NotFoundError, OutdatedError
from intake_service.parts import SYSTEM, Actor, Parts, Role
from intake_service.queue import claim, get_submission
from intake_service.store import Move
from intake_service.web.review_fields import Context, field_view
from tests.intake_service.builders import OTHER_REVIEWER, REVIEWER, in_review, make_reading

REGISTER = Actor("token:register", Role.REVIEWER, "register")
TAXES = Actor("token:taxes", Role.REVIEWER, "taxes")
NAME, CODE = "fields.org_name", "occupations.r1.code"


def say(parts: Parts, submission_id: str, version: int, actor: Actor = REGISTER, **texts: str) -> Current:
    told = [{"path": {"name": NAME, "code": CODE}[key], "text": text} for key, text in texts.items()]
    return review.propose(parts, actor, submission_id, version, told)


def test_another_writing_is_a_doubt_beside_the_value(parts: Parts) -> None:
    submission = in_review(parts, make_reading(org_name="湘江学校"))
    now = say(parts, submission.id, 0, name="湘江职业学校", code="4-10-01-06")
    assert (now.fields["org_name"].text, now.fields["org_name"].by) == ("湘江学校", MACHINE)
    assert {NAME, CODE} <= set(now.doubts)
    stored = get_submission(parts, submission.id)[0]
    assert (stored.doubts, stored.org_name, stored.version) == (len(now.doubts), "湘江学校", 2)
    told = export.result(parts, submission.id)["fields"]["org_name"]
    assert (told["by"], told["text"]) == ("machine", "湘江学校")
    assert [(each["by"], each["who"]) for each in told["proposals"]] == [("system", "token:register")]


def test_agreeing_settles_no_doubt_and_makes_no_version(parts: Parts) -> None:
    submission = in_review(parts, make_reading(org_name="湘江学校", uscc="review"))
    before = review.open_review(parts, submission.id).current
    now = review.propose(
        parts, REGISTER, submission.id, 0,
        [{"path": "fields.uscc", "text": before.fields["uscc"].text}, {"path": NAME, "text": " 湘江学校"}],
    )  # fmt: skip
    assert (now.doubts, now.version) == (before.doubts, 0)
    assert "fields.uscc" in now.doubts


def test_a_system_takes_back_only_the_doubt_it_raised(parts: Parts) -> None:
    submission = in_review(parts, make_reading(org_name="湘江学校"))
    say(parts, submission.id, 0, name="湘江职业学校")
    say(parts, submission.id, 1, TAXES, name="湘江技工学校")
    assert say(parts, submission.id, 2, name="湘江职业学校").version == 2, "said before"
    now = say(parts, submission.id, 2, name="湘江学校")
    assert [entry.who for entry in now.fields["org_name"].proposals] == ["token:taxes"]
    assert NAME in now.doubts
    assert NAME not in say(parts, submission.id, 3, TAXES, name="湘江学校").doubts


def test_a_person_chooses_and_is_not_overruled(parts: Parts) -> None:
    submission = in_review(parts, make_reading(org_name="湘江学校"))
    say(parts, submission.id, 0, name="湘江职业学校")
    now = review.correct(parts, REVIEWER, submission.id, 1, NAME, "湘江职业学校")
    assert (now.fields["org_name"].by, NAME in now.doubts) == (PERSON, False)
    with pytest.raises(ConflictError):
        say(parts, submission.id, 2, name="湘江学校", code="4-10-01-06")
    assert not review.open_review(parts, submission.id).current.fields["org_name"].doubtful
    assert get_submission(parts, submission.id)[0].version == 2, "all or none"


def test_nobody_accepts_without_having_seen_it(parts: Parts) -> None:
    submission = in_review(parts, make_reading(org_name="湘江学校"))
    say(parts, submission.id, 0, name="湘江职业学校")
    with pytest.raises(ConflictError):
        review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)


def test_undoing_leaves_what_systems_say(parts: Parts) -> None:
    submission = in_review(parts, make_reading(org_name="湘江学校"))
    review.correct(parts, REVIEWER, submission.id, 0, "fields.address", "长沙")
    say(parts, submission.id, 1, name="湘江职业学校")
    now = review.undo(parts, REVIEWER, submission.id, 2)
    assert now.fields["address"].by == MACHINE
    assert now.fields["org_name"].proposals


@pytest.mark.parametrize(
    ("path", "refusal"), [("fields.nothing", NotFoundError), ("occupations.r9.code", NotFoundError)]
)
def test_places_that_are_not_there(parts: Parts, path: str, refusal: type[Exception]) -> None:
    submission = in_review(parts)
    with pytest.raises(refusal):
        review.propose(parts, REGISTER, submission.id, 0, [{"path": path, "text": "x"}])


def test_not_over_a_reviewer_nor_an_older_version_nor_a_decision(parts: Parts) -> None:
    submission = in_review(parts)
    with pytest.raises(OutdatedError):
        say(parts, submission.id, 5, name="新名")
    with pytest.raises(ForbiddenError):
        say(parts, submission.id, 0, Actor("token:x", Role.CLERK), name="新名")
    claim(parts, OTHER_REVIEWER, submission.id)
    with pytest.raises(ConflictError):
        say(parts, submission.id, 0, name="新名")
    review.decide(parts, OTHER_REVIEWER, submission.id, 0, Move.ACCEPT)
    with pytest.raises(ConflictError):
        say(parts, submission.id, 0, name="新名")


def test_the_desk_offers_it_first_and_by_its_name(parts: Parts) -> None:
    submission = in_review(parts, make_reading(org_name="湘江学校"))
    cell = say(parts, submission.id, 0, name="湘江职业学校").fields["org_name"]
    shown = field_view(cell, "名称", Context("", {}, {}, frozenset(), {}))
    assert shown.open
    assert [(choice.text, choice.say) for choice in shown.candidates] == [("湘江职业学校", "register")]
    assert "其他系统" in shown.reasons[0]
    assert not wall.gather(parts, REVIEWER, NAME).tiles, "two writings are not settled by one glance"


def test_a_token_may_do_a_reviewers_work_through_that_scope_only(parts: Parts) -> None:
    secret = tokens.create_token(parts, SYSTEM, "register", ("review", "read"))
    assert tokens.check_token(parts, secret, "review").role is Role.REVIEWER
    assert tokens.check_token(parts, secret, "read").role is Role.CLERK
