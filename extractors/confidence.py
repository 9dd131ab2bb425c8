"""How sure a transcript is, and whether it may pass by itself."""

from __future__ import annotations

import math
import re

from extractors.form.contacts import MAIL_HOSTS
from extractors.form.grammar import only_digits
from extractors.form.reading import FieldReading, Status
from extractors.form.text import HAN, dashes_named, look_alike, squeeze
from extractors.form.values import text_to_value
from extractors.ocr.signs import said
from extractors.transcribe import DOUBTFUL_CHARACTER, LONG_KINDS, STRETCHED, Transcript

LEAST_HAN = 2
"""A statement or an opinion is at least a Chinese word, 同意; what is less is dirt or a piece of a seal."""
AUTO_AT = 0.99
"""Least confidence to pass without a person."""
CLOSE_NATS, WIDE_NATS = 3.0, 6.0
"""Another text this much less probable is a rival; beyond the second figure it no longer matters."""
MISTAKABLE = {
    "email": re.compile(r"[a-z][10]|[10][a-zA-Z]|\d[lIoO]|[lIoO]\d", re.ASCII),
    "date": re.compile(r"^\d{4,8}$"),
    "count": re.compile(r"\d{2}万|\d{6}"),
    "capital": re.compile(r"\d[.·]\d{3}(?!\d)"),
}
"""Texts that ink alone does not tell: in a mail address a 1 or 0 beside a letter, an l or o beside a digit; bare digits,
which are a year, the rest of 2010.2 with touching signs, or 2010/10/9 with a stroke for a 1 (20101019); 36万 people, which
are 3.6万 with a small point; 50.000 yuan, which are 50,000.
"""
FAR_NATS = {"person_name": 5.0}
"""The same where nothing else tells one text from another, for a third reader to be believed: 谦 was 渔 to all three."""
UNSURE = 0.7
"""Probability of the least certain character below which the exact reader has hardly seen a text."""
TWO_NUMERALS = re.compile(r"\d.*[一二三四五]|[一二三四五].*\d")
"""Levels that nobody writes: 4级-二级, which is a 五级 in grass script."""
CLOSE_LOOK_ALIKE = 0.05
"""Probability of a text with l in the place of 1, from which both must be looked at, whatever is usual."""
SEEN_ELSEWISE = 0.02
"""Probability of another name that the quick reader saw, from which both must be looked at, whatever a list says."""
WEIGHTS = {
    "bias": 2.66,
    "agree": 1.20,
    "formed": 1.31,
    "malformed": -1.67,
    "gap": 0.71,
    "supported": 1.65,
    "stretched": -0.35,
    "twice": 2.16,
    "listed": 3.0,
    "witnessed": 1.0,
    "confirmed": 1.25,
}
"""Logistic weights, fitted by `tests/bench/fit.py` on 10,150 drawn cells that served for developing.

``gap`` counts how much less probable (natural logarithm) the next rival is; once it is known, the text's own
probability tells nothing more. Of cells judged by weights fitted without them, 3 in 1,000 differ from what is
said here (expected calibration error 0.0031). ``listed`` was added on 19,200 others: of 3,550 cells whose ink alone
says what a list or a check sign knows none was wrong, however unsure the other reader was. ``witnessed`` was added on
6,400 others with the rest kept: of 102 well-formed ones on which the quick reader disagreed and the sign reader agreed,
with no near rival, none was wrong.
"""
LISTED_KINDS = frozenset({"uscc", "region_authority", "position"})
"""Kinds of which hardly a misread text is one: two check signs, or a list."""


def transcript_to_field(kind: str, transcript: Transcript | None, *, required: bool) -> FieldReading:
    """The field as the reading holds it: value, confidence, status and the reasons of any doubt."""
    if transcript is None:
        return FieldReading(reasons=("cell_not_found",))
    if transcript.empty and transcript.inked:
        return FieldReading(status=Status.REVIEW, reasons=("low_confidence",), parts=transcript.parts)
    if transcript.empty:
        status = Status.REVIEW if required else Status.BLANK
        why = ("blank_required",) if required else ()
        return FieldReading(confidence=0.99, status=status, reasons=why, parts=transcript.parts)
    confidence = transcript_to_confidence(kind, transcript)
    value = text_to_value(kind, transcript.text)
    reasons = _reasons(kind, transcript, confidence, understood=value is not None)
    return FieldReading(
        text=transcript.text,
        value=value,
        confidence=confidence,
        status=Status.REVIEW if reasons else Status.AUTO,
        reasons=reasons,
        parts=transcript.parts,
        candidates=transcript.candidates,
        doubts=tuple(i for i, p in enumerate(transcript.sure) if p < DOUBTFUL_CHARACTER)
        if len(transcript.sure) == len(transcript.text)
        else (),
    )


def transcript_to_confidence(kind: str, transcript: Transcript) -> float:
    """Probability that the text is wholly right."""
    if transcript.digital:
        return 0.9999
    if kind in LONG_KINDS:
        return math.exp(max(-8.0, transcript.logp / max(1.0, math.sqrt(len(transcript.text)))))
    w = WEIGHTS
    z = w["bias"] + w["agree"] * agreement(transcript)
    z += {True: w["formed"], False: w["malformed"], None: 0.0}[transcript.well_formed]
    z += w["gap"] * (min(transcript.gap, WIDE_NATS) - WIDE_NATS)
    z += w["supported"] * transcript.supported
    z += w["stretched"] * (transcript.stretch > STRETCHED)
    z += w["twice"] * transcript.twice
    z += w["listed"] * is_listed(kind, transcript)
    z += w["witnessed"] * is_witnessed(transcript)
    z += w["confirmed"] * is_confirmed(kind, transcript)
    return 1.0 / (1.0 + math.exp(-z))


