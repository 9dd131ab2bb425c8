"""Work of several threads in one transaction: what comes while one commits shares the next flush to the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from extractors.errors import ExtractionError
from intake_service.errors import DatabaseBusyError, ServiceError

Result = TypeVar("Result")
MOST = 16
"""Pieces of work in one transaction; the first of them waits for the last."""
WAIT_S = 20.0
"""Longer than a writer waits for the database: the one that commits answers for all."""


@dataclass(eq=False)
class _Piece(Generic[Result]):
    work: Callable[[sa.Connection], Result]
    result: list[Result] = field(default_factory=list)
    error: BaseException | None = None
    done: bool = False


class Together:
    """``run`` gives a piece of work a transaction, alone or with others; what one refuses leaves the others whole."""

    def __init__(self, write: Callable[[], AbstractContextManager[sa.Connection]]) -> None:
        self._write = write
        self._waiting: list[_Piece[Any]] = []
        self._list = threading.Lock()
        self._committing = threading.Lock()

    def run(self, work: Callable[[sa.Connection], Result]) -> Result:
        """What ``work`` returns, once it is committed.

        Raises what it raises; DatabaseBusyError and StorageFullError like ``Store.write``. Then nothing of it was written.
        """
        piece = _Piece(work)
        with self._list:
            self._waiting.append(piece)
        if not self._committing.acquire(timeout=WAIT_S):
            with self._list:
                if piece in self._waiting:
                    self._waiting.remove(piece)
                    raise DatabaseBusyError
            self._committing.acquire()  # it was taken along: whoever has it will tell
        try:
            while not piece.done:
                self._commit(self._taken())
        finally:
            self._committing.release()
        if piece.error is not None:
            raise piece.error
        return piece.result[0]

    def _taken(self) -> list[_Piece[Any]]:
        with self._list:
            taken, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        return taken

    def _commit(self, pieces: list[_Piece[Any]]) -> None:
        """Run all, commit once. An error that is not one piece's refusal ends the transaction of all."""
        try:
            with self._write() as tx:
                for piece in pieces:
                    savepoint = tx.begin_nested()
                    try:
                        piece.result.append(piece.work(tx))
                    except (ServiceError, ExtractionError, sa.exc.IntegrityError) as refusal:
                        piece.error = refusal
                        savepoint.rollback()
                    else:
                        savepoint.commit()
        except BaseException as error:
            for piece in pieces:
                piece.error = piece.error or error
            if not isinstance(error, Exception):
                raise
        finally:
            for piece in pieces:
                piece.done = True
