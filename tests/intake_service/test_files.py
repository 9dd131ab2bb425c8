"""One contract for every file store: the folder, and the object store through its cache."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest

from extractors.errors import FileTooLargeError
from extractors.sniff import HEAD_BYTES
from intake_service import backup, retention
from intake_service.errors import NotFoundError, UnavailableError
from intake_service.files import Files, FileStore
from intake_service.objects import ObjectStore
from intake_service.parts import SYSTEM, Parts, open_files, open_parts
from tests.intake_service.builders import make_parts, make_settings, upload
from tests.swift import KEY, SECRET, swift

LIMIT = 20_000_000
KINDS = ["folder", pytest.param("s3", marks=pytest.mark.needs("swift"))]


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with swift(tmp_path_factory.mktemp("swift")) as url:
        yield url


def s3(folder: Path, url: str, cache_bytes: int = LIMIT) -> ObjectStore:
    return ObjectStore.from_url(url, KEY, SECRET, FileStore(folder / "cache"), cache_bytes)


@pytest.fixture(params=KINDS)
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    if request.param == "folder":
        return FileStore(tmp_path / "files")
    return s3(tmp_path, request.getfixturevalue("bucket"))


def random(size: int = 1000) -> bytes:
    return os.urandom(size)


def test_what_was_put_is_there_whole_and_named_by_its_content(files: Files) -> None:
    for size in (0, 1, 4096, 12_000_000):
        content = random(size)
        kept = files.put(io.BytesIO(content), LIMIT)
        assert (kept.hash, kept.size) == (hashlib.sha256(content).hexdigest(), size)
        assert kept.head == content[:HEAD_BYTES]
        assert files.path(kept.hash).read_bytes() == content
        files.require(kept.hash)


def test_the_same_bytes_twice_are_one_file(files: Files) -> None:
    content = random()
    assert files.put(io.BytesIO(content), LIMIT) == files.put(io.BytesIO(content), LIMIT)


def test_what_is_too_large_or_breaks_off_leaves_nothing(files: Files) -> None:
    content = random()
    with pytest.raises(FileTooLargeError):
        files.put(io.BytesIO(content), 999)

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.put(Broken(content), LIMIT)
    for call in (files.path, files.require):
        with pytest.raises(NotFoundError):
            call(hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "a" * 63 + "/"])
def test_what_was_never_put_is_not_found(files: Files, name: str) -> None:
    for call in (files.path, files.require):
        with pytest.raises(NotFoundError):
            call(name)


def test_a_forgotten_file_is_gone_but_a_fresh_one_stays(files: Files) -> None:
    kept = files.put(io.BytesIO(random()), LIMIT).hash
    assert files.forget(kept) is False
    files.require(kept)
    time.sleep(1.1)  # the object store counts whole seconds
    assert files.forget(kept, spare_s=0.0) is True
    assert files.forget(kept, spare_s=0.0) is True
    for call in (files.path, files.require):
        with pytest.raises(NotFoundError):
            call(kept)


def test_what_came_long_ago_goes_and_what_is_in_use_stays(files: Files) -> None:
    kept = files.put(io.BytesIO(random()), LIMIT).hash
    assert files.forget_older(3600) == 0
    files.require(kept)
    time.sleep(1.1)
    assert files.forget_older(0.05) >= 1
    with pytest.raises(NotFoundError):
        files.require(kept)


def test_an_area_of_a_store_is_apart_from_the_rest(parts: Parts) -> None:
    content = random()
    kept = parts.errands.put(io.BytesIO(content), LIMIT).hash
    with pytest.raises(NotFoundError):
        parts.files.require(kept)
    parts.files.put(io.BytesIO(content), LIMIT)
    parts.errands.forget(kept, 0)
    assert parts.files.path(kept).read_bytes() == content


def test_it_says_that_it_can_be_written(files: Files) -> None:
    assert files.is_writable()
    assert not files.is_full()


@pytest.mark.needs("swift")
def test_another_machine_has_the_file_and_notices_when_it_is_gone(bucket: str, tmp_path: Path) -> None:
    here, there = s3(tmp_path / "here", bucket), s3(tmp_path / "there", bucket)
    content = random()
    kept = here.put(io.BytesIO(content), LIMIT).hash
    assert there.path(kept).read_bytes() == content
    assert here.forget(kept, spare_s=-1.0)
    with pytest.raises(NotFoundError):
        there.require(kept)


@pytest.mark.needs("swift")
def test_bytes_that_are_not_what_their_name_says_are_not_handed_out(bucket: str, tmp_path: Path) -> None:
    files = s3(tmp_path, bucket)
    wanted = hashlib.sha256(random()).hexdigest()
    obstore.put(files._bucket, f"{wanted[:2]}/{wanted}", b"something else")
    with pytest.raises(NotFoundError, match="损坏"):
        files.path(wanted)
    assert not list((tmp_path / "cache").glob("[0-9a-f][0-9a-f]/*"))


@pytest.mark.needs("swift")
def test_the_cache_makes_room_for_what_is_used(bucket: str, tmp_path: Path) -> None:
    files = s3(tmp_path, bucket, cache_bytes=2500)
    first, second, third = (files.put(io.BytesIO(random()), LIMIT).hash for _ in range(3))
    old = time.time() - 2 * 3600
    for kept in (first, second, third):
        os.utime(files._cache.path(kept), (old, old))
    files.path(first)  # used now
    files._next_look = 0.0
    files.forget_unfinished()
    held = {path.name for path in (tmp_path / "cache").glob("[0-9a-f][0-9a-f]/*")}
    assert first in held
    assert len(held) == 2
    assert len(files.path(second).read_bytes()) == 1000


def test_a_cache_gives_up_what_nobody_used_for_a_day(tmp_path: Path) -> None:
    """It may have been purged, on another machine."""
    cache = FileStore(tmp_path)
    used, unused = (cache.put(io.BytesIO(random()), LIMIT).hash for _ in range(2))
    day_old = time.time() - 25 * 3600
    os.utime(cache.path(unused), (day_old, day_old))
    cache.shrink(most_bytes=LIMIT, spare_s=3600, stale_s=24 * 3600)
    assert cache.path(used).is_file()
    with pytest.raises(NotFoundError):
        cache.path(unused)


def test_an_object_store_that_does_not_answer_keeps_nothing_and_says_so(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("intake_service.objects.TRIES_S", 1)
    files = s3(tmp_path, "s3://papers?endpoint=http://127.0.0.1:1")
    with pytest.raises(UnavailableError):
        files.put(io.BytesIO(random()), LIMIT)
    with pytest.raises(UnavailableError):
        files.is_writable()


@pytest.mark.needs("swift")
@pytest.mark.parametrize(("key", "name"), [("wrong", "papers"), (SECRET, "nobodys")])
def test_a_wrong_key_or_bucket_is_said_before_anything_is_kept(
    bucket: str, tmp_path: Path, key: str, name: str
) -> None:
    url = bucket.replace("papers", name)
    files = ObjectStore.from_url(url, KEY, key, FileStore(tmp_path), LIMIT)
    with pytest.raises(UnavailableError):
        files.put(io.BytesIO(random()), LIMIT)


@pytest.mark.parametrize("url", ["s3:///no-bucket", "s3://a?endpiont=http://x", "ftp://a/b"])
def test_an_address_that_cannot_be_used_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="INTAKE_FILES_URL"):
        open_files(make_settings(tmp_path, files_url=url))


@pytest.mark.needs("swift")
def test_backup_restore_and_purge_work_on_the_object_store(bucket: str, tmp_path: Path) -> None:
    told = {"files_url": bucket, "files_key": KEY, "files_secret": SECRET}
    parts = make_parts(tmp_path / "one", **told)
    content = b"%PDF-1.7 " + random()
    submission = upload(parts, content)
    manifest = backup.back_up(parts, tmp_path / "all.tar")
    kept = hashlib.sha256(content).hexdigest()
    assert (manifest.files, manifest.damaged) == (1, ())
    assert parts.files.forget(kept, spare_s=-1.0)
    again = open_parts(make_settings(tmp_path / "two", **told))
    again.store.migrate()
    backup.restore(again, tmp_path / "all.tar")
    assert again.files.path(kept).read_bytes() == content
    assert retention.purge(again, SYSTEM, 0) == []  # nothing decided, nothing removed
    assert submission.id
