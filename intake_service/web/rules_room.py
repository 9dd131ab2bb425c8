"""逐条规则: every rule of the call for one submission, with what it looked at on the paper, and the way to judge it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from extractors.form.page_spans import page_ranges
from intake_service import explaining, pages, review
from intake_service.parts import Role
from intake_service.web import words
from intake_service.web.door import actor, parts
from intake_service.web.review_checks import SETTLED
from intake_service.web.review_fields import verdict_word
from intake_service.web.review_view import is_editable, path_labels
from intake_service.web.words import Look

LOOKS = {
    explaining.FAILED: Look("不符合", "fail", "fail"),
    explaining.CANNOT_JUDGE: Look("无法判断", "help", "blank"),
    explaining.PASSED: Look("符合", "done", "person"),
    explaining.NOT_APPLICABLE: Look("没有用到", "blank", "blank"),
}
"""Worst first, as the page lists them."""
SOFTER = {"warning": Look("请留意", "check", "check"), "info": Look("提示", "help", "sure")}
"""What a failed rule is called that holds nothing back."""


@dataclass(frozen=True, slots=True)
class InputView:
    """One thing a rule looked at; ``places`` as the page's script reads them, ``whole`` for marks."""

    label: str
    text: str
    places: str
    whole: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """One outcome with the way to judge it. ``comment`` is what ``by`` said of it."""

    outcome: str
    state: Look
    message: str
    inputs: tuple[InputView, ...]
    url: str
    comment: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule. ``numbers`` are those it compares with."""

    rule: str
    outcome: str
    state: Look
    basis: str
    words: str
    numbers: str
    findings: tuple[FindingView, ...]


def add_routes(web: Blueprint) -> None:
    """Attach this room's page."""
    web.add_url_rule("/review/<submission_id>/rules", "rules", show)


def show(submission_id: str) -> ResponseReturnValue:
    """All rules, or those of one ``outcome``."""
    g.active = "review"
    opened = review.open_as(parts(), actor(), submission_id)
    seen = _Seen(opened, pages.list_pages(parts(), submission_id))
    told = [seen.rule(rule) for rule in explaining.review_to_findings(opened)["rules"]]
    order = list(LOOKS)
    wanted = request.args.get("outcome", "")
    shown = [rule for rule in told if wanted in {"", rule.outcome}]
    return render_template(
        "rules.html",
        submission=opened.submission,
        rules=sorted(shown, key=lambda rule: order.index(rule.outcome)),
        tabs=[_tab(submission_id, wanted, "", "全部", len(told))]
        + [
            _tab(submission_id, wanted, outcome, look.word, sum(rule.outcome == outcome for rule in told))
            for outcome, look in LOOKS.items()
        ],
        pictures=seen.pictures,
        editable=seen.editable,
    )


def _tab(submission_id: str, wanted: str, outcome: str, word: str, count: int) -> dict[str, Any]:
    url = url_for("web.rules", submission_id=submission_id, outcome=outcome or None)
    return {"url": url, "word": word, "count": count, "current": wanted == outcome}


class _Seen:
    """One submission's labels and pages, to show findings with."""

    def __init__(self, opened: review.Review, refs: Sequence[pages.PageRef]) -> None:
        self._opened = opened
        self._labels = path_labels(opened.current) | words.REGISTER_WORDS
        self._numbers = {(ref.document_id, ref.document_page): ref.number for ref in refs}
        self.editable = is_editable(opened, actor().name, may_review=actor().may(Role.REVIEWER))
        here = opened.submission.id
        self.pictures = {
            url_for(
                "web.page_picture", submission_id=here, document_id=r.document_id, number=r.document_page
            ): r.number
            for r in refs
        }

    def rule(self, told: Mapping[str, Any]) -> RuleView:
        """A rule as ``explaining`` tells it."""
        numbers = {name: value for name, value in told["with"].items() if isinstance(value, int | str)}
        return RuleView(
            rule=told["rule"],
            outcome=told["outcome"],
            state=_look(told["outcome"], told["severity"]),
            basis=told["basis"],
            words=told["words"],
            numbers="，".join(f"{name} = {value}" for name, value in numbers.items()),
            findings=tuple(
                self._finding(finding, told["severity"])
                for finding in sorted(told["findings"], key=lambda each: list(LOOKS).index(each["outcome"]))
            ),
        )

    def _finding(self, told: Mapping[str, Any], severity: str) -> FindingView:
        judged = told.get("judged", {})
        url = url_for("web.review", submission_id=self._opened.submission.id)
        return FindingView(
            outcome=told["outcome"],
            state=SETTLED if judged.get("settled") else _look(told["outcome"], severity),
            message=told["message"],
            inputs=tuple(self._input(each) for each in told["inputs"]),
            url=f"{url}#finding={quote(told['path'], safe='')}",
            comment=judged.get("comment", ""),
            by=judged.get("by", ""),
            at=words.near(datetime.fromisoformat(judged["at"])) if judged else "",
        )

    def _input(self, told: Mapping[str, Any]) -> InputView:
        path, form = told["path"], self._opened.submission.form_document_id or ""
        places = [
            (self._numbers.get((place.get("document", form), place["page"])), place["box"])
            for place in told["places"]
        ]
        shown = ";".join(f"{number}:{','.join(map(str, box))}" for number, box in places if number)
        return InputView(self._labels.get(path, path), self._text(told), shown, path.startswith("marks."))

    def _text(self, told: Mapping[str, Any]) -> str:
        path = told["path"]
        if path.startswith("marks."):
            return "　".join(filter(None, (verdict_word(path, told["value"]), told["text"])))
        if path.startswith("materials."):
            found, said = told["value"]["pages"], told["value"]["said"]
            seen = f"机器认为在第 {page_ranges(found)} 页" if found else "机器没有识别到"
            return seen if said is None else f"{seen}；已由人核对：{words.PRESENCE[said]}"
        if path == "register.received_at":
            return words.exact(self._opened.submission.received_at)
        return str(told["text"])


def _look(outcome: str, severity: str) -> Look:
    return SOFTER.get(severity, LOOKS[outcome]) if outcome == explaining.FAILED else LOOKS[outcome]
