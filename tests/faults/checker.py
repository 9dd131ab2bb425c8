"""Compares what was answered 2xx with what the store holds and with the readings, after everything has settled."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from intake_service import records
from intake_service.errors import NotFoundError, ServiceError
from intake_service.parts import Parts
from intake_service.store import State, audit
from tests.faults.sender import Upload

WRONG = ("lost", "doubled", "stuck", "errors")
SLOW_S = 60.0
UNSETTLED = (State.RECEIVED, State.READING)


@dataclass
class Report:
    """What a run shows. ``lost``, ``doubled`` and ``stuck`` hold one sentence each."""

    faults: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    documents: int = 0
    unanswered: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    recoveries_s: list[float] = field(default_factory=list)
    """From the first kill over a document to its reading, further kills included."""
    from_last_s: list[float] = field(default_factory=list)
    """From the last kill over it."""
    slow: list[str] = field(default_factory=list)
    """The histories of those that took longer than ``SLOW_S`` since their last kill."""
    quarantined: int = 0
    seconds: float = 0.0

    def figures(self) -> dict[str, Any]:
        """What can be added to other runs'; recoveries as how many took so many whole seconds, rounded up."""
        sums = {name: getattr(self, name) for name in ("accepted", "documents", "unanswered", "quarantined")}
        counts = {name: len(getattr(self, name)) for name in WRONG}
        times = {
            name: dict(Counter(str(math.ceil(each)) for each in getattr(self, name)))
            for name in ("recoveries_s", "from_last_s")
        }
        return {"faults": dict(self.faults), **sums, **counts, **times, "seconds": round(self.seconds)}

    def line(self) -> str:
        return line(self.figures())

    def table(self) -> str:
        wrong = [f"  {name}: {sentence}" for name in WRONG for sentence in getattr(self, name)[:20]]
        return "\n".join([table(self.figures()), *wrong])


def line(figures: Mapping[str, Any]) -> str:
    """One run's figures, or the sums of several, in a sentence."""
    first, last = (_times(figures.get(name, {})) for name in ("recoveries_s", "from_last_s"))
    recovery = (
        f"longest recovery {max(first)} s since the first kill over a document, {max(last)} s since the last "
        f"(95 % {_share(last, 0.95)} s, median {_share(last, 0.5)} s, of {len(last)} that were being read), "
        if last
        else ""
    )
    return (
        f"faults {sum(figures['faults'].values())}, accepted {figures['accepted']}, lost {figures['lost']}, "
        f"doubled {figures['doubled']}, stuck {figures['stuck']}, unknown errors {figures['errors']}, "
        f"{recovery}{figures['documents']} documents, {figures['quarantined']} quarantined, {figures['seconds']} s"
    )


def table(figures: Mapping[str, Any]) -> str:
    return "\n".join(
        [line(figures), *(f"  {kind:<34}{n:>6}" for kind, n in sorted(figures["faults"].items()))]
    )


def _times(counts: Mapping[str, int]) -> list[int]:
    return sorted(int(seconds) for seconds, count in counts.items() for _ in range(count))


def _share(times: Sequence[int], share: float) -> int:
    return times[int(share * (len(times) - 1))]


def wait_until_settled(parts: Parts, seconds: float) -> list[str]:
    """Until nothing is to be read any more; the documents still waiting after that time."""
    end = time.monotonic() + seconds
    query = sa.select(records.documents).where(records.documents.c.status.in_(UNSETTLED))
    while True:
        try:
            with parts.store.read() as tx:
                left = [
                    f"document {row.id}: {row.status}, {row.attempts} tries, lease of {row.lease_owner}"
                    for row in tx.execute(query)
                ]
        except ServiceError as error:
            left = [str(error)]
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.1)


