"""Backup and restore: everything in one file, checked on the way out and on the way in.

A tar file: ``tables/<name>.jsonl``, ``files/<sha256>``, and last ``manifest.json`` with the number of rows and
the SHA-256 of every table. It does not depend on the kind of database: SQLite may be restored into PostgreSQL.
It holds personal data and the secrets of webhooks, so it is readable by its owner only.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from intake_service.errors import ConflictError, InvalidRequestError, NotFoundError
from intake_service.files import flush_folder
from intake_service.parts import SYSTEM, Parts
from intake_service.store import audit, whole
from intake_service.store.database import newest_revision

SCHEMA = "intake.backup/1"
MANIFEST = "manifest.json"
MOST_BYTES = 1 << 40


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. ``tables``: name to rows and SHA-256. ``damaged``: files that were gone or not what they were."""

    schema: str
    made_at: str
    revision: str
    tables: dict[str, tuple[int, str]]
    files: int
    bytes: int
    damaged: tuple[str, ...]


class DamagedBackupError(InvalidRequestError):
    """The file is not a whole backup of ours."""

    default_message = "备份文件不完整或被改动过，没有恢复任何内容。"


def back_up(parts: Parts, target: Path) -> Manifest:
    """Write everything to ``target``, while the service works on. Raises OSError, ConflictError if it exists.

    The tables are those of one moment; a file never changes once it is stored. The target appears only when it is whole.
    """
    if target.exists():
        raise ConflictError(f"{target.name} 已存在，请换一个文件名。")
    draft = target.with_name(f".{target.name}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                manifest = _write(parts, tar)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
        flush_folder(target.absolute().parent)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _write(parts: Parts, tar: tarfile.TarFile) -> Manifest:
    tables: dict[str, tuple[int, str]] = {}
    with parts.store.snapshot() as tx:
        for name in whole.table_names():
            with tempfile.TemporaryFile() as draft:
                digest, rows = hashlib.sha256(), -1
                for line in whole.lines(tx, name):
                    draft.write(line)
                    digest.update(line)
                    rows += 1
                _add(tar, f"tables/{name}.jsonl", draft)
            tables[name] = (rows, digest.hexdigest())
        wanted = whole.file_hashes(tx)
    damaged, size, files = [], 0, 0
    for file_hash in wanted:
        try:
            stream = parts.files.path(file_hash).open("rb")
        except NotFoundError:
            damaged.append(file_hash)
            continue
        with stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() == file_hash:
                size += _add(tar, f"files/{file_hash}", stream)
                files += 1
            else:
                damaged.append(file_hash)
    made_at = datetime.now(UTC).isoformat()
    manifest = Manifest(SCHEMA, made_at, newest_revision(), tables, files, size, tuple(damaged))
    _add(tar, MANIFEST, io.BytesIO(json.dumps(asdict(manifest), indent=1).encode()))
    return manifest


def _add(tar: tarfile.TarFile, name: str, stream: IO[bytes]) -> int:
    info = tarfile.TarInfo(name)
    info.size = stream.seek(0, os.SEEK_END)
    info.mode = 0o600
    stream.seek(0)
    tar.addfile(info, stream)
    return info.size


def restore(parts: Parts, source: Path) -> Manifest:
    """Fill an empty service from a backup; files first, then all tables in one transaction that is checked at its end.

    Raises ConflictError when the service is not empty, DamagedBackupError for anything that does not fit; then the
    database is as it was.
    """
    with parts.store.read() as tx:
        if not whole.is_empty(tx):
            raise ConflictError("这里已有数据，只能恢复到空的数据库和文件夹。")
    try:
        with tarfile.open(source, mode="r:") as tar:
            members = {member.name: member for member in tar.getmembers() if member.isfile()}
            manifest = _manifest(tar, members)
            for name, member in members.items():
                kind, _, file_hash = name.partition("/")
                if kind == "files":
                    stream = tar.extractfile(member)
                    assert stream is not None
                    if parts.files.put(stream, MOST_BYTES).hash != file_hash:
                        raise DamagedBackupError
            with parts.store.rebuilt(manifest.revision) as tx:
                for name, (rows, digest) in manifest.tables.items():
                    _load(tx, tar, members[f"tables/{name}.jsonl"], name, rows, digest)
                parts.store.bring_up(tx)
                _check(tx, parts, manifest)
                detail = {"made_at": manifest.made_at, "files": manifest.files}
                audit.append(tx, SYSTEM.name, "service.restore", "service", detail)
    except (tarfile.TarError, ValueError, KeyError, TypeError, sa.exc.DatabaseError) as error:
        raise DamagedBackupError from error
    return manifest


def _manifest(tar: tarfile.TarFile, members: dict[str, tarfile.TarInfo]) -> Manifest:
    stream = tar.extractfile(members[MANIFEST])
    assert stream is not None
    told: dict[str, Any] = json.load(stream)
    if told["schema"] != SCHEMA or told["revision"] > newest_revision():
        raise DamagedBackupError("这份备份来自更新的版本，请先升级程序。")
    told["tables"] = {str(name): (int(rows), str(digest)) for name, (rows, digest) in told["tables"].items()}
    return Manifest(**{**told, "damaged": tuple(told["damaged"])})


def _load(
    tx: sa.Connection, tar: tarfile.TarFile, member: tarfile.TarInfo, name: str, rows: int, digest: str
) -> None:
    stream = tar.extractfile(member)
    assert isinstance(stream, io.BufferedReader)
    if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
        raise DamagedBackupError
    stream.seek(0)
    if whole.load(tx, name, stream) != rows:
        raise DamagedBackupError


def _check(tx: sa.Connection, parts: Parts, manifest: Manifest) -> None:
    """Whether every file that the tables name is there, and the audit trail holds."""
    if audit.first_broken(tx) is not None:
        raise DamagedBackupError
    for file_hash in set(whole.file_hashes(tx)) - set(manifest.damaged):
        try:
            parts.files.require(file_hash)
        except NotFoundError as error:
            raise DamagedBackupError from error
