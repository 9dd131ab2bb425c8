"""What a typed text means, by the reference form's own kinds."""

from __future__ import annotations

from extractors.form.reading import Value


def normalise(name: str, text: str) -> Value:
    """The value of a field's or column's text, None when it is empty or not understood."""
    # The schema library behind the layout takes half a second to load: only who corrects needs it.
    from extractors.form.layout import default_layout
    from extractors.form.values import option_value, text_to_value

    layout = default_layout()
    if layout.kinds[name] == "checkboxes":
        return option_value(layout.label(name), text)
    return text_to_value(layout.kinds[name], text)
