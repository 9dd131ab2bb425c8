"""A backup that is restored is whole; one that is not whole is not restored."""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from intake_service import accounts, backup, pages, queue, records, review, tokens
from intake_service.backup import DamagedBackupError
from intake_service.cli import main
from intake_service.errors import ConflictError
from intake_service.parts import SYSTEM, Parts
from intake_service.store import State, Store, audit, whole
from intake_service.store.submissions import Filter
from tests.intake_service.builders import (
    JPEG,
    PDF,
    REVIEWER,
    in_review,
    make_parts,
    make_reading,
    make_settings,
    read_all,
    upload,
)


@pytest.fixture
def archive(parts: Parts, tmp_path: Path) -> Path:
    """A service in which all kinds of things have happened, backed up."""
    submission = in_review(parts, make_reading(org_name="湘江学校", pages=3))
    review.correct(parts, REVIEWER, submission.id, 0, "fields.org_name", "湘江职业学校")
    upload(parts, PDF + b"unread", JPEG, key="k1")
    accounts.add_user(parts, SYSTEM, "李", "reviewer", "a long password", "李四")
    tokens.create_token(parts, SYSTEM, "register")
    target = tmp_path / "whole.tar"
    assert not backup.back_up(parts, target).damaged
    return target


@pytest.fixture
def empty(tmp_path: Path) -> Parts:
    return make_parts(tmp_path / "second")


def rows(parts: Parts) -> dict[str, list[bytes]]:
    with parts.store.read() as tx:
        return {
            name: list(whole.lines(tx, name))
            for name in whole.table_names()
            if name not in {"audit", "counters"}
        }


def test_a_restored_store_is_whole(parts: Parts, archive: Path, empty: Parts) -> None:
    backup.restore(empty, archive)
    assert rows(empty) == rows(parts)
    with empty.store.read() as tx:
        assert audit.first_broken(tx) is None
        hashes = whole.file_hashes(tx)
    assert len(hashes) == 6
    for file_hash in hashes:
        assert empty.files.path(file_hash).read_bytes() == parts.files.path(file_hash).read_bytes()
    shown = queue.list_submissions(empty, Filter(status=(State.IN_REVIEW,))).items[0]
    assert review.open_review(empty, shown.id).current.fields["org_name"].text == "湘江职业学校"
    assert pages.page_picture(empty, shown.id, 3).path.is_file()
    read_all(empty)  # what waited is read, under the same keys and numbers
    assert upload(empty, PDF + b"unread", JPEG, key="k1").status is State.IN_REVIEW
    assert upload(empty).receipt_number.endswith("-000003")
    accounts.log_in(empty, "李", "a long password", "::1")


def test_a_backup_is_its_owners_and_nobody_logs_in_with_it(archive: Path) -> None:
    assert archive.stat().st_mode & 0o777 == 0o600
    with tarfile.open(archive) as tar:
        assert not [name for name in tar.getnames() if "sessions" in name]


def test_only_an_empty_service_is_filled(parts: Parts, archive: Path) -> None:
    with pytest.raises(ConflictError):
        backup.restore(parts, archive)
    with pytest.raises(ConflictError):
        backup.back_up(parts, archive)


def changed(archive: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    target = archive.with_name("changed.tar")
    with tarfile.open(archive) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            stream = old.extractfile(member)
            assert stream is not None
            if (content := change(member.name, stream.read())) is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    return target


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: None if name == "manifest.json" else content,
        lambda name, content: None if name == "tables/corrections.jsonl" else content,
        lambda name, content: (
            content.replace("湘".encode(), "江".encode()) if "readings" in name else content
        ),
        lambda name, content: content[:-1] if name.startswith("files/") else content,
        lambda name, content: None if name.startswith("files/") else content,
        lambda name, content: b"{}" if name == "manifest.json" else content,
    ],
    ids=["no manifest", "a table less", "a word changed", "files cut", "files gone", "an empty manifest"],
)
def test_what_is_not_whole_is_refused_and_changes_nothing(
    archive: Path, empty: Parts, change: Callable[[str, bytes], bytes | None]
) -> None:
    with pytest.raises(DamagedBackupError):
        backup.restore(empty, changed(archive, change))
    with empty.store.read() as tx:
        assert whole.is_empty(tx)


def test_half_a_file_is_refused(archive: Path, empty: Parts) -> None:
    content = archive.read_bytes()
    archive.write_bytes(content[: len(content) // 2])
    with pytest.raises(DamagedBackupError):
        backup.restore(empty, archive)


def test_a_lost_original_is_told_and_the_rest_is_saved(parts: Parts, tmp_path: Path, empty: Parts) -> None:
    first, second = upload(parts), upload(parts, PDF + b"2")
    with parts.store.read() as tx:
        lost = whole.file_hashes(tx)[0]
    parts.files.path(lost).write_bytes(b"not what it was")
    done = backup.back_up(parts, tmp_path / "b.tar")
    assert done.damaged == (lost,)
    backup.restore(empty, tmp_path / "b.tar")
    for each in (first, second):
        assert queue.get_submission(empty, each.id)[0].receipt_number == each.receipt_number


def test_a_backup_of_an_older_shape_is_brought_up(tmp_path: Path, empty: Parts, archive: Path) -> None:
    with Store(f"sqlite:///{tmp_path}/first.db").rebuilt("0001") as tx:
        shape = sa.inspect(tx)
        columns = {table: {c["name"] for c in shape.get_columns(table)} for table in shape.get_table_names()}

    def older(name: str, content: bytes) -> bytes | None:
        table = name.removeprefix("tables/").removesuffix(".jsonl")
        if name.startswith("tables/") and table not in columns:
            return None
        if name.startswith("tables/"):
            lines = [json.loads(line) for line in content.splitlines()]
            kept = [place for place, column in enumerate(lines[0]) if column in columns[table]]
            old = [json.dumps([line[place] for place in kept], ensure_ascii=False) for line in lines]
            content = "".join(f"{line}\n" for line in old).encode()
            sums[table] = content
        if name == "manifest.json":
            import hashlib

            told = json.loads(content)
            told["revision"] = "0001"
            told["tables"] = {table: kept for table, kept in told["tables"].items() if table in columns}
            for table, text in sums.items():
                told["tables"][table] = (told["tables"][table][0], hashlib.sha256(text).hexdigest())
            content = json.dumps(told).encode()
        return content

    sums: dict[str, bytes] = {}
    backup.restore(empty, changed(archive, older))
    assert empty.store.is_current()
    with empty.store.read() as tx:
        assert set(tx.execute(sa.select(records.documents.c.crashes)).scalars()) == {0}
        assert len(list(tx.execute(sa.select(records.outbox.c.turn_at)).scalars())) == 2


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def intake(folder: str, *arguments: str) -> tuple[int, str]:
        monkeypatch.setenv("INTAKE_DATA", str(tmp_path / folder))
        monkeypatch.setenv("INTAKE_MIN_FREE_MB", "0")
        answer = CliRunner().invoke(main, list(arguments))
        return answer.exit_code, answer.output

    parts = make_parts(tmp_path / "one")
    upload(parts)
    target = str(tmp_path / "b.tar")
    assert intake("one", "backup", target)[0] == 0
    assert intake("two", "restore", target)[0] == 0
    code, told = intake("two", "restore", target)
    assert (code, "已有数据" in told) == (1, True)
    assert intake("two", "doctor")[1].count("\t审计链\t完整") == 1
    settings = make_settings(tmp_path / "two")
    with sqlite3.connect(settings.data / "intake.db") as database:
        assert database.execute("SELECT count(*) FROM submissions").fetchone() == (1,)
