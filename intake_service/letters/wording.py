"""What letters say: Jinja templates in a file of the call's, refused with file, place and sentence where they cannot be used.

A template gives plain text for one paragraph, cell or heading. Nothing in it is markup, and no fact can begin a new one:
what comes from paper is put on one line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from extractors.form.layout import default_layout
from extractors.form.layout_file import LayoutError, checked_yaml

KINDS = ("receipt", "supplement", "acceptance", "refusal")
LISTS = ("lines", "materials", "occupations")
"""What a list may name: the reviewer's lines, the call's materials, the occupations applied for."""
SAMPLE: Mapping[str, Any] = {
    "applicant": "某单位", "receipt_number": "2020-000001", "received": "2020年4月1日", "received_at": "2020-04-01 09:30",
    "channel": "邮寄办", "tracking_number": "", "postmark": "", "sender": "", "envelope": "", "copies": 1, "files": 1,
    "pages": 2, "note": "", "document": "某文件", "answer_due": "", "answer_working_days": 5, "today": "2020年4月2日",
}  # fmt: skip
"""Every fact that a template may name, as in an application of no consequence."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a letter. ``rows`` are label and cell of a table, ``items`` the lines of a list."""

    kind: str
    """``address``, ``heading``, ``paragraph``, ``list`` or ``table``."""
    text: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One kind of letter. ``mark`` begins its numbers; ``body`` holds templates, and in lists the list's name."""

    name: str
    title: str
    mark: str
    sign: str
    body: tuple[Block, ...]


def load_wording(file: Path) -> Mapping[str, LetterKind]:
    """The kinds of letters in a file. Raises LayoutError for one that cannot be used."""
    told = checked_yaml(file, "letters.schema.json")
    kinds = {
        name: LetterKind(name, each["title"], each["mark"], told["sign"], tuple(map(_block, each["body"])))
        for name, each in told["letters"].items()
    }
    for kind in kinds.values():
        for number, block in enumerate(kind.body):
            try:
                fill(block, SAMPLE, dict.fromkeys(LISTS, ("一",)))
            except (TemplateError, ArithmeticError, TypeError) as error:
                place = f"letters.{kind.name}.body[{number}]"
                raise LayoutError(file, place, f"模板不能用：{error}") from error
    return kinds


@lru_cache(maxsize=1)
def default_wording() -> Mapping[str, LetterKind]:
    """The letters of the default layout's call, from the installed package of reference data."""
    with resources.as_file(resources.files("templates_ref")) as root:
        return load_wording(root / "letters" / f"{default_layout().call.id}.yaml")


def fill(block: Block, facts: Mapping[str, Any], lists: Mapping[str, tuple[str, ...]]) -> Block | None:
    """The block with facts in it; None for one that comes out empty. Raises jinja2.TemplateError."""
    if block.kind == "list":
        return Block("list", items=tuple(_line(item) for item in lists[block.text]))
    if block.kind == "table":
        rows = tuple((label, _rendered(cell, facts)) for label, cell in block.rows)
        return Block("table", rows=tuple(row for row in rows if row[1]))
    text = _rendered(block.text, facts)
    return Block(block.kind, text) if text else None


def _block(told: str | Mapping[str, Any]) -> Block:
    if isinstance(told, str):
        return Block("paragraph", told)
    kind, what = next(iter(told.items()))
    return Block(kind, rows=tuple(what.items())) if kind == "table" else Block(kind, what)


def _line(text: object) -> str:
    """On one line, without what is no character of a text."""
    return "".join(c for c in " ".join(str(text).split()) if c.isprintable())


_JINJA = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=_line)


_compiled = lru_cache(maxsize=256)(_JINJA.from_string)


def _rendered(template: str, facts: Mapping[str, Any]) -> str:
    return _line(_compiled(template).render(facts))
