"""A telephone note: what was said is typed in, becomes a page of paper, and goes the way of everything handed in."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

from extractors.form.workdays import LOCAL_UTC_OFFSET, local_day
from intake_service.errors import InvalidRequestError
from intake_service.intake import Accepted, Meta, UntrustedFile, accept_upload
from intake_service.letters import Letter, letter_to_pdf
from intake_service.letters.wording import Block
from intake_service.parts import Actor, Parts, Role
from intake_service.review import plain

CHANNEL = "phone"
TITLE = "电话记录"
MAX_TEXT = 4000
"""Characters of a note."""


def take_note(parts: Parts, actor: Actor, meta: Meta, untrusted_text: str, key: str = "") -> Accepted:
    """Hand in a note as a submission of its own, or as a supplement of the one that ``meta`` names.

    The note is kept as the original, a PDF that never changes. With the same ``key`` it is taken once. Raises
    InvalidRequestError without words, NoFontError, and as ``accept_upload`` does.
    """
    actor.require(Role.CLERK)
    text = plain(untrusted_text)
    if not text:
        raise InvalidRequestError("请写下电话里说了什么。")
    if len(text) > MAX_TEXT:
        raise InvalidRequestError(f"记录过长（最多 {MAX_TEXT} 字）。")
    at = meta.received_at or datetime.now(UTC)
    meta = replace(
        meta, channel=CHANNEL, received_at=at, tracking_number="", postmark_date=None, envelope="none"
    )
    pdf = letter_to_pdf(_paper(actor, meta, at, text))
    name = f"{TITLE} {(at + LOCAL_UTC_OFFSET):%Y-%m-%d %H%M}.pdf"
    return accept_upload(parts, actor, [UntrustedFile(name, io.BytesIO(pdf))], meta, key)


def _paper(actor: Actor, meta: Meta, at: datetime, text: str) -> Letter:
    when = f"{(at + LOCAL_UTC_OFFSET):%Y-%m-%d %H:%M}"
    rows = (("来电时间", when), ("来电人", meta.sender or "未说明"), ("有关的件", meta.supplements or "新件"))
    lines = tuple(Block("paragraph", line) for line in text.splitlines() if line.strip())
    return Letter(
        kind="note",
        title=TITLE,
        number="",
        day=local_day(at).isoformat(),
        sign=f"记录人：{actor.display_name or actor.name}",
        code=meta.supplements or when,
        blocks=(Block("table", rows=rows), Block("heading", "内容"), *lines),
    )
