"""Poison among good documents: set aside after three tries with its code; every good one is read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from intake_service import records
from tests.faults.checker import Report, check, unknown_errors, wait_until_settled
from tests.faults.process import HASTY
from tests.faults.sender import Upload, hand_in
from tests.faults.stack import Stack
from tests.faults.standin import POISONS, make_document

pytestmark = pytest.mark.slow
GOOD = 100
CODES = {
    "eat": "resource_limit",
    "hang": "timeout",
    "abort": "processing_crashed",
    "fork": "processing_crashed",
}


def test_poison_is_set_aside_and_every_good_document_is_read(tmp_path: Path) -> None:
    poison = {make_document(5000 + n, poison=kind): kind for n, kind in enumerate(POISONS)}
    good = [make_document(number, 2, 0.01) for number in range(GOOD)]
    # One submission of five files has one poisoned: the others of it are read, too.
    mixed = (*good[:4], make_document(6000, poison="abort"))
    poison[mixed[-1]] = "abort"
    mine = psutil.Process()
    before = {child.pid for child in mine.children(recursive=True)}
    report = Report()
    with Stack(tmp_path, workers=2, environment={HASTY: "yes"}) as stack:
        stack.wait_until_up()
        handed_in = [
            Upload((content,), f"k{n}")
            for n, content in enumerate([*good[4:50], *list(poison)[:4], *good[50:]])
        ]
        handed_in.append(Upload(mixed, "mixed"))
        for upload in handed_in:
            hand_in(stack.port, stack.token, upload)
        assert not wait_until_settled(stack.parts, 150)
        hashes = {hashlib.sha256(content).hexdigest(): kind for content, kind in poison.items()}
        check(stack.parts, handed_in, report, poisoned=frozenset(hashes))
        report.errors += unknown_errors(stack.folder / "roles.log")
        with stack.parts.store.read() as tx:
            rows = {row.file_hash: row for row in tx.execute(sa.select(records.documents))}
        ours = [child for child in mine.children(recursive=True) if child.pid not in before]
        sleepers = [one for one in ours if "time.sleep(600)" in " ".join(one.cmdline())]
    print(report.table())
    assert not (report.lost + report.doubled + report.stuck + report.errors)
    assert report.quarantined == len(poison)
    assert {kind: rows[file_hash].error_code for file_hash, kind in hashes.items()} == CODES
    assert {rows[file_hash].attempts for file_hash in hashes} == {3}
    assert not sleepers, "what the poison forked outlives it"
