"""The findings as the review page shows them: outcome, sentence, clause, and what a reviewer said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from extractors.form.layout import default_layout
from extractors.form.rules import rule_of
from intake_service.rechecks import finding_path
from intake_service.web import words
from intake_service.web.words import Look

LOOKS = {
    (True, ""): Look("符合", "done", "person"),
    (None, ""): Look("无法判断", "help", "blank"),
    (False, "error"): Look("不符合", "fail", "fail"),
    (False, "warning"): Look("请留意", "check", "check"),
    (False, "info"): Look("提示", "help", "sure"),
}
SETTLED = Look("人工认定", "person", "person")
FINE = 4
"""Place in the order of what is as it should be."""
_ORDER = {"fail": 0, "check": 1, "blank": 2, "sure": 3}


@dataclass(frozen=True, slots=True)
class CheckView:
    """One finding with the fields to go to. ``comment`` is what the reviewer ``by`` said of it."""

    path: str
    state: Look
    message: str
    fields: tuple[tuple[str, str], ...]
    order: int
    basis: str
    words: str
    comment: str = ""
    by: str = ""
    at: str = ""


def check_view(check: Mapping[str, Any], labels: Mapping[str, str]) -> CheckView:
    """A finding (see ``rechecks``); a settled one stands between the open ones and those that are fine."""
    passed, judged = check["passed"], check.get("judged", {})
    look = LOOKS[passed, check["severity"] if passed is False else ""]
    rule = rule_of(default_layout().call.rules, check["rule"])
    settled = judged.get("settled", False)
    return CheckView(
        path=finding_path(check),
        state=SETTLED if settled else look,
        message=check["message"],
        fields=tuple((path, labels[path]) for path in check["fields"] if path in labels),
        order=3 if settled else _ORDER.get(look.tone, FINE),
        basis=rule.basis if rule else "",
        words=rule.words if rule else "",
        comment=judged.get("comment", ""),
        by=judged.get("by", ""),
        at=words.near(datetime.fromisoformat(judged["at"])) if judged else "",
    )
