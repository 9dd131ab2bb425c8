"""结果 and 看板: what was accepted, its export, and how the work goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    g,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from intake_service import export, figures, queue, review, workbook
from intake_service.current import PERSON
from intake_service.errors import InvalidRequestError
from intake_service.parts import Parts, Role
from intake_service.store import State
from intake_service.store.submissions import Filter
from intake_service.web import words
from intake_service.web.door import actor, parts
from intake_service.web.review_view import place_label

PAGE = 50
SAMPLE = 50
"""How many of the newest accepted submissions tell what passes without a person."""


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
    search, uncoded = request.args.get("q", "").strip()[:200], request.args.get("uncoded") == "1"
    chosen = Filter(status=(State.ACCEPTED,), search=search, uncoded=uncoded)
    page = queue.list_submissions(parts(), chosen, request.args.get("cursor"), PAGE)
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
                "filing_url": url_for("web.filing", submission_id=one.submission.id),
                "code": one.filing.code,
            }
            for one in opened
        ],
        search=search,
        uncoded=uncoded,
        total=queue.count_by_status(parts(), chosen)[State.ACCEPTED],
        next_url=url_for("web.results", **more) if more else None,
        file_name=export_name,
    )


def download(kind: str) -> ResponseReturnValue:
    """Accepted values as JSON lines or as a table for spreadsheets: all, those searched for, or the ``id``s named."""
    makers = {
        "json": (export.to_json_lines, "application/x-ndjson"),
        "csv": (export.to_csv, "text/csv"),
        "xlsx": (workbook.to_workbook, workbook.MEDIA_TYPE),
    }
    if kind not in makers:
        return render_template(
            "error.html", title="没有这种导出", message="可以导出 Excel、CSV 或 JSON。"
        ), 404
    actor().require(Role.REVIEWER)
    make, media_type = makers[kind]
    chosen = Filter(search=request.args.get("q", "").strip()[:200], ids=tuple(request.args.getlist("id")))
    if len(chosen.ids) > queue.MAX_PAGE:
        raise InvalidRequestError(f"一次最多导出选中的 {queue.MAX_PAGE} 件。")
    lines = make(parts(), actor(), chosen)
    response = Response(stream_with_context(lines), mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{export_name(kind)}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def export_name(kind: str) -> str:
    """What an export of today is called."""
    day = words.local(datetime.now(UTC)).strftime("%Y%m%d")
    return f"accepted-{day}.{'jsonl' if kind == 'json' else kind}"


def overview() -> ResponseReturnValue:
    """Counts by state, what came and went, waiting, and how often the machine was wrong where a person looked."""
    g.active = "overview"
    counts = queue.count_by_status(parts())
    known = figures.figures(parts(), actor())
    looked_at, touched, passed = touched_and_passed(parts())
    most = max((max(day.came, day.decided) for day in known.days), default=0) or 1
    return render_template(
        "overview.html",
        waiting=counts[State.IN_REVIEW],
        reading=counts[State.RECEIVED] + counts[State.READING],
        failed=counts[State.FAILED] + counts[State.QUARANTINED],
        done=sum(counts[s] for s in (State.ACCEPTED, State.RETURNED, State.REJECTED)),
        longest=words.span(known.longest_wait_h),
        typical=words.span(known.typical_wait_h),
        days=[
            {"day": day.day, "came": day.came, "decided": day.decided, "came_share": day.came / most,
             "decided_share": day.decided / most}
            for day in known.days
        ],
        left=_bars((_left_word(each.days), each.count, _left_tone(each.days)) for each in known.left),
        judged=[{"word": place_label(each.place), **_rate(each)} for each in known.judged],
        together=_rate(known.all_judged) if known.all_judged else None,
        second_looks=_second_looks(known.second_looks),
        sample=looked_at,
        passed=f"{passed / (passed + touched):.0%}" if passed + touched else "",
    )  # fmt: skip


def touched_and_passed(from_parts: Parts) -> tuple[int, int, int]:
    """How many of the newest accepted submissions were looked at, their places that a person touched, and the others."""
    decided = queue.list_submissions(from_parts, Filter(status=(State.ACCEPTED,)), limit=SAMPLE)
    touched = passed = 0
    for submission in decided.items:
        for cell in review.open_review(from_parts, submission.id).current.cells():
            if cell.machine:
                touched += cell.by == PERSON
                passed += cell.by != PERSON
    return len(decided.items), touched, passed


def _second_looks(known: figures.SecondLooks | None) -> dict[str, Any] | None:
    if known is None:
        return None
    return {
        "alarm": known.alarm and words.ALARMS[known.alarm],
        "together": _rate(known.together) if known.together else None,
        "recent": _rate(known.recent) if known.recent else None,
        "wrong": [{"word": place_label(each.place), **_rate(each)} for each in known.judged if each.wrong],
        "unseen": known.unseen,
    }


def _rate(judged: figures.Judged) -> dict[str, Any]:
    return {
        "looked": judged.looked,
        "wrong": judged.wrong,
        "rate": _percent(judged.rate),
        "between": f"{_percent(judged.low)} – {_percent(judged.high)}",
        "share": judged.rate,
        "low": judged.low,
        "high": judged.high,
    }


def _percent(share: float) -> str:
    """Small shares with a decimal: 0.4 % is not nothing."""
    return f"{share:.0%}" if share == 0 or share >= 0.1 else f"{share:.1%}"


def _left_word(days: int | None) -> str:
    if days is None:
        return "工作日历之外"
    return {-1: "已超期", 0: "今天到期"}.get(days, f"还有 {days} 个工作日")


def _left_tone(days: int | None) -> str:
    if days is None:
        return "blank"
    return "fail" if days <= 0 else "check" if days == 1 else "sure"


def _bars(pairs: Iterable[tuple[str, int, str]]) -> list[Share]:
    listed = list(pairs)
    most = max((number for _word, number, _tone in listed), default=0) or 1
    return [Share(word, str(number), number / most, tone) for word, number, tone in listed]
