"""How the envelope was when it came.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("envelope", sa.String(length=16), nullable=False, server_default=""))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_column("envelope")
