"""Another reader over accepted submissions: a worse one is told as worse, a better one as better, nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractors.errors import ProcessingCrashedError
from intake_service import review
from intake_service.cli import main
from intake_service.cli import replay as command
from intake_service.cli.replay import run
from intake_service.parts import Parts
from intake_service.replaying import Fate, compare
from intake_service.store import Move, whole
from tests.intake_service.builders import (
    ADMIN,
    PDF,
    REVIEWER,
    ScriptedReader,
    make_cell,
    make_reading,
    make_row,
    read_all,
    upload,
)

Change = Callable[[dict[str, Any]], None]


def reading(*changes: Change) -> dict[str, Any]:
    made = make_reading(rows=3, address="review")
    for number, row in enumerate(made["occupations"]):
        row["name"] = make_cell(("养老护理员", "保育员", "美容师")[number])
        row["code"] = make_cell(f"4-10-01-0{number}")
    for change in changes:
        change(made)
    return made


def field(name: str, text: str, status: str = "auto") -> Change:
    return lambda made: made["fields"].update({name: make_cell(text, status=status)})


def without_row(number: int) -> Change:
    return lambda made: made["occupations"].pop(number - 1)


@pytest.fixture
def accepted(parts: Parts) -> str:
    """Accepted with one value that a person put right, and one that a person confirmed."""
    submission = upload(parts)
    read_all(parts, reading())
    review.correct(parts, REVIEWER, submission.id, 0, "fields.org_name", "湘江职业技能培训学校")
    review.correct(parts, REVIEWER, submission.id, 1, "fields.address", "address 的内容")
    review.decide(parts, REVIEWER, submission.id, 2, Move.ACCEPT)
    return submission.id


def replayed(parts: Parts, out: Path, after: dict[str, Any]) -> dict[str, Any]:
    return run(parts, ScriptedReader([after]), "another", "v1", out)


def of_field(report: dict[str, Any], place: str) -> dict[str, Any]:
    return next(each for each in report["fields"] if each["place"] == place)


@pytest.mark.usefixtures("accepted")
def test_a_worse_engine_is_told_as_worse(parts: Parts, tmp_path: Path) -> None:
    report = replayed(
        parts, tmp_path, reading(field("address", "别处"), field("org_name", "湘汪学校", "review"))
    )
    assert report["verdict"] == "worse"
    address = of_field(report, "fields.address")
    assert (address["broken"], address["passed_wrong_before"], address["passed_wrong_after"]) == (1, 0, 1)
    assert address["verdict"] == "worse"
    name = of_field(
        report, "fields.org_name"
    )  # wrong before and passed, wrong now and doubted: that is better
    assert (name["same"], name["passed_wrong_before"], name["passed_wrong_after"]) == (1, 1, 0)
    assert name["verdict"] == "better"
    assert [report["all"][n] for n in ("judged", "mended", "broken")] == [2, 0, 1]
    (told,) = [each for each in report["told"] if each["fate"] == "broken"]
    assert (told["truth"], told["before"], told["after"]) == ("address 的内容", "address 的内容", "别处")


@pytest.mark.usefixtures("accepted")
def test_a_better_one_is_told_as_better_and_the_same_as_even(parts: Parts, tmp_path: Path) -> None:
    better = replayed(parts, tmp_path / "a", reading(field("org_name", "湘江职业技能培训学校")))
    assert (better["verdict"], better["all"]["mended"], better["all"]["passed_wrong_before"]) == (
        "better",
        1,
        1,
    )
    even = replayed(parts, tmp_path / "b", reading())
    assert (even["verdict"], even["all"]["same"]) == ("even", even["all"]["values"])
    assert [each["path"] for each in even["told"]] == ["fields.org_name"]  # still passed wrongly


@pytest.mark.usefixtures("accepted")
def test_where_nobody_looked_a_difference_is_told_and_not_judged(parts: Parts, tmp_path: Path) -> None:
    report = replayed(parts, tmp_path, reading(field("uscc", "52430000MJJ0000001")))
    assert (report["verdict"], report["all"]["unjudged"], report["all"]["broken"]) == ("even", 1, 0)
    assert [each["path"] for each in report["told"] if each["fate"] == "unjudged"] == ["fields.uscc"]


def test_a_lost_row_is_lost_and_the_others_are_not_shifted(parts: Parts) -> None:
    submission = upload(parts)
    read_all(parts, reading())
    review.correct(parts, REVIEWER, submission.id, 0, "occupations.r2.name", "保育员")
    truth = review.open_review(parts, submission.id).current
    lost = compare(truth, reading(), reading(without_row(2)))
    broken = [value for value in lost if value.fate is Fate.BROKEN]
    assert [(value.path, value.after) for value in broken] == [("occupations.r2.name", "")]
    assert broken[0].passed_wrong_after  # nobody would have been asked
    assert {v.path.split(".")[1] for v in lost if v.fate is Fate.UNJUDGED} == {"r2"}
    invented = compare(
        truth, reading(), reading(lambda made: made["occupations"].insert(1, make_row(9, "别的")))
    )
    assert {v.fate for v in invented if v.truth} == {Fate.SAME}
    assert sum(v.fate is Fate.BROKEN and v.passed_wrong_after for v in invented) == 7
    mended = compare(
        truth, reading(lambda made: made["occupations"].insert(1, make_row(9, "别的"))), reading()
    )
    assert sum(v.fate is Fate.MENDED for v in mended) == 7


def test_a_seal_is_compared_by_what_was_said_of_it(parts: Parts) -> None:
    submission = upload(parts)
    read_all(parts, reading())
    review.judge_mark(
        parts, REVIEWER, submission.id, 0, "marks.org_seal", {"present": True, "matches": False}
    )
    truth = review.open_review(parts, submission.id).current
    blind = deepcopy(reading())
    blind["marks"]["org_seal"]["matches"] = False
    (seal,) = [v for v in compare(truth, reading(), blind) if v.path == "marks.org_seal"]
    assert (seal.fate, seal.passed_wrong_before) == (Fate.MENDED, True)


def test_what_was_read_is_not_read_again_and_nothing_is_written(
    parts: Parts, accepted: str, tmp_path: Path
) -> None:
    other = upload(parts, PDF + b"2")
    read_all(parts, reading())
    review.decide(parts, REVIEWER, other.id, 0, Move.ACCEPT)

    def contents() -> dict[str, Any]:
        with parts.store.read() as tx:
            return {
                name: list(whole.lines(tx, name))
                for name in whole.table_names()
                if name not in {"audit", "counters"}
            }

    before = contents()

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(parts, ScriptedReader([reading(), interrupt]), "another", "v1", tmp_path)
    rest = ScriptedReader([reading()])
    assert run(parts, rest, "another", "v1", tmp_path)["submissions"] == 2
    assert len(rest.reads) == 1
    assert contents() == before
    other_version = ScriptedReader([reading()])
    run(parts, other_version, "another", "v2", tmp_path)
    assert len(other_version.reads) == 2
    review.reopen(parts, ADMIN, accepted, "再看")
    version = review.open_review(parts, accepted).current.version
    review.correct(parts, REVIEWER, accepted, version, "fields.email", "a@b.cn")
    review.decide(parts, REVIEWER, accepted, version + 1, Move.ACCEPT)
    changed = ScriptedReader([reading()])
    report = run(parts, changed, "another", "v2", tmp_path)
    assert len(changed.reads) == 1  # what people settled since is compared anew
    assert of_field(report, "fields.email")["judged"] == 1


@pytest.mark.usefixtures("accepted")
def test_a_form_that_is_no_longer_opened_or_found_is_worse(parts: Parts, tmp_path: Path) -> None:
    refused = run(parts, ScriptedReader([ProcessingCrashedError.code]), "another", "v1", tmp_path / "a")
    assert (refused["verdict"], refused["refused"][0]["code"]) == ("worse", "processing_crashed")
    lost = replayed(parts, tmp_path / "b", make_reading(matched=False))
    assert (lost["verdict"], len(lost["unmatched"])) == ("worse", 1)


@pytest.mark.usefixtures("accepted")
def test_the_command_says_it_in_a_sentence_a_page_and_its_exit_code(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_DATA", str(parts.settings.data))
    monkeypatch.setenv("INTAKE_DATABASE_URL", parts.settings.database_url)
    monkeypatch.setattr(command, "READER", "tests.intake_service.test_replaying.worse_reader")
    out = tmp_path / "report"
    done = CliRunner().invoke(main, ["replay", "--out", str(out)])
    assert done.exit_code == command.WORSE, done.output
    assert "变差：1 份" in done.output
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "变差" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["schema"] == "intake.replay/1"


def worse_reader(_engine: str) -> ScriptedReader:
    return ScriptedReader([reading(field("address", "<script>alert(1)</script>"))])
