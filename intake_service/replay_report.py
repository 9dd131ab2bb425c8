"""The report of a replay: one JSON file, and the same as one HTML page that needs nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from intake_service.export import COLUMN_TITLES, FIELD_TITLES
from intake_service.replaying import Fate, Tally, Verdict, tallies, together

SCHEMA = "intake.replay/1"
MOST_TOLD = 500
"""How many values the page shows with their texts; the JSON file has all of them."""
VERDICTS = {Verdict.BETTER: "变好", Verdict.EVEN: "没有差别", Verdict.WORSE: "变差"}
FATES = {
    Fate.MENDED: "改对了",
    Fate.BROKEN: "读错了",
    Fate.UNJUDGED: "不同，没有人看过",
    Fate.SAME: "同样读错",
}
HEADS = ("栏目", "个数", "有人定过", "相同", "改对", "读错", "不同、没人看过", "错而放过（原）", "错而放过（新）",
         "需要人看（原）", "需要人看（新）", "结论")  # fmt: skip
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem; color-scheme: light dark }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
th, td { border-bottom: 1px solid #8886; padding: .25rem .5rem; text-align: right }
th:first-child, td:first-child, .texts td, .texts th { text-align: left; overflow-wrap: anywhere }
.worse { color: light-dark(#a3123a, #ff8fa8); font-weight: 600 }
.better { color: light-dark(#0b6b3a, #7ddba6) }
"""


def summary(reader: Mapping[str, str], outcomes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The whole report; ``outcomes`` are those of single submissions."""
    found = list(outcomes)
    read = [each for each in found if each["error"] is None]
    unmatched = [each["receipt_number"] for each in read if not each["matched"]]
    fields = tallies(value for each in read for value in each["values"])
    every = together(fields)
    return {
        "schema": SCHEMA,
        "reader": dict(reader),
        "submissions": len(read),
        "refused": [{"receipt_number": e["receipt_number"], "code": e["error"]} for e in found if e["error"]],
        "unmatched": unmatched,
        "verdict": Verdict.WORSE if unmatched or len(read) < len(found) else every.verdict,
        "all": _tally_json(every),
        "fields": [_tally_json(each) for each in fields],
        "told": [
            {"receipt_number": each["receipt_number"], **value}
            for each in read
            for value in each["values"]
            if "after" in value
        ],
    }


def write(folder: Path, report: Mapping[str, Any]) -> None:
    """``report.json`` and ``report.html``, each whole or not there."""
    contents = {"report.json": json.dumps(report, ensure_ascii=False, indent=1), "report.html": _page(report)}
    for name, content in contents.items():
        partial = folder / f"{name}.part"
        partial.write_text(content, encoding="utf-8")
        partial.replace(folder / name)


def _tally_json(tally: Tally) -> dict[str, Any]:
    return {**asdict(tally), "verdict": tally.verdict}


def _page(report: Mapping[str, Any]) -> str:
    told = sorted(
        report["told"], key=lambda each: (not each["passed_wrong_after"], each["fate"], each["path"])
    )
    refused = "".join(
        f"<li>{escape(each['receipt_number'])}：{escape(each['code'])}</li>" for each in report["refused"]
    )
    left_out = f"<p>另有 {len(told) - MOST_TOLD} 处见 report.json。</p>" if len(told) > MOST_TOLD else ""
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>重读对比</title><style>{STYLE}</style>'
        f"<h1>重读对比：{_coloured(report['verdict'])}</h1>"
        f"<p>{report['submissions']} 份已通过的件，用 {escape(report['reader']['engine'])}（"
        f"{escape(report['reader']['version'])}）重读，与人定过的内容比较。没有改动任何件。本页有件上的内容，请按原件保管。</p>"
        f"{f'<h2>没有读成</h2><ul>{refused}</ul>' if refused else ''}"
        f"{_found_no_form(report['unmatched'])}"
        f"<table><tr>{''.join(f'<th>{head}</th>' for head in HEADS)}</tr>"
        f"{''.join(_line(each) for each in [report['all'], *report['fields']])}</table>"
        '<h2>有变化或错而放过的地方</h2><table class="texts">'
        "<tr><th>件</th><th>栏目</th><th>人定的</th><th>原来读作</th><th>这次读作</th><th></th></tr>"
        f"{''.join(_told(each) for each in told[:MOST_TOLD])}</table>{left_out}</html>"
    )


def _found_no_form(numbers: Sequence[str]) -> str:
    return f"<p class=worse>没有认出表格：{escape('、'.join(numbers))}</p>" if numbers else ""


def _line(tally: Mapping[str, Any]) -> str:
    names = ("values", "judged", "same", "mended", "broken", "unjudged", "passed_wrong_before",
             "passed_wrong_after", "asked_before", "asked_after")  # fmt: skip
    numbers = "".join(f"<td>{tally[name]}</td>" for name in names)
    return f"<tr><td>{_title(tally['place'])}</td>{numbers}<td>{_coloured(tally['verdict'])}</td></tr>"


def _told(value: Mapping[str, Any]) -> str:
    texts = "".join(f"<td>{escape(value[name]) or '（空）'}</td>" for name in ("truth", "before", "after"))
    why = "错而放过" if value["passed_wrong_after"] else FATES[Fate(value["fate"])]
    mark = " class=worse" if value["passed_wrong_after"] or value["fate"] == Fate.BROKEN else ""
    return f"<tr><td>{escape(value['receipt_number'])}</td><td>{_title(value['path'])}</td>{texts}<td{mark}>{why}</td></tr>"


def _coloured(verdict: str) -> str:
    return f'<span class="{verdict}">{VERDICTS[Verdict(verdict)]}</span>'


def _title(path: str) -> str:
    if not path:
        return "全部"
    name = path.rpartition(".")[2]
    return escape(FIELD_TITLES.get(name) or COLUMN_TITLES.get(name) or path)
