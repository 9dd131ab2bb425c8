"""Figures over the whole store, counted by the database: what came and went, and how people judged the machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from intake_service.records import corrections, documents, submissions
from intake_service.store.states import DECISIONS, State


def judged_by_people(tx: sa.Connection) -> list[tuple[str, bool, int]]:
    """Path, whether the machine's word stood, how often: by the last word of people on each place the machine read.

    What was taken back does not count, nor what was typed in where no form was found.
    """
    said, undo = corrections.alias("said"), corrections.alias("undo")
    taken_back = sa.and_(
        undo.c.submission_id == said.c.submission_id,
        undo.c.kind == "undo",
        undo.c.after == sa.cast(said.c.version, sa.Text),
    )
    place = (said.c.submission_id, said.c.path, said.c.kind)
    ends = (
        sa.select(
            *place, sa.func.min(said.c.version).label("first"), sa.func.max(said.c.version).label("last")
        )
        .where(said.c.kind.in_(("value", "mark")), ~sa.exists().where(taken_back))
        .group_by(*place)
        .subquery()
    )
    first, last = corrections.alias("first"), corrections.alias("last")
    stood = (first.c.before == last.c.after).label("stood")
    query = (
        sa.select(ends.c.path, stood, sa.func.count())
        .join(first, _is(first, ends, ends.c.first))
        .join(last, _is(last, ends, ends.c.last))
        .join(submissions, submissions.c.id == ends.c.submission_id)
        .where(submissions.c.form_document_id.is_not(None))
        .group_by(ends.c.path, stood)
    )
    return [(path, bool(same), count) for path, same, count in tx.execute(query)]


def _is(one: sa.FromClause, ends: sa.FromClause, version: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return sa.and_(one.c.submission_id == ends.c.submission_id, one.c.version == version)


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
