from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extractors.form.layout import Layout, LayoutError, default_layout, load_layout
from extractors.form.reading import COLUMN_IDS, FIELD_IDS, Marks
from extractors.form.second_entry import SecondEntry, SecondLook
from tests.extractors.form.makers import quick

ROOT = Path(__file__).resolve().parents[3] / "templates_ref"
DATA: dict[str, Any] = yaml.safe_load(
    (ROOT / "basic-info/hunan-2020-40/layout.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("reference")
    shutil.copytree(ROOT / "calls", root / "calls")
    out = root / "basic-info" / "hunan-2020-40"
    out.mkdir(parents=True)
    return out


def load(folder: Path, data: object) -> Layout:
    # JSON is YAML, and written faster.
    (folder / "layout.yaml").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return load_layout(folder)


def test_the_layout_speaks_of_the_contracts_fields_and_columns() -> None:
    layout = default_layout()
    fields = {label.field for label in layout.labels} | {s.body.field for s in layout.sections if s.body}
    assert fields == set(FIELD_IDS)
    assert tuple(column.id for column in layout.columns) == COLUMN_IDS
    assert {mark.mark for mark in layout.marks} <= set(Marks.__slots__)
    assert (layout.form, layout.version) == ("basic-info", "hunan-2020-40")


def test_sections_know_their_parts() -> None:
    layout = default_layout()
    assert [section.heading[0] for section in layout.sections] == ["一", "二", "三", "四", "五"]
    assert (
        layout.section("commitment").printed[0].text == "本人承诺申报材料真实有效，如有虚假，自愿退出申报。"
    )
    assert layout.label("uscc").relation == "rest_of_row"
    assert layout.label("org_type").options[0].value == "enterprise"
    assert [material.number for material in layout.materials] == [1, 2, 3, 4, 5, 6]
    with pytest.raises(KeyError):
        layout.section("nowhere")
    with pytest.raises(KeyError):
        layout.label("nothing")


def put(*steps: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        place: Any = data
        for step in steps[:-1]:
            place = place[step]
        place[steps[-1]] = value

    return change


def drop(*steps: str | int) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        place: Any = data
        for step in steps[:-1]:
            place = place[step]
        del place[steps[-1]]

    return change


MUTATIONS = [
    (put("sections", 1, "columns", 3, "kind", value="yes_or_no"), "sections[1].columns[3].kind", "yes_or_no"),
    (put("sections", 0, "labels", 0, "relation", value="left"), "sections[0].labels[0].relation", "left"),
    (put("sections", 0, "labels", 0, "reqired", value=True), "sections[0].labels[0]", "reqired"),
    (put("sections", 0, "labels", 0, "required", value="yes"), "sections[0].labels[0].required", "boolean"),
    (put("sections", 0, "labels", 0, "text", value=""), "sections[0].labels[0].text", "空"),
    (put("sections", 0, "labels", 1, "field", value="org_name"), "sections[0].labels[1].field", "重复"),
    (put("sections", 0, "labels", 1, "variants", value=["名称"]), "sections[0].labels[1].variants[0]", "重复"),
    (put("sections", 1, "columns", 2, "id", value="name"), "sections[1].columns[2].id", "重复"),
    (put("sections", 1, "columns", 2, "header", value="序号"), "sections[1].columns[2].header", "重复"),
    (put("sections", 2, "id", value="basic"), "sections[2].id", "重复"),
    (put("sections", 4, "marks", 0, "mark", value="org_seal"), "sections[4].marks[0].mark", "重复"),
    (put("sections", 3, "marks", 0, "kind", value="thumb"), "sections[3].marks[0].kind", "thumb"),
    (put("sections", 1, "columns", 0, "width", value=1.5), "sections[1].columns[0].width", "不符合"),
    (
        put("sections", 0, "labels", 3, "options", 0, "value", value="企业"),
        "sections[0].labels[3].options[0].value",
        "企业",
    ),
    (put("sections", 0, "labels", 0, "options", value=[{"value": "a", "text": "b"}] * 2), "sections[0].labels[0]", "checkboxes"),
    (put("sections", 2, "printed_rows", value=["1"]), "sections[2]", "columns"),
    (put("version", value="hunan-2021"), "version", "文件夹"),
    (put("form", value="other"), "form", "文件夹"),
    (put("call", value="nowhere-2020"), "call", "nowhere-2020"),
    (put("sections", value=[]), "sections", "至少"),
    (drop("sections", 0, "labels", 3, "options"), "sections[0].labels[3]", "options"),
    (drop("sections", 0, "heading"), "sections[0]", "heading"),
    (drop("sections", 2, "body"), "sections[2]", "之一"),
    (drop("title"), "", "title"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "path", "word"), MUTATIONS, ids=[item[1] + "~" + item[2] for item in MUTATIONS]
)
def test_a_wrong_layout_is_refused_with_its_place_and_a_sentence(
    folder: Path, change: Callable[[dict[str, Any]], None], path: str, word: str
) -> None:
    data = copy.deepcopy(DATA)
    change(data)
    with pytest.raises(LayoutError) as refused:
        load(folder, data)
    assert refused.value.path == path
    assert word in refused.value.sentence
    assert refused.value.sentence.endswith("。")
    assert refused.value.file == folder / "layout.yaml"
    assert str(refused.value.file) in str(refused.value)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in the tree."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, item in inside for found in places(item, (*path, key)))]


@quick
@given(st.sampled_from(places(DATA)[1:]), st.sampled_from([None, 7.5, [[]], {"a": 1}]))
def test_any_place_with_a_value_of_the_wrong_sort_is_refused_there(
    folder: Path, path: tuple[str | int, ...], value: object
) -> None:
    data = copy.deepcopy(DATA)
    put(*path, value=value)(data)
    with pytest.raises(LayoutError) as refused:
        load(folder, data)
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    # A value that contradicts its neighbours (a kind that may have no options) is refused at the whole label.
    assert refused.value.path.startswith(written) or written.startswith(f"{refused.value.path}.")


def test_what_is_no_yaml_no_text_or_not_there_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "layout.yaml").write_text("form: [basic-info\nversion: x", encoding="utf-8")
    with pytest.raises(LayoutError, match="YAML"):
        load_layout(folder)
    (folder / "layout.yaml").write_bytes("form: 表".encode("gb18030"))
    with pytest.raises(LayoutError, match="UTF-8"):
        load_layout(folder)
    with pytest.raises(LayoutError, match="不存在"):
        load_layout(tmp_path)


def with_call(folder: Path, change: Callable[[str], str]) -> Layout:
    """The layout with its call's text changed."""
    call = folder.parents[1] / "calls" / "hunan-2020-40.yaml"
    text = call.read_text(encoding="utf-8")
    call.write_text(change(text), encoding="utf-8")
    try:
        return load(folder, DATA)
    finally:
        call.write_text(text, encoding="utf-8")


def test_a_call_is_checked_too(folder: Path) -> None:
    with pytest.raises(LayoutError, match=r"materials\[1\]\.number"):
        with_call(folder, lambda text: text.replace("number: 2", "number: 1"))
    assert load(folder, DATA) == default_layout()


def test_a_call_may_want_values_entered_twice(folder: Path) -> None:
    assert default_layout().call.second_entry is None
    told = "second_entry: {fields: [uscc, occupations.code], share: 0.1, machine_counts: true}\n"
    wanted = with_call(folder, lambda text: text + told).call.second_entry
    assert wanted == SecondEntry(("uscc", "occupations.code"), 0.1, machine_counts=True)


def test_a_call_may_want_sure_values_looked_at(folder: Path) -> None:
    assert default_layout().call.second_look is None
    assert with_call(
        folder, lambda text: f"{text}second_look: {{share: 0.02}}\n"
    ).call.second_look == SecondLook(0.02)


@pytest.mark.parametrize("told", ["{}", "{share: 0}", "{share: 2}", "{share: 0.1, most_wrong: 1.5}"])
def test_a_second_look_at_no_share_is_refused(folder: Path, told: str) -> None:
    with pytest.raises(LayoutError, match="second_look"):
        with_call(folder, lambda text: f"{text}second_look: {told}\n")


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ("fields: [uscc, telex]", r"second_entry\.fields\[1\]"),
        ("fields: [code]", r"second_entry\.fields\[0\]"),
        ("fields: []", r"second_entry\.fields"),
        ("share: 1.5", r"second_entry\.share"),
        ("share: 0", r"second_entry\.share"),
        ("everything: true", "second_entry"),
    ],
)
def test_a_second_entry_that_cannot_be_is_refused_with_its_place(folder: Path, told: str, where: str) -> None:
    with pytest.raises(LayoutError, match=where):
        with_call(folder, lambda text: f"{text}second_entry: {{{told}}}\n")
