"""Each rule with its inputs, outcome and clause: as values, as JSON and on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractors.form.layout import default_layout
from intake_service import explaining, review
from intake_service.cli import main
from intake_service.errors import NotFoundError
from intake_service.intake import Meta
from intake_service.parts import Parts
from tests.intake_service.builders import REVIEWER, make_cell, make_parts, make_reading, read_all, upload

RULES = default_layout().call.rules


@pytest.fixture
def found(parts: Parts) -> dict[str, Any]:
    return explained(parts)


def explained(parts: Parts) -> dict[str, Any]:
    reading = make_reading(rows=1)
    reading["fields"]["uscc"] = make_cell("91430100MA4L1234XX")
    submission = upload(parts, meta=Meta(channel="counter", received_at=datetime(2020, 4, 17, 2, tzinfo=UTC)))
    read_all(parts, reading)
    return explaining.explain(parts, submission.receipt_number)


def test_every_rule_of_the_call_is_told_in_its_order(found: dict[str, Any]) -> None:
    assert [rule["rule"] for rule in found["rules"]] == [rule.id for rule in RULES]
    assert {rule["outcome"] for rule in found["rules"]} == {
        explaining.PASSED,
        explaining.FAILED,
        explaining.CANNOT_JUDGE,
        explaining.NOT_APPLICABLE,
    }
    for rule in found["rules"]:
        assert rule["basis"]
        assert bool(rule["findings"]) == (rule["outcome"] != explaining.NOT_APPLICABLE)


def test_a_rule_shows_what_it_looked_at_and_where(found: dict[str, Any]) -> None:
    rules = {rule["rule"]: rule for rule in found["rules"]}
    code = rules["uscc.check_digit"]
    assert code["outcome"] == explaining.FAILED
    assert code["findings"][0]["inputs"] == [
        {
            "path": "fields.uscc",
            "text": "91430100MA4L1234XX",
            "value": "91430100MA4L1234XX",
            "by": "machine",
            "places": [{"page": 1, "box": [0.1, 0.1, 0.5, 0.2]}],
        }
    ]
    assert rules["call.years"]["with"] == {"years": 5}
    assert rules["call.years"]["words"] == "需具备连续5年以上相关培训评价经历"
    deadline = rules["call.deadline"]["findings"][0]
    assert (deadline["outcome"], [each["path"] for each in deadline["inputs"]]) == (
        explaining.PASSED,
        ["register.postmark_date", "register.received_at"],
    )
    assert deadline["inputs"][1]["text"].startswith("2020-04-17")
    seal = rules["marks.org_seal"]["findings"][0]["inputs"][0]
    assert seal["value"] == {"present": True, "matches": True}
    assert rules["required.*"]["findings"][0]["finding"] == "required.org_name"


def test_the_command_tells_it_to_people_and_to_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = make_parts(tmp_path)
    number = str(explained(parts)["receipt_number"])
    parts.store.close()
    monkeypatch.setenv("INTAKE_DATA", str(tmp_path))
    shown = CliRunner().invoke(main, ["rules", "explain", number])
    assert shown.exit_code == 0, shown.output
    assert "✗ 不符合  uscc.check_digit  〔GB 32100—2015〕" in shown.output
    assert "fields.uscc：91430100MA4L1234XX  第 1 页 [0.100, 0.100, 0.500, 0.200]" in shown.output
    told = CliRunner().invoke(main, ["rules", "explain", number, "--json"])
    assert json.loads(told.output)["schema"] == "intake.findings/1"
    assert CliRunner().invoke(main, ["rules", "explain", "nowhere"]).exit_code == 1


def test_the_command_checks_a_file_of_rules(tmp_path: Path) -> None:
    file = tmp_path / "hunan-2020-40.yaml"
    root = Path(__file__).resolve().parents[2] / "templates_ref" / "calls"
    text = (root / file.name).read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    assert f"{len(RULES)} 条规则" in CliRunner().invoke(main, ["rules", "check", str(file)]).output
    file.write_text(text.replace("{least: 20000}", "{least: 两万}"), encoding="utf-8")
    refused = CliRunner().invoke(main, ["rules", "check", str(file)])
    assert refused.exit_code == 3
    assert "with.least" in refused.output


def test_what_a_reviewer_said_of_a_finding_is_told_with_it(parts: Parts) -> None:
    found = explained(parts)
    told = next(rule for rule in found["rules"] if rule["rule"] == "uscc.check_digit")["findings"][0]
    assert (told["path"], "judged" in told) == ("findings.uscc.check_digit@fields.uscc", False)
    review.judge_finding(
        parts, REVIEWER, str(found["id"]), int(found["version"]), told["path"], "证照如此", settled=True
    )
    again = explaining.explain(parts, str(found["id"]))
    judged = next(rule for rule in again["rules"] if rule["rule"] == "uscc.check_digit")["findings"][0][
        "judged"
    ]
    assert (judged["settled"], judged["comment"], judged["by"]) == (True, "证照如此", "reviewer")


def test_a_material_is_told_with_its_pages_and_whose_word_counts(parts: Parts) -> None:
    found = explained(parts)
    review.tick_material(parts, REVIEWER, str(found["id"]), 6, present=False)
    again = {rule["rule"]: rule for rule in explaining.explain(parts, str(found["id"]))["rules"]}
    credit = again["materials.credit"]["findings"][0]["inputs"][0]
    assert (credit["text"], credit["value"]) == ("信用报告或诚信承诺书", {"pages": [], "said": False})
    assert (credit["by"], again["materials.assets"]["findings"][0]["inputs"][0]["by"]) == (
        "person",
        "machine",
    )


def test_what_is_not_there_cannot_be_explained(parts: Parts) -> None:
    with pytest.raises(NotFoundError):
        explaining.explain(parts, "nowhere")
