"""How fields, table cells and marks look on the review page: pure, from current values to what templates show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractors.form.layout import MarkPlace, default_layout
from extractors.form.reasons import sentence
from intake_service.current import PERSON, Cell, Mark
from intake_service.second_look import is_sure
from intake_service.shortcomings import ILLEGIBLE_REASON
from intake_service.store.corrections import Correction
from intake_service.web import words
from intake_service.web.door import shown_name
from intake_service.web.review_candidates import (
    WORTH_OFFERING,
    Choice,
    Piece,
    offered,
    option_words,
    printed,
    read_as,
)
from intake_service.web.words import Look

CODE_KINDS = {"uscc", "phone", "email", "occupation_code", "count", "date", "sequence"}
LONG_KINDS = {"long_text": 6, "text": 3}
NAMED_BY_RULES = "check_failed"
"""A reason of the reader's that says less than the rule which is broken."""
LOOK_AGAIN = ("candidates_close", "readers_disagree", "low_confidence")
"""Reasons of the reader's that ask for the same, the one that says most first: one of them is enough."""
NO_VALUE = "format_unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A box on a page of the submission (``page`` counts over all its files); page fractions."""

    page: int
    box: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field or cell. ``open`` while a person must still look."""

    path: str
    label: str
    text: str
    state: Look
    open: bool
    reasons: tuple[str, ...]
    parts: tuple[Place, ...]
    candidates: tuple[Choice, ...]
    pieces: tuple[Piece, ...]
    by_say: str
    options: tuple[tuple[str, str], ...] = ()
    rows: int = 1
    is_code: bool = False
    hidden: bool = False

    @property
    def dom(self) -> str:
        """An id that is safe in HTML and CSS."""
        return "f-" + self.path.replace(".", "-")

    @property
    def doubts(self) -> tuple[int, ...]:
        """Indices into ``text`` of the marked characters."""
        marks = (doubtful for piece, doubtful in self.pieces for _ in piece)
        return tuple(index for index, doubtful in enumerate(marks) if doubtful)

    @property
    def multiline(self) -> bool:
        """Whether it needs a text area."""
        return self.rows > 1


@dataclass(frozen=True, slots=True)
class MarkView:
    """A seal or signature with the verdicts to choose from."""

    path: str
    label: str
    say: str
    value: str
    confirmed: bool
    choices: tuple[tuple[str, str], ...]
    state: Look
    open: bool
    reasons: tuple[str, ...]
    parts: tuple[Place, ...]

    @property
    def dom(self) -> str:
        """An id that is safe in HTML and CSS."""
        return "m-" + self.path.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Context:
    """What a field's look depends on besides itself."""

    form: str
    """Id of the document with the form."""
    page_numbers: Mapping[tuple[str, int], int]
    """Id of a document and page in it → page of the submission."""
    failed: Mapping[str, Sequence[str]]
    """Path → sentences of failed checks that name it."""
    broken: frozenset[str]
    """Paths that a failed check of severity error names."""
    last: Mapping[str, Correction]
    """Path → the newest correction that counts."""
    decided: bool = False
    """Nobody is asked to look any more."""
    listed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Path → what the catalogue has near it, where the row's name and code do not belong together."""
    hidden: frozenset[str] = frozenset()
    """Paths that whoever looks is to enter a second time: nothing stands in them."""


def field_view(cell: Cell, label: str, context: Context) -> FieldView:
    """One cell as the page shows it."""
    name = cell.path.rsplit(".", 1)[-1]
    kind = default_layout().kinds.get(name, "text")
    text = str(cell.text)
    machine = cell.machine
    return FieldView(
        path=cell.path,
        label=label,
        text=text,
        state=words.HIDDEN if cell.path in context.hidden else cell_look(cell, context),
        open=cell.doubtful and not context.decided,
        reasons=_reasons(cell, context),
        parts=places(cell.pieces, context),
        candidates=printed(cell) if kind == "checkboxes" else offered(cell, _listed(cell, context)),
        pieces=_doubtful_pieces(machine, text),
        by_say=_by_say(cell),
        options=_options(name, kind, text),
        rows=LONG_KINDS.get(kind, 1),
        hidden=cell.path in context.hidden,
        is_code=kind in CODE_KINDS,
    )


