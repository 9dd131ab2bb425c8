"""Odd, hostile and damaged files through a running service: the door, the queue, the fence, the database."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake_service import records
from intake_service.parts import Parts
from intake_service.store import State
from tests.extractors.loading.test_flips import GOOD, damaged
from tests.extractors.test_badinputs import COLLECTION, MANIFEST, SLOW, collected, is_deserved
from tests.faults.checker import unknown_errors, wait_until_settled
from tests.faults.sender import Upload, hand_in
from tests.faults.stack import Stack

pytestmark = pytest.mark.slow
LOADING_ONLY = "tests.worker.pipelines"
ENDED = {State.IN_REVIEW, State.FAILED, State.QUARANTINED}


def outcomes(parts: Parts, uploads: Sequence[Upload]) -> list[set[str]]:
    """What became of each, in the words of the collection's manifest."""
    with parts.store.read() as tx:
        documents = {row.submission_id: row for row in tx.execute(sa.select(records.documents))}
        readings = {row.document_id: json.loads(row.json) for row in tx.execute(sa.select(records.readings))}
    found = []
    for upload in uploads:
        if not upload.accepted:
            found.append({f"reject:{code}" for code in upload.codes} or {f"answered {upload.answers}"})
            continue
        row = documents[upload.accepted]
        assert row.status in ENDED
        if row.status != State.IN_REVIEW:
            assert len(row.error_message) > 8
            found.append({f"reject:{row.error_code}"})
            continue
        reading = readings[row.id]
        assert len(reading["pages"]) == reading["file"]["pages"] == row.pages_done
        warnings = {*reading["warnings"], *(w for page in reading["pages"] for w in page["warnings"])}
        found.append({"accept", *(f"accept_warn:{warning}" for warning in warnings)})
    return found


def through(folder: Path, files: Sequence[tuple[str, bytes]], settle_s: float) -> list[set[str]]:
    with Stack(folder, pipeline=LOADING_ONLY, workers=2) as stack:
        stack.wait_until_up()
        uploads = [Upload((content,), f"k{n}", names=(name,)) for n, (name, content) in enumerate(files)]
        for upload in uploads:
            hand_in(stack.port, stack.token, upload)
        assert not wait_until_settled(stack.parts, settle_s)
        assert not unknown_errors(stack.folder / "roles.log")
        assert [slot.starts for slot in stack.slots] == [1] * len(stack.slots), (
            "something of the service died"
        )
        return outcomes(stack.parts, uploads)


@pytest.mark.skipif(not MANIFEST.exists(), reason="../shared/badinputs is not on this machine")
def test_every_odd_file_gets_what_it_deserves(tmp_path: Path) -> None:
    listed = [(str(one.values[0]), str(one.values[1])) for one in collected() if one.values[0] not in SLOW]
    files = [(name, (COLLECTION / name).read_bytes()) for name, _expect in listed]
    files = [(Path(name).name.replace('"', "'"), content) for name, content in files]
    found = through(tmp_path, files, 400)
    wrong = [
        f"{name}: {sorted(outcome)} instead of {expect}"
        for (name, expect), outcome in zip(listed, found, strict=True)
        if not is_deserved(outcome, expect)
    ]
    print(f"{len(listed)} odd files, {len(wrong)} not as the manifest allows")
    assert not wrong, "\n".join(wrong)


def test_damaged_files_crash_nothing(tmp_path: Path) -> None:
    chance = random.Random(377)
    names = [chance.choice(list(GOOD)) for _ in range(120)]
    found = through(tmp_path, [(name, damaged(GOOD[name], chance)) for name in names], 120)
    ends = Counter(min(outcome) for outcome in found)
    print(dict(ends))
    assert not {"reject:processing_crashed", "reject:timeout"} & ends.keys()
    assert not [end for end in ends if end.startswith("answered")]
