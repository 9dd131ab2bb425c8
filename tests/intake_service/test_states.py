"""The state table: whatever happens to the files, in whatever order, a submission never takes a move that is not there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from extractors.errors import CorruptFileError, ProcessingCrashedError
from intake_service import queue, review
from intake_service.errors import ConflictError
from intake_service.store import DECISIONS, MOVES, Move, State, calls, documents, submissions
from intake_service.store.settling import settle
from intake_service.store.states import BY_READER, moves_between
from tests.intake_service.builders import ADMIN, JPEG, PDF, REVIEWER, make_parts, make_reading, upload
from worker.ending import end_in_error

FINAL = set(DECISIONS.values())


def test_nothing_leaves_failure_or_a_decision_by_itself() -> None:
    for state, move in MOVES:
        if state in {State.FAILED, State.QUARANTINED, State.IN_REVIEW, *FINAL}:
            assert move not in BY_READER


def test_only_review_leads_to_a_decision() -> None:
    assert {state for (state, _move), goal in MOVES.items() if goal in FINAL} == {State.IN_REVIEW}


def test_every_state_can_be_reached_and_none_is_a_trap() -> None:
    reached, grown = {State.RECEIVED}, True
    while grown:
        found = {goal for (state, _move), goal in MOVES.items() if state in reached}
        grown = not found <= reached
        reached |= found
    assert reached == set(State)
    assert {state for state, _move in MOVES} == set(State)


@pytest.mark.parametrize("state", sorted({State.FAILED, State.QUARANTINED, *FINAL}))
def test_the_reader_cannot_move_what_waits_for_a_person(state: State) -> None:
    assert all(moves_between(state, goal) == () for goal in State)


class Life(RuleBasedStateMachine):
    """One submission of two files; readers and staff do things to it in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.parts = make_parts(Path(self.folder.name))
        self.id = upload(self.parts, PDF, JPEG).id
        self.leased: dict[int, Any] = {}

    def teardown(self) -> None:
        self.parts.store.close()
        self.folder.cleanup()

    def _state(self) -> State:
        return queue.get_submission(self.parts, self.id)[0].status

    @rule(file=st.integers(0, 1))
    def take(self, file: int) -> None:
        with self.parts.store.write() as tx:
            document = documents.take_lease(tx, documents.of_submission(tx, self.id)[file].id, "me", 100)
            if document is not None:
                self.leased[file] = document
                settle(tx, self.id)

    @precondition(lambda self: self.leased)
    @rule(data=st.data(), how=st.sampled_from(["finish", "corrupt", "crash", "give back"]))
    def end(self, data: st.DataObject, how: str) -> None:
        document = self.leased.pop(data.draw(st.sampled_from(sorted(self.leased))))
        with self.parts.store.write() as tx:
            if how == "finish":
                documents.finish(tx, document, make_reading(), 2)
            elif how == "give back":
                documents.release_lease(tx, document)
            else:
                error = CorruptFileError() if how == "corrupt" else ProcessingCrashedError()
                end_in_error(tx, document, error, 3)
            settle(tx, self.id)

    @rule(how=st.sampled_from(["retry", "type_in", "reopen", *sorted(DECISIONS)]))
    def ask(self, how: str) -> None:
        before = self._state()
        version = review.open_review(self.parts, self.id).current.version
        try:
            if how == "retry":
                queue.retry(self.parts, REVIEWER, self.id)
            elif how == "type_in":
                queue.type_in(self.parts, REVIEWER, self.id)
            elif how == "reopen":
                review.reopen(self.parts, ADMIN, self.id, "wrong button")
            else:
                review.decide(self.parts, REVIEWER, self.id, version, Move(how), ["because"])
        except ConflictError:
            assert self._state() == before
            return
        assert (before, Move(how)) in MOVES

    @invariant()
    def a_submission_in_review_has_every_file_read_unless_typed_in(self) -> None:
        submission, files = queue.get_submission(self.parts, self.id)
        if submission.status is State.READING:
            assert any(document.status in documents.WAITING for document in files)
        if submission.status in {State.FAILED, State.QUARANTINED}:
            assert submission.error_code
            assert not any(document.status in documents.WAITING for document in files)

    @invariant()
    def what_waits_has_a_call(self) -> None:
        with self.parts.store.read() as tx:
            _submission, files = queue.get_submission(self.parts, self.id)
            waiting = {document.id for document in files if document.status is State.RECEIVED}
            called = calls.called(tx)
            assert waiting <= called


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)


def test_a_move_that_is_not_in_the_table_changes_nothing(tmp_path: Path) -> None:
    parts = make_parts(tmp_path)
    submission = upload(parts)
    with parts.store.write() as tx, pytest.raises(ConflictError):
        submissions.move(tx, submission, Move.ACCEPT)
    assert queue.get_submission(parts, submission.id)[0].status is State.RECEIVED