def check(
    parts: Parts,
    uploads: Sequence[Upload],
    report: Report,
    *,
    settle_s: float = 90.0,
    standin: bool = True,
    poisoned: frozenset[str] = frozenset(),
    killed: frozenset[str] = frozenset(),
) -> Report:
    """Fill the report. ``poisoned``: hashes of files that deserve quarantine; all others must be read.

    ``killed``: ids of documents whose reading child was killed three times by the harness, which is quarantine as well.
    """
    report.stuck += wait_until_settled(parts, settle_s)
    with parts.store.read() as tx:
        documents = {row.id: row for row in tx.execute(sa.select(records.documents))}
        submissions = {row.id: row for row in tx.execute(sa.select(records.submissions))}
        readings = {row.document_id: json.loads(row.json) for row in tx.execute(sa.select(records.readings))}
        pages = Counter(tx.execute(sa.select(records.page_results.c.document_id)).scalars())
        keys = Counter(row.submission_id for row in tx.execute(sa.select(records.idempotency_keys)))
        read = Counter(
            json.loads(row.detail)["document"]
            for row in tx.execute(sa.select(records.audit).where(records.audit.c.action == "document.read"))
        )
        outbox = set(tx.execute(sa.select(records.outbox.c.document_id)).scalars())
        broken = audit.first_broken(tx)
    of: dict[str, list[sa.Row[tuple[object, ...]]]] = {}
    for row in documents.values():
        of.setdefault(row.submission_id, []).append(row)

    accepted = [upload for upload in uploads if upload.accepted]
    report.accepted += len(accepted)
    report.documents += len(documents)
    report.unanswered += sum(1 for upload in uploads if not upload.accepted)
    for upload in accepted:
        found = sorted(of.get(upload.accepted, []), key=lambda row: row.position)
        if upload.accepted not in submissions or [row.file_hash for row in found] != upload.hashes:
            report.lost.append(f"submission {upload.accepted} is not in the store as it was accepted")
    for row in documents.values():
        _check_document(
            parts, row, readings.get(row.id), pages[row.id], poisoned, killed, report, standin=standin
        )
        if read[row.id] > 1:
            report.doubled.append(f"document {row.id} was read to the end {read[row.id]} times")
        if row.id in outbox and row.status not in UNSETTLED:
            report.stuck.append(f"document {row.id} is {row.status} but still in the outbox")

    known = {upload.accepted for upload in accepted}
    careless = Counter(tuple(u.hashes) for u in uploads if not u.key and not u.accepted)
    for submission_id in submissions.keys() - known:
        # Stored but never answered: a careless client whose connection broke, or nobody's.
        bytes_of = tuple(row.file_hash for row in sorted(of.get(submission_id, []), key=lambda r: r.position))
        if careless[bytes_of] <= 0 and submission_id not in keys:
            report.doubled.append(f"submission {submission_id} belongs to no upload")
        careless[bytes_of] -= 1
    for submission_id, count in Counter(u.accepted for u in accepted).items():
        if count > 1 and len({u.key for u in accepted if u.accepted == submission_id}) > 1:
            report.doubled.append(f"submission {submission_id} was given to two uploads")
    numbers = sorted(int(row.receipt_number.partition("-")[2]) for row in submissions.values())
    if numbers != list(range(1, len(numbers) + 1)):
        report.doubled.append("receipt numbers have gaps or repeat")
    if broken is not None:
        report.lost.append(f"audit entry {broken} does not fit its seal")
    return report


def _check_document(
    parts: Parts, row: sa.Row[tuple[object, ...]], reading: dict[str, object] | None, pages: int,
    poisoned: frozenset[str], killed: frozenset[str], report: Report, *, standin: bool,
) -> None:  # fmt: skip
    try:
        content = parts.files.path(row.file_hash).read_bytes()
    except NotFoundError:
        report.lost.append(f"document {row.id}: its file is gone")
        return
    if hashlib.sha256(content).hexdigest() != row.file_hash:
        report.lost.append(f"document {row.id}: its file is not what was handed in")
    if row.status in UNSETTLED:
        return  # told as stuck
    if row.file_hash in poisoned:
        report.quarantined += row.status == State.QUARANTINED
        if row.status != State.QUARANTINED:
            report.stuck.append(f"poison {row.id} ended as {row.status}")
        return
    if row.status == State.QUARANTINED and row.id in killed:
        report.quarantined += 1
        return
    if row.status != State.IN_REVIEW or reading is None:
        report.stuck.append(
            f"document {row.id} ended as {row.status} ({row.error_code}, {row.attempts} tries)"
        )
        return
    said = reading["file"]
    if standin and said["sha256"] != row.file_hash:
        report.lost.append(f"document {row.id} has another document's reading")
    if pages != said["pages"] or row.pages_done != pages:
        report.lost.append(f"document {row.id} has {pages} pages of {said['pages']}")


def note_recoveries(parts: Parts, struck: Mapping[str, Sequence[float]], report: Report) -> None:
    """How long each document that was finished took since its first kill and since its last (times by document)."""
    query = sa.select(records.documents.c.id, records.documents.c.submission_id, records.documents.c.read_at)
    with parts.store.read() as tx:
        for row in tx.execute(
            query.where(records.documents.c.id.in_(struck), records.documents.c.read_at.is_not(None))
        ):
            read_at, kills = row.read_at.timestamp(), struck[row.id]
            report.recoveries_s.append(read_at - min(kills))
            report.from_last_s.append(read_at - max(kills))
            if report.from_last_s[-1] > SLOW_S:
                report.slow.append(_history(tx, row.id, row.submission_id, kills, read_at))


def _history(
    tx: sa.Connection, document_id: str, submission_id: str, kills: Sequence[float], read_at: float
) -> str:
    """What happened to a document, in seconds since its first kill."""
    begin = min(kills)
    events = [(at, "killed") for at in kills] + [(read_at, "read")]
    events += [
        (entry.at.timestamp(), f"try {entry.detail['try']} ended: {entry.detail['code']}")
        for entry in audit.of_subject(tx, submission_id)
        if entry.action == "document.read_failed" and entry.detail["document"] == document_id
    ]
    told = "; ".join(f"{at - begin:+.1f} {what}" for at, what in sorted(events))
    return f"document {document_id}: {told}"


THROWN_AWAY = "Exception ignored in: <function SpooledTemporaryFile.__del__"
"""A refused upload's temporary file that could not be flushed on a full disk: it was to go anyway."""


def unknown_errors(log: Path) -> list[str]:
    """The last lines of the tracebacks that the roles wrote: nothing that is done to them may surprise them."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    before, *blocks = text.split("Traceback (most recent call last):\n")
    return [
        next((line for line in block.splitlines() if line and not line.startswith((" ", "\t"))), "?")[:200]
        for earlier, block in pairwise([before, *blocks])
        if THROWN_AWAY not in (earlier.rstrip("\n").splitlines() or [""])[-1]
    ]
