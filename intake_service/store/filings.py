"""What the office gave accepted organisations: code (备案号), period (备案期限), sites (站点)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from intake_service.records import filings, submissions
from intake_service.store.counting import locked_counter


@dataclass(frozen=True, slots=True)
class Site:
    """One place where an organisation assesses."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Filing:
    """All of one organisation; both days of the period belong to it. ``at`` is None while nobody has entered anything."""

    code: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    sites: tuple[Site, ...] = ()
    by: str = ""
    at: datetime | None = None


def get(tx: sa.Connection, submission_id: str) -> Filing:
    """What is kept of a submission; an empty filing where nothing is."""
    query = sa.select(filings).where(filings.c.submission_id == submission_id)
    row = tx.execute(query).mappings().one_or_none()
    if row is None:
        return Filing()
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_to")}
    sites = tuple(Site(name, address) for name, address in json.loads(row["sites"]))
    return Filing(row["code"], **days, sites=sites, by=row["by"], at=row["at"])


def put(tx: sa.Connection, submission_id: str, filing: Filing) -> None:
    """Keep this instead of what is there."""
    values = {
        "code": filing.code,
        "valid_from": filing.valid_from.isoformat() if filing.valid_from else None,
        "valid_to": filing.valid_to.isoformat() if filing.valid_to else None,
        "sites": json.dumps([[site.name, site.address] for site in filing.sites], ensure_ascii=False),
        "by": filing.by,
        "at": filing.at,
    }
    done = tx.execute(filings.update().where(filings.c.submission_id == submission_id).values(**values))
    if done.rowcount == 0:
        tx.execute(filings.insert().values(submission_id=submission_id, **values))


def others_with(tx: sa.Connection, code: str, submission_id: str, uscc: str) -> list[str]:
    """Receipt numbers of other organisations (of another credit code) that have this code.

    Holds back whoever else asks until the transaction ends, so that of two that enter one code the second sees the first.
    """
    locked_counter(tx, "filing")
    query = (
        sa.select(submissions.c.receipt_number)
        .join(filings, filings.c.submission_id == submissions.c.id)
        .where(filings.c.code == code, submissions.c.id != submission_id)
        .where(sa.or_(submissions.c.uscc != uscc, submissions.c.uscc == ""))
    )
    return list(tx.execute(query.order_by(submissions.c.id)).scalars())
