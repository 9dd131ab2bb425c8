"""What is kept of pages, so that a reading which was cut off goes on behind them.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("page_results", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kept", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("page_results", schema=None) as batch_op:
        batch_op.drop_column("kept")
