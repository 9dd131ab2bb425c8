"""The rules a reading is measured by, each with a stable id and a sentence for the reviewer.

A check never changes a value: a failed one sends the field to a person. ``passed`` is None where a rule
cannot be judged. Facts that are not certain (see ``catalogue``) may confirm but not contradict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from extractors.form.catalogue import Catalogue
from extractors.form.field_checks import (
    contact_checks,
    credit_code_checks,
    local_checks,
    required_checks,
    value_checks,
)
from extractors.form.layout import Layout
from extractors.form.mark_checks import marks_checks
from extractors.form.reading import Check, FieldReading, Marks, OccupationRow
from extractors.form.row_checks import rows_checks


def reading_to_checks(
    fields: Mapping[str, FieldReading],
    occupations: Sequence[OccupationRow],
    marks: Marks,
    catalogue: Catalogue,
    layout: Layout,
    *,
    reference_day: date | None = None,
) -> tuple[Check, ...]:
    """Every rule that applies, in the form's order.

    ``reference_day`` is the day the paper was received: no date on it may be later. None leaves that
    part of ``date.possible`` out. Rules about a cell that is blank or was not found are left to
    ``required.*``.
    """
    return (
        *required_checks(fields, layout),
        *credit_code_checks(fields, layout),
        *contact_checks(fields, catalogue),
        *value_checks(fields, layout, reference_day),
        *rows_checks(occupations, catalogue, layout, reference_day),
        *local_checks(fields),
        *marks_checks(marks, fields),
    )
