"""``/metrics``: how the service goes, in Prometheus' text format. Counts and names of ours only, nothing of any paper."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from intake_service import figures, presence
from intake_service.counted import series
from intake_service.figures import Alarm
from intake_service.parts import Parts
from intake_service.store import calls, documents, submissions, tallies, totals
from intake_service.store.states import State

COUNTER, GAUGE = "counter", "gauge"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Metric:
    """One name: what kind of number it is and what it means."""

    kind: str
    words: str


METRICS: Mapping[str, Metric] = {
    "intake_info": Metric(GAUGE, "1, with the version of the web process."),
    "intake_submissions": Metric(GAUGE, "Submissions by status."),
    "intake_documents_waiting": Metric(GAUGE, "Documents not read yet."),
    "intake_oldest_wait_seconds": Metric(GAUGE, "Age of the oldest unread document."),
    "intake_outbox_calls": Metric(GAUGE, "Wake-up calls kept until their documents are read."),
    "intake_documents_failed": Metric(GAUGE, "Documents that were given up, by the code of the reason."),
    "intake_queue_up": Metric(GAUGE, "Whether the queue server answers."),
    "intake_queue_depth": Metric(GAUGE, "Wake-up calls in the queue."),
    "intake_errands_waiting": Metric(GAUGE, "Things asked at once that no worker has taken yet."),
    "intake_workers": Metric(GAUGE, "Reading processes heard of within the last 45 seconds."),
    "intake_free_bytes": Metric(GAUGE, "Room for new files on the web process's machine."),
    "intake_least_free_bytes": Metric(GAUGE, "Room below which uploads are refused."),
    "intake_second_looks": Metric(GAUGE, "Sure values drawn for a second look, by what became of them."),
    "intake_second_look_alarm": Metric(GAUGE, "Whether sure values are certainly wrong too often."),
    "intake_documents_read_total": Metric(COUNTER, "Documents read."),
    "intake_pages_read_total": Metric(COUNTER, "Pages read."),
    "intake_waited_seconds_total": Metric(COUNTER, "From a document's arrival to the end of its reading."),
    "intake_reading_seconds_total": Metric(COUNTER, "Time spent on reading, by stage; total is all of it."),
    "intake_reading_failures_total": Metric(COUNTER, "Tries to read that failed, by the code of the reason."),
    "intake_values_total": Metric(
        COUNTER, "Values on accepted forms: passed, unsettled, confirmed or corrected by a person."
    ),
}


def page(parts: Parts) -> str:
    """Everything that can be said now, each name with its kind and meaning."""
    with parts.store.read() as tx:
        found = {**_work(tx), **_second_looks(tx), **totals.known(tx)}
    found |= _machine(parts)
    return "".join(_told(name, metric, found) for name, metric in METRICS.items())


def name_of(one_series: str) -> str:
    """The name before the labels."""
    return one_series.partition("{")[0]


def _work(tx: sa.Connection) -> dict[str, float]:
    calls_kept, oldest_s = calls.outbox_state(tx)
    by_status = submissions.count_by_status(tx)
    return {
        **{series("intake_submissions", status=state): by_status.get(state, 0) for state in State},
        **{
            series("intake_documents_failed", code=code): count
            for code, count in tallies.failed_documents(tx).items()
        },
        "intake_documents_waiting": documents.count_waiting(tx),
        "intake_oldest_wait_seconds": round(oldest_s, 1),
        "intake_outbox_calls": calls_kept,
    }


def _second_looks(tx: sa.Connection) -> dict[str, float]:
    looks = figures.second_looks(tx, datetime.now(UTC))
    if looks is None:
        return {}
    looked, wrong = (looks.together.looked, looks.together.wrong) if looks.together else (0, 0)
    counts = {"right": looked - wrong, "wrong": wrong, "unseen": looks.unseen}
    return {
        **{series("intake_second_looks", outcome=outcome): count for outcome, count in counts.items()},
        **{series("intake_second_look_alarm", alarm=alarm): int(looks.alarm is alarm) for alarm in Alarm},
    }


def _machine(parts: Parts) -> dict[str, float]:
    depth = parts.dispatch.depth()
    return {
        series("intake_info", version=importlib.metadata.version("intake-service")): 1,
        "intake_queue_up": int(depth is not None),
        "intake_queue_depth": depth or 0,
        "intake_errands_waiting": (parts.dispatch.errands() or 0) if depth is not None else 0,
        "intake_workers": sum(map(presence.is_alive, presence.workers(parts))),
        "intake_free_bytes": parts.files.free_bytes(),
        "intake_least_free_bytes": parts.settings.min_free_mb * 1024**2,
    }


def _told(name: str, metric: Metric, found: Mapping[str, float]) -> str:
    lines: Iterable[str] = (f"{key} {_number(found[key])}\n" for key in sorted(found) if name_of(key) == name)
    return f"# HELP {name} {metric.words}\n# TYPE {name} {metric.kind}\n{''.join(lines)}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(round(value, 6))
