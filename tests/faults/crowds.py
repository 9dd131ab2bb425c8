"""Everybody at once: one file under one key by 2 to 50 senders, one field saved by 2 to 20 reviewers."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

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

MOST_SENDERS, MOST_REVIEWERS = 50, 20
PATH = "fields.org_name"


def send_at_once(folder: Path, seed: int, rounds: int) -> Report:
    """Every round one new file under one new key, by all senders of the round at the same moment.

    More than one submission a key is ``doubled``, a sender who was told another id, or none, is ``lost``.
    """
    chance = random.Random(seed)
    uploads: list[Upload] = []
    report, begun = Report(), time.monotonic()
    with Stack(folder, workers=2) as stack:
        stack.wait_until_up()
        for number in range(rounds):
            content = make_document(number, 1, 0.0)
            crowd = [Upload((content,), f"key {number}") for _ in range(chance.randint(2, MOST_SENDERS))]

            def one(n: int, crowd: list[Upload] = crowd) -> None:
                hand_in(stack.port, stack.token, crowd[n])

            at_once(one, len(crowd))
            told = {upload.accepted for upload in crowd}
            if len(told) != 1 or "" in told:
                report.lost.append(f"key {number}: answered {[upload.answers for upload in crowd]}")
            uploads += crowd
            report.faults["one key by many at once"] += 1
        check(stack.parts, uploads, report)
        with stack.parts.store.read() as tx:
            kept = tx.execute(sa.select(sa.func.count()).select_from(records.submissions)).scalar_one()
        if kept != rounds:
            report.doubled.append(f"{kept} submissions of {rounds} keys")
        report.errors += unknown_errors(stack.folder / "roles.log")
    report.seconds = time.monotonic() - begun
    return report


def save_at_once(folder: Path, seed: int, rounds: int) -> Report:
    """Every round some reviewers save the same field of the same version: one wins, the others are told.

    ``doubled``: a round with two winners. ``lost``: a round without one, or a winner's text that is not kept.
    """
    chance = random.Random(seed)
    report, begun = Report(), time.monotonic()
    with Stack(folder, workers=0) as stack:
        stack.wait_until_up()
        upload = Upload((make_document(1),), "k")
        hand_in(stack.port, stack.token, upload)
        with stack.parts.store.read() as tx:
            (document,) = documents.of_submission(tx, upload.accepted)
        assert read_document(make_worker(stack.parts, make_reading()), document.id)
        known = _sessions(stack.parts)
        won: list[str] = []
        for version in range(rounds):
            crowd = chance.sample(known, chance.randint(2, MOST_REVIEWERS))
            answers: dict[str, int] = {}

            def one(
                n: int,
                crowd: list[tuple[str, str]] = crowd,
                version: int = version,
                answers: dict[str, int] = answers,
            ) -> None:
                text = f"第{version}轮 {crowd[n][0]}"
                body = {"path": PATH, "version": version, "action": "correct", "text": text}
                answers[text] = _save(stack.port, upload.accepted, crowd[n], body)

            at_once(one, len(crowd))
            report.accepted += len(crowd)
            winners = [text for text, status in answers.items() if status == 200]
            if sorted(answers.values()) != [200] + [409] * (len(crowd) - 1):
                wrong = report.doubled if len(winners) > 1 else report.lost
                wrong.append(f"version {version}: answered {sorted(answers.values())}")
            won += winners
            report.faults["one field saved by many at once"] += 1
        if (
            _kept(stack.parts) != won
            or review.open_review(stack.parts, upload.accepted).current.fields["org_name"].text != won[-1]
        ):
            report.lost.append("what the winners saved is not what is kept")
        report.errors += unknown_errors(stack.folder / "roles.log")
    report.seconds = time.monotonic() - begun
    return report


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


def _sessions(parts: Parts) -> list[tuple[str, str]]:
    """Cookie and CSRF word of each of the reviewers."""
    found = [(f"secret{number}", f"csrf{number}") for number in range(MOST_REVIEWERS)]
    for number, (secret, csrf) in enumerate(found):
        name = f"r{number}"
        with parts.store.write() as tx:
            people.add_user(tx, name, name, "x", "reviewer")
            people.add_session(tx, accounts._digest(secret), name, csrf, 1)
    return found


def _save(port: int, submission_id: str, session: tuple[str, str], body: dict[str, object]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Cookie": f"intake_session={session[0]}", "X-CSRF-Token": session[1],
        "Accept": "application/json", "Content-Type": "application/json",
    }  # fmt: skip
    connection.request("POST", f"/review/{submission_id}/save", json.dumps(body), headers)
    status = connection.getresponse().status
    connection.close()
    return status


def _kept(parts: Parts) -> list[Any]:
    """What was saved, in the order of versions."""
    with parts.store.read() as tx:
        rows = tx.execute(sa.select(records.corrections).order_by(records.corrections.c.version)).all()
    return [
        json.loads(row.after)["text"] if row.after.startswith("{") else json.loads(row.after) for row in rows
    ]
