"""Which values a second person enters again, without seeing the first entry, before a submission is accepted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

OCCUPATIONS = "occupations"


@dataclass(frozen=True, slots=True)
class SecondEntry:
    """A call's setting; a call without it wants no second entry.

    ``fields`` are ids of fields or ``occupations.<column>``; none: all but long free text. ``share`` (0..1) of the
    submissions is drawn. ``machine_counts``: a value the machine is sure of is one of the two entries.
    """

    fields: tuple[str, ...] = ()
    share: float = 1.0
    machine_counts: bool = False

    def draws(self, submission_id: str) -> bool:
        """Whether this submission is one of the sample: the same answer for ever, evenly spread over ids."""
        digest = hashlib.sha256(submission_id.encode()).digest()
        return int.from_bytes(digest[:6], "big") < self.share * 2**48

    def wants(self, path: str, kind: str) -> bool:
        """Whether the cell at ``fields.<id>`` or ``occupations.<row id>.<column>``, of this kind, is entered twice."""
        first, _, rest = path.partition(".")
        name = f"{OCCUPATIONS}.{rest.rpartition('.')[2]}" if first == OCCUPATIONS else rest
        return name in self.fields if self.fields else kind != "long_text"
