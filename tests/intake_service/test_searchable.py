"""What the fenced reader is told when somebody wants a submission as a PDF to search in."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_service import review
from intake_service.at_once import AtOnce
from intake_service.errors import NotFoundError
from intake_service.parts import Parts
from intake_service.searchable import NOWHERE, searchable
from intake_service.store import audit
from tests.intake_service.builders import (
    JPEG,
    PDF,
    REVIEWER,
    ScriptedReader,
    answering,
    make_reading,
    read_all,
    upload,
)


def asked(parts: Parts, submission_id: str, document_id: str | None = None) -> tuple[ScriptedReader, bytes]:
    reader = ScriptedReader()
    joined = answering(parts, reader)
    made = searchable(joined, AtOnce(joined), REVIEWER, submission_id, document_id)
    with made.stream:
        return reader, made.stream.read()


def test_values_as_they_stand_go_to_their_places(parts: Parts) -> None:
    reading = make_reading(pages=2)
    reading["pages"][1]["rotation"] = 270
    reading["fields"]["statement"] |= {
        "text": "甲乙丙丁", "parts": [{"page": 1, "box": [0, 0.9, 1, 1]}, {"page": 2, "box": [0, 0, 1, 0.3]}]
    }  # fmt: skip
    del reading["fields"]["email"]["box"]
    submission = upload(parts, PDF, JPEG)
    read_all(parts, reading, make_reading(matched=False))
    review.correct(parts, REVIEWER, submission.id, 0, "fields.org_name", "改过的名称")
    reader, content = asked(parts, submission.id)
    first, second = reader.papers
    assert content == b"%PDF-made"
    assert first["turns"] == {"1": 0, "2": 270}
    assert ["改过的名称", [0.1, 0.1, 0.5, 0.2]] in first["words"]["1"]
    assert ["养老护理员", [0.1, 0.1, 0.5, 0.2]] in first["words"]["1"]
    assert ["甲", [0, 0.9, 1, 1]] in first["words"]["1"]
    assert first["words"]["2"] == [["乙丙丁", [0, 0, 1, 0.3]]]
    assert ["email 的内容", list(NOWHERE)] in first["words"]["1"]
    assert second["words"] == {}


def test_one_file_alone_and_the_download_is_put_on_record(parts: Parts) -> None:
    submission = upload(parts, PDF, JPEG)
    read_all(parts, make_reading())
    chosen = review.open_review(parts, submission.id).documents[1]
    reader, _content = asked(parts, submission.id, chosen.id)
    assert [Path(paper["path"]).read_bytes() for paper in reader.papers] == [JPEG]
    with parts.store.read() as tx:
        assert audit.of_subject(tx, submission.id)[-1].action == "document.searchable"
    with pytest.raises(NotFoundError):
        asked(parts, submission.id, "another")
