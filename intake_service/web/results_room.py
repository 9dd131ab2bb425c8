"""结果 and 看板: what was accepted, its export, and how the work goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, g, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from intake_service import export, queue, review
from intake_service.current import PERSON, Current
from intake_service.parts import Role
from intake_service.store import State
from intake_service.store.submissions import Filter
from intake_service.web import words
from intake_service.web.door import actor, parts
from intake_service.web.review_view import path_labels

SAMPLE = 50
"""How many of the newest decided submissions the overview looks at."""


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a bar chart; ``share`` is 0..1."""

    word: str
    number: str
    share: float
    tone: str = ""


def add_routes(web: Blueprint) -> None:
    """Attach this room's pages."""
    web.add_url_rule("/results", "results", show)
    web.add_url_rule("/results/export.<kind>", "export", download)
    web.add_url_rule("/overview", "overview", overview)


def show() -> ResponseReturnValue:
    """The accepted submissions."""
    g.active = "results"
    actor().require(Role.REVIEWER)
    search = request.args.get("q", "").strip()[:200]
    page = queue.list_submissions(
        parts(), Filter(status=(State.ACCEPTED,), search=search), request.args.get("cursor"), 50
    )
    opened = [review.open_review(parts(), submission.id) for submission in page.items]
    more: dict[str, Any] | None = {**request.args.to_dict(), "cursor": page.cursor} if page.cursor else None
    return render_template(
        "results.html",
        rows=[
            {
                "url": url_for("web.review", submission_id=one.submission.id),
                "title": one.submission.org_name or one.submission.receipt_number,
                "uscc": one.submission.uscc,
                "receipt_number": one.submission.receipt_number,
                "occupations": [row.cells["name"].text for row in one.current.rows],
                "decided_at": one.submission.decided_at,
                "decided_by": one.submission.decided_by,
            }
            for one in opened
        ],
        search=search,
        total=queue.count_by_status(parts())[State.ACCEPTED],
        next_url=url_for("web.results", **more) if more else None,
    )


def download(kind: str) -> ResponseReturnValue:
    """All accepted values as JSON lines or as a table for spreadsheets."""
    makers = {
        "json": (export.to_json_lines, "application/x-ndjson"),
        "csv": (export.to_csv, "text/csv; charset=utf-8"),
    }
    if kind not in makers:
        return render_template("error.html", title="没有这种导出", message="可以导出 CSV 或 JSON。"), 404
    actor().require(Role.REVIEWER)
    make, media_type = makers[kind]
    lines = make(parts(), actor(), Filter(search=request.args.get("q", "").strip()[:200]))
    response = Response(stream_with_context(lines), mimetype=media_type)
    day = words.local(datetime.now(UTC)).strftime("%Y%m%d")
    ending = "jsonl" if kind == "json" else "csv"
    response.headers["Content-Disposition"] = f'attachment; filename="accepted-{day}.{ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def overview() -> ResponseReturnValue:
    """Counts by state, the oldest that waits, and where people had to correct the machine."""
    g.active = "overview"
    actor().require(Role.REVIEWER)
    counts = queue.count_by_status(parts())
    oldest = queue.list_submissions(
        parts(), Filter(status=(State.IN_REVIEW,), oldest_first=True), limit=1
    ).items
    decided = queue.list_submissions(
        parts(), Filter(status=(State.ACCEPTED, State.RETURNED, State.REJECTED)), limit=SAMPLE
    )
    seen = [review.open_review(parts(), submission.id).current for submission in decided.items]
    touched, passed, corrected = tally(seen)
    return render_template(
        "overview.html",
        waiting=counts[State.IN_REVIEW],
        reading=counts[State.RECEIVED] + counts[State.READING],
        failed=counts[State.FAILED] + counts[State.QUARANTINED],
        done=sum(counts[s] for s in (State.ACCEPTED, State.RETURNED, State.REJECTED)),
        oldest=oldest[0].received_at if oldest else None,
        states=_bars(
            (words.SUBMISSION_LOOKS[State(s)].word, n, words.SUBMISSION_LOOKS[State(s)].tone)
            for s, n in counts.items()
        ),
        looked_at=len(seen),
        passed=f"{passed / (passed + touched):.0%}" if passed + touched else "—",
        corrected=_bars((word, n, "check") for word, n in corrected.most_common(10)),
    )


def tally(seen: Iterable[Current]) -> tuple[int, int, Counter[str]]:
    """Cells a person touched, cells that passed without, and how often each field's text was changed by a person."""
    touched = passed = 0
    corrected: Counter[str] = Counter()
    for current in seen:
        labels = path_labels(current)
        for cell in current.cells():
            if not cell.machine:
                continue
            if cell.by != PERSON:
                passed += 1
                continue
            touched += 1
            if cell.text != cell.machine.get("text", ""):
                label = labels.get(cell.path, cell.path)
                corrected[label.split(" ")[-1] if cell.path.startswith("occupations") else label] += 1
    return touched, passed, corrected


def _bars(pairs: Iterable[tuple[str, int, str]]) -> list[Share]:
    listed = list(pairs)
    most = max((number for _word, number, _tone in listed), default=0) or 1
    return [Share(word, str(number), number / most, tone) for word, number, tone in listed]
