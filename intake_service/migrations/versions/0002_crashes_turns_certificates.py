"""Crashes counted apart from tries, a fair turn for every call, certificates of what was purged.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Calls take their turn in the order they were made."""
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("crashes", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turn_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE outbox SET turn_at = created_at")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.alter_column("turn_at", existing_type=sa.DateTime(), nullable=False)
    op.create_table(
        "certificates",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_certificates")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("certificates")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("turn_at")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_column("crashes")
