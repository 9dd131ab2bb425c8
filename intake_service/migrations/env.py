"""Alembic's entry: runs the migrations on the connection that ``Store.migrate`` opened."""

from __future__ import annotations

from alembic import context

from intake_service.records import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
