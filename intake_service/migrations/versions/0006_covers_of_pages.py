"""What hides the printed form on a page's picture.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("page_results", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cover_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("page_results", schema=None) as batch_op:
        batch_op.drop_column("cover_hash")
