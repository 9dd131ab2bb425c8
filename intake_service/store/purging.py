"""Removing a decided submission for good, and the certificate of it.

Two steps, because rows and files cannot be removed in one: the rows go together with an unsealed certificate that
lists the files; once those are gone the certificate is sealed. What stops in between is taken up again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from intake_service import records
from intake_service.store import audit
from intake_service.store.counting import locked_counter
from intake_service.store.states import DECISIONS

FINAL = tuple(DECISIONS.values())


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was removed and when, as JSON text (``intake.purge/1``). ``hash`` is empty until all files are gone."""

    number: int
    at: datetime
    text: str
    hash: str

    @property
    def files(self) -> list[str]:
        """Hashes of the files that belonged to what was removed."""
        return list(json.loads(self.text)["files"])


def lock(tx: sa.Connection) -> None:
    """Let nobody register, purge or decide anything until the transaction ends: all of them append to the audit trail."""
    locked_counter(tx, "audit")


def expired(tx: sa.Connection, before: datetime, limit: int) -> list[tuple[str, str]]:
    """Ids and receipt numbers of submissions decided before that moment, oldest first."""
    table = records.submissions
    query = sa.select(table.c.id, table.c.receipt_number).where(
        table.c.status.in_(FINAL), table.c.decided_at < before
    )
    return [(row.id, row.receipt_number) for row in tx.execute(query.order_by(table.c.id).limit(limit))]


def remove(tx: sa.Connection, submission_ids: list[str], actor: str, days: int) -> Certificate:
    """Delete every row about these submissions; audit entries, which hold no contents, stay."""
    told = [_remove_one(tx, submission_id) for submission_id in submission_ids]
    files = sorted({file_hash for one in told for file_hash in one.pop("hashes")})
    table = records.certificates
    number = int(tx.execute(sa.select(sa.func.max(table.c.number))).scalar_one() or 0) + 1
    now = datetime.now(UTC)
    body = {
        "schema": "intake.purge/1", "number": number, "removed_at": now.isoformat(), "by": actor,
        "older_than_days": days, "submissions": told, "files": files,
    }  # fmt: skip
    text = json.dumps(body, ensure_ascii=False)
    tx.execute(table.insert().values(number=number, at=now, text=text, hash=""))
    for one in told:
        audit.append(tx, actor, "submission.purge", one["id"], {"certificate": number})
    return Certificate(number, now, text, "")


def _remove_one(tx: sa.Connection, submission_id: str) -> dict[str, Any]:
    about = records.submissions
    row = tx.execute(sa.select(about).where(about.c.id == submission_id)).one()
    document_rows = tx.execute(
        sa.select(records.documents).where(records.documents.c.submission_id == submission_id)
    ).all()
    ids = [document.id for document in document_rows]
    pages = records.page_results
    drawn = tx.execute(
        sa.select(pages.c.picture_hash, pages.c.cover_hash).where(pages.c.document_id.in_(ids))
    ).all()
    letters = records.letters
    sent = tx.execute(
        sa.select(letters.c.pdf_hash, letters.c.docx_hash).where(letters.c.submission_id == submission_id)
    ).all()
    for table in (pages, records.readings, records.outbox):
        tx.execute(table.delete().where(table.c.document_id.in_(ids)))
    for table in (
        records.corrections,
        records.idempotency_keys,
        records.deliveries,
        records.second_looks,
        records.filings,
        records.persons,
        records.search_texts,
        letters,
        records.documents,
    ):
        tx.execute(table.delete().where(table.c.submission_id == submission_id))
    tx.execute(about.delete().where(about.c.id == submission_id))
    return {
        "id": submission_id, "receipt_number": row.receipt_number, "decision": row.status,
        "decided_at": row.decided_at.isoformat(), "pages": len(drawn),
        "originals": [{"sha256": document.file_hash, "bytes": document.size} for document in document_rows],
        "hashes": [
            *(file_hash for files in (*drawn, *sent) for file_hash in files if file_hash),
            *(document.file_hash for document in document_rows),
        ],
    }  # fmt: skip


def is_wanted(tx: sa.Connection, file_hash: str) -> bool:
    """Whether something that is still kept refers to this file."""
    pages, documents, letters = records.page_results, records.documents, records.letters
    columns = (
        documents.c.file_hash, pages.c.picture_hash, pages.c.cover_hash, letters.c.pdf_hash, letters.c.docx_hash,
    )  # fmt: skip
    return any(
        tx.execute(sa.select(column).where(column == file_hash).limit(1)).first() for column in columns
    )


def longest_decided(tx: sa.Connection, limit: int) -> list[tuple[str, str, datetime]]:
    """Ids, receipt numbers and moments of what was decided first."""
    table = records.submissions
    query = sa.select(table.c.id, table.c.receipt_number, table.c.decided_at).where(table.c.status.in_(FINAL))
    return [tuple(row) for row in tx.execute(query.order_by(table.c.decided_at).limit(limit))]


def certificates(tx: sa.Connection, limit: int) -> list[Certificate]:
    """The newest certificates, newest first, sealed or not."""
    table = records.certificates
    rows = tx.execute(sa.select(table).order_by(table.c.number.desc()).limit(limit))
    return [Certificate(row.number, row.at, row.text, row.hash) for row in rows]


def certificate(tx: sa.Connection, number: int) -> Certificate | None:
    """One certificate, or None."""
    table = records.certificates
    row = tx.execute(sa.select(table).where(table.c.number == number)).one_or_none()
    return None if row is None else Certificate(row.number, row.at, row.text, row.hash)


def unsealed(tx: sa.Connection) -> list[Certificate]:
    """Certificates whose files may still be there."""
    table = records.certificates
    rows = tx.execute(sa.select(table).where(table.c.hash == "").order_by(table.c.number))
    return [Certificate(row.number, row.at, row.text, row.hash) for row in rows]


def seal(tx: sa.Connection, certificate: Certificate, shared: list[str], actor: str) -> Certificate:
    """Say that the files are gone (but for those that others share) and fix it by a hash, kept in the audit trail."""
    body = {
        **json.loads(certificate.text),
        "kept_for_others": shared,
        "sealed_at": datetime.now(UTC).isoformat(),
    }
    text = json.dumps(body, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    table = records.certificates
    tx.execute(table.update().where(table.c.number == certificate.number).values(text=text, hash=digest))
    audit.append(tx, actor, "certificate.seal", str(certificate.number), {"sha256": digest})
    return Certificate(certificate.number, certificate.at, text, digest)