def cell_look(cell: Cell, context: Context) -> Look:
    """Which state a cell is in."""
    if cell.by == PERSON:
        last = context.last.get(cell.path)
        if last is not None and last.reason == ILLEGIBLE_REASON:
            return words.ILLEGIBLE
        if last is not None and last.reason == words.BLANK_REASON:
            return words.BLANK
        return words.CONFIRMED
    if cell.path in context.broken:
        return words.BROKEN
    if cell.doubtful:
        return words.UNCHECKED if context.decided else words.CHECK
    return words.BLANK if cell.status == "blank" else words.SURE


def places(pieces: Sequence[Mapping[str, Any]], context: Context) -> tuple[Place, ...]:
    """The pieces of a value or mark that stand on a page with a picture; ``document`` is by default the form's."""
    found = []
    for piece in pieces:
        number = context.page_numbers.get((piece.get("document", context.form), piece.get("page", 0)))
        if number is not None and piece.get("box"):
            found.append(Place(number, tuple(piece["box"])))
    return tuple(found)


def reread_view(read: Mapping[str, Any]) -> dict[str, Any]:
    """What a drawn box holds, as the page offers it: the text first, then what else it may well be."""
    others = [each for each in read.get("candidates", ()) if each["confidence"] >= WORTH_OFFERING]
    offered = read_as({**read, "candidates": others}, "")
    return {"candidates": [{"text": each.text, "say": each.say} for each in offered]}


def _reasons(cell: Cell, context: Context) -> tuple[str, ...]:
    """One sentence for each thing to think of, not one for each way it was noticed."""
    broken = context.failed.get(cell.path, ())
    codes = () if cell.by == PERSON else tuple(cell.machine.get("reasons", ()))
    if cell.doubtful and not cell.proposals and is_sure(cell):
        codes = (*codes, "low_confidence")  # a second look, which must not be told from a doubt
    look = next((code for code in LOOK_AGAIN if code in codes), "")
    less = {*LOOK_AGAIN, NAMED_BY_RULES, *_understood(cell)} if broken else {*LOOK_AGAIN} - {look}
    own = tuple(_sentence(code, cell) for code in codes if code not in less)
    missing = (
        ("表上没有找到这一格，请看页面后填写。",)
        if cell.doubtful and cell.status == "missing" and cell.machine and not own
        else ()
    )
    said = ("其他系统的写法与此不同，请对照原图。",) if cell.doubtful and cell.proposals else ()
    rules = broken if len(broken) < 2 else (f"{broken[0]}另有 {len(broken) - 1} 条，见“校验”。",)
    return tuple(dict.fromkeys((*said, *own, *missing, *rules)))


def _sentence(code: str, cell: Cell) -> str:
    """The sentence of a reader's doubt; none says that there is no value where there is one."""
    return "写法不常见，请对照原图核对。" if code in _understood(cell) else sentence(code)


def _understood(cell: Cell) -> set[str]:
    return {NO_VALUE} if cell.value not in (None, "", []) else set()


def _listed(cell: Cell, context: Context) -> Sequence[str]:
    return context.listed.get(cell.path, ()) if cell.doubtful or cell.path in context.failed else ()


def _by_say(cell: Cell) -> str:
    if cell.by != PERSON or cell.at is None:
        return ""
    return f"{shown_name(cell.who)}，{words.near(cell.at)}"


def _options(name: str, kind: str, text: str) -> tuple[tuple[str, str], ...]:
    if kind != "checkboxes":
        return ()
    printed_words = option_words(name)
    shown = [("", "（未勾选）"), *((word, word) for word in printed_words)]
    return tuple(shown if text in {"", *printed_words} else [*shown, (text, f"{text}（机器读到）")])


