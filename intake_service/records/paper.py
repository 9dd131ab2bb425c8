"""Submissions, their files, what was read and said of them, and the calls that wait."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from intake_service.records.shape import ID, UtcDateTime, metadata

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

# Values the machine was sure of and the call drew for a second look; ``stood`` is null where nobody looked.
second_looks = Table(
    "second_looks",
    metadata,
    Column("submission_id", ID, ForeignKey("submissions.id"), primary_key=True),
    Column("path", String(120), primary_key=True),
    Column("stood", Boolean),
    Column("at", UtcDateTime, nullable=False, index=True),
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
