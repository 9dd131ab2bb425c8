"""What a typed text means, by the reference form's own kinds."""

from __future__ import annotations

from extractors.form.layout import default_layout
from extractors.form.reading import Value
from extractors.form.values import option_value, text_to_value


def normalise(name: str, text: str) -> Value:
    """The value of a field's or column's text, None when it is empty or not understood."""
    layout = default_layout()
    if layout.kinds[name] == "checkboxes":
        return option_value(layout.label(name), text)
    return text_to_value(layout.kinds[name], text)
