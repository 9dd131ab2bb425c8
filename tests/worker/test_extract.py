"""The extract command: answers in order, a refusal never stops the others, nothing is overwritten."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from rich.console import Console
from rich.progress import Progress

from worker.extract import Pool, answer_names, extract, printable, run, to_line
from worker.sandbox import Budget, Reader


def draw(path: Path) -> Path:
    Image.new("L", (120, 160), 250).save(path, format="PNG")
    return path


def extract_with_fakes(
    paths: list[Path], out: Path | None = None, jobs: int = 1
) -> tuple[bool, Any, list[str]]:
    lines: list[bytes] = []
    complaints: list[str] = []
    pool = Pool(lambda: Reader("fake", pipeline="tests.worker.pipelines", budget=Budget(page_s=20)), jobs)
    accepted = run(
        paths,
        out=out,
        pool=pool,
        write=lines.append,
        complain=complaints.append,
        progress=Progress(console=Console(file=io.StringIO()), disable=True),
    )
    return accepted, [json.loads(line) for line in lines], complaints


def test_readings_and_refusals_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "note.txt").write_text("hello")
    paths = [
        draw(tmp_path / "slow.png"),
        tmp_path / "empty.pdf",
        draw(tmp_path / "b.png"),
        tmp_path / "note.txt",
        draw(tmp_path / "abort.png"),
        draw(tmp_path / "c.png"),
    ]
    accepted, answers, complaints = extract_with_fakes(paths, jobs=2)
    assert not accepted
    assert [a["error"]["code"] if "error" in a else a["file"]["name"] for a in answers] == [
        "slow.png",
        "empty_file",
        "b.png",
        "unsupported_type",
        "processing_crashed",
        "c.png",
    ]
    assert answers[1]["file"] == "empty.pdf"
    assert "0 字节" in answers[1]["error"]["message"]
    assert [c.split(": ")[:2] for c in complaints] == [
        [str(paths[1]), "empty_file"],
        [str(paths[3]), "unsupported_type"],
        [str(paths[4]), "processing_crashed"],
    ]


def test_answers_of_equal_stems_stand_side_by_side(tmp_path: Path) -> None:
    for folder in "ab":
        (tmp_path / folder).mkdir()
    paths = [draw(tmp_path / "a" / "scan.png"), draw(tmp_path / "b" / "scan.png"), tmp_path / "scan.pdf"]
    paths[2].touch()
    accepted, lines, _complaints = extract_with_fakes(paths, out=tmp_path)
    assert not accepted
    assert lines == []
    first, second, third = (
        json.loads((tmp_path / name).read_text("utf-8"))
        for name in ("scan.json", "scan-2.json", "scan-3.json")
    )
    assert first["file"]["name"] == second["file"]["name"] == "scan.png"
    assert third["error"]["code"] == "empty_file"
    assert not list(tmp_path.glob("*.part"))


def test_names_never_meet() -> None:
    given = ["scan.pdf", "scan-2.pdf", "SCAN.png", "scan.tif", "other.v1.pdf"]
    names = answer_names([Path(name) for name in given])
    assert names == ["scan.json", "scan-2.json", "SCAN-3.json", "scan-4.json", "other.v1.json"]


def test_hostile_names_break_neither_terminal_nor_json() -> None:
    assert printable("a\n\x1b[31m\u202e中文.pdf") == "a\\n\\x1b[31m\\u202e中文.pdf"
    assert json.loads(to_line({"file": "\udcff.pdf 中"})) == {"file": "\udcff.pdf 中"}
    assert to_line({"file": "a\nb"}).count(b"\n") == 1


@pytest.mark.parametrize(
    "arguments", [[], ["--jobs", "0", "x.pdf"], ["no-such-file.pdf"], ["--engine", "magic"]]
)
def test_wrong_usage_is_exit_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(extract, arguments).exit_code == 2


def test_the_command_itself_refuses_with_exit_3_and_says_why(tmp_path: Path) -> None:
    empty = tmp_path / "空.pdf"
    empty.touch()
    done = CliRunner().invoke(extract, [str(empty), "--engine", "null"])
    assert done.exit_code == 3, done.output
    assert json.loads(done.stdout) == {
        "file": "空.pdf",
        "error": {"code": "empty_file", "message": "文件是空的（0 字节）。请检查扫描仪或重新选择文件。"},
    }
    assert done.stderr == f"{empty}: empty_file: 文件是空的（0 字节）。请检查扫描仪或重新选择文件。\n"


def test_the_command_reads_with_exit_0(tmp_path: Path) -> None:
    sheet = draw(tmp_path / "sheet.png")
    done = CliRunner().invoke(
        extract, [str(sheet), "--engine", "null", "--out", str(tmp_path / "new" / "out")]
    )
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    reading = json.loads((tmp_path / "new" / "out" / "sheet.json").read_text("utf-8"))
    assert reading["schema"] == "intake.reading/1"
    assert reading["form"]["matched"] is False


def test_the_command_loads_no_vision_library_itself() -> None:

    script = (
        "import sys, worker.extract; print({'cv2', 'onnxruntime', 'pypdfium2', 'PIL'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
