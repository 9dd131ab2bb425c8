"""The watched folder: taken when whole, once, whatever dies; refused with a note; troubles told and outlived."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_service import queue
from intake_service.errors import QueueFullError
from intake_service.parts import WATCHED_FOLDER, Parts
from intake_service.store import documents
from intake_service.store.submissions import Filter, Submission
from tests.intake_service.builders import JPEG, PNG, make_parts, upload
from worker import arrivals, watch
from worker.watch import DONE, NOTE, REFUSED, TAKING, Watch

PDF = b"%PDF-1.7 a scan\n%%EOF\n"
WHOLE_JPEG = JPEG + b"\xff\xd9"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "扫描"
    made.mkdir()
    return made


@pytest.fixture
def parts(tmp_path: Path, folder: Path) -> Iterator[Parts]:
    made = make_parts(tmp_path / "data", watch=folder, watch_quiet_s=0, watch_folder_quiet_s=0)
    yield made
    made.store.close()


@pytest.fixture
def watched(parts: Parts, folder: Path) -> Watch:
    return Watch(parts, folder)


def handed_in(parts: Parts) -> list[Submission]:
    return list(reversed(queue.list_submissions(parts, Filter()).items))


def names(parts: Parts, submission: Submission) -> list[str]:
    with parts.store.read() as tx:
        return [document.name for document in documents.of_submission(tx, submission.id)]


def taken(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / DONE).glob("*/*"))


def test_a_file_becomes_a_submission_and_is_moved_with_its_number(
    parts: Parts, watched: Watch, folder: Path
) -> None:
    (folder / "扫描0001.pdf").write_bytes(PDF)
    watched.round()
    (submission,) = handed_in(parts)
    assert (submission.created_by, submission.channel) == (WATCHED_FOLDER.name, "mail")
    assert taken(folder) == [f"{submission.receipt_number} 扫描0001.pdf"]
    assert not list((folder / TAKING).iterdir())
    watched.round()
    assert len(handed_in(parts)) == 1


def test_a_folder_is_one_submission_in_the_order_people_number(
    parts: Parts, watched: Watch, folder: Path
) -> None:
    batch = folder / "岳麓区某学校"
    (batch / "附件").mkdir(parents=True)
    for name in ("10.pdf", "2.pdf", "附件/1.jpg"):
        (batch / name).write_bytes(WHOLE_JPEG if name.endswith("jpg") else PDF)
    for junk in ("Thumbs.db", "._2.pdf", "完成.txt"):
        (batch / junk).write_bytes(b"")
    watched.round()
    (submission,) = handed_in(parts)
    assert names(parts, submission) == ["2.pdf", "10.pdf", "1.jpg"]
    assert submission.note == "岳麓区某学校"
    assert taken(folder) == [f"{submission.receipt_number} 岳麓区某学校"]


def test_a_folder_waits_for_quiet_or_its_mark(tmp_path: Path, folder: Path) -> None:
    parts = make_parts(tmp_path / "data", watch_quiet_s=0, watch_folder_quiet_s=600)
    watched = Watch(parts, folder)
    (folder / "一批").mkdir()
    (folder / "一批" / "1.pdf").write_bytes(PDF)
    assert watched.round().waiting[0][0] == "一批"
    assert not handed_in(parts)
    (folder / "一批" / "Done").touch()
    watched.round()
    watched.round()
    assert names(parts, handed_in(parts)[0]) == ["1.pdf"]
    parts.store.close()


@pytest.mark.parametrize("name", ["a.pdf.part", "~a.pdf", ".a.pdf", "a.tmp", "A.PDF.CRDOWNLOAD"])
def test_a_temporary_name_is_left_alone_until_it_is_renamed(
    parts: Parts, watched: Watch, folder: Path, name: str
) -> None:
    (folder / name).write_bytes(PDF)
    assert "临时文件" in watched.round().waiting[0][1]
    (folder / name).rename(folder / "a.pdf")
    watched.round()
    assert names(parts, handed_in(parts)[0]) == ["a.pdf"]


@pytest.mark.parametrize(
    ("name", "whole"), [("a.pdf", PDF), ("a.jpg", WHOLE_JPEG), ("a.png", PNG + b"IEND"), ("a.txt", b"x")]
)
def test_what_lacks_its_end_waits_but_not_for_ever(
    parts: Parts, watched: Watch, folder: Path, name: str, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / name).write_bytes(whole[: 0 if name == "a.txt" else -3])
    assert "结尾" in watched.round().waiting[0][1]
    (folder / name).write_bytes(whole)
    watched.round()  # sees that it changed
    watched.round()
    assert len(handed_in(parts)) + len(list((folder / REFUSED).glob(f"*{NOTE}"))) == 1
    (folder / f"second {name}").write_bytes(whole[: 0 if name == "a.txt" else -3])
    watched.round()
    monkeypatch.setattr(arrivals, "STALLED_S", 0.0)
    watched.round()
    assert not (folder / f"second {name}").exists()


def test_who_has_it_open_for_writing_is_waited_for(parts: Parts, watched: Watch, folder: Path) -> None:
    with (folder / "a.pdf").open("wb") as writer:
        writer.write(PDF)
        writer.flush()
        assert "在写" in watched.round().waiting[0][1]
    with (folder / "a.pdf").open("rb"):
        watched.round()
    assert len(handed_in(parts)) == 1


def test_what_changes_while_it_is_read_is_not_handed_in_half(
    parts: Parts, watched: Watch, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.pdf").write_bytes(PDF)
    really = watch._Unchanging.read

    def grows(self: watch._Unchanging, size: int | None = -1) -> bytes:
        mine = next((folder / TAKING).glob("*/a.pdf"))
        if mine.stat().st_size == len(PDF):
            with mine.open("ab") as writer:
                writer.write(b"more\n%%EOF")
        return really(self, size)

    monkeypatch.setattr(watch._Unchanging, "read", grows)
    assert watched.round().waiting == (("a.pdf", "正在写入。"),)
    assert not handed_in(parts)
    monkeypatch.undo()
    watched.round()
    watched.round()
    (submission,) = handed_in(parts)
    with parts.store.read() as tx:
        assert documents.of_submission(tx, submission.id)[0].size == len(PDF + b"more\n%%EOF")


def test_the_same_file_twice_is_two_submissions_that_are_told_alike(
    parts: Parts, watched: Watch, folder: Path
) -> None:
    for _ in range(2):
        (folder / "a.pdf").write_bytes(PDF)
        watched.round()
        watched.round()
    first, second = handed_in(parts)
    assert queue.beside(parts, [second.id]).alike == {second.id}
    assert len(taken(folder)) == 2
    assert first.receipt_number != second.receipt_number


def test_a_refused_file_goes_aside_with_a_note(parts: Parts, watched: Watch, folder: Path) -> None:
    (folder / "表.docx").write_bytes(b"PK\x03\x04 word")
    (folder / f"{'长' * 80}.pdf").write_bytes(b"PK\x03\x04 not a pdf")
    watched.round()
    report = watched.round()
    assert not handed_in(parts)
    assert report.refused_count == 2
    assert ("表.docx", "文件“表.docx”是压缩包或 Word/Excel 文件，请打印成 PDF 后再提交。") in report.refused
    notes = sorted((folder / REFUSED).glob(f"*{NOTE}"))
    assert all(note.with_name(note.name.removesuffix(NOTE)).is_file() for note in notes)
    assert "怎么办" in notes[0].read_text(encoding="utf-8")
    assert not list((folder / TAKING).iterdir())


def test_a_link_is_never_followed(parts: Parts, watched: Watch, folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(PDF)
    (folder / "a.pdf").symlink_to(secret)
    (folder / "b").mkdir()
    (folder / "b" / "c.pdf").symlink_to(secret)
    (folder / "d").symlink_to(tmp_path)
    watched.round()
    assert not handed_in(parts)
    assert secret.exists()


def test_a_full_queue_or_disk_keeps_everything_and_goes_on(
    parts: Parts, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowded = replace(parts, settings=replace(parts.settings, max_waiting=0))
    (folder / "a.pdf").write_bytes(PDF)
    watched = Watch(crowded, folder)
    report = watched.round()
    assert QueueFullError.default_message.rstrip("。") in report.trouble
    assert not handed_in(parts)
    watched.parts = parts
    assert watched.round() == report  # it rests a while: every try copies the file
    assert not handed_in(parts)
    assert Watch(parts, folder).round().trouble == ""
    assert names(parts, handed_in(parts)[0]) == ["a.pdf"]


def test_a_folder_that_is_gone_or_a_file_in_its_place_is_told_and_outlived(
    parts: Parts, watched: Watch, folder: Path
) -> None:
    folder.rmdir()
    assert "找不到" in watched.round().trouble
    assert not folder.exists()  # nothing is made where a network drive ought to be
    folder.touch()
    assert "找不到" in watched.round().trouble
    folder.unlink()
    folder.mkdir()
    (folder / "a.pdf").write_bytes(PDF)
    assert watched.round().trouble == ""
    assert len(handed_in(parts)) == 1


def test_what_cannot_be_read_does_not_keep_the_others(
    parts: Parts, watched: Watch, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.pdf").write_bytes(PDF)
    (folder / "b.pdf").write_bytes(PDF)
    really = arrivals.look_at

    def look(path: Path) -> arrivals.Arrival | None:
        if path.name == "a.pdf":
            raise PermissionError
        return really(path)

    monkeypatch.setattr(watch, "look_at", look)
    assert watched.round().waiting == (("a.pdf", "没有权限读取或移动它。"),)
    assert names(parts, handed_in(parts)[0]) == ["b.pdf"]


def test_what_was_taken_long_ago_is_removed(parts: Parts, watched: Watch, folder: Path) -> None:
    for day in ("2020-04-20", "我的 2020-0"):
        (folder / DONE / day).mkdir(parents=True)
    (folder / "a.pdf").write_bytes(PDF)
    watched.round()
    watched.clean_up()
    assert {path.name for path in (folder / DONE).iterdir()} > {"我的 2020-0"}
    assert len(list((folder / DONE).iterdir())) == 2


@given(st.lists(st.integers(0, 999), max_size=6))
def test_names_are_sorted_as_people_number(numbers: list[int]) -> None:
    shuffled = [Path(f"扫描{number}.pdf") for number in numbers]
    assert sorted(shuffled, key=arrivals.in_order) == [
        Path(f"扫描{number}.pdf") for number in sorted(numbers)
    ]


@given(st.text(min_size=1, max_size=300).filter(lambda text: "/" not in text and "\0" not in text))
@settings(max_examples=50)
def test_a_name_is_cut_to_what_a_disk_takes(name: str) -> None:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return
    whole = watch._fitting("2026-000001 ", name, NOTE) + NOTE
    assert len(os.fsencode(whole)) <= 255
    assert whole.startswith("2026-000001 ")


def test_what_the_desk_hands_in_meanwhile_is_no_business_of_the_folder(parts: Parts, watched: Watch) -> None:
    upload(parts)
    watched.round()
    assert len(handed_in(parts)) == 1
