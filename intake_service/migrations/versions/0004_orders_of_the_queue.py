"""Broken rules and wanted second entries beside the doubts, and an index for each order of the queue.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_submissions_status_id": ["status", "id"],
    "ix_submissions_status_received": ["status", "received_at", "id"],
    "ix_submissions_status_doubts": ["status", "doubts", "id"],
    "ix_submissions_claimed_by": ["claimed_by"],
    "ix_submissions_decided_at": ["decided_at"],
}


def upgrade() -> None:
    """Forward. What was read before has its broken rules counted from the reading; the next change counts anew."""
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failed_checks", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("awaits_second", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_index("ix_submissions_status_created")
        for name, columns in INDEXES.items():
            batch_op.create_index(name, columns, unique=False)
    tx = op.get_bind()
    query = "SELECT s.id, r.json FROM submissions s JOIN readings r ON r.document_id = s.form_document_id"
    for submission_id, reading in tx.execute(sa.text(query)).all():
        checks = json.loads(reading).get("checks", ())
        failed = sum(check["passed"] is False and check["severity"] != "info" for check in checks)
        change = sa.text("UPDATE submissions SET failed_checks = :failed WHERE id = :id")
        tx.execute(change, {"failed": failed, "id": submission_id})


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        for name in INDEXES:
            batch_op.drop_index(name)
        batch_op.create_index("ix_submissions_status_created", ["status", "created_at"], unique=False)
        batch_op.drop_column("awaits_second")
        batch_op.drop_column("failed_checks")
