"""What a form is, loaded from a folder of ``templates_ref``: printed texts and who belongs to whom.

Structure only, never coordinates: sections, labels with their variants, where a label's value stands
relative to it, the columns of the repeating table, and beside which printed words a mark belongs.
A folder that is wrong is refused with the file, the place inside it and a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from extractors.form.call import Call, MaterialKind, load_call
from extractors.form.layout_file import LayoutError, checked_yaml, frozen, refuse_contradictions
from extractors.form.second_entry import OCCUPATIONS

__all__ = [
    "Body",
    "Call",
    "Column",
    "Label",
    "Layout",
    "LayoutError",
    "MarkPlace",
    "MaterialKind",
    "Option",
    "Printed",
    "Section",
    "default_layout",
    "load_call",
    "load_layout",
]

DEFAULT_FOLDER = ("basic-info", "hunan-2020-40")
LAYOUT_FILE = "layout.yaml"


@dataclass(frozen=True, slots=True)
class Option:
    """One check box: what is printed beside it and the value it stands for."""

    value: str
    text: str
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label and its value.

    ``relation``: ``right`` the next cell, ``rest_of_row`` all cells to the right, ``below`` the cell
    under it, ``within`` between the printed characters themselves (年 月 日).
    """

    field: str
    text: str
    relation: str
    kind: str
    variants: tuple[str, ...] = ()
    required: bool = False
    options: tuple[Option, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """As printed first, then other wordings."""
        return (self.text, *self.variants)


@dataclass(frozen=True, slots=True)
class Body:
    """Free text under a section's heading, in the heading's own cell or the one below."""

    field: str
    kind: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the repeating table; ``width`` is the share on the blank form, 0 when unknown."""

    id: str
    header: str
    kind: str
    variants: tuple[str, ...] = ()
    required: bool = False
    width: float = 0.0

    @property
    def texts(self) -> tuple[str, ...]:
        """As printed first, then other wordings."""
        return (self.header, *self.variants)


@dataclass(frozen=True, slots=True)
class Printed:
    """A sentence the form prints and nobody may change."""

    id: str
    text: str
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkPlace:
    """Where a signature or seal belongs; ``place`` names the line a seal should cover."""

    mark: str
    kind: str
    label: str
    variants: tuple[str, ...] = ()
    place: str = ""
    required: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """As printed first, then other wordings."""
        return (self.label, *self.variants)


@dataclass(frozen=True, slots=True)
class Section:
    """One numbered part of the form."""

    id: str
    heading: str
    variants: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    body: Body | None = None
    columns: tuple[Column, ...] = ()
    printed_rows: tuple[str, ...] = ()
    printed: tuple[Printed, ...] = ()
    marks: tuple[MarkPlace, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """As printed first, then other wordings."""
        return (self.heading, *self.variants)


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole form. ``form`` and ``version`` are what a reading names as ``form.id`` and ``form.version``."""

    form: str
    version: str
    title: str
    sections: tuple[Section, ...]
    call: Call
    title_variants: tuple[str, ...] = ()
    note: str = ""

    @property
    def titles(self) -> tuple[str, ...]:
        """As printed first, then other wordings."""
        return (self.title, *self.title_variants)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels of all sections, in printed order."""
        return tuple(label for section in self.sections for label in section.labels)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The repeating table's columns; empty for a form without one."""
        return next((section.columns for section in self.sections if section.columns), ())

    @property
    def marks(self) -> tuple[MarkPlace, ...]:
        """The signatures and seals of all sections, in printed order."""
        return tuple(mark for section in self.sections for mark in section.marks)

    @property
    def materials(self) -> tuple[MaterialKind, ...]:
        """What the call wants to find in the envelope."""
        return self.call.materials

    @property
    def fields(self) -> tuple[str, ...]:
        """The ids of all fields in printed order, of a section its free text first."""
        return tuple(item.field for s in self.sections for item in (s.body, *s.labels) if item is not None)

    @property
    def kinds(self) -> dict[str, str]:
        """Field id or column id → kind."""
        bodies = (section.body for section in self.sections if section.body)
        return (
            {label.field: label.kind for label in self.labels}
            | {body.field: body.kind for body in bodies}
            | {column.id: column.kind for column in self.columns}
        )

    def section(self, section_id: str) -> Section:
        """Raises KeyError when the form has no such section."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)

    def label(self, field: str) -> Label:
        """Raises KeyError when no label has this field."""
        for label in self.labels:
            if label.field == field:
                return label
        raise KeyError(field)


def load_layout(folder: Path) -> Layout:
    """The layout in ``folder`` (``…/<form>/<version>``) with its call from ``…/calls``.

    Raises LayoutError when a file is absent, is not YAML, breaks its schema or contradicts itself.
    """
    file = folder / LAYOUT_FILE
    data = checked_yaml(file, "layout.schema.json")
    refuse_contradictions(file, data, folder)
    call_file = folder.parent.parent / "calls" / f"{data['call']}.yaml"
    if not call_file.is_file():
        raise LayoutError(file, "call", f"找不到征集通知文件 calls/{data['call']}.yaml。")
    layout = Layout(
        form=data["form"],
        version=data["version"],
        title=data["title"],
        title_variants=tuple(data.get("title_variants", ())),
        note=data.get("note", ""),
        sections=tuple(_section(item) for item in data["sections"]),
        call=load_call(call_file),
    )
    columns = {column.id for column in layout.columns}
    known = (layout.kinds.keys() - columns) | {f"{OCCUPATIONS}.{column}" for column in columns}
    for index, name in enumerate(layout.call.second_entry.fields if layout.call.second_entry else ()):
        if name not in known:
            raise LayoutError(call_file, f"second_entry.fields[{index}]", f"表上没有 {name} 这一栏。")
    return layout


@lru_cache(maxsize=1)
def default_layout() -> Layout:
    """The one form this product knows, from the installed package of reference data."""
    with resources.as_file(resources.files("templates_ref")) as root:
        return load_layout(root.joinpath(*DEFAULT_FOLDER))


def _section(item: Mapping[str, Any]) -> Section:
    labels = tuple(
        frozen(Label, {**label, "options": [frozen(Option, option) for option in label.get("options", ())]})
        for label in item.get("labels", ())
    )
    return Section(
        id=item["id"],
        heading=item["heading"],
        variants=tuple(item.get("variants", ())),
        labels=labels,
        body=Body(**item["body"]) if "body" in item else None,
        columns=tuple(frozen(Column, column) for column in item.get("columns", ())),
        printed_rows=tuple(item.get("printed_rows", ())),
        printed=tuple(frozen(Printed, text) for text in item.get("printed", ())),
        marks=tuple(frozen(MarkPlace, mark) for mark in item.get("marks", ())),
    )
