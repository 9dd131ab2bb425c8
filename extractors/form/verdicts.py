"""How one rule's outcome becomes a ``Check`` with a sentence for the reviewer."""

from __future__ import annotations

from extractors.form.reading import Check, FieldReading, Status

ERROR = "error"
WARNING = "warning"
INFO = "info"


def verdict(
    rule: str,
    *,
    passed: bool | None,
    fields: str | tuple[str, ...],
    severity: str = ERROR,
    good: str,
    bad: str,
    unsure: str = "",
) -> Check:
    """A check whose sentence fits its outcome; ``unsure`` is said when it cannot be judged."""
    message = good if passed else bad if passed is False else unsure or bad
    return Check(rule, passed, severity, (fields,) if isinstance(fields, str) else fields, message)


_NOT_TO_BE_JUDGED = frozenset(
    {
        "cell_not_found",
        "label_not_found",
        "section_not_found",
        "options_not_found",
        "ambiguous_ticks",
        "image_damaged",
    }
)


def filled(reading: FieldReading | None) -> bool | None:
    """True when something stands in the cell, False when it is empty, None when that cannot be told."""
    if written(reading):
        return True
    if reading is None or reading.status == Status.MISSING or _NOT_TO_BE_JUDGED.intersection(reading.reasons):
        return None
    return False


def found(reasons: tuple[str, ...]) -> bool:
    """False when a mark's place on the form was not found."""
    return not _NOT_TO_BE_JUDGED.intersection(reasons)


def written(reading: FieldReading | None) -> bool:
    """True when the cell was found and something stands in it."""
    return (
        reading is not None
        and reading.status not in {Status.BLANK, Status.MISSING}
        and (bool(reading.text.strip()) or reading.value is not None)
    )
