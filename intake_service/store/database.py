"""The database itself: engine, transactions, migration."""

from __future__ import annotations

import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from intake_service.errors import DatabaseBusyError, StorageFullError
from intake_service.store.together import Result, Together

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent.parent / "migrations"
BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another. Longer would only keep people waiting for the same refusal."""
POOL = {"pool_size": 8, "max_overflow": 56}
"""A connection for each thread of a web process, up to the most threads that anybody would set."""
FULL = re.compile(r"(?i)disk is full|no space left|could not extend|disk i/o error")


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
        self._writing = threading.Lock()
        self._together = Together(self.write)
        self._engine = sa.create_engine(url, pool_pre_ping=not self.is_sqlite, hide_parameters=True, **POOL)
        if self.is_sqlite:
            sa.event.listen(self._engine, "connect", _prepare_sqlite)
            sa.event.listen(self._engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that only reads; sees one moment of the database. Raises DatabaseBusyError."""
        with _told(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that may write; commits at the end, rolls back on an exception.

        On SQLite it takes the write lock at once: a later upgrade from reading could fail half-way.
        Raises DatabaseBusyError, StorageFullError; then nothing was written.
        """
        writing = self._engine.execution_options(intake_writes=True)
        with self._turn(), _told(), writing.connect() as connection, connection.begin():
            yield connection

    def write_together(self, work: Callable[[sa.Connection], Result]) -> Result:
        """What ``work`` returns, in a transaction that it may share with others' work of this moment; see ``together``."""
        return self._together.run(work)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite has one writer at a time and lets the others look again every tenth of a second: our threads wait here."""
        if not self.is_sqlite:
            yield
            return
        if not self._writing.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise DatabaseBusyError
        try:
            yield
        finally:
            self._writing.release()

    @contextmanager
    def snapshot(self) -> Iterator[sa.Connection]:
        """A transaction that only reads and sees one moment, however long it lasts, on any database."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with _told(), self._engine.execution_options(**options).connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def rebuilt(self, revision: str) -> Iterator[sa.Connection]:
        """A transaction on tables of the shape ``revision``, which are made anew where they have another.

        ``bring_up`` gives them the newest shape. On an exception everything is as it was.
        """
        from alembic import command

        config = _alembic_config()
        with self.write() as tx:
            config.attributes["connection"] = tx
            if revision != newest_revision():
                command.downgrade(config, "base")
                command.upgrade(config, revision)
            yield tx

    @staticmethod
    def bring_up(tx: sa.Connection) -> None:
        """Give tables of any shape the newest one, within a transaction."""
        from alembic import command

        config = _alembic_config()
        config.attributes["connection"] = tx
        command.upgrade(config, "head")

    def migrate(self) -> str:
        """Bring the tables to the newest shape; returns the revision. Safe to call from several processes.

        Alembic, which takes a second to load, is loaded only where there is something to do.
        """
        if self.is_current():
            return newest_revision()
        from alembic import command

        config = _alembic_config()
        with self.write() as tx:
            if not self.is_sqlite:
                tx.execute(sa.text("SELECT pg_advisory_xact_lock(20200040)"))
            config.attributes["connection"] = tx
            command.upgrade(config, "head")
        return newest_revision()

    def is_current(self) -> bool:
        """Whether the tables have the newest shape."""
        with self.read() as tx:
            if not sa.inspect(tx).has_table("alembic_version"):
                return False
            found = tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all()
        return found == [newest_revision()]

    def overwrite_deleted(self) -> None:
        """Have SQLite carry its log into the database and empty it: what was deleted stands in neither afterwards."""
        if not self.is_sqlite:
            return
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


@contextmanager
def _told() -> Iterator[None]:
    """Turn the driver's errors about the machine into ours."""
    try:
        yield
    except sa.exc.OperationalError as error:
        if FULL.search(str(error.orig)):
            raise StorageFullError from error
        raise DatabaseBusyError from error
    except (sa.exc.TimeoutError, sa.exc.InterfaceError, sa.exc.InternalError) as error:
        raise DatabaseBusyError from error


def newest_revision() -> str:
    """The newest revision there is a step for; the steps' files begin with their revision."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*_*.py"))


def _alembic_config() -> Config:
    from alembic.config import Config

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
        "secure_delete=ON",  # what was purged is overwritten, not only unlinked
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes: Any = connection.get_execution_options().get("intake_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
