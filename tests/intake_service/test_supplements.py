"""A supplement joins its submission: only what changed is doubted, nothing of the first version is lost."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from intake_service import faultpoints, letters, queue, review
from intake_service.errors import ConflictError, NotFoundError
from intake_service.export import review_to_result
from intake_service.intake import Meta, parse_meta
from intake_service.parts import Parts
from intake_service.review import Review
from intake_service.store import Move, State, documents
from tests.intake_service.builders import (
    JPEG,
    PDF,
    REVIEWER,
    in_review,
    make_cell,
    make_reading,
    make_row,
    read_all,
    upload,
)

LATER = datetime(2026, 12, 8, 2, tzinfo=UTC)


def opened(parts: Parts, submission_id: str) -> Review:
    return review.open_review(parts, submission_id)


def returned(parts: Parts, reading: dict[str, Any] | None = None) -> str:
    """A submission whose legal representative a reviewer put right and whose contact person he confirmed."""
    submission = in_review(parts, reading or make_reading(contact_person="review", rows=1))
    review.correct(parts, REVIEWER, submission.id, 0, "fields.legal_representative", "张三")
    review.confirm(parts, REVIEWER, submission.id, 1, "fields.contact_person")
    version = opened(parts, submission.id).current.version
    review.decide(parts, REVIEWER, submission.id, version, Move.RETURN, ["缺少公章"])
    return submission.id


def supplement(parts: Parts, submission_id: str, reading: dict[str, Any], content: bytes = JPEG) -> Review:
    number = queue.get_submission(parts, submission_id)[0].receipt_number
    same = upload(parts, content, meta=Meta(supplements=number, received_at=LATER))
    assert same.id == submission_id
    read_all(parts, reading)
    return opened(parts, submission_id)


def partial(**cells: dict[str, Any]) -> dict[str, Any]:
    """A reading of a sheet on which only these fields were found."""
    reading = make_reading(rows=0)
    for name, cell in reading["fields"].items():
        gone = {"text": "", "value": None, "status": "missing", "page": None, "box": None}
        cell.update(gone | cells.get(name, {}))
    return reading


def test_the_same_values_again_keep_what_people_made_of_them(parts: Parts) -> None:
    here = returned(parts)
    reading = make_reading(contact_person="review", rows=1)
    reading["fields"]["legal_representative"] = make_cell("张三", status="review")
    reading["fields"]["address"] = make_cell("长沙市新地址1号")
    after = supplement(parts, here, reading)
    fields = after.current.fields
    assert after.submission.status is State.IN_REVIEW
    assert (fields["legal_representative"].text, fields["legal_representative"].who) == ("张三", "reviewer")
    assert (fields["contact_person"].by, fields["contact_person"].who) == ("person", "reviewer")
    assert "fields.address" in after.current.doubts, "what changed is looked at, however sure the reader is"
    assert "fields.org_name" not in after.current.doubts
    assert "supplement_changed" in fields["address"].machine["reasons"]


def test_another_value_than_a_person_had_settled_is_doubted_and_that_one_offered(parts: Parts) -> None:
    here = returned(parts)
    reading = make_reading(contact_person="review", rows=1)
    reading["fields"]["legal_representative"] = make_cell("李四")
    cell = supplement(parts, here, reading).current.fields["legal_representative"]
    assert (cell.text, cell.doubtful) == ("李四", True)
    assert [(each.who, each.text) for each in cell.proposals] == [("补正前", "张三")]


def test_sheets_that_did_not_come_again_stand_as_they_stood(parts: Parts) -> None:
    first = make_reading(contact_person="review", rows=1)
    for name in ("statement", "authority_opinion", "authority_opinion_date"):
        first["fields"][name]["page"] = 2
    here = returned(parts, first)
    with_statement = partial(
        statement={"text": "新的说明", "status": "auto", "page": 1, "box": [0.1, 0.1, 0.5, 0.2]}
    )
    after = supplement(parts, here, with_statement)
    fields, old = after.current.fields, after.documents[0].id
    assert (fields["legal_representative"].text, fields["org_name"].text) == ("张三", "湘江职业培训学校")
    assert fields["org_name"].places[0]["document"] == old, "its picture is the first paper's"
    assert {path for path in after.current.doubts if path.startswith("fields.")} == {
        "fields.statement", "fields.authority_opinion", "fields.authority_opinion_date"
    }  # fmt: skip
    assert [row.cells["name"].text for row in after.current.rows] == ["养老护理员"]
    assert not any(cell.doubtful for cell in after.current.rows[0].cells.values())


def test_rows_keep_their_people_and_none_is_dropped_unseen(parts: Parts) -> None:
    first = make_reading(rows=0)
    first["occupations"] = [make_row(1), make_row(2, "保育员", "4-10-01-03")]
    submission = in_review(parts, first)
    review.correct(parts, REVIEWER, submission.id, 0, "occupations.r2.levels", "五级/初级工")
    review.decide(parts, REVIEWER, submission.id, 1, Move.RETURN, ["补"])
    second = make_reading(rows=0)
    second["occupations"] = [make_row(1, "茶艺师", "4-03-02-07"), make_row(2, "保育员", "4-10-01-03")]
    second["occupations"][1]["levels"] = make_cell("五级/初级工", [5])
    rows = supplement(parts, submission.id, second).current.rows
    assert [row.cells["name"].text for row in rows] == ["茶艺师", "保育员", "养老护理员"]
    assert all(cell.doubtful for cell in rows[0].cells.values() if cell.text)
    assert (rows[1].id, rows[1].cells["levels"].who) == ("r2", "reviewer")
    assert not any(cell.doubtful for cell in rows[1].cells.values())
    assert rows[2].cells["name"].doubtful, "a row that is gone is asked about"
    after = review.remove_row(
        parts, REVIEWER, submission.id, opened(parts, submission.id).current.version, "r1"
    )
    assert [row.cells["name"].text for row in after.rows] == ["茶艺师", "保育员"]


def test_a_paper_without_the_form_adds_its_materials_only(parts: Parts) -> None:
    here = returned(parts)
    before = opened(parts, here).current
    reading = make_reading(matched=False, pages=3)
    reading["materials"] = [{"number": 6, "title": "信用报告", "pages": [2, 3]}]
    after = supplement(parts, here, reading)
    assert after.material_pages[6] == (4, 5), "counted over all files"
    assert after.current.fields == before.fields
    assert after.submission.form_document_id == after.documents[0].id


def test_the_clock_begins_anew_and_the_decision_is_over(parts: Parts) -> None:
    here = returned(parts)
    was = queue.get_submission(parts, here)[0]
    now = supplement(parts, here, make_reading()).submission
    assert (now.due_from, now.received_at) == (LATER, was.received_at)
    assert (now.decision, now.decided_at, now.claimed_by) == (None, None, None)
    (first, second) = queue.get_submission(parts, here)[1]
    assert (first.round, second.round, second.position) == (0, 1, 1)
    assert review.reading(parts, here, first.id)["fields"]["org_name"]["text"] == "湘江职业培训学校"


def test_a_letters_number_finds_the_submission_and_a_wrong_one_nothing(
    parts: Parts, monkeypatch: Any
) -> None:
    monkeypatch.setattr("intake_service.letters.issuing.MAKERS", {})
    here = returned(parts)
    number = letters.issue(parts, REVIEWER, here, "supplement").number
    assert upload(parts, JPEG, meta=parse_meta({"supplements": number})).id == here
    with pytest.raises(NotFoundError, match="2020-999999"):
        upload(parts, JPEG, meta=Meta(supplements="2020-999999"))


def test_what_was_decided_for_good_takes_no_supplement(parts: Parts) -> None:
    submission = in_review(parts)
    review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)
    with pytest.raises(ConflictError, match="已经办结"):
        upload(parts, JPEG, meta=Meta(supplements=submission.receipt_number))
    assert len(queue.get_submission(parts, submission.id)[1]) == 1


def test_two_supplements_at_once_are_two_rounds(parts: Parts) -> None:
    here = returned(parts)
    number = queue.get_submission(parts, here)[0].receipt_number
    start = threading.Barrier(8)

    def hand_in(content: bytes) -> None:
        start.wait()
        upload(parts, content, meta=Meta(supplements=number))

    crowd = [threading.Thread(target=hand_in, args=(PDF + bytes([n]),)) for n in range(8)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    files = queue.get_submission(parts, here)[1]
    assert sorted(file.round for file in files) == list(range(9))
    assert sorted(file.position for file in files) == list(range(9))
    read_all(parts, make_reading())
    assert opened(parts, here).submission.status is State.IN_REVIEW


def test_a_process_that_dies_while_registering_leaves_the_decision_as_it_was(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = returned(parts)
    number = queue.get_submission(parts, here)[0].receipt_number

    def die(name: str) -> None:
        if name == "intake.registering":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(faultpoints, "_armed", [die])
        with pytest.raises(KeyboardInterrupt):
            upload(parts, JPEG, key="once", meta=Meta(supplements=number))
    assert queue.get_submission(parts, here)[0].status is State.RETURNED
    for _again in range(2):
        upload(parts, JPEG, key="once", meta=Meta(supplements=number))
    assert [file.round for file in queue.get_submission(parts, here)[1]] == [0, 1]


def test_a_third_round_builds_on_the_second(parts: Parts) -> None:
    here = returned(parts)
    second = make_reading(contact_person="review", rows=1)
    second["fields"]["legal_representative"] = make_cell("李四")
    after = supplement(parts, here, second)
    review.confirm(parts, REVIEWER, here, after.current.version, "fields.legal_representative")
    third = make_reading(contact_person="review", rows=1)
    third["fields"]["legal_representative"] = make_cell("李四", status="review")
    cell = supplement(parts, here, third, PDF + b"3").current.fields["legal_representative"]
    assert (cell.text, cell.by) == ("李四", "person")
    result = review_to_result(opened(parts, here))
    assert result["fields"]["legal_representative"]["text"] == "李四"
    with parts.store.read() as tx:
        assert len(documents.matched(tx, here)) == 3
