"""The database under stress, and that the migration makes the tables the code works with."""

from __future__ import annotations

import io
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from intake_service import queue
from intake_service.errors import DatabaseBusyError, StorageFullError
from intake_service.files import FileStore
from intake_service.intake import Meta
from intake_service.parts import Parts
from intake_service.records import metadata, search_texts
from intake_service.store import Store, database, new_id, searching
from intake_service.store.submissions import Filter
from tests.intake_service.builders import PDF, make_parts, make_reading, make_sqlite_parts, read_all, upload


def test_the_migrations_make_the_tables_of_the_code(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/x.db")
    assert not store.is_current()
    assert store.migrate() == database.newest_revision()
    assert store.is_current()
    with store.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []
        settings = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_processes_that_migrate_at_once_do_not_trip(tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def migrate() -> None:
        try:
            Store(f"sqlite:///{tmp_path}/x.db").migrate()
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            errors.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def test_a_locked_database_is_told_and_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 100)
    parts = make_parts(tmp_path)
    with parts.store.write(), pytest.raises(DatabaseBusyError):
        _ = upload(make_parts_again(parts))
    assert not queue.list_submissions(parts, Filter()).items
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 5000)
    other = make_parts_again(parts)
    holding = threading.Event()

    def hold() -> None:
        with parts.store.write():
            holding.set()
            time.sleep(0.4)

    holder = threading.Thread(target=hold)
    holder.start()
    holding.wait()
    assert upload(other).receipt_number.endswith("-000001")
    holder.join()


def make_parts_again(parts: Parts) -> Parts:
    """The same service in another process."""
    from intake_service.parts import open_parts

    return open_parts(parts.settings)


def test_threads_of_one_process_take_turns_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite would have them look again every tenth of a second; here it is told not to wait at all."""
    parts = make_sqlite_parts(tmp_path)
    sa.event.listen(parts.store._engine, "connect", lambda each, _: each.execute("PRAGMA busy_timeout=0"))
    begun, done = threading.Event(), []

    def write() -> None:
        with parts.store.write() as tx:
            begun.set()
            time.sleep(0.05)
            done.append(tx.execute(sa.text("SELECT 1")).scalar_one())

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    begun.wait(10)
    with parts.store.read() as tx:  # readers wait for nobody
        assert tx.execute(sa.text("SELECT 1")).scalar_one() == 1
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 1)
    with pytest.raises(DatabaseBusyError), parts.store.write():
        pass
    for thread in threads:
        thread.join()
    assert done == [1] * 6


def test_a_full_database_is_told_and_loses_nothing(parts: Parts) -> None:
    first = upload(parts)
    with parts.store.read() as tx:
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    accepted = {first.id}
    with pytest.raises(StorageFullError):
        accepted.update(upload(parts, PDF + bytes([number])).id for number in range(200))
    with parts.store.read() as tx:
        tx.exec_driver_sql("PRAGMA max_page_count=1000000")
    read_all(parts)
    found = {each.id for each in queue.list_submissions(parts, Filter(), limit=200).items}
    assert found == accepted
    assert queue.count_by_status(parts)["in_review"] == len(accepted)


def test_ids_sort_by_time() -> None:
    ids = []
    for _ in range(5):
        ids.append(new_id())
        time.sleep(0.002)
    assert ids == sorted(ids)
    assert len({*ids}) == 5


def test_a_failed_transaction_leaves_nothing(parts: Parts) -> None:
    submission = upload(parts)

    def break_off() -> None:
        with parts.store.write() as tx:
            tx.execute(sa.text("UPDATE submissions SET sender = 'changed'"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert queue.get_submission(parts, submission.id)[0].sender == ""


def test_the_list_is_quick_with_ten_thousand(parts: Parts) -> None:
    """A budget with much room: a list of fifty and its counts in half a second on a busy machine."""
    submission = upload(parts)
    read_all(parts, make_reading())
    with parts.store.write() as tx:
        row = dict(tx.execute(sa.text("SELECT * FROM submissions")).mappings().one())
        rows = [
            row | {"id": f"{submission.id[:12]}{n:010x}", "receipt_number": f"x-{n}"} for n in range(10_000)
        ]
        names = ", ".join(f'"{name}"' for name in row)
        tx.execute(
            sa.text(f"INSERT INTO submissions ({names}) VALUES ({', '.join(f':{n}' for n in row)})"), rows
        )
        texts = [{"submission_id": each["id"], "text": searching.text_of(each)} for each in rows]
        tx.execute(search_texts.insert(), texts)
    begun = time.monotonic()
    page = queue.list_submissions(parts, Filter(status=("in_review",), search="湘江"))
    counts = queue.count_by_status(parts)
    assert time.monotonic() - begun < 0.5
    assert (len(page.items), counts["in_review"]) == (50, 10_001)


def test_what_came_before_there_were_texts_is_found_as_well(tmp_path: Path) -> None:
    """The table was filled by the migration that made it, in the words that searches ask for."""
    parts = make_sqlite_parts(tmp_path)
    upload(parts, meta=Meta(sender="ＡＢ 县邮政局", tracking_number="EX-1"))
    read_all(parts, make_reading())
    with parts.store.read() as tx:
        kept = tx.execute(sa.select(search_texts)).all()
    with parts.store.write() as tx:
        config = database._alembic_config()
        config.attributes["connection"] = tx
        command.downgrade(config, "0014")
        command.upgrade(config, "head")
        assert tx.execute(sa.select(search_texts)).all() == kept
    for words in ("ab", "县邮政局", "ex-1"):
        assert len(queue.list_submissions(parts, Filter(search=words)).items) == 1, words
    assert "湘江" in kept[0].text


def test_what_died_half_way_is_swept_away(tmp_path: Path) -> None:
    files = FileStore(tmp_path)
    kept = files.put(io.BytesIO(PDF), 1000)
    (tmp_path / "incoming" / "half").write_bytes(b"half a file")
    (tmp_path / "incoming" / "named meanwhile").symlink_to("nowhere")
    assert files.forget_unfinished(3600) == 0
    assert files.forget_unfinished(-1) == 1
    assert files.path(kept.hash).read_bytes() == PDF