def _doubtful_pieces(machine: Mapping[str, Any], text: str) -> tuple[Piece, ...]:
    doubts = set(machine.get("doubts", ()))
    if not doubts or text != machine.get("text"):
        return ()
    pieces: list[Piece] = []
    for index, character in enumerate(text):
        doubtful = index in doubts
        if pieces and pieces[-1][1] == doubtful:
            pieces[-1] = (pieces[-1][0] + character, doubtful)
        else:
            pieces.append((character, doubtful))
    return tuple(pieces)


def mark_view(name: str, mark: Mark, place: MarkPlace | None, context: Context) -> MarkView:
    """One seal or signature as the page shows it."""
    signature = name == "legal_rep_signature"
    value = signature_value(mark.verdict) if signature else seal_value(mark.verdict)
    choices = words.SIGNATURE_WORDS if signature else words.SEAL_WORDS
    confirmed = mark.by == PERSON
    if confirmed:
        look = words.CONFIRMED
    elif mark.path in context.broken:
        look = words.BROKEN
    else:
        unsettled = words.UNCHECKED if context.decided else words.CHECK
        look = unsettled if mark.doubtful else words.SURE
    label = place.label.rstrip("：:") if place is not None else f"骑缝章 {name.rsplit('.', 1)[-1]}"
    own = () if confirmed else tuple(sentence(c) for c in mark.machine.get("reasons", ()))
    return MarkView(
        path=mark.path,
        label="市（州）人社局公章" if name == "authority_seal" else label,
        say=_mark_sentence(mark, choices[value]),
        value=value,
        confirmed=confirmed,
        choices=tuple(choices.items()),
        state=look,
        open=mark.doubtful and not context.decided,
        reasons=tuple(dict.fromkeys((*own, *context.failed.get(mark.path, ())))),
        parts=places(mark.machine.get("parts") or [mark.machine], context),
    )


def signature_value(verdict: Mapping[str, Any]) -> str:
    """The key of SIGNATURE_WORDS that a verdict stands for."""
    kind = str(verdict.get("kind", "none"))
    return kind if kind in words.SIGNATURE_WORDS else "none"


def seal_value(verdict: Mapping[str, Any]) -> str:
    """The key of SEAL_WORDS that a verdict stands for."""
    if not verdict.get("present"):
        return "none"
    return {True: "match", False: "mismatch"}.get(verdict.get("matches"), "unreadable")  # type: ignore[arg-type]


def verdict_word(path: str, verdict: Mapping[str, Any]) -> str:
    """A verdict as people say it; what the machine saw is confirmed where it says nothing of its own."""
    if not verdict:
        return "与机器看到的相同"
    if path == "marks.legal_rep_signature":
        return words.SIGNATURE_WORDS[signature_value(verdict)]
    return words.SEAL_WORDS[seal_value(verdict)]


def verdict_of(path: str, value: str) -> dict[str, Any] | None:
    """What the reviewer's choice says as a verdict; None for an unknown choice."""
    if path == "marks.legal_rep_signature":
        if value not in words.SIGNATURE_WORDS:
            return None
        return {"present": value in {"handwritten", "name_seal"}, "kind": value}
    if value not in words.SEAL_WORDS:
        return None
    return {"present": value != "none", "matches": {"match": True, "mismatch": False}.get(value)}


def _mark_sentence(mark: Mark, verdict: str) -> str:
    if mark.by == PERSON:
        when = f"，{words.near(mark.at)}" if mark.at else ""
        return f"{verdict}（{shown_name(mark.who)}{when}）"
    ring = f"，印文“{mark.machine['text']}”" if mark.machine.get("text") else ""
    number = f"，编号 {mark.machine['number']}" if mark.machine.get("number") else ""
    return f"机器看到：{verdict}{ring}{number}"
