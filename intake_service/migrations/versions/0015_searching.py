"""What is searched as one text, and indexes for lists of a hundred thousand.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = ("receipt_number", "org_name", "uscc", "contact_phone", "sender", "tracking_number")


def upgrade() -> None:
    """Forward. On PostgreSQL with an index of trigrams, where whoever owns the database may have it."""
    op.create_table(
        "search_texts",
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_search_texts_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_search_texts")),
    )
    _fill()
    if op.get_bind().dialect.name == "postgresql":
        with suppress(sa.exc.DBAPIError), op.get_bind().begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            op.execute("CREATE INDEX ix_search_texts_trigrams ON search_texts USING gin (text gin_trgm_ops)")
    op.create_index("ix_submissions_due", "submissions", ["due_from", "id"])
    op.create_index("ix_submissions_uscc_call", "submissions", ["uscc", "call"])
    op.drop_index("ix_submissions_uscc", "submissions")
    op.create_index("ix_submissions_call", "submissions", ["call"])
    op.create_index("ix_submissions_claim_expires_at", "submissions", ["claim_expires_at"])
    op.create_index("ix_documents_file_hash_submission_id", "documents", ["file_hash", "submission_id"])
    op.drop_index("ix_documents_file_hash", "documents")
    op.create_index("ix_outbox_turn_at", "outbox", ["turn_at"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_outbox_turn_at", "outbox")
    op.create_index("ix_documents_file_hash", "documents", ["file_hash"])
    op.drop_index("ix_documents_file_hash_submission_id", "documents")
    op.drop_index("ix_submissions_claim_expires_at", "submissions")
    op.drop_index("ix_submissions_call", "submissions")
    op.create_index("ix_submissions_uscc", "submissions", ["uscc"])
    op.drop_index("ix_submissions_uscc_call", "submissions")
    op.drop_index("ix_submissions_due", "submissions")
    op.drop_table("search_texts")


def _fill() -> None:
    """The texts of what is there, as ``store/searching.py`` wrote them when this was made."""
    told = sa.table("submissions", sa.column("id"), *map(sa.column, COLUMNS))
    texts = sa.table("search_texts", sa.column("submission_id"), sa.column("text"))
    bind, last = op.get_bind(), ""
    while rows := bind.execute(
        sa.select(told).where(told.c.id > last).order_by(told.c.id).limit(5000)
    ).mappings().all():  # fmt: skip
        bind.execute(texts.insert(), [{"submission_id": row["id"], "text": _text(row)} for row in rows])
        last = rows[-1]["id"]


def _text(row: sa.RowMapping) -> str:
    phone = row["contact_phone"].replace("-", "").replace(" ", "")
    lines = [*(row[name] for name in COLUMNS), phone]
    return unicodedata.normalize("NFKC", "\n".join(" ".join(line.split()) for line in lines)).casefold()
