"""Which values a second person enters again before a submission is accepted, and which sure ones somebody looks at."""

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
        return is_drawn(submission_id, self.share)

    def wants(self, path: str, kind: str) -> bool:
        """Whether the cell at ``fields.<id>`` or ``occupations.<row id>.<column>``, of this kind, is entered twice."""
        first, _, rest = path.partition(".")
        name = f"{OCCUPATIONS}.{rest.rpartition('.')[2]}" if first == OCCUPATIONS else rest
        return name in self.fields if self.fields else kind != "long_text"


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A call's setting: ``share`` (0..1) of the values the machine is sure of are looked at by a person all the same.

    Whoever looks is not told that the machine was sure. ``most_wrong``: the share of wrong ones (0..1) above which the
    service warns.
    """

    share: float
    most_wrong: float = 0.001

    def draws(self, submission_id: str, path: str) -> bool:
        """Whether the value at this path is one of the sample: the same answer for ever."""
        return is_drawn(f"{submission_id} {path}", self.share)


def is_drawn(name: str, share: float) -> bool:
    """Whether ``name`` belongs to the ``share`` (0..1) of all names that a hash draws, evenly and for ever."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:6], "big") < share * 2**48
