"""Who stands in an application, to find the same name in another.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. Applications that are there are entered with their next change."""
    op.create_table(
        "persons",
        sa.Column("submission_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_persons_submission_id")),
        sa.PrimaryKeyConstraint("submission_id", "field", name=op.f("pk_persons")),
    )
    op.create_index(op.f("ix_persons_name"), "persons", ["name"])


def downgrade() -> None:
    """Back."""
    op.drop_table("persons")
