"""Like with like: one kind of doubtful place out of many submissions side by side, to confirm in one glance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from intake_service import review
from intake_service.counted import place_of
from intake_service.current import Cell, Mark
from intake_service.errors import ServiceError
from intake_service.parts import Actor, Parts, Role
from intake_service.store import State, submissions
from intake_service.store.submissions import Filter, Submission

MOST_SUBMISSIONS = 150
"""How many of the oldest submissions in review are looked through: some milliseconds each."""
MOST_TILES = 60
MOST_CHARACTERS = 40
"""Longer texts are read in the review, not seen in a glance."""

SETTLED_BY_LOOKING = frozenset(
    ("low_confidence", "candidates_close", "readers_disagree", "under_seal", "handwritten", "mixed_hands",
     "text_layer_mismatch")
)  # fmt: skip
"""Reasons of doubt that picture and text side by side can settle. What breaks a rule is judged in the review."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One doubtful place: where it stands on the paper (page of its document from 1, box in page fractions)."""

    submission: Submission
    path: str
    version: int
    cell: Cell | Mark
    page: int
    box: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Wall:
    """The tiles of one kind, the same texts side by side, and how many doubtful places each kind has."""

    kind: str
    tiles: tuple[Tile, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """A place as somebody saw it, to confirm."""

    submission_id: str
    path: str
    version: int


def gather(parts: Parts, actor: Actor, kind: str = "") -> Wall:
    """The doubtful places of one kind (``fields.uscc``, ``occupations.code``, ``marks.org_seal``), by default of the commonest.

    Only what nobody else holds, and what has its place on the paper.
    """
    actor.require(Role.REVIEWER)
    chosen = Filter(status=(State.IN_REVIEW,), doubtful=True, order="deadline")
    with parts.store.read() as tx:
        found = submissions.list_page(tx, chosen, limit=MOST_SUBMISSIONS).items
    free = [each for each in review.list_as(parts, actor, found) if each.claimant() in {None, actor.name}]
    tiles = [tile for each in free for tile in _tiles(parts, each)]
    counts = Counter(place_of(tile.path) for tile in tiles)
    wanted = kind if kind in counts else next((place for place, _ in counts.most_common(1)), "")
    mine = [tile for tile in tiles if place_of(tile.path) == wanted]
    mine.sort(key=lambda tile: (_word(tile.cell), tile.submission.id))
    return Wall(wanted, tuple(mine[:MOST_TILES]), dict(counts.most_common()))


def confirm_seen(parts: Parts, actor: Actor, seen: Iterable[Seen]) -> tuple[list[Seen], list[Seen]]:
    """Confirm each place as it was seen; returns those confirmed and those left, because somebody was faster."""
    actor.require(Role.REVIEWER)
    by_submission: dict[str, list[Seen]] = defaultdict(list)
    for each in seen:
        by_submission[each.submission_id].append(each)
    done: list[Seen] = []
    left: list[Seen] = []
    for places in by_submission.values():
        confirmed = _confirm_one(parts, actor, places)
        done += places[:confirmed]
        left += places[confirmed:]
    return done, left


def _confirm_one(parts: Parts, actor: Actor, places: Sequence[Seen]) -> int:
    """How many of one submission's places were confirmed before one was refused."""
    version = places[0].version
    for number, place in enumerate(places):
        if place.version != places[0].version:
            return number
        try:
            if place.path.startswith("marks."):
                now = review.judge_mark(parts, actor, place.submission_id, version, place.path, {})
            else:
                now = review.confirm(parts, actor, place.submission_id, version, place.path)
        except ServiceError:
            return number
        version = now.version  # our own step; anybody else's would have been refused
    return len(places)


def _tiles(parts: Parts, submission: Submission) -> Iterable[Tile]:
    current = review.open_review(parts, submission.id).current
    items: list[Cell | Mark] = [*current.cells(), *current.marks.values()]
    for item in items:
        if not SETTLED_BY_LOOKING.issuperset(item.machine.get("reasons", ())):
            continue
        page, box = item.machine.get("page"), item.machine.get("box")
        if isinstance(item, Cell) and item.proposals:
            continue  # two ways to write it are weighed with the whole form in sight
        if item.doubtful and page and box and 0 < len(_word(item)) <= MOST_CHARACTERS:
            yield Tile(submission, item.path, current.version, item, int(page), tuple(box))


def _word(item: Cell | Mark) -> str:
    """What the machine said there; empty where there is nothing to confirm."""
    if isinstance(item, Cell):
        return item.text
    verdict: Any = item.verdict
    return f"{verdict.get('present')} {verdict.get('kind', '')} {verdict.get('matches')}"
