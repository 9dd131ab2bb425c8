"""What the office gives an organisation that it has accepted: a code of a known shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.form.layout_file import LayoutError


@dataclass(frozen=True, slots=True)
class FilingCode:
    """A call's setting: the whole code (备案号) matches the regular expression ``pattern``; ``say`` is told to who mistypes.

    A shape is all that is known: there is no check sign, and which number belongs to whom is the office's affair.
    """

    pattern: str
    basis: str
    words: str
    say: str

    def allows(self, code: str) -> bool:
        """Whether a code may look like this."""
        return re.fullmatch(self.pattern, code, re.ASCII) is not None


def checked_filing_code(file: Path, item: Mapping[str, Any]) -> FilingCode:
    """The setting whose shape the schema has approved. Raises LayoutError for an expression that cannot be used."""
    try:
        re.compile(item["pattern"])
    except re.error as error:
        raise LayoutError(file, "filing_code.pattern", f"不是合法的正则表达式（{error}）。") from error
    return FilingCode(**item)
