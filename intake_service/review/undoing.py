"""Taking a change back, and taking that back: by a new correction, so that history only grows."""

from __future__ import annotations

from intake_service.current import BESIDE, TAKE_BACK, Current, active_versions
from intake_service.errors import InvalidRequestError
from intake_service.parts import Actor, Parts, Role
from intake_service.review.recording import record
from intake_service.store import corrections, submissions
from intake_service.store.corrections import Correction


def undo(parts: Parts, actor: Actor, submission_id: str, version: int, undoes: int | None = None) -> Current:
    """Take back one correction (the newest that counts, unless named) by a new one."""
    changes = _changes(parts, actor, submission_id)
    active = active_versions(changes)
    found = [
        c
        for c in changes
        if c.version in active and c.kind not in TAKE_BACK | BESIDE and undoes in {None, c.version}
    ]
    if not found:
        raise InvalidRequestError("没有可以撤销的修改。")
    return _take_back(parts, actor, submission_id, version, "undo", found[-1])


def redo(parts: Parts, actor: Actor, submission_id: str, version: int) -> Current:
    """Take back the newest undo that counts, if nothing was changed after it."""
    changes = _changes(parts, actor, submission_id)
    active = active_versions(changes)
    undos = [c for c in changes if c.version in active and c.kind == "undo"]
    edits = [c.version for c in changes if c.version in active and c.kind not in TAKE_BACK | BESIDE]
    if not undos or (edits and edits[-1] > undos[-1].version):
        raise InvalidRequestError("没有可以重做的修改。")
    return _take_back(parts, actor, submission_id, version, "redo", undos[-1])


def _changes(parts: Parts, actor: Actor, submission_id: str) -> tuple[Correction, ...]:
    """What could be taken back, for who may; of a change made meanwhile ``record`` hears by its version."""
    actor.require(Role.REVIEWER)
    with parts.store.read() as tx:
        return corrections.of_submission(tx, submissions.get(tx, submission_id).id)


def _take_back(
    parts: Parts, actor: Actor, submission_id: str, version: int, kind: str, target: Correction
) -> Current:
    return record(
        parts, actor, submission_id, version, kind, target.path, lambda _current: (None, target.version), ""
    )
