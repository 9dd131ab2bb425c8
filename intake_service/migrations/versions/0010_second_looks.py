"""What became of values that were looked at although the machine was sure of them.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "second_looks",
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=120), nullable=False),
        sa.Column("stood", sa.Boolean(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_second_looks_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", "path", name=op.f("pk_second_looks")),
    )
    op.create_index(op.f("ix_second_looks_at"), "second_looks", ["at"])


def downgrade() -> None:
    """Back."""
    op.drop_table("second_looks")
