"""Odd and hostile files of other projects, each through the fence, each judged as its manifest asks.

The collection stands beside the checkout and is not ours to publish; without it this file is skipped.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from extractors.errors import ERRORS_BY_CODE, ExtractionError
from worker.sandbox import Budget, Reader

COLLECTION = Path(__file__).resolve().parents[3] / "shared" / "badinputs"
MANIFEST = COLLECTION / "manifest.csv"
REFUSALS = {f"reject:{code}" for code in ERRORS_BY_CODE} - {"reject:processing_crashed", "reject:timeout"}
SLOW = {"generated/pages_1000.pdf", "generated/flate_flate_bomb_2GB.pdf"}

pytestmark = pytest.mark.skipif(not MANIFEST.exists(), reason="../shared/badinputs is not on this machine")


def collected() -> list[ParameterSet]:
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as stream:
        rows = [(row["file"], row["expect"]) for row in csv.DictReader(stream)]
    return [pytest.param(*row, marks=[pytest.mark.slow] if row[0] in SLOW else []) for row in rows]


def verdicts(expect: str) -> set[str]:
    """The alternatives of a manifest cell: ``policy(a|b)`` and ``a|b`` alike."""
    return set(re.sub(r"^policy\((.*)\)$", r"\1", expect).split("|"))


def is_deserved(outcome: set[str], expect: str) -> bool:
    """Whether what happened is among what the manifest allows; ``either`` allows all but an accident."""
    if expect == "either":
        return outcome & {"accept"} != set() or outcome <= REFUSALS
    return bool(outcome & verdicts(expect))


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader("loading only", budget=Budget(), pipeline="tests.worker.pipelines") as made:
        yield made


def what_happens(reader: Reader, path: Path) -> set[str]:
    """The outcome in the manifest's words; checks on the way that nothing happens in silence."""
    announced: list[tuple[int, int]] = []
    try:
        reading = reader.read(
            path, path.name, None, lambda number, total, _kept: announced.append((number, total))
        )
    except ExtractionError as error:
        return (
            {f"reject:{error.code}"} if len(error.message) > 8 else {"a refusal that does not say what to do"}
        )
    count = reading["file"]["pages"]
    if announced != [(number, count) for number in range(1, count + 1)]:
        return {"a page lost in silence"}
    warnings = {*reading["warnings"], *(w for page in reading["pages"] for w in page["warnings"])}
    return {"accept", *(f"accept_warn:{warning}" for warning in warnings)}


@pytest.mark.parametrize(("file", "expect"), collected())
def test_file_gets_what_it_deserves(reader: Reader, file: str, expect: str) -> None:
    path = COLLECTION / file
    outcome = what_happens(reader, path)
    assert is_deserved(outcome, expect), f"{sorted(outcome)} instead of {expect}"


def test_the_judge_is_strict() -> None:
    assert is_deserved({"accept"}, "policy(accept|reject:unsupported_type)")
    assert not is_deserved({"accept"}, "accept_warn:blank_page")
    assert not is_deserved({"reject:processing_crashed"}, "either")
    assert not is_deserved({"reject:corrupt_file"}, "reject:encrypted_pdf")
