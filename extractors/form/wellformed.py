"""What counts as a well-formed text of a kind: understood, and written as people write it."""

from __future__ import annotations

import re
from collections.abc import Callable

from extractors.form import credit_code
from extractors.form.contacts import is_slip_of_usual_host
from extractors.form.text import squeeze
from extractors.form.values import is_occupation_code, text_to_value


def well_read(kind: str) -> Callable[[str], bool]:
    """Understood as a value of the kind, however it is written."""
    return lambda text: text_to_value(kind, text) is not None


def spaced_well(kind: str, stray: str) -> Callable[[str], bool]:
    """Understood, and without the stray spaces a reader puts between signs: nobody writes “20 12年”."""
    wrong = re.compile(stray)
    return lambda text: wrong.search(text.strip()) is None and text_to_value(kind, text) is not None


_GROUPS = ({18}, {2, 6, 9, 1}, {2, 6, 10}, {8, 9, 1}, {8, 10}, {4, 2}, {6})


def is_credit_code(text: str) -> bool:
    """A code with both check signs right, as one word or in the groups people write."""
    groups = {len(part) for part in text.split()}
    return groups in _GROUPS and credit_code.is_valid(str(text_to_value("uscc", text)))


def is_code(text: str) -> bool:
    """One sign between the four parts, the same throughout, or none at all."""
    parts = re.fullmatch(r"\d([-—–－.]?)\d\d(?:\1\d\d){2}", text.strip())
    return parts is not None and is_occupation_code(str(text_to_value("occupation_code", text)))


_PHONE_GAPS = re.compile(
    r"(?<!\d)1\d\d[ -]\d{4}[ -]\d{4}(?!\d)|(?<!\d)1\d{10} +(?=[01])|(?<!\d)0\d{2,3} +(?=\d{7,8}(?!\d))"
)


def is_phone(text: str) -> bool:
    """Spaces only where people put them: after an area code, within a mobile (3 4 4), between numbers."""
    between = re.sub(
        r"(?<=\d{7}) +(?=[01])", "/", _PHONE_GAPS.sub(lambda m: m[0].replace(" ", "-"), text.strip())
    )
    return re.search(r"\d +\d", between) is None and text_to_value("phone", text) is not None


_ENDS_OPEN = re.compile(r"[、，,；;/\-—–~～至到.。 ]$")
_JOINED_LEVELS = re.compile(
    r"[一二三四五1-5]级(?=[一二三四五1-5初中高]|技师)|[初中高]级(?=[初中一二三四五1-5])|[初中]级(?=高)"
    r"|(?:工|技师)(?=[一二三四五1-5初中高])|[一二三四五](?=[一二三四五])"
)


def is_levels(text: str) -> bool:
    """Understood, with a sign between two levels and none at the end, where a line that was not read would go on."""
    return (
        _ENDS_OPEN.search(text) is None
        and _JOINED_LEVELS.search(squeeze(text)) is None
        and text_to_value("levels", text) is not None
    )


_ONE_FOR_L = r"(?<![0-9])1(?=[a-z])(?=.*@)"
"""A 1 that letters follow: names are written in letters, and print hardly tells it from l."""


def is_email(text: str) -> bool:
    """Without stray spaces or a 1 in the place of an l, and no host that is one sign from a usual one."""
    return spaced_well("email", rf" |{_ONE_FOR_L}")(text) and not is_slip_of_usual_host(squeeze(text))


def is_person(text: str) -> bool:
    """Two to four Chinese characters, or a longer name with its point."""
    return (
        re.fullmatch(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,10}·[\u3400-\u9fff·]{1,10}", squeeze(text))
        is not None
    )
