"""Work that shares a transaction: each piece stands or falls for itself, all of them with the commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake_service.errors import ConflictError, DatabaseBusyError
from intake_service.store import Store
from intake_service.store.together import Together

NOTES = sa.table("notes", sa.column("word"))


class Counted:
    """A store whose shared transactions are counted; the first one waits until ``go`` is set, so that others gather."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(f"sqlite:///{folder}/notes.db")
        self.go, self.begun = threading.Event(), threading.Event()
        self.commits = 0
        self.broken = False
        with self.store.write() as tx:
            tx.execute(sa.text("CREATE TABLE notes (word TEXT UNIQUE)"))
        self.together = Together(self._write)

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        self.commits += 1
        self.begun.set()
        assert self.go.wait(10)
        with self.store.write() as tx:
            yield tx
            if self.broken:
                raise DatabaseBusyError

    def kept(self) -> set[str]:
        with self.store.read() as tx:
            return set(tx.execute(sa.select(NOTES.c.word)).scalars())

    def add(self, word: str, error: Exception | None = None) -> str:
        def work(tx: sa.Connection) -> str:
            tx.execute(sa.insert(NOTES).values(word=word))
            if error is not None:
                raise error
            return word

        return self.together.run(work)


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[Counted]:
    made = Counted(tmp_path)
    yield made
    made.store.close()


def gather(counted: Counted, *works: tuple[str, Exception | None]) -> list[str | BaseException]:
    """Let one begin, the others come meanwhile; what each returned or raised."""
    with ThreadPoolExecutor(len(works)) as threads:
        found = [threads.submit(counted.add, *works[0])]
        assert counted.begun.wait(10)
        found += [threads.submit(counted.add, *work) for work in works[1:]]
        while len(counted.together._waiting) < len(works) - 1:
            pass
        counted.go.set()
        return [each.exception() or each.result() for each in found]


def test_what_comes_while_one_commits_shares_the_next_transaction(counted: Counted) -> None:
    words = [f"word {n}" for n in range(8)]
    assert gather(counted, *((word, None) for word in words)) == words
    assert counted.kept() == {*words}
    assert counted.commits == 2


def test_a_refused_piece_leaves_the_others_whole(counted: Counted) -> None:
    refusal = ConflictError("no")
    found = gather(counted, ("a", None), ("b", None), ("c", refusal), ("b", None), ("d", None))
    assert found[:3] == ["a", "b", refusal]
    assert isinstance(found[3], sa.exc.IntegrityError)
    assert found[4] == "d"
    assert counted.kept() == {"a", "b", "d"}


def test_an_accident_of_one_ends_the_transaction_of_all(counted: Counted) -> None:
    accident = ZeroDivisionError()
    assert gather(counted, ("a", None), ("b", None), ("c", accident))[1:] == [accident, accident]
    assert counted.kept() == {"a"}


def test_nobody_is_answered_when_the_commit_fails(counted: Counted) -> None:
    counted.broken = True
    assert all(isinstance(each, DatabaseBusyError) for each in gather(counted, ("a", None), ("b", None)))
    assert counted.kept() == set()
