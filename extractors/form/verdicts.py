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


def written(reading: FieldReading | None) -> bool:
    """True when the cell was found and something stands in it."""
    return (
        reading is not None
        and reading.status not in {Status.BLANK, Status.MISSING}
        and (bool(reading.text.strip()) or reading.value is not None)
    )
