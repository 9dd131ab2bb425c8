from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from extractors.form.geometry import Box
from extractors.form.reading import (
    FIELD_IDS,
    Candidate,
    Check,
    DocumentReading,
    EngineInfo,
    FieldReading,
    FormMatch,
    Marks,
    Material,
    OccupationRow,
    PageSummary,
    Part,
    Role,
    SealReading,
    SignatureKind,
    SignatureReading,
    Status,
    Value,
    reading_to_json,
)
from tests.extractors.form.makers import quick

SCHEMA: dict[str, Any] = json.loads(
    resources.files("extractors.form").joinpath("reading.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)

share = st.floats(0, 1)
words = st.text(max_size=4)
codes = st.lists(st.sampled_from(["low_confidence", "under_seal"]), max_size=2).map(tuple)
pages = st.integers(1, 30)
boxes = st.tuples(share, share, share, share).map(
    lambda v: Box(min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3]))
)
parts = st.builds(Part, pages, boxes)
statuses = st.sampled_from(Status)
texts = st.one_of(st.none(), words)
days = st.one_of(st.none(), st.dates().map(lambda day: day.isoformat()), st.just("2012"), st.just("2012-05"))
VALUES: dict[str, st.SearchStrategy[Value]] = {
    "org_type": st.sampled_from(["enterprise", "technical_school", None]),
    "uscc": st.sampled_from([None, "52430100MJJ000004G"]),
    "registered_capital": st.one_of(st.none(), st.integers(0, 10**12), st.floats(0, 1e9)),
    "contact_phone": st.sampled_from([None, "0731-24900000/13500000000"]),
    "authority_opinion_date": days,
    "seq": st.one_of(st.none(), st.integers(0, 99)),
    "code": st.sampled_from([None, "4-10-01-03"]),
    "is_new": st.one_of(st.none(), st.booleans()),
    "start_date": days,
    "trained_count": st.one_of(st.none(), st.integers(0, 10**7)),
    "levels": st.sampled_from([None, [5, 4, 3], [1]]),
}


def cells(name: str) -> st.SearchStrategy[FieldReading]:
    return st.builds(
        FieldReading,
        words,
        VALUES.get(name, texts),
        share,
        statuses,
        codes,
        st.lists(parts, max_size=2).map(tuple),
        st.lists(st.builds(Candidate, words, share), max_size=2).map(tuple),
        st.lists(st.integers(0, 9), max_size=2).map(tuple),
    )


rows = st.builds(OccupationRow, **{name: cells(name) for name in OccupationRow.__slots__})
seals = st.builds(
    SealReading, st.booleans(), words, words, st.one_of(st.none(), st.booleans()), share, statuses, codes,
    st.one_of(st.none(), parts), st.lists(words, max_size=2).map(tuple),
)  # fmt: skip
signatures = st.builds(
    SignatureReading, st.sampled_from(SignatureKind), share, statuses, codes, st.one_of(st.none(), parts)
)
summaries = st.builds(
    PageSummary, pages, st.sampled_from(Role), st.one_of(st.none(), st.integers(1, 6)),
    st.sampled_from([0, 90, 180, 270]), st.floats(-10, 10), words, st.integers(0, 600), st.lists(words, max_size=2).map(tuple),
)  # fmt: skip
checks = st.builds(
    Check, st.sampled_from(["uscc.check_digit", "required.org_name"]), st.one_of(st.none(), st.booleans()),
    st.sampled_from(["error", "warning", "info"]), st.lists(words, max_size=2).map(tuple), words,
)  # fmt: skip


