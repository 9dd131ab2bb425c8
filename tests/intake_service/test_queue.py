"""The queue: its orders and filters, who holds what, and the same done to many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from intake_service import bulk, queue, review
from intake_service.accounts import add_user
from intake_service.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError
from intake_service.parts import SYSTEM, Parts
from intake_service.rechecks import still_fails
from intake_service.store import State, new_id, submissions
from intake_service.store.submissions import ORDERS, Filter
from tests.intake_service.builders import (
    ADMIN,
    CLERK,
    OTHER_REVIEWER,
    PDF,
    REVIEWER,
    in_review,
    make_reading,
    make_sqlite_parts,
    read_all,
    upload,
)

DAY = datetime(2020, 4, 1, tzinfo=UTC)


def insert(parts: Parts, number: int, **values: Any) -> str:
    """A submission in review, as far as lists know it."""
    submission_id = new_id()[:12] + f"{number:010x}"
    with parts.store.write() as tx:
        submissions.insert(
            tx, id=submission_id, receipt_number=f"2020-{number:06d}", channel="mail", tracking_number="",
            postmark_date=None, received_at=DAY, sender="", copies=1, call="c", note="", created_by="shou",
        )  # fmt: skip
        submissions.update(tx, submission_id, **({"status": State.IN_REVIEW} | values))
    return submission_id


def listed(parts: Parts, chosen: Filter, limit: int = 50) -> list[str]:
    """Receipt numbers' last digits over all pages."""
    found: list[str] = []
    cursor = None
    while True:
        page = queue.list_submissions(parts, chosen, cursor, limit)
        found += [each.receipt_number[-2:].lstrip("0") or "0" for each in page.items]
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_every_order_is_walked_to_its_end_whatever_the_page(parts: Parts, limit: int) -> None:
    for number, (day, doubts) in enumerate([(3, 1), (1, 0), (1, 4), (2, 4), (3, 0), (1, 4), (2, 1)]):
        insert(parts, number, due_from=DAY + timedelta(days=day), doubts=doubts)
    wanted = {
        "newest": "6543210",
        "oldest": "0123456",
        "deadline": "1253604",
        "doubtful": "2350614",
        "clear": "1406235",
    }
    assert set(wanted) == set(ORDERS)
    for order, numbers in wanted.items():
        assert "".join(listed(parts, Filter(order=order), limit)) == numbers, order


@pytest.mark.parametrize(("order", "cursor"), [("deadline", "no"), ("doubtful", "x_1"), ("deadline", "5_1")])
def test_a_cursor_of_another_list_is_refused(parts: Parts, order: str, cursor: str) -> None:
    with pytest.raises(InvalidRequestError, match="cursor"):
        queue.list_submissions(parts, Filter(order=order), cursor)
    with pytest.raises(InvalidRequestError, match="排序"):
        queue.list_submissions(parts, Filter(order="none"))


