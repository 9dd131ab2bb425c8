"""What the office gives accepted organisations: code, period, sites.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "filings",
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=True),
        sa.Column("valid_to", sa.String(length=10), nullable=True),
        sa.Column("sites", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_filings_submission_id")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_filings")),
    )
    op.create_index(op.f("ix_filings_code"), "filings", ["code"])


def downgrade() -> None:
    """Back."""
    op.drop_table("filings")
