"""Odd, hostile and damaged files by the doors of a running service: door, queue, fence, database; and by the command."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.extractors.loading.test_flips import GOOD, damaged
from tests.extractors.test_badinputs import COLLECTION, MANIFEST, SLOW, collected
from tests.faults.doors import deviations, table, through_command, through_service

pytestmark = pytest.mark.slow
LOADING_ONLY = "tests.worker.pipelines"


@pytest.mark.skipif(not MANIFEST.exists(), reason="../shared/badinputs is not on this machine")
def test_every_odd_file_gets_what_it_deserves_and_the_same_at_each_door(tmp_path: Path) -> None:
    """Pages are only loaded here, which judges files; the long run reads them: ``python -m tests.faults.files``."""
    listed = [(str(one.values[0]), str(one.values[1])) for one in collected() if one.values[0] not in SLOW]
    files = [(Path(name).name, (COLLECTION / name).read_bytes()) for name, _expect in listed]
    found = through_service(tmp_path / "service", files, LOADING_ONLY, 400)
    found["command"] = through_command(tmp_path, files, LOADING_ONLY, 400)
    undeserved, unlike = deviations(listed, found)
    print(table(found))
    assert not undeserved, "\n".join(undeserved)
    assert not unlike, "\n".join(unlike)


def test_damaged_files_crash_nothing(tmp_path: Path) -> None:
    chance = random.Random(377)
    names = [chance.choice(list(GOOD)) for _ in range(120)]
    files = [(name, damaged(GOOD[name], chance)) for name in names]
    (found,) = through_service(tmp_path, files, LOADING_ONLY, 120, doors=("api",)).values()
    ends = Counter(min(verdict) for verdict in found)
    print(dict(ends))
    assert not {"reject:processing_crashed", "reject:timeout"} & ends.keys()
    assert not [end for end in ends if not end.startswith(("accept", "reject:"))]
