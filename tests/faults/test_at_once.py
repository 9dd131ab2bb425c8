"""Everybody at once: one file under one key by many, one field saved by many reviewers."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake_service import accounts, records, review
from intake_service.parts import Parts
from intake_service.store import documents, people
from tests.faults.checker import Report, check, unknown_errors
from tests.faults.sender import Upload, hand_in
from tests.faults.stack import Stack
from tests.faults.standin import make_document
from tests.intake_service.builders import make_reading, make_worker
from worker.jobs import read_document

pytestmark = pytest.mark.slow
UPLOAD_ROUNDS, SAVE_ROUNDS = 12, 25
REVIEWERS = 20


def at_once(what: Callable[[int], None], count: int) -> None:
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        what(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_one_key_gives_one_submission_however_many_come_at_once(tmp_path: Path) -> None:
    chance = random.Random(2050)
    uploads: list[Upload] = []
    report = Report()
    with Stack(tmp_path, workers=2) as stack:
        stack.wait_until_up()
        for number in range(UPLOAD_ROUNDS):
            content = make_document(number, 1, 0.0)
            crowd = [Upload((content,), f"key {number}") for _ in range(chance.randint(2, 50))]

            def one(n: int, crowd: list[Upload] = crowd) -> None:
                hand_in(stack.port, stack.token, crowd[n])

            at_once(one, len(crowd))
            assert len({upload.accepted for upload in crowd}) == 1, [upload.answers for upload in crowd]
            assert all(upload.accepted for upload in crowd)
            uploads += crowd
        check(stack.parts, uploads, report)
        with stack.parts.store.read() as tx:
            kept = tx.execute(sa.select(sa.func.count()).select_from(records.submissions)).scalar_one()
        report.errors += unknown_errors(stack.folder / "roles.log")
    print(f"{len(uploads)} uploads under {UPLOAD_ROUNDS} keys;", report.line())
    assert kept == UPLOAD_ROUNDS
    assert not (report.lost + report.doubled + report.stuck + report.errors)


def sessions(parts: Parts) -> list[tuple[str, str]]:
    """Cookie and CSRF word of each of the reviewers."""
    found = [(f"secret{number}", f"csrf{number}") for number in range(REVIEWERS)]
    for number, (secret, csrf) in enumerate(found):
        name = f"r{number}"
        with parts.store.write() as tx:
            people.add_user(tx, name, name, "x", "reviewer")
            people.add_session(tx, accounts._digest(secret), name, csrf, 1)
    return found


def save(port: int, submission_id: str, session: tuple[str, str], body: dict[str, object]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Cookie": f"intake_session={session[0]}", "X-CSRF-Token": session[1],
        "Accept": "application/json", "Content-Type": "application/json",
    }  # fmt: skip
    connection.request("POST", f"/review/{submission_id}/save", json.dumps(body), headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_of_many_who_save_one_field_exactly_one_wins(tmp_path: Path) -> None:
    chance = random.Random(2020)
    saves = 0
    with Stack(tmp_path, workers=0) as stack:
        stack.wait_until_up()
        upload = Upload((make_document(1),), "k")
        hand_in(stack.port, stack.token, upload)
        with stack.parts.store.read() as tx:
            (document,) = documents.of_submission(tx, upload.accepted)
        assert read_document(make_worker(stack.parts, make_reading()), document.id)
        known = sessions(stack.parts)
        won: list[str] = []
        for version in range(SAVE_ROUNDS):
            crowd = chance.sample(known, chance.randint(2, REVIEWERS))
            answers: dict[str, int] = {}

            def one(
                n: int,
                crowd: list[tuple[str, str]] = crowd,
                version: int = version,
                answers: dict[str, int] = answers,
            ) -> None:
                text = f"第{version}轮 {crowd[n][0]}"
                body = {"path": "fields.org_name", "version": version, "action": "correct", "text": text}
                answers[text] = save(stack.port, upload.accepted, crowd[n], body)

            at_once(one, len(crowd))
            saves += len(crowd)
            assert sorted(answers.values()) == [200] + [409] * (len(crowd) - 1)
            won.append(next(text for text, status in answers.items() if status == 200))
        kept = review.open_review(stack.parts, upload.accepted).current
        with stack.parts.store.read() as tx:
            rows = tx.execute(sa.select(records.corrections).order_by(records.corrections.c.version)).all()
    print(f"{saves} saves in {SAVE_ROUNDS} rounds, {len(won)} winners")
    assert [
        json.loads(row.after)["text"] if row.after.startswith("{") else json.loads(row.after) for row in rows
    ] == won
    assert kept.fields["org_name"].text == won[-1]
