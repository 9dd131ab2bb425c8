"""Another form is another folder: a made-up one, drawn on ruled paper, is checked and read without a line of code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image, ImageDraw

from extractors.form.layout import default_layout, load_layout
from extractors.form.reading import FIELD_IDS, reading_to_json
from extractors.pipeline import build_pipeline, read_document
from intake_service.cli import form as command
from intake_service.cli import main
from tests.forms.ink.typefaces import typeface

OTHER = Path(__file__).with_name("other")
FOLDER = OTHER / "assessor" / "trial-1"
WIDE, LEFT, TOP, RULE = 1654, 150, 330, 3
FILLED = {
    "assessor_name": "周文涛", "contact_phone": "13874900001", "employer": "长沙市湘江职业培训学校",
    "position": "教研主任", "email": "zhouwt@163.com", "home": "长沙市岳麓区枫林路18号",
    "experience": "2012年起担任养老护理员考评员，参加考评四十余场。", "opinion": "同意推荐。",
    "opinion_date": "2026年3月12日",
}  # fmt: skip
Row = tuple[int, tuple[tuple[int, str], ...]]
"""Height in pixels; width and text of each cell."""


def rows(filled: dict[str, str]) -> list[Row]:
    whole = WIDE - 2 * LEFT
    label, value = 230, whole // 2 - 230
    two = [
        ("姓名", "assessor_name", "手机号码", "contact_phone"),
        ("现任职务", "position", "电子邮箱", "email"),
    ]
    pairs = [(80, ((label, a), (value, filled[f]), (label, b), (value, filled[g]))) for a, f, b, g in two]
    one = [("工作单位", "employer"), ("家庭住址", "home")]
    singles = [(80, ((label, text), (whole - label, filled[field]))) for text, field in one]
    return [
        (70, ((whole, "一、本人情况"),)), pairs[0], singles[0], pairs[1], singles[1],
        (420, ((whole, f"二、从事考评工作的经历\n{filled['experience']}"),)),
        (420, ((whole, f"三、推荐单位意见\n{filled['opinion']}\n\n\n{' ' * 40}{filled['opinion_date']}"),)),
    ]  # fmt: skip


def draw(path: Path, filled: dict[str, str]) -> Path:
    """The form as a scan at 200 dpi."""
    page = Image.new("L", (WIDE, 2339), 250)
    pen = ImageDraw.Draw(page)
    pen.text((WIDE // 2, 220), "考评人员登记表", fill=20, font=typeface("song", 48), anchor="mm")
    y = TOP
    for height, cells in rows(filled):
        x = LEFT
        for width, text in cells:
            pen.rectangle((x, y, x + width, y + height), outline=30, width=RULE)
            pen.multiline_text((x + 18, y + 20), text, fill=25, font=typeface("song", 32), spacing=26)
            x += width
        y += height
    page.save(path, dpi=(200, 200))
    return path


@pytest.fixture(scope="module")
def read() -> Callable[[Path], dict[str, Any]]:
    pipeline = build_pipeline("rapidocr", FOLDER)
    return lambda path: reading_to_json(read_document(path, path.name, reader=pipeline))


def test_it_is_read_field_by_field(read: Callable[[Path], dict[str, Any]], tmp_path: Path) -> None:
    reading = read(draw(tmp_path / "form.png", FILLED))
    assert (reading["form"]["id"], reading["form"]["matched"], reading["form"]["deviations"]) == (
        "assessor",
        True,
        [],
    )
    assert {name: field["text"] for name, field in reading["fields"].items()} == FILLED
    assert reading["fields"]["opinion_date"]["value"] == "2026-03-12"
    assert reading["occupations"] == []
    failed = [check["rule"] for check in reading["checks"] if check["passed"] is False]
    assert failed == []


def test_its_own_rules_judge_it(read: Callable[[Path], dict[str, Any]], tmp_path: Path) -> None:
    wrong = {**FILLED, "contact_phone": "138749", "employer": ""}
    reading = read(draw(tmp_path / "form.png", wrong))
    failed = {check["rule"] for check in reading["checks"] if check["passed"] is False}
    assert failed == {"required.employer", "phone.format"}
    assert reading["fields"]["contact_phone"]["status"] == "review"
    assert reading["fields"]["employer"]["text"] == ""


def test_our_form_is_not_taken_for_it(read: Callable[[Path], dict[str, Any]], tmp_path: Path) -> None:
    other = draw(tmp_path / "form.png", FILLED)
    ours = build_pipeline("rapidocr")
    assert not reading_to_json(read_document(other, other.name, reader=ours))["form"]["matched"]
    assert default_layout().fields == FIELD_IDS


def invoke(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["form", *arguments])
    return done.exit_code, done.output


def test_check_says_whether_and_what_to_mind() -> None:
    code, said = invoke("check", str(FOLDER))
    assert (code, said) == (0, "可以使用：考评人员登记表，9 栏，表格 0 列，印章和签名 0 处，规则 2 条。\n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("relation: right, kind: person_name", "relation: left, kind: person_name", "relation"),
        ("text: 现任职务", "text: 姓名", "重复"),
        ("call: trial", "call: none", "找不到征集通知文件"),
        ("  - id: experience", "  - id: t\n    heading: 表\n    columns: [{id: a, header: 甲, kind: text}]\n  - id: experience",
         "表格的列目前只能是"),
        ("  - id: opinion\n",
         "  - id: m\n    heading: 盖章\n    marks: [{mark: other_seal, kind: seal, label: 章}]\n  - id: opinion\n",
         "没有 other_seal"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    shutil.copytree(OTHER, tmp_path / "other")
    file = tmp_path / "other" / "assessor" / "trial-1" / "layout.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    code, told = invoke("check", str(file.parent))
    assert code == command.REFUSED
    assert said in told


def test_labels_that_are_too_alike_are_told(tmp_path: Path) -> None:
    shutil.copytree(OTHER, tmp_path / "other")
    file = tmp_path / "other" / "assessor" / "trial-1" / "layout.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("text: 家庭住址", "text: 工作单位址", 1), encoding="utf-8"
    )
    code, told = invoke("check", str(file.parent))
    assert code == 0
    assert "太像" in told


def test_try_reads_a_file_behind_the_fence_and_keeps_nothing(tmp_path: Path) -> None:
    scan = draw(tmp_path / "scan.png", {**FILLED, "home": ""})
    code, said = invoke("try", str(FOLDER), str(scan))
    assert code == 0, said
    assert "认出“考评人员登记表”，相符程度 100%" in said
    assert "assessor_name：周文涛" in said
    assert "– 空白  home：" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scan.png"]
    blank = tmp_path / "blank.png"
    Image.new("L", (1654, 2339), 250).save(blank)
    code, said = invoke("try", str(FOLDER), str(blank), "--json")
    assert code == command.NOT_FOUND
    assert json.loads(said)["form"]["matched"] is False


def test_the_layout_says_in_which_order_fields_stand() -> None:
    assert load_layout(FOLDER).fields == tuple(FILLED)
