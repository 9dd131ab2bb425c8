"""The database itself: engine, transactions, migration."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent.parent / "migrations"
BUSY_TIMEOUT_MS = 30_000


def new_id() -> str:
    """A new id of 22 hexadecimal digits that sorts by the time it was made (milliseconds), then at random."""
    return f"{int(time.time() * 1000):012x}{secrets.token_hex(5)}"


class Store:
    """Opens transactions; the other modules of this package work inside them."""

    def __init__(self, database_url: str) -> None:
        url = sa.make_url(database_url)
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self._engine = sa.create_engine(url, pool_pre_ping=not self.is_sqlite)
        if self.is_sqlite:
            sa.event.listen(self._engine, "connect", _prepare_sqlite)
            sa.event.listen(self._engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that only reads; sees one moment of the database."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that may write; commits at the end, rolls back on an exception.

        On SQLite it takes the write lock at once: a later upgrade from reading could fail half-way.
        """
        with self._engine.connect().execution_options(intake_writes=True) as connection, connection.begin():
            yield connection

    def migrate(self) -> str:
        """Bring the tables to the newest shape; returns the revision. Safe to call from several processes."""
        config = _alembic_config()
        with self.write() as tx:
            if not self.is_sqlite:
                tx.execute(sa.text("SELECT pg_advisory_xact_lock(20200040)"))
            config.attributes["connection"] = tx
            command.upgrade(config, "head")
            return MigrationContext.configure(tx).get_current_revision() or ""

    def is_current(self) -> bool:
        """Whether the tables have the newest shape."""
        with self.read() as tx:
            found = MigrationContext.configure(tx).get_current_revision()
        return found == ScriptDirectory.from_config(_alembic_config()).get_current_head()

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see _begin_sqlite
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes: Any = connection.get_execution_options().get("intake_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