def is_listed(kind: str, transcript: Transcript) -> bool:
    """Whether the ink says by itself what only a list or check signs could confirm; a code, what its name asks for."""
    if not transcript.well_formed or transcript.strained:
        return False
    if kind == "occupation_code":
        return transcript.supported and only_digits(transcript.free) == only_digits(transcript.text)
    return kind in LISTED_KINDS and squeeze(transcript.free) == squeeze(transcript.text)


def is_witnessed(transcript: Transcript) -> bool:
    """Whether the sign reader says the same. That it says something else tells little: it is the weaker reader.

    Nor where it says what it alone chose: of a text that no other reader saw, every character must be seen.
    """
    same = bool(transcript.signs) and transcript.signs == said(transcript.text)
    seen = said(transcript.free) == transcript.signs or agreement(transcript) == 1
    return same and (seen or min(transcript.sure, default=0.0) >= UNSURE)


def is_confirmed(kind: str, transcript: Transcript) -> bool:
    """Whether the third reader alone was asked and says the same of a text that may be right, with no other near.

    Where one is near, or the text is malformed, the readers err together; beside the sign reader it tells nothing more.
    """
    third = transcript.third
    same = squeeze(third) == squeeze(transcript.text) or said(third) == said(transcript.text)
    clear = transcript.gap >= FAR_NATS.get(kind, CLOSE_NATS) and transcript.well_formed is not False
    return bool(third) and same and clear and not is_witnessed(transcript)


def agreement(transcript: Transcript) -> float:
    """1 where the other look saw the same text, 0.6 where only look-alikes differ, else 0.

    A stroke that the other look took for 一 is the same where the text's form says that it is a dash.
    """
    first, second = squeeze(transcript.text), squeeze(transcript.second)
    if first == second or (transcript.well_formed and dashes_named(first) == dashes_named(second)):
        return 1.0
    return 0.6 if look_alike(first) == look_alike(second) else 0.0


def _reasons(kind: str, transcript: Transcript, confidence: float, *, understood: bool) -> tuple[str, ...]:
    out = []
    if confidence < AUTO_AT or (kind in LONG_KINDS and len(HAN.findall(transcript.text)) < LEAST_HAN):
        out.append("low_confidence")
        if not transcript.digital and kind not in LONG_KINDS and _is_disputed(kind, transcript):
            out.append("readers_disagree")
        if transcript.gap < CLOSE_NATS:
            out.append("candidates_close")
    elif not (
        transcript.digital or kind in LONG_KINDS or transcript.supported or is_listed(kind, transcript)
    ):
        # Two readers of different making rarely make the same mistake; one alone does not let a value pass.
        out += ["readers_disagree"] if _is_disputed(kind, transcript) else []
    rival = _is_mistakable(kind, transcript) or _may_be_misspelt(kind, transcript)
    if not transcript.digital and rival and "candidates_close" not in out:
        out.append("candidates_close")
    if transcript.stamped:
        out.append("under_seal")
    if transcript.clipped and kind not in LONG_KINDS:
        out.append("overflows_cell")
    if transcript.strained:
        out += ["candidates_close"] if "candidates_close" not in out else []
    elif transcript.well_formed is False or not understood:
        out.append("format_unknown")
    return tuple(out)


def _is_disputed(kind: str, transcript: Transcript) -> bool:
    """Whether no other reader saw the same, neither the quick one nor the sign reader nor the third."""
    return agreement(transcript) < 1 and not is_witnessed(transcript) and not is_confirmed(kind, transcript)


def _may_be_misspelt(kind: str, transcript: Transcript) -> bool:
    """Whether the quick reader saw other characters and the ink allows them: 凋试工 on the paper is no 调试工."""
    if kind != "occupation_name":
        return False
    second = HAN.findall(transcript.second)
    return second != HAN.findall(transcript.text) and any(
        c.confidence > SEEN_ELSEWISE and HAN.findall(c.text) == second for c in transcript.candidates
    )


def _is_mistakable(kind: str, transcript: Transcript) -> bool:
    """Whether the text, or what the ink alone says, is one that no reader can tell from another."""
    if kind == "levels":
        return TWO_NUMERALS.search(transcript.text) is not None
    pattern = MISTAKABLE.get(kind)
    if pattern is None:
        return False
    alike = [c for c in transcript.candidates if look_alike(c.text) == look_alike(transcript.text)]
    rival = any(c.confidence > CLOSE_LOOK_ALIKE and _is_another(c.text, transcript.text) for c in alike)
    # Nothing tells a count from another: 5286 is as good as 52861 with a 1 that joins the 6.
    unseen = kind == "count" and min(transcript.sure, default=1.0) < UNSURE
    return rival or unseen or any(pattern.search(text) for text in (transcript.text, transcript.free))


def _is_another(text: str, ours: str) -> bool:
    """Whether a look-alike says something else: not in the width of its signs, nor in a host that is ours misread."""
    (name, _, host), (own, _, usual) = (squeeze(each).lower().rpartition("@") for each in (text, ours))
    return name != own or (host != usual and usual not in MAIL_HOSTS)
