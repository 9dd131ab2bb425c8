"""A letter about a submission as it would go out now: the call's wording with the submission's facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from extractors.form.closing import answer_due
from extractors.form.layout import default_layout
from extractors.form.workdays import LOCAL_UTC_OFFSET, local_day
from intake_service.errors import ConflictError, NotFoundError
from intake_service.intake import CHANNELS, ENVELOPES
from intake_service.letters.wording import Block, LetterKind, default_wording, fill
from intake_service.materials import Material, Presence, materials, page_ranges
from intake_service.review import Review
from intake_service.store import State

DECISION_LETTERS = {State.ACCEPTED: "acceptance", State.RETURNED: "supplement", State.REJECTED: "refusal"}
"""The letter that tells of a decision."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands on the paper. ``number`` is empty until it is issued; ``code`` is what the QR code says."""

    kind: str
    title: str
    number: str
    day: str
    """ISO date."""
    sign: str
    code: str
    blocks: tuple[Block, ...]

    @property
    def day_words(self) -> str:
        """Its day as it stands on the paper."""
        return day_words(date.fromisoformat(self.day))

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def letter_from_json(told: Mapping[str, Any]) -> Letter:
    """The letter that ``to_json`` wrote."""
    blocks = tuple(
        Block(b["kind"], b["text"], tuple(b["items"]), tuple((label, cell) for label, cell in b["rows"]))
        for b in told["blocks"]
    )
    return Letter(**{**told, "blocks": blocks})


def kind_of(name: str) -> LetterKind:
    """One kind of letter. Raises NotFoundError."""
    if name not in default_wording():
        raise NotFoundError("没有这种文书。")
    return default_wording()[name]


def require_sendable(review: Review, name: str) -> None:
    """Raises ConflictError for a letter about a decision that does not stand, NotFoundError for an unknown one."""
    kind = kind_of(name)
    if name != "receipt" and DECISION_LETTERS.get(review.submission.status) != name:
        raise ConflictError(f"这份件现在的状态不能出具《{kind.title}》。请先作出相应的决定。")


def decision_lines(review: Review) -> tuple[str, ...]:
    """The reviewer's reasons, and each line of the note."""
    decision = review.submission.decision or {}
    return (*decision.get("reasons", ()), *filter(str.strip, decision.get("note", "").splitlines()))


def draft(review: Review, name: str, lines: Sequence[str] | None = None, number: str = "") -> Letter:
    """The letter ``name``; ``lines`` are the decision's unless given. Raises NotFoundError for an unknown kind."""
    kind = kind_of(name)
    lists = {
        "lines": tuple(decision_lines(review) if lines is None else lines),
        "materials": tuple(map(material_line, materials(review))),
        "occupations": tuple(
            f"{row.cells['name'].text}　{row.cells['levels'].text}" for row in review.current.rows
        ),
    }
    told = facts(review)
    blocks = (fill(block, told, lists) for block in kind.body)
    return Letter(
        kind=name,
        title=kind.title,
        number=number,
        day=local_day(datetime.now(UTC)).isoformat(),
        sign=kind.sign,
        code=review.submission.receipt_number,
        blocks=tuple(block for block in blocks if block is not None),
    )


def facts(review: Review) -> dict[str, Any]:
    """What templates may name; the keys are those of ``wording.SAMPLE``."""
    submission, call = review.submission, default_layout().call
    due = answer_due(call, local_day(submission.due_from))
    return {
        "applicant": submission.org_name or "申报单位",
        "receipt_number": submission.receipt_number,
        "received": day_words(local_day(submission.received_at)),
        "received_at": (submission.received_at + LOCAL_UTC_OFFSET).strftime("%Y-%m-%d %H:%M"),
        "channel": CHANNELS.get(submission.channel, submission.channel),
        "tracking_number": submission.tracking_number,
        "postmark": submission.postmark_date or "",
        "sender": submission.sender,
        "envelope": ENVELOPES.get(submission.envelope, ""),
        "copies": submission.copies,
        "files": len(review.documents),
        "pages": sum(document.pages_total or 0 for document in review.documents),
        "note": submission.note,
        "document": call.document,
        "answer_due": "" if due is None else day_words(due),
        "answer_working_days": call.answer_working_days,
        "today": day_words(local_day(datetime.now(UTC))),
    }


def day_words(day: date) -> str:
    """A day as letters write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def material_line(material: Material) -> str:
    """A material with what is known of it, as the receipt lists it."""
    known = {
        Presence.RECOGNISED: f"第 {page_ranges(material.pages)} 页" if material.pages else "已识别",
        Presence.CONFIRMED: "已核对",
        Presence.MISSING: "缺",
        Presence.NOT_SEEN: "未见，待核",
        Presence.NOT_READ: "待核",
    }[material.presence]
    return f"{'√' if material.there else '□'} {material.title}（{known}）"
