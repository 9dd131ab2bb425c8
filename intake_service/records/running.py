"""What keeps the service going and answerable: the outbox, counters, the trail, certificates, sums, processes."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, String, Table, Text

from intake_service.records.shape import ID, UtcDateTime, metadata

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

counters = Table(
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Integer, nullable=False),
    Column("word", String(64), nullable=False, default=""),
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

certificates = Table(
    "certificates",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

# What the watchers see as sums: of pages, seconds, failures, values.
totals = Table(
    "totals",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("value", Float, nullable=False),
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
