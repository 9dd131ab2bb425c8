"""Reading a layout's YAML and refusing it with the file, the place inside it and a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

SENTENCES = {
    "enum": "“{found}” 不在允许的取值之内：{wanted}。",
    "type": "类型不对，应为 {wanted}。",
    "pattern": "“{found}” 的写法不对，应符合 {wanted}。",
    "format": "“{found}” 不是日期，应写作 2020-04-20 这样。",
    "minLength": "内容为空。",
    "maxLength": "内容太长，最多 {wanted} 个字。",
    "minItems": "至少要有 {wanted} 项。",
    "uniqueItems": "有重复的项。",
    "anyOf": "每一部分至少要有 labels、body、columns、marks 之一。",
    "dependentRequired": "printed_rows 只能与 columns 一起使用。",
    "None": "只有 checkboxes 类的标签可以有 options。",
}
"""What a broken schema rule says to the person who edits a layout."""


T = TypeVar("T")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The compiled loader where PyYAML was built with it: ten times faster, the same answers."""


class LayoutError(Exception):
    """A reference layout that cannot be used: which file, where inside it, and why."""

    def __init__(self, file: Path, path: str, sentence: str) -> None:
        super().__init__(f"{file}: {path or '（整个文件）'}：{sentence}")
        self.file = file
        self.path = path
        self.sentence = sentence


def checked_yaml(file: Path, schema_name: str) -> dict[str, Any]:
    """The content of ``file`` when it holds to the schema. Raises LayoutError."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LayoutError(file, "", "文件不存在。") from None
    except UnicodeDecodeError:
        raise LayoutError(file, "", "文件不是 UTF-8 编码。") from None
    try:
        data = yaml.load(text, Loader=_LOADER)  # noqa: S506  a safe loader, both of them
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行" if mark else ""
        raise LayoutError(file, where, "不是合法的 YAML，请检查缩进、冒号和引号。") from error
    broken = best_match(_validator(schema_name).iter_errors(data))
    if broken is not None:
        raise LayoutError(file, _path(broken), _sentence(broken))
    checked: dict[str, Any] = data
    return checked


@lru_cache(maxsize=4)
def _validator(schema_name: str) -> Draft202012Validator:
    schema = resources.files("templates_ref").joinpath(schema_name).read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(schema), format_checker=Draft202012Validator.FORMAT_CHECKER)


def _path(error: ValidationError) -> str:
    """The place as one would write it in code: ``sections[1].columns[3].kind``."""
    out = ""
    for step in error.absolute_path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else str(step)
    return out


def _sentence(error: ValidationError) -> str:
    found: Any = error.instance
    wanted: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "required":
        return f"缺少 {'、'.join(key for key in wanted if key not in found)}。"
    if error.validator == "additionalProperties":
        extra = [str(key) for key in found if key not in schema["properties"]]
        return f"不认识的键：{'、'.join(extra)}。请检查拼写。"
    template = SENTENCES.get(str(error.validator), "不符合格式规定。")
    return template.format(
        found=found, wanted="、".join(map(str, wanted)) if isinstance(wanted, list) else wanted
    )


def frozen(make: Callable[..., T], item: Mapping[str, Any]) -> T:
    """A frozen value from YAML, its lists as tuples."""
    return make(**{key: tuple(value) if isinstance(value, list) else value for key, value in item.items()})


def refuse_contradictions(file: Path, data: Mapping[str, Any], folder: Path) -> None:
    """What a schema cannot say: the folder's name, and that no id or text means two things."""
    for key, name in (("version", folder.name), ("form", folder.parent.name)):
        if data[key] != name:
            raise LayoutError(file, key, f"应与文件夹名一致（{name}）。")
    kinds_of_ids: tuple[Iterable[tuple[str, str]], ...] = (
        _ids(data, "sections", "id"),
        _ids_in_sections(data, ("labels", "field"), ("body", "field"), ("marks", "mark")),
        _ids_in_sections(data, ("columns", "id")),
        _texts(data),
    )
    for pairs in kinds_of_ids:
        seen: dict[str, str] = {}
        for path, value in pairs:
            if value in seen:
                raise LayoutError(file, path, f"“{value}” 与 {seen[value]} 重复。")
            seen[value] = path


def _ids(data: Mapping[str, Any], name: str, key: str) -> Iterator[tuple[str, str]]:
    for index, item in enumerate(data[name]):
        yield f"{name}[{index}].{key}", item[key]


def _ids_in_sections(data: Mapping[str, Any], *places: tuple[str, str]) -> Iterator[tuple[str, str]]:
    for number, section in enumerate(data["sections"]):
        for name, key in places:
            found = section.get(name, [])
            if isinstance(found, dict):
                yield f"sections[{number}].{name}.{key}", found[key]
                continue
            for path, value in _ids(section, name, key) if found else ():
                yield f"sections[{number}].{path}", value


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text that names a value: two labels with one text could not be told apart."""
    for number, section in enumerate(data["sections"]):
        for name, key in (("labels", "text"), ("columns", "header")):
            for index, item in enumerate(section.get(name, ())):
                path = f"sections[{number}].{name}[{index}]"
                yield f"{path}.{key}", item[key]
                for place, variant in enumerate(item.get("variants", ())):
                    yield f"{path}.variants[{place}]", variant
