"""The findings of a made-up form, by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from extractors.form.case import Case, Handed
from extractors.form.catalogue import default_catalogue
from extractors.form.checks import case_to_checks
from extractors.form.layout import Call, default_layout
from extractors.form.reading import Check, Marks, OccupationRow
from tests.extractors.form.makers import cell

CATALOGUE = default_catalogue()
LAYOUT = default_layout()
CITY, PROVINCE = "52430100MJJ000004G", "52430000MJJ000004B"


def run(
    *rows: OccupationRow,
    fields: dict[str, str] | None = None,
    marks: Marks | None = None,
    call: Call = LAYOUT.call,
    postmark: date | None = None,
    received: date | None = None,
    alike: Mapping[str, Sequence[str]] = MappingProxyType({}),
    materials: Mapping[int, Handed] | None = None,
) -> dict[str, Check]:
    """The findings of these rows and fields by rule."""
    cells = {name: cell(LAYOUT.kinds[name], text) for name, text in (fields or {}).items()}
    layout = replace(LAYOUT, call=call)
    case = Case(cells, rows, marks or Marks(), CATALOGUE, layout, postmark, received, alike, materials)
    return {check.rule: check for check in case_to_checks(case)}
