"""What the watchers see: numbers that are right, names that every dashboard and rule knows, nothing of any paper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from extractors.form.second_entry import SecondLook
from intake_service import metrics, review, second_look, upkeep
from intake_service.app import create_app
from intake_service.counted import of_reading
from intake_service.dispatch import Dispatch
from intake_service.metrics import METRICS, name_of
from intake_service.parts import Parts
from intake_service.store import Move, processes, totals
from tests.intake_service.builders import PDF, REVIEWER, make_parts, make_reading, read_all, upload

MONITORING = Path(__file__).parents[2] / "docker" / "monitoring"
LINE = re.compile(r'([a-z_]+)(\{[a-z]+="[^"\\\n]*"(?:,[a-z]+="[^"\\\n]*")*\})? (-?[0-9.e+-]+)')
WORDS = {
    "by",
    "max",
    "min",
    "sum",
    "rate",
    "increase",
    "delta",
    "topk",
    "scalar",
    "and",
    "up",
}


def numbers(parts: Parts) -> dict[str, float]:
    """Each series with its number; fails for a line that Prometheus could not read."""
    found, told = {}, set()
    for line in metrics.page(parts).splitlines():
        if line.startswith("#"):
            _hash, word, name, rest = line.split(" ", 3)
            assert (word, name in METRICS) in {("HELP", True), ("TYPE", True)}
            assert rest
            told.add(name)
            continue
        matched = LINE.fullmatch(line)
        assert matched, line
        assert matched[1] in told
        found[matched[1] + (matched[2] or "")] = float(matched[3])
    return found


def test_what_was_read_failed_and_decided_is_counted(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = make_reading(rows=1, address="review", uscc="review", email="review")
    reading["timing_s"] = {"total": 1.5, "cells": 0.25}
    submission = upload(parts)
    read_all(parts, reading)
    upload(parts, PDF + b"2")
    read_all(parts, "encrypted_pdf")
    waiting = upload(parts, PDF + b"3")
    review.confirm(parts, REVIEWER, submission.id, 0, "fields.address")
    review.correct(parts, REVIEWER, submission.id, 1, "fields.uscc", "52430000MJJ0000001")
    review.decide(parts, REVIEWER, submission.id, 2, Move.ACCEPT)
    found = numbers(parts)
    assert found['intake_submissions{status="accepted"}'] == 1
    assert found['intake_submissions{status="rejected"}'] == 0
    assert found["intake_documents_waiting"] == 1
    assert found['intake_documents_failed{code="encrypted_pdf"}'] == 1
    assert found['intake_reading_failures_total{code="encrypted_pdf"}'] == 1
    assert (found["intake_documents_read_total"], found["intake_pages_read_total"]) == (1, 2)
    assert found['intake_reading_seconds_total{stage="cells"}'] == 0.25
    assert found['intake_values_total{field="fields.address",outcome="confirmed"}'] == 1
    assert found['intake_values_total{field="fields.uscc",outcome="corrected"}'] == 1
    assert found['intake_values_total{field="fields.email",outcome="unsettled"}'] == 1
    assert found['intake_values_total{field="occupations.code",outcome="passed"}'] == 1
    assert (found["intake_queue_up"], found["intake_workers"]) == (0, 0)
    read_all(parts, reading)
    assert waiting
    assert numbers(parts)['intake_reading_seconds_total{stage="cells"}'] == 0.5


def test_a_child_that_was_taken_over_names_no_series(parts: Parts) -> None:
    reading = make_reading()
    reading["timing_s"] = {
        'x"} 1\nintake_workers 9\n': 1.0, "张三": 1.0, "cells": "1", "grid": -1.0, "ink": float("inf"), "fields": 2.0,
        **{f"s{'x' * number}": 1.0 for number in range(100)},
    }  # fmt: skip
    told = of_reading(reading, -5.0)
    assert [name for name in told if "seconds_total{" in name] == ['intake_reading_seconds_total{stage="fields"}', *(
        f'intake_reading_seconds_total{{stage="s{"x" * number}"}}' for number in range(24))]  # fmt: skip
    assert told["intake_waited_seconds_total"] == 0


def test_second_looks_are_told_where_the_call_draws_some(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [name for name in numbers(parts) if "second_look" in name]
    monkeypatch.setattr(second_look, "rule", lambda: SecondLook(1.0))
    upload(parts)
    read_all(parts)
    found = numbers(parts)
    assert found['intake_second_looks{outcome="unseen"}'] == 0
    assert found['intake_second_look_alarm{alarm="rising"}'] == 0


def test_nothing_of_the_paper_is_among_the_numbers(parts: Parts) -> None:
    person = "金丝雀有限公司"
    reading = make_reading(org_name=person)
    reading["marks"]["org_seal"]["text"] = person
    submission = upload(parts)
    read_all(parts, reading)
    review.correct(parts, REVIEWER, submission.id, 0, "fields.contact_person", person)
    review.decide(parts, REVIEWER, submission.id, 1, Move.ACCEPT)
    page = metrics.page(parts)
    assert person not in page
    assert REVIEWER.name not in page
    assert submission.id not in page
    with parts.store.read() as tx:
        assert {name_of(name) for name in totals.known(tx)} <= METRICS.keys()


class Up(Dispatch):
    def is_up(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("settings", "broken"),
    [({}, set()), ({"min_free_mb": 10**9}, {"room"}), ({"max_waiting": 1}, {"backlog"})],
)
def test_ready_means_that_an_upload_would_be_taken(
    tmp_path: Path, settings: dict[str, Any], broken: set[str]
) -> None:
    parts = make_parts(tmp_path, **settings)
    if "max_waiting" in settings:
        upload(parts)
    answer = create_app(parts.settings, parts).test_client().get("/readyz")
    found = answer.json["parts"]
    assert {part for part in upkeep.NEEDED if not found[part]} == broken
    assert answer.status_code == (503 if broken else 200)
    assert (found["queue"], found["workers"]) == (False, False)
    with parts.store.write() as tx:
        processes.beat(tx, "here:1", "worker", {"engine": "x"})
    assert upkeep.readiness(parts)["parts"]["workers"]
    parts.store.close()


def test_not_ready_where_the_database_takes_nothing(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import contextmanager

    from intake_service.errors import DatabaseBusyError
    from intake_service.store import Store

    @contextmanager
    def refused(_store: Store) -> Iterator[None]:
        raise DatabaseBusyError
        yield

    monkeypatch.setattr(Store, "write", refused)
    assert upkeep.readiness(parts)["ready"] is False


RULES = yaml.safe_load((MONITORING / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
DASHBOARD = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
EXPRESSIONS = [rule["expr"] for rule in RULES] + [
    target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_dashboard_and_rules_name_only_numbers_that_are_printed(expression: str) -> None:
    bare = re.sub(r'"[^"]*"', '""', expression)
    for opening, closing in ("()", "{}", "[]"):
        assert bare.count(opening) == bare.count(closing)
    outside = re.sub(r"\{[^}]*\}|\[[^]]*\]|(by) \([^)]*\)", "", bare)
    named = set(re.findall(r"[a-z_]{2,}", outside)) - WORDS
    assert named <= METRICS.keys()
    assert named or "up{" in expression
    for name in re.findall(r"(?:rate|increase)\(([a-z_]+)", expression):
        assert METRICS[name].kind == metrics.COUNTER
    for name in re.findall(r"(?:delta|max|min)\(([a-z_]+)", expression):
        assert METRICS[name].kind == metrics.GAUGE


def test_labels_that_are_asked_for_exist(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_look, "rule", lambda: SecondLook(1.0))
    submission = upload(parts)
    read_all(parts)
    upload(parts, PDF + b"2")
    read_all(parts, "encrypted_pdf")
    review.decide(parts, REVIEWER, submission.id, 0, Move.ACCEPT)
    printed = {(name_of(one), label) for one in numbers(parts) for label in re.findall(r'([a-z]+)="', one)}
    for expression in EXPRESSIONS:
        for name, inside in re.findall(r"([a-z_]+)\{([^}]*)\}", expression):
            for label in re.findall(r"([a-z]+)[=!]", inside):
                assert (name, label) in printed or name == "up", expression


def test_rules_and_dashboard_are_whole() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
        assert rule["annotations"].keys() == {"summary", "action"}
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(panels)
    told = {name for expression in EXPRESSIONS for name in re.findall(r"intake_[a-z_]+", expression)}
    assert METRICS.keys() - told <= {"intake_info", "intake_outbox_calls"}
