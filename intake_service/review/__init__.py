"""Reviewing: look at a submission, correct it, decide it. Every change is a correction beside the reading.

These are the reviewer's verbs; each change takes the one road through ``recording``.
"""

from intake_service.review.blindness import history_as, list_as, open_as
from intake_service.review.cells import confirm, correct, judge_mark
from intake_service.review.deciding import decide, reopen
from intake_service.review.findings import judge_finding
from intake_service.review.opening import History, Review, history, open_review, reading
from intake_service.review.proposing import MAX_PROPOSALS, propose
from intake_service.review.recording import MAX_TEXT, plain
from intake_service.review.rows import add_rows, merge_rows, move_row, remove_row, split_row
from intake_service.review.seconding import enter_second, second_places
from intake_service.review.ticking import tick_material
from intake_service.review.undoing import redo, undo

__all__ = [
    "MAX_PROPOSALS", "MAX_TEXT", "History", "Review", "add_rows", "confirm", "correct", "decide", "enter_second", "history",
    "history_as", "judge_finding", "judge_mark", "list_as", "merge_rows", "move_row", "open_as", "open_review", "plain",
    "propose", "reading", "redo", "remove_row", "reopen", "second_places", "split_row", "tick_material", "undo",
]  # fmt: skip
