"""The call's rules as data: each kind is known, each sentence can be said, and what is wrong is refused at its place."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from extractors.form.checks import RUNNERS
from extractors.form.layout import Call, LayoutError, default_layout, load_call
from extractors.form.rules import KINDS, rule_of

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "templates_ref" / "calls" / "hunan-2020-40.yaml"
DATA: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
NOTICE = ROOT.parent / "shared" / "notice.txt"
RULES = default_layout().call.rules


def load(folder: Path, data: object) -> Call:
    file = folder / FILE.name
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return load_call(file)


def test_every_kind_has_its_function() -> None:
    assert set(RUNNERS) == set(KINDS)


def test_the_call_uses_every_kind_and_says_each_sentence_in_chinese() -> None:
    assert {rule.kind for rule in RULES} == set(KINDS)
    for rule in RULES:
        facts = dict.fromkeys(KINDS[rule.kind].facts, "某")
        for sentence in rule.say.values():
            assert "{" not in sentence.format(**facts)


def test_a_finding_knows_its_rule() -> None:
    assert rule_of(RULES, "required.org_name") is rule_of(RULES, "required.*")
    assert rule_of(RULES, "required.occupations") is not rule_of(RULES, "required.*")
    assert rule_of(RULES, "call.years") is not None
    assert rule_of(RULES, "call.year") is None


@pytest.mark.skipif(not NOTICE.is_file(), reason="the notice lies in ../shared")
def test_what_a_rule_quotes_stands_in_the_notice() -> None:
    notice = "".join(NOTICE.read_text(encoding="utf-8").split())
    quoted = [rule.words for rule in RULES if rule.words]
    assert len(quoted) > 20
    code = default_layout().call.filing_code
    assert code is not None
    for words in (*quoted, code.words):
        assert "".join(words.split()) in notice, words


def put(*steps: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        inner: Any = data
        for step in steps[:-1]:
            inner = inner[step]
        inner[steps[-1]] = value

    return change


def drop(*steps: str | int) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        inner: Any = data
        for step in steps[:-1]:
            inner = inner[step]
        del inner[steps[-1]]

    return change


YEARS = next(index for index, item in enumerate(DATA["rules"]) if item["id"] == "call.years")
SCOPE = next(index for index, item in enumerate(DATA["rules"]) if item["id"] == "scope.catalogue")
PHONE = next(index for index, item in enumerate(DATA["rules"]) if item["id"] == "phone.format")
MATERIAL = next(index for index, item in enumerate(DATA["rules"]) if item["kind"] == "material")
AT = f"rules[{YEARS}]"


@pytest.mark.parametrize(
    ("change", "path", "word"),
    [
        (put("rules", YEARS, "kind", value="years"), f"{AT}.kind", "years"),
        (put("rules", YEARS, "id", value="uscc.format"), f"{AT}.id", "重复"),
        (put("rules", YEARS, "id", value="Years"), f"{AT}.id", "Years"),
        (put("rules", YEARS, "severity", value="fatal"), f"{AT}.severity", "fatal"),
        (put("rules", YEARS, "clauses", value="x"), AT, "clauses"),
        (drop("rules", YEARS, "basis"), AT, "basis"),
        (put("rules", YEARS, "basis", value=""), f"{AT}.basis", "空"),
        (put("rules", YEARS, "with", "years", value="五"), f"{AT}.with.years", "int"),
        (put("rules", YEARS, "with", "years", value=True), f"{AT}.with.years", "int"),
        (put("rules", YEARS, "with", "years", value=-1), f"{AT}.with.years", "小于"),
        (put("rules", YEARS, "with", value={}), f"{AT}.with", "years"),
        (put("rules", YEARS, "with", "months", value=3), f"{AT}.with", "months"),
        (drop("rules", YEARS, "say", "some"), f"{AT}.say", "some"),
        (put("rules", YEARS, "say", "perhaps", value="也许。"), f"{AT}.say", "perhaps"),
        (put("rules", YEARS, "say", "bad", value="不满{year}年。"), f"{AT}.say.bad", "year"),
        (put("rules", YEARS, "say", "bad", value="不满{years年。"), f"{AT}.say.bad", "大括号"),
        (put("rules", YEARS, "say", "bad", value="{years.__class__}。"), f"{AT}.say.bad", "__class__"),
        (put("rules", YEARS, "say", "bad", value="没有句号"), f"{AT}.say.bad", "写法"),
        (put("rules", YEARS, "of", value=["start_date"]), f"{AT}.of", "不用"),
        (drop("rules", PHONE, "of"), f"rules[{PHONE}].of", "栏目"),
        (put("rules", PHONE, "of", value=["telephone"]), f"rules[{PHONE}].of[0]", "telephone"),
        (
            put("rules", SCOPE, "with", "catalogue_until", value="2020-13-01"),
            f"rules[{SCOPE}].with.catalogue_until",
            "date",
        ),
        (put("rules", MATERIAL, "with", "number", value=7), f"rules[{MATERIAL}].with.number", "第 7 项"),
        (put("filing_code", "pattern", value="S0000[43"), "filing_code.pattern", "正则表达式"),
        (put("filing_code", "say", value="没有句号"), "filing_code.say", "写法"),
        (drop("filing_code", "basis"), "filing_code", "basis"),
        (put("rules", value=[]), "rules", "至少"),
        (put("judged_as_of", value="someday"), "judged_as_of", "someday"),
        (put("deadline", value="2020-02-30"), "deadline", "2020-02-30"),
        (put("deadline_counts", value="fax"), "deadline_counts", "fax"),
        (put("deadline_day_itself", value="perhaps"), "deadline_day_itself", "perhaps"),
        (put("answer_working_days", value=0), "answer_working_days", "不"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_with_its_place_and_a_sentence(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], path: str, word: str
) -> None:
    data = copy.deepcopy(DATA)
    change(data)
    with pytest.raises(LayoutError) as refused:
        load(tmp_path, data)
    assert refused.value.path == path
    assert word in refused.value.sentence
    assert refused.value.sentence.endswith("。")


def test_the_rules_as_they_are_load(tmp_path: Path) -> None:
    assert load(tmp_path, DATA) == default_layout().call


def test_the_table_of_clauses_names_every_rule_and_only_tests_that_exist() -> None:
    """``calls/README.md``: clause → rule → test."""
    table = (FILE.parent / "README.md").read_text(encoding="utf-8")
    assert [rule.id for rule in RULES if f"`{rule.id}`" not in table] == []
    files = [*ROOT.glob("tests/extractors/**/test_*.py"), *ROOT.glob("tests/intake_service/test_*.py")]
    known = {file.name for file in files} | {
        name
        for file in files
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = set(re.findall(r"test_\w+(?:\.py)?", table))
    assert named - known == set()
    assert len(named) > 20
