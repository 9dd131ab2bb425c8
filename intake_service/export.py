"""Handing out: the values after review, as JSON for systems and as a table for people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from extractors.form.reading import COLUMN_IDS, FIELD_IDS
from extractors.form.workdays import LOCAL_UTC_OFFSET
from intake_service.current import MACHINE, PERSON, Cell, Entry, Mark
from intake_service.parts import Actor, Parts, Role
from intake_service.review import Review, open_review
from intake_service.seconding import is_same
from intake_service.store import State, audit, submissions
from intake_service.store.filings import Filing
from intake_service.store.submissions import Filter

SCHEMA = "intake.result/1"
SYSTEM = "system"
"""Who said something that is neither the reader nor a person."""
FIELD_TITLES = dict(
    zip(
        FIELD_IDS,
        ("名称", "地址", "注册登记机构", "机构性质", "统一社会信用代码", "法定代表人", "注册资金", "联系人", "职务",
         "联系电话", "电子邮箱", "在相关领域开展工作情况", "审核意见", "审核日期"),
        strict=True,
    )
)  # fmt: skip
COLUMN_TITLES = dict(
    zip(
        COLUMN_IDS,
        ("序号", "职业（工种）名称", "职业编码", "是否新职业", "培训评价起始日期", "已培训评价人数（人）", "评价等级范围"),
        strict=True,
    )
)  # fmt: skip
FORMULA_START = tuple("=+-@\t\r\n＝＋－＠|%")
BLANKS = " \u3000\u00a0\ufeff"


def result(parts: Parts, submission_id: str) -> dict[str, Any]:
    """The values after review with who said so and when (``intake.result/1``). Raises NotFoundError."""
    return review_to_result(open_review(parts, submission_id))


def review_to_result(review: Review) -> dict[str, Any]:
    """A review as ``intake.result/1``."""
    submission = review.submission
    read_at = next((d.read_at for d in review.documents if d.id == submission.form_document_id), None)
    machine_at = None if read_at is None else read_at.isoformat()
    decision = submission.decision or {}
    entries = review.current.entries
    return {
        "schema": SCHEMA,
        "id": submission.id,
        "receipt_number": submission.receipt_number,
        "status": str(submission.status),
        "version": review.current.version,
        "decided_by": submission.decided_by,
        "decided_at": submission.decided_at.isoformat() if submission.decided_at else None,
        "reasons": decision.get("reasons", []),
        "note": decision.get("note", ""),
        "filing": filing_json(review.filing),
        "fields": {n: _cell_json(cell, machine_at, entries) for n, cell in review.current.fields.items()},
        "occupations": [
            {"id": row.id, **{c: _cell_json(cell, machine_at, entries) for c, cell in row.cells.items()}}
            for row in review.current.rows
        ],
        "marks": {name: _mark_json(mark, machine_at) for name, mark in review.current.marks.items()},
        "checks": list(review.checks),
        "doubts": list(review.current.doubts),
    }


def filing_json(filing: Filing) -> dict[str, Any] | None:
    """Code, period and sites with who entered them; None while nobody has."""
    if filing.at is None:
        return None
    days = {
        name: day.isoformat() if (day := getattr(filing, name)) else None
        for name in ("valid_from", "valid_to")
    }
    sites = [{"name": site.name, "address": site.address} for site in filing.sites]
    return {"code": filing.code, **days, "sites": sites, "who": filing.by, "at": filing.at.isoformat()}


def _said(item: Cell | Mark, machine_at: str | None) -> dict[str, Any]:
    if item.by == MACHINE:
        return {"by": MACHINE, "who": None, "at": machine_at}
    return {"by": item.by, "who": item.who, "at": item.at.isoformat() if item.at else None}


def _cell_json(cell: Cell, machine_at: str | None, entries: Mapping[str, Sequence[Entry]]) -> dict[str, Any]:
    told = {"text": cell.text, "value": cell.value, "status": str(cell.status), **_said(cell, machine_at)}
    if second := entries.get(cell.path):
        told["entries"] = [{**_entry_json(each, PERSON), "agrees": is_same(each, cell)} for each in second]
    if cell.proposals:
        told["proposals"] = [_entry_json(each, SYSTEM) for each in cell.proposals]
    return told


def _entry_json(entry: Entry, by: str) -> dict[str, Any]:
    return {"by": by, "who": entry.who, "at": entry.at.isoformat(), "text": entry.text, "value": entry.value}


def _mark_json(mark: Mark, machine_at: str | None) -> dict[str, Any]:
    kept = {
        key: mark.verdict[key]
        for key in ("present", "kind", "text", "number", "matches")
        if key in mark.verdict
    }
    return {**kept, **_said(mark, machine_at)}


def accepted(
    parts: Parts, actor: Actor, chosen: Filter | None = None, what: str = "accepted"
) -> Iterator[Review]:
    """Every accepted submission that passes the filter, oldest first. The export is put on record as one of ``what``."""
    actor.require(Role.REVIEWER)
    base = chosen or Filter()
    wanted = Filter(
        status=(State.ACCEPTED,),
        search=base.search,
        channel=base.channel,
        call=base.call,
        ids=base.ids,
        order="oldest",
    )
    with parts.store.write() as tx:
        audit.append(tx, actor.name, "export", what, {})
    cursor: str | None = None
    while True:
        with parts.store.read() as tx:
            page = submissions.list_page(tx, wanted, cursor, 200)
        for submission in page.items:
            yield open_review(parts, submission.id)
        if page.cursor is None:
            return
        cursor = page.cursor


def to_json_lines(parts: Parts, actor: Actor, chosen: Filter | None = None) -> Iterator[bytes]:
    """One result a line."""
    for review in accepted(parts, actor, chosen):
        yield (json.dumps(review_to_result(review), ensure_ascii=False) + "\n").encode()


def to_csv(parts: Parts, actor: Actor, chosen: Filter | None = None) -> Iterator[bytes]:
    """A table for spreadsheets: UTF-8 with BOM, one line an occupation, formulas made harmless."""
    yield b"\xef\xbb\xbf" + _line(["收件编号", "通过时间", *FIELD_TITLES.values(), *COLUMN_TITLES.values()])
    for review in accepted(parts, actor, chosen):
        for values in table_lines(review):
            yield _line(values)


def table_lines(review: Review) -> list[list[str]]:
    """The lines of one submission: its fields repeated on every occupation's line."""
    submission = review.submission
    decided = (submission.decided_at + LOCAL_UTC_OFFSET).date().isoformat() if submission.decided_at else ""
    head = [submission.receipt_number, decided, *(_shown(review.current.fields[name]) for name in FIELD_IDS)]
    rows = [[_shown(row.cells[column]) for column in COLUMN_IDS] for row in review.current.rows]
    return [head + row for row in rows or [[""] * len(COLUMN_IDS)]]


def _shown(cell: Cell) -> str:
    return cell.text


def safe_cell(text: str) -> str:
    """The text with an apostrophe before anything a spreadsheet could run as a formula."""
    risky = text.startswith(FORMULA_START) or text.lstrip(BLANKS).startswith(FORMULA_START)
    return f"'{text}" if risky else text


def _line(values: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([safe_cell(value) for value in values])
    return out.getvalue().encode()
