"""The materials of the call as a check-list: what the machine recognised, and over it what a person said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from extractors.form.layout import default_layout
from extractors.form.page_spans import page_ranges
from intake_service.review import Review

__all__ = ["Material", "Presence", "materials", "page_ranges"]


class Presence(StrEnum):
    """What is known of a material."""

    RECOGNISED = "recognised"
    NOT_SEEN = "not_seen"
    NOT_READ = "not_read"
    CONFIRMED = "confirmed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Material:
    """One material. ``pages`` are those the machine took for it, ``said`` a person's word (None: nobody's), ``who`` said it."""

    number: int
    title: str
    pages: tuple[int, ...]
    presence: Presence
    said: bool | None = None
    who: str = ""

    @property
    def there(self) -> bool:
        """Whether it counts as handed in, as far as known."""
        return self.presence in {Presence.RECOGNISED, Presence.CONFIRMED}


def materials(review: Review) -> tuple[Material, ...]:
    """The check-list of a submission, in the call's order."""
    found = review.material_pages
    said_by = {
        c.path: c.by for c in review.corrections if c.kind == "material" and c.version in review.active
    }
    unseen = Presence.NOT_SEEN if review.reading else Presence.NOT_READ
    listed = []
    for kind in default_layout().materials:
        said = review.current.materials.get(kind.number)
        by_machine = Presence.RECOGNISED if kind.number in found else unseen
        presence = by_machine if said is None else Presence.CONFIRMED if said else Presence.MISSING
        who = "" if said is None else said_by.get(f"materials.{kind.number}", "")
        listed.append(Material(kind.number, kind.title, found.get(kind.number, ()), presence, said, who))
    return tuple(listed)
