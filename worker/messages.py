"""What the reading child makes and sends, as far as it is let in: it may have been taken over."""

from __future__ import annotations

import json
from typing import Any

SEARCHABLE = "searchable.pdf"
"""The file that the child was asked to make, in the folder it was told."""
_MOST_KEPT_CHARACTERS = 10_000


def to_object(line: bytes) -> dict[str, Any]:
    """A line as a JSON object; an empty one when it is anything else."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def is_page(message: dict[str, Any], number: int) -> bool:
    """Whether the message announces just this page; only the next one in turn buys more time."""
    return message.get("page") == number and type(message.get("of")) is int


def kept_of(message: dict[str, Any]) -> dict[str, Any] | None:
    """What to keep of a page; whatever is too big for that is not ours."""
    kept = message.get("kept")
    return kept if isinstance(kept, dict) and len(json.dumps(kept)) <= _MOST_KEPT_CHARACTERS else None
