"""The tables. Only ``intake_service.store`` uses them.

Portable between SQLite and PostgreSQL: ids are text made by us, JSON is text, times are UTC.
Long because every table stands here.

Nothing is ever updated in ``readings``, ``corrections`` and ``audit``: they are only added to.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC datetimes out, whatever the database keeps."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Raises ValueError for a naive datetime: it would silently be read as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(32)

submissions = Table(
    "submissions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("receipt_number", String(24), nullable=False, unique=True),
    Column("status", String(16), nullable=False),
    Column("error_code", String(40)),
    Column("error_message", Text),
    Column("channel", String(16), nullable=False),
    Column("tracking_number", String(64), nullable=False, default=""),
    Column("postmark_date", String(10)),
    Column("received_at", UtcDateTime, nullable=False),
    # When the time for an answer began: with the receipt, and anew with each supplement.
    Column("due_from", UtcDateTime, nullable=False),
    Column("sender", Text, nullable=False, default=""),
    Column("copies", Integer, nullable=False, default=1),
    Column("envelope", String(16), nullable=False, default="", server_default=""),
    Column("call", String(64), nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, default=0),
    # What lists and searches show: copied from the current values on every change of them.
    Column("org_name", Text, nullable=False, default=""),
    Column("uscc", String(32), nullable=False, default=""),
    Column("contact_phone", String(40), nullable=False, default=""),
    Column("doubts", Integer, nullable=False, default=0),
    Column("failed_checks", Integer, nullable=False, default=0, server_default="0"),
    # Places where a second person's entry is wanted, or differs from the first one's.
    Column("awaits_second", Integer, nullable=False, default=0, server_default="0"),
    Column("form_document_id", ID),
    Column("claimed_by", String(64)),
    Column("claim_expires_at", UtcDateTime),
    Column("decided_by", String(64)),
    Column("decided_at", UtcDateTime),
    Column("decision", Text),
    # One for each order of a list: a page is read from the index, whatever lies beyond it.
    Index("ix_submissions_status_id", "status", "id"),
    Index("ix_submissions_status_due", "status", "due_from", "id"),
    Index("ix_submissions_status_doubts", "status", "doubts", "id"),
    Index("ix_submissions_claimed_by", "claimed_by"),
    Index("ix_submissions_decided_at", "decided_at"),
    Index("ix_submissions_created_id", "created_at", "id"),
    Index("ix_submissions_due", "due_from", "id"),
    Index("ix_submissions_uscc_call", "uscc", "call"),
    Index("ix_submissions_call", "call"),
    Index("ix_submissions_claim_expires_at", "claim_expires_at"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("submission_id", ID, ForeignKey("submissions.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    # 0 for what came first, one more for each supplement; and the submission's version when it came.
    Column("round", Integer, nullable=False, default=0, server_default="0"),
    Column("base_version", Integer, nullable=False, default=0, server_default="0"),
    Column("name", Text, nullable=False),
    Column("file_hash", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("media_type", String(40), nullable=False),
    Column("status", String(16), nullable=False),
    Column("error_code", String(40)),
    Column("error_message", Text),
    Column("pages_done", Integer, nullable=False, default=0),
    Column("pages_total", Integer),
    Column("attempts", Integer, nullable=False, default=0),
    # Deaths of the fenced child over this document; a worker that died itself counts only as a try.
    Column("crashes", Integer, nullable=False, default=0, server_default="0"),
    Column("lease", Integer, nullable=False, default=0),
    Column("lease_owner", String(64)),
    Column("lease_expires_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    UniqueConstraint("submission_id", "position"),
    Index("ix_documents_status_lease", "status", "lease_expires_at"),
    Index("ix_documents_file_hash_submission_id", "file_hash", "submission_id"),
)

page_results = Table(
    "page_results",
    metadata,
    Column("document_id", ID, ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("picture_hash", String(64), nullable=False),
    Column("cover_hash", String(64)),
    Column("kept", Text),  # JSON; what spares looking at the page again
    Column("created_at", UtcDateTime, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    Column("document_id", ID, ForeignKey("documents.id"), primary_key=True),
    Column("json", Text, nullable=False),
    Column("matched", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("submission_id", ID, ForeignKey("submissions.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("path", String(120), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False, default=""),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(64), nullable=False, index=True),
    Column("detail", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Integer, nullable=False),
    Column("word", String(64), nullable=False, default=""),
)

outbox = Table(
    "outbox",
    metadata,
    Column("document_id", ID, ForeignKey("documents.id"), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, index=True),
    # Whose turn it is: the earliest first. Later files of a submission, and large ones, stand further back.
    Column("turn_at", UtcDateTime, nullable=False, index=True),
    Column("sent", Integer, nullable=False, default=0),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("owner", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("submission_id", ID, ForeignKey("submissions.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("display_name", String(64), nullable=False, default=""),
    Column("password_hash", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("preferences", Text, nullable=False, default="{}"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("user_name", String(64), ForeignKey("users.name"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("browser", String(40), nullable=False, default="", server_default=""),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("url", Text, nullable=False),
    # Kept as it is: it signs, so it must be known. Whoever reads the database reads the submissions anyway.
    Column("secret", String(64), nullable=False),
    Column("events", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("deleted_at", UtcDateTime),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", ID, primary_key=True),
    Column("webhook_id", ID, ForeignKey("webhooks.id"), nullable=False, index=True),
    Column("event", String(40), nullable=False),
    Column("submission_id", ID, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("outcome", String(80), nullable=False, default=""),
    Column("tried_at", UtcDateTime),
    Column("delivered_at", UtcDateTime),
)

certificates = Table(
    "certificates",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

# What the office gave an accepted organisation. The latest word only: who changed what stands in the corrections.
filings = Table(
    "filings",
    metadata,
    Column("submission_id", ID, ForeignKey("submissions.id"), primary_key=True),
    Column("code", String(32), nullable=False, index=True),
    Column("valid_from", String(10)),
    Column("valid_to", String(10)),
    Column("sites", Text, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What is searched of a submission, folded into one text; copied from its columns on every change of them.
search_texts = Table(
    "search_texts",
    metadata,
    Column("submission_id", ID, ForeignKey("submissions.id"), primary_key=True),
    Column("text", Text, nullable=False),
)

# Who stands in an application, squeezed for comparing; copied from the current values on every change of them.
persons = Table(
    "persons",
    metadata,
    Column("submission_id", ID, ForeignKey("submissions.id"), primary_key=True),
    Column("field", String(40), primary_key=True),
    Column("name", String(40), nullable=False, index=True),
)

# Values the machine was sure of and the call drew for a second look; ``stood`` is null where nobody looked.
second_looks = Table(
    "second_looks",
    metadata,
    Column("submission_id", ID, ForeignKey("submissions.id"), primary_key=True),
    Column("path", String(120), primary_key=True),
    Column("stood", Boolean),
    Column("at", UtcDateTime, nullable=False, index=True),
)

# What the watchers see as sums: of pages, seconds, failures, values.
totals = Table(
    "totals",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("value", Float, nullable=False),
)

# As they went out: what they say never changes; the files are made from it once, and named when they are safe.
letters = Table(
    "letters",
    metadata,
    Column("id", ID, primary_key=True),
    Column("submission_id", ID, ForeignKey("submissions.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("number", String(40), nullable=False, unique=True),
    Column("content", Text, nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("issued_by", String(64), nullable=False),
    Column("pdf_hash", String(64), index=True),
    Column("docx_hash", String(64), index=True),
)

# Who is at work now. Not kept in backups: whoever is at work says so again within seconds.
processes = Table(
    "processes",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("report", Text, nullable=False),
)
