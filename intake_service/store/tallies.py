"""Figures over the whole store, counted by the database: what came and went, and how people judged the machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from intake_service.records import corrections, documents, submissions
from intake_service.store.states import DECISIONS, State


def judged_by_people(tx: sa.Connection) -> list[tuple[str, bool, int]]:
    """Path, whether the machine's word stood, how often: the first word of a person on each place the machine read.

    What was taken back does not count, nor what was typed in where no form was found.
    """
    first, earlier, undo = corrections.alias("first"), corrections.alias("earlier"), corrections.alias("undo")
    stood = (first.c.before == first.c.after).label("stood")
    was_before = sa.and_(
        earlier.c.submission_id == first.c.submission_id,
        earlier.c.path == first.c.path,
        earlier.c.kind == first.c.kind,
        earlier.c.version < first.c.version,
    )
    taken_back = sa.and_(
        undo.c.submission_id == first.c.submission_id,
        undo.c.kind == "undo",
        undo.c.after == sa.cast(first.c.version, sa.Text),
    )
    query = (
        sa.select(first.c.path, stood, sa.func.count())
        .join(submissions, submissions.c.id == first.c.submission_id)
        .where(
            first.c.kind.in_(("value", "mark")),
            submissions.c.form_document_id.is_not(None),
            ~sa.exists().where(was_before),
            ~sa.exists().where(taken_back),
        )
        .group_by(first.c.path, stood)
    )
    return [(path, bool(same), count) for path, same, count in tx.execute(query)]


def arrivals_and_decisions(tx: sa.Connection, since: datetime) -> tuple[list[datetime], list[datetime]]:
    """When submissions came and when they were decided, since then."""
    came = tx.execute(sa.select(submissions.c.created_at).where(submissions.c.created_at >= since))
    went = tx.execute(sa.select(submissions.c.decided_at).where(submissions.c.decided_at >= since))
    return [row[0] for row in came], [row[0] for row in went]


def waits(tx: sa.Connection, since: datetime) -> Sequence[tuple[datetime, datetime]]:
    """Received and decided, of every submission decided since then."""
    query = sa.select(submissions.c.received_at, submissions.c.decided_at).where(
        submissions.c.decided_at >= since, submissions.c.status.in_(list(DECISIONS.values()))
    )
    return [(row[0], row[1]) for row in tx.execute(query)]


def received_in_review(tx: sa.Connection) -> list[datetime]:
    """When those came, or what supplements them, that wait for a person."""
    query = sa.select(submissions.c.due_from).where(submissions.c.status == State.IN_REVIEW)
    return [row[0] for row in tx.execute(query)]


def failed_documents(tx: sa.Connection) -> dict[str, int]:
    """How many files were given up, by the code of the reason."""
    query = sa.select(documents.c.error_code, sa.func.count()).where(
        documents.c.status.in_((State.FAILED, State.QUARANTINED))
    )
    return {code or "": count for code, count in tx.execute(query.group_by(documents.c.error_code))}