def test_a_page_of_every_order_comes_from_an_index(tmp_path: Path) -> None:
    parts = make_sqlite_parts(tmp_path)  # whose plan says what it uses
    for number in range(200):
        insert(parts, number, doubts=number % 5, status=State.IN_REVIEW if number % 9 else State.FAILED)
    asked: list[tuple[str, Any]] = []
    with parts.store.read() as tx:
        tx.exec_driver_sql("PRAGMA optimize=0x10002")

        def note(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
            asked.append((statement, values))

        sa.event.listen(tx, "before_cursor_execute", note)
        for order in ORDERS:
            submissions.list_page(tx, Filter(status=("in_review",), order=order), limit=5)
            statement, values = asked[-1]
            plan = [row[3] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert any("USING INDEX" in step for step in plan), (order, plan)
            assert "USE TEMP B-TREE FOR ORDER BY" not in plan, (order, plan)


@dataclass(frozen=True)
class Case:
    chosen: Filter
    found: str


@pytest.mark.parametrize(
    "case",
    [
        Case(Filter(search="芦淞"), "1"),
        Case(Filter(search="株洲　学校"), "1"),
        Case(Filter(search="株洲 协会"), ""),
        Case(Filter(search="2020-000002"), "2"),
        Case(Filter(search="5243020"), "1"),
        Case(Filter(search="mjj9106018"), "1"),
        Case(Filter(search="５２４３０２０"), "1"),
        Case(Filter(search="073184900487"), "2"),
        Case(Filter(search="0731-8490"), "2"),
        Case(Filter(search="100%"), ""),
        Case(Filter(doubtful=True), "2"),
        Case(Filter(failing=True), "1"),
        Case(Filter(second=True), "3"),
        Case(Filter(alike=True), "34"),
        Case(Filter(claimed_by="lin"), "1"),
        Case(Filter(free=True), "234"),
        Case(Filter(call="other"), "5"),
        Case(Filter(channel="counter"), "5"),
    ],
)
def test_what_a_filter_finds(parts: Parts, case: Case) -> None:
    soon, over = datetime.now(UTC) + timedelta(minutes=5), datetime.now(UTC) - timedelta(minutes=5)
    insert(parts, 1, org_name="株洲市芦淞区服饰职业培训学校", uscc="52430200MJJ9106018", failed_checks=1,
           claimed_by="lin", claim_expires_at=soon)  # fmt: skip
    insert(parts, 2, org_name="湖南省家庭服务业协会", contact_phone="0731-84900487", doubts=3,
           claimed_by="lin", claim_expires_at=over)  # fmt: skip
    insert(parts, 3, uscc="TWIN", awaits_second=2)
    insert(parts, 4, uscc="TWIN")
    insert(parts, 5, uscc="TWIN", call="other", channel="counter", claimed_by="wu", claim_expires_at=soon)
    found = "".join(sorted(listed(parts, case.chosen)))
    assert found == case.found
    assert sum(queue.count_by_status(parts, case.chosen).values()) == len(found)


def test_the_same_file_twice_is_alike(parts: Parts) -> None:
    ids = {upload(parts, PDF + b"1").id, upload(parts, PDF + b"1").id}
    upload(parts, PDF + b"2")
    assert {each.id for each in queue.list_submissions(parts, Filter(alike=True)).items} == ids


def test_doubts_and_broken_rules_are_counted_anew_with_every_change(parts: Parts) -> None:
    submission = in_review(parts, make_reading(address="review"))
    assert (submission_of(parts, submission.id).doubts, queue.count_by_status(parts)["in_review"]) == (2, 1)
    review.confirm(parts, REVIEWER, submission.id, 0, "fields.address")
    now = submission_of(parts, submission.id)
    assert now.doubts == 1
    failed = [check for check in review.open_review(parts, submission.id).checks if still_fails(check)]
    assert now.failed_checks == len(failed) > 0
    review.undo(parts, REVIEWER, submission.id, 1)
    assert submission_of(parts, submission.id).doubts == 2


def submission_of(parts: Parts, submission_id: str) -> submissions.Submission:
    return queue.get_submission(parts, submission_id)[0]


def test_the_next_is_what_is_due_first_and_free(parts: Parts) -> None:
    late = insert(parts, 1, due_from=DAY + timedelta(days=2))
    held = insert(parts, 2, due_from=DAY)
    first = insert(parts, 3, due_from=DAY + timedelta(days=1))
    queue.claim(parts, OTHER_REVIEWER, held)
    found = queue.claim_next(parts, REVIEWER)
    assert found is not None
    assert found.id == first
    following = queue.claim_next(parts, REVIEWER, after=first)
    assert following is not None
    assert following.id == late
    assert queue.claim_next(parts, REVIEWER, after="gone") is not None


def test_an_administrator_hands_over_with_a_note_in_the_history(parts: Parts) -> None:
    for user in ("reviewer", "other"):
        add_user(parts, SYSTEM, user, "reviewer", "a-long-password", user)
    add_user(parts, SYSTEM, "clerk", "clerk", "a-long-password", "clerk")
    submission = in_review(parts)
    queue.claim(parts, REVIEWER, submission.id)
    with pytest.raises(ForbiddenError):
        queue.hand_over(parts, OTHER_REVIEWER, submission.id, "other")
    with pytest.raises(InvalidRequestError, match="审核"):
        queue.hand_over(parts, ADMIN, submission.id, "clerk")
    now = queue.hand_over(parts, ADMIN, submission.id, "other", "休假")
    assert now.claimant() == "other"
    assert now.claimant(datetime.now(UTC) + timedelta(hours=23)) == "other"
    with pytest.raises(ConflictError):
        review.correct(parts, REVIEWER, submission.id, now.version, "fields.email", "x")
    review.correct(parts, OTHER_REVIEWER, submission.id, now.version, "fields.email", "x@example.cn")
    assert submission_of(parts, submission.id).claimant(datetime.now(UTC) + timedelta(hours=23)) == "other"
    change = review.history(parts, submission.id).corrections[0]
    assert (change.before["text"], change.after["text"], change.reason) == ("reviewer", "other", "休假")
    assert queue.hand_over(parts, ADMIN, submission.id, "").claimant() is None
    # Taken back is no change of what stands on the paper: undo leaves it alone.
    version = submission_of(parts, submission.id).version
    assert review.undo(parts, REVIEWER, submission.id, version).fields["email"].by == "machine"
    told = [event.detail for event in review.history(parts, submission.id).events if "hand" in event.action]
    assert told == [{"from": "reviewer", "to": "other"}, {"from": "other", "to": ""}]


def test_many_at_once_each_for_itself(parts: Parts) -> None:
    mine, theirs = in_review(parts).id, in_review(parts).id
    failed = upload(parts).id
    read_all(parts, "encrypted_pdf")
    queue.claim(parts, OTHER_REVIEWER, theirs)
    outcome = bulk.claim(parts, REVIEWER, [mine, theirs, failed, "gone", mine])
    assert outcome.done == (mine,)
    assert set(outcome.left) == {theirs, failed, "gone"}
    assert "other" in outcome.left[theirs]
    assert queue.holders(parts) == {"reviewer": 1, "other": 1}
    released = bulk.release(parts, REVIEWER, [mine, theirs])
    assert (released.done, list(released.left)) == ((mine,), [theirs])
    retried = bulk.retry(parts, REVIEWER, [failed, mine])
    assert (retried.done, list(retried.left)) == ((failed,), [mine])
    for act in (bulk.claim, bulk.release, bulk.retry):
        with pytest.raises(ForbiddenError):
            act(parts, CLERK, [mine])
    with pytest.raises(ForbiddenError):
        bulk.hand_over(parts, REVIEWER, [mine], "other", "")
    with pytest.raises(InvalidRequestError, match="一次最多"):
        bulk.claim(parts, REVIEWER, [str(n) for n in range(queue.MAX_PAGE + 1)])


def test_what_is_not_in_review_is_not_claimed(parts: Parts) -> None:
    waiting = upload(parts)
    with pytest.raises(ConflictError, match="不在审核中"):
        queue.claim(parts, REVIEWER, waiting.id)
    with pytest.raises(NotFoundError):
        queue.claim(parts, REVIEWER, "gone")
