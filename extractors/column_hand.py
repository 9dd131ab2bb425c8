"""One hand writes a column one way: signs so small that a pen's are not seen are those of the rows around.

Who writes 2014-08 in one row does so in the next. Only signs are put in, and only where the ink allows them: 2014-08
means what 201408 does. Where the value would change (3.6万 for 36万), a person must grant it. Thousands are not written
so evenly: a comma is put only where a sign was seen. Rows are counted: a number that its neighbours ask for is
supported where it was read, and shown where the ink allows it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from extractors.form.values import text_to_value
from extractors.ocr.lattice import score
from extractors.transcribe import Transcript, to_grant

SIGN_NATS = 16.0
"""What signs may cost that were not seen; a digit more or less costs as much, so digits never change."""
LEAST_ROWS = 2
"""Rows in which the signs must have been seen, or that must count alike."""
NUMBER_NATS = 6.0
"""What the number that a row's neighbours ask for may cost to be shown."""
_DATE = re.compile(r"(?:19|20)\d{2}([.\-/])\d{1,2}(?:(\1)\d{1,2})?")
_BARE_DATE = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<rest>\d{1,4})")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_POINT_FOR_COMMA = re.compile(r"(?<=\d)[.·、](?=\d{3}(?!\d))")
_SPECKS = ".。,，"
"""Small signs behind a count are dirt."""
_POINT, _BARE_POINT = re.compile(r"\d\.\d万"), re.compile(r"(?<!\d)(\d)(\d)(?=万)")


def column_in_one_hand(kind: str, column: Sequence[Transcript | None]) -> tuple[Transcript | None, ...]:
    """The column's transcripts, top to bottom, with the signs that its other rows show."""
    if kind == "sequence":
        return tuple(_counted_on(column, row) for row in range(len(column)))
    if kind not in _STYLES:
        return tuple(column)
    style, signed = _STYLES[kind]
    seen = Counter(style(t.free) for t in column if t is not None and t.well_formed and not t.digital)
    seen.pop("", None)
    if not seen:
        return tuple(column)
    usual, rows = seen.most_common(1)[0]
    if rows < LEAST_ROWS:
        return tuple(column)
    return tuple(_signed(kind, t, tuple(signed(t.free, usual))) if t is not None else None for t in column)


def _signed(kind: str, transcript: Transcript, texts: Sequence[str]) -> Transcript:
    """The likeliest of the texts that the ink allows, else the transcript as it was."""
    meant = [text for text in texts if text_to_value(kind, text) is not None]
    if not meant or not transcript.lattice.steps:
        return transcript
    costs = transcript.free_logp - score(transcript.lattice, meant)
    best = int(costs.argmin())
    text = meant[best]
    if costs[best] > SIGN_NATS or text == transcript.text:
        return transcript
    same = transcript.well_formed and text_to_value(kind, text) == text_to_value(kind, transcript.text)
    if same:
        return replace(transcript, text=text)
    return to_grant(transcript, text, transcript.free_logp - float(costs[best]))


def _counted_on(column: Sequence[Transcript | None], row: int) -> Transcript | None:
    """A row's number beside two rows around it that count alike from their places."""
    transcript = column[row]
    if transcript is None or transcript.empty:
        return transcript
    ahead = [None if number is None else number - at for at, number in enumerate(map(_number, column))]
    above, below, around = (
        ahead[max(0, row - 2) : row],
        ahead[row + 1 : row + 3],
        ahead[max(0, row - 1) : row + 2 : 2],
    )
    supporting = {pair[0] for pair in (above, below, around) if len(pair) == 2 and pair[0] == pair[1]}
    if ahead[row] is not None and ahead[row] in supporting:
        return replace(transcript, supported=True)
    asking = around if above and below else above or below
    if (
        len(asking) < LEAST_ROWS
        or asking[0] is None
        or asking[0] != asking[1]
        or not transcript.lattice.steps
    ):
        return transcript
    wanted = str(asking[0] + row)
    logp = float(score(transcript.lattice, [wanted])[0])
    return to_grant(transcript, wanted, logp) if transcript.free_logp - logp <= NUMBER_NATS else transcript


def _number(transcript: Transcript | None) -> int | None:
    """The number that stands well formed in a cell, else None."""
    value = text_to_value("sequence", transcript.text) if transcript and transcript.well_formed else None
    return value if isinstance(value, int) else None


def _date_style(text: str) -> str:
    """The sign between the numbers, twice where a day is given; nothing for other ways to write a date."""
    found = _DATE.fullmatch(text)
    return found[1] + (found[2] or "") if found else ""


def _dated(text: str, style: str) -> Iterator[str]:
    """A bare row of digits parted in every way that fits the style."""
    found = _BARE_DATE.fullmatch(text)
    if found is None:
        return
    year, rest = found.group("y", "rest")
    if len(style) == 1 and len(rest) <= 2:
        yield f"{year}{style}{rest}"
    elif len(style) == 2:
        for at in range(max(1, len(rest) - 2), min(2, len(rest) - 1) + 1):
            yield f"{year}{style[0]}{rest[:at]}{style[0]}{rest[at:]}"


def _count_style(text: str) -> str:
    return "," if _THOUSANDS.search(text) else "." if _POINT.search(text) else ""


def _counted(text: str, style: str) -> Iterator[str]:
    wanted, sign = (_POINT_FOR_COMMA, ",") if style == "," else (_BARE_POINT, r"\1.\2")
    written = text.rstrip(_SPECKS)
    if wanted.search(written):
        yield wanted.sub(sign, written)


_STYLES: dict[str, tuple[Callable[[str], str], Callable[[str, str], Iterator[str]]]] = {
    "date": (_date_style, _dated),
    "count": (_count_style, _counted),
}
"""What a text shows of the hand, and a bare text written in that hand."""
