"""Rounds of papers; when the time for an answer began.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. So far the time for an answer began with the receipt."""
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("base_version", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        # The default is there for the rows that exist; the next statement gives them their own.
        batch_op.add_column(
            sa.Column("due_from", sa.DateTime(), nullable=False, server_default="1970-01-01 00:00:00")
        )
        batch_op.drop_index("ix_submissions_status_received")
        batch_op.create_index("ix_submissions_status_due", ["status", "due_from", "id"])
    op.execute("UPDATE submissions SET due_from = received_at")


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_index("ix_submissions_status_due")
        batch_op.create_index("ix_submissions_status_received", ["status", "received_at", "id"])
        batch_op.drop_column("due_from")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_column("base_version")
        batch_op.drop_column("round")