def documents(*, matched: bool) -> st.SearchStrategy[DocumentReading]:
    return st.builds(
        DocumentReading,
        file_name=words,
        sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
        page_count=st.integers(0, 9),
        form=st.builds(
            FormMatch, words, words, st.just(matched), share, st.lists(words, max_size=2).map(tuple)
        ),
        engine=st.builds(EngineInfo, words, words, words),
        fields=st.fixed_dictionaries(
            {}, optional={name: cells(name) for name in FIELD_IDS} if matched else {}
        ),
        occupations=st.lists(rows, max_size=2 if matched else 0).map(tuple),
        marks=st.builds(Marks, signatures, seals, seals, st.lists(seals, max_size=2).map(tuple)),
        checks=st.lists(checks, max_size=2).map(tuple),
        pages=st.lists(summaries, max_size=2).map(tuple),
        materials=st.lists(
            st.builds(Material, st.integers(1, 6), words, st.lists(pages, max_size=2).map(tuple)), max_size=2
        ).map(tuple),
        warnings=st.lists(words, max_size=2).map(tuple),
        timing_s=st.dictionaries(words, st.floats(0, 100), max_size=2),
    )


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@settings(quick, max_examples=15)
@given(documents(matched=True) | documents(matched=False))
def test_every_reading_is_valid_and_json_can_hold_it(reading: DocumentReading) -> None:
    written = json.loads(json.dumps(reading_to_json(reading), ensure_ascii=False, allow_nan=False))
    assert list(VALIDATOR.iter_errors(written)) == []


def example() -> dict[str, Any]:
    part = Part(1, Box(0.1, 0.1, 0.9, 0.2))
    field = FieldReading(
        "甲", "甲", 0.9, Status.AUTO, ("low_confidence",), (part, part), (Candidate("乙", 0.1),), (0,)
    )
    row = OccupationRow(**{name: FieldReading() for name in OccupationRow.__slots__})
    return reading_to_json(
        DocumentReading(
            "a.pdf", "0" * 64, 1, FormMatch("basic-info", "hunan-2020-40", matched=True, score=1.0),
            EngineInfo("null", "1", ""), {"org_name": field}, (row,), Marks(),
            (Check("uscc.format", None, "error", ("uscc",), "。"),), (PageSummary(1, Role.FORM),),
        )
    )  # fmt: skip


def test_the_example_is_valid() -> None:
    assert list(VALIDATOR.iter_errors(example())) == []


def names(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every object in the tree."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    here = [path] if isinstance(value, dict) else []
    return here + [found for key, item in inside for found in names(item, (*path, key))]


OPEN = {("fields",), ("timing_s",)}


@pytest.mark.parametrize("path", names(example()), ids=str)
def test_an_unknown_key_is_refused_everywhere_and_a_missing_one_too(path: tuple[str | int, ...]) -> None:
    def place(data: Any) -> Any:
        for step in path:
            data = data[step]
        return data

    if path not in OPEN:
        more = example()
        place(more)["surprise"] = 1
        assert not VALIDATOR.is_valid(more)
        for key in place(example()):
            if key in {"parts", "doubts"}:
                continue
            less = example()
            del place(less)[key]
            assert not VALIDATOR.is_valid(less), key


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("fields", "org_name", "status"), "fine"),
        (("fields", "org_name", "confidence"), 1.5),
        (("fields", "org_name", "box"), [0, 0, 1]),
        (("fields", "org_name", "page"), 0),
        (("occupations", 0, "levels", "value"), [6]),
        (("occupations", 0, "start_date", "value"), "2012年"),
        (("occupations", 0, "trained_count", "value"), "12500"),
        (("marks", "legal_rep_signature", "kind"), "thumb"),
        (("marks", "legal_rep_signature", "present"), True),  # kind is none
        (("marks", "org_seal", "matches"), "yes"),
        (("pages", 0, "role"), "cover"),
        (("pages", 0, "rotation"), 45),
        (("checks", 0, "severity"), "fatal"),
        (("schema",), "intake.reading/2"),
        (("form", "matched"), False),  # fields must be gone
    ],
)
def test_what_the_contract_forbids_is_refused(path: tuple[str | int, ...], value: object) -> None:
    data = example()
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not VALIDATOR.is_valid(data)
