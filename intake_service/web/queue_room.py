"""队列: who waits, who works on what, and the next one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from extractors.form.layout import default_layout
from intake_service import intake, queue, seconding
from intake_service.parts import Role
from intake_service.store.submissions import Filter
from intake_service.web import words
from intake_service.web.door import actor, parts, shown_name
from intake_service.web.queue_lines import to_lines
from intake_service.web.results_room import export_name

PAGE = 30
"""Lines of one page: more only take longer to draw."""
TAB_STATES = {name: states for name, _word, states in words.TABS}
ORDER_WORDS = {
    "deadline": "先到期的在前",
    "doubtful": "疑点多的在前",
    "clear": "疑点少的在前",
    "newest": "最新收到在前",
    "oldest": "最早收到在前",
}
WAITING = {"review", "reading"}
"""Tabs of those who wait: taken in turn, unless the address says otherwise."""
FLAGS = {
    "doubtful": "有疑点",
    "failing": "校验未过",
    "alike": "可能重复",
    "second": "待第二人录入",
}
FREE = "-"
"""In place of a user's name: nobody works on it. No name begins with it."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One state to filter by, with how many stand there."""

    word: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for, as the form shows it again. ``holder`` is a user's name, FREE or empty."""

    status: str
    search: str
    channel: str
    call: str
    holder: str
    flags: frozenset[str]
    order: str

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state is asked for."""
        return bool(self.search or self.channel or self.call or self.holder or self.flags)

    def to_filter(self) -> Filter:
        """What the use case understands."""
        return Filter(
            status=tuple(TAB_STATES[self.status]) if self.status != "all" else (),
            search=self.search,
            channel=self.channel,
            call=self.call,
            claimed_by="" if self.holder == FREE else self.holder,
            free=self.holder == FREE,
            doubtful="doubtful" in self.flags,
            failing="failing" in self.flags,
            alike="alike" in self.flags,
            second="second" in self.flags,
            order=self.order,
        )


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/queue", "queue", show)
    web.add_url_rule("/submissions/<submission_id>/claim", "claim", claim, methods=["POST"])


def show() -> ResponseReturnValue:
    """The list with its filters; the address holds all of them, so that it can be kept."""
    g.active = "queue"
    chosen = to_chosen(request.args)
    found = chosen.to_filter()
    page = queue.list_submissions(parts(), found, request.args.get("cursor") or None, PAGE)
    counts = queue.count_by_status(parts(), replace(found, status=()))
    asked: dict[str, Any] = {
        name: value for name, value in request.args.to_dict().items() if name != "cursor"
    }
    tabs = [
        Tab(
            word,
            sum(counts[s] for s in states),
            url_for("web.queue", **{**asked, "status": name}),
            name == chosen.status,
        )
        for name, word, states in words.TABS
    ]
    return render_template(
        "queue.html",
        tabs=tabs,
        chosen=chosen,
        channels=intake.CHANNELS,
        calls=queue.calls(parts()),
        call_words={default_layout().call.id: default_layout().call.document},
        orders=ORDER_WORDS,
        flags={
            flag: word
            for flag, word in FLAGS.items()
            if flag != "second" or seconding.rule() or flag in chosen.flags
        },
        holders=_holders(),
        free=FREE,
        rows=to_lines(page.items),
        may_review=actor().may(Role.REVIEWER),
        reviewers=queue.reviewers(parts()) if actor().may(Role.ADMIN) else (),
        minutes=parts().settings.claim_minutes,
        export_name=export_name("csv"),
        total=next(tab.count for tab in tabs if tab.current),
        first_url=url_for("web.queue", **asked) if request.args.get("cursor") else None,
        next_url=url_for("web.queue", **{**asked, "cursor": page.cursor}) if page.cursor else None,
    )


def claim(submission_id: str) -> ResponseReturnValue:
    """Reserve a submission, or give one's own back when ``release`` is asked for."""
    if (request.get_json(silent=True) or {}).get("release"):
        queue.release(parts(), actor(), submission_id)
        return jsonify(claimed_by="")
    submission = queue.claim(parts(), actor(), submission_id)
    return jsonify(claimed_by=submission.claimed_by, face=shown_name(actor().name)[:1])


def to_chosen(untrusted: MultiDict[str, str]) -> Chosen:
    """The filters of an address; what it does not understand is left out."""
    status = untrusted.get("status", "review")
    status = status if status in TAB_STATES else "review"
    channel = untrusted.get("channel", "")
    order = untrusted.get("sort", "")
    return Chosen(
        status=status,
        search=untrusted.get("q", "").strip()[:200],
        channel=channel if channel in intake.CHANNELS else "",
        call=untrusted.get("call", "")[:64],
        holder=untrusted.get("holder", "")[:64],
        flags=frozenset(FLAGS).intersection(untrusted),
        order=order if order in ORDER_WORDS else "deadline" if status in WAITING else "newest",
    )


def _holders() -> list[dict[str, Any]]:
    """Who works on what right now, oneself first."""
    found = queue.holders(parts())
    me = actor().name
    return [
        {"name": name, "word": "我" if name == me else shown_name(name), "mine": name == me, "count": count}
        for name, count in sorted(found.items(), key=lambda each: (each[0] != me, -each[1], each[0]))
    ]
