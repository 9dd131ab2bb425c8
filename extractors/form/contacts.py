"""Telephone numbers and mail addresses as people write them."""

from __future__ import annotations

import re

from extractors.form.text import distance, fold, fold_width

MAIL_HOSTS = (
    "qq.com",
    "163.com",
    "126.com",
    "sina.com",
    "139.com",
    "189.cn",
    "foxmail.com",
    "vip.qq.com",
    "sina.cn",
    "sohu.com",
    "aliyun.com",
    "hotmail.com",
    "outlook.com",
    "gmail.com",
    "yeah.net",
    "vip.163.com",
    "21cn.com",
)
"""Usual hosts of the region's mail addresses."""

SHORT_HOST = 6

_EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+-]*@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))([2-9]\d{6,7})")
_SERVICE = re.compile(r"(400|800)(\d{7})")
_RUN_ON = re.compile(r"(1[3-9]\d{9})(0\d{2,3}-?[2-9]\d{6,7})")
"""A mobile number and a landline with nothing between, as a text layer without its spaces has them."""


def email(text: str) -> str | None:
    """Lower case; several are joined by ``/``."""
    parts = [
        part for part in re.split(r"[、,;/]|\s+(?=\S+@)", fold_width(text).strip().lower()) if part.strip()
    ]
    found = [re.sub(r"\s", "", part) for part in parts]
    return "/".join(found) if found and all(_EMAIL.fullmatch(part) for part in found) else None


def usual_host_near(host: str) -> str | None:
    """The usual host that an unusual one is one sign (a short one: two) away from: 163.com for 63.com; else None."""
    if host in MAIL_HOSTS:
        return None
    near = min(MAIL_HOSTS, key=lambda usual: distance(host, usual))
    return near if distance(host, near) <= (1 if len(host) > SHORT_HOST else 2) else None


def is_slip_of_usual_host(addresses: str) -> bool:
    """Whether one of the addresses' hosts is near a usual one. Read so, it is a doubt; written so, too."""
    return any(usual_host_near(part.rpartition("@")[2].lower()) for part in addresses.split("/"))


def phone(text: str) -> str | None:
    """Mobiles as 11 digits, landlines as ``area-number[-extension]``; several are joined by ``/``."""
    folded = re.sub(r"[((](\d{3,4})[))]", r"\1-", fold(text))
    folded = re.sub(
        r"(?:手机|电话|座机|办公|固话|联系电话|tel|mobile)[:号码]*", " ", folded, flags=re.IGNORECASE
    )
    numbers: list[str] = []
    for part in re.split(r"[、,;/。|]|或|和", _RUN_ON.sub(r"\1/\2", folded)):
        if not part.strip():
            continue
        one = _one_phone(part)
        several = [one] if one else [_one_phone(piece) for piece in _spaced_numbers(part)]
        if not several or any(item is None for item in several):
            return None
        numbers += [item for item in several if item]
    return "/".join(numbers) or None


def _spaced_numbers(text: str) -> list[str]:
    """Numbers written with only spaces between: cut where a new one begins after a whole one."""
    pieces: list[str] = []
    for word in text.split():
        if pieces and _one_phone(pieces[-1]) is None:
            pieces[-1] += word
        else:
            pieces.append(word)
    return pieces


def _one_phone(text: str) -> str | None:
    body, _, extension = re.sub(r"\s", "", text).partition("转")
    body = re.sub(r"^(?:\+|00)?86-?(?=[01])", "", body)
    parts = [part for part in body.split("-") if part]
    if not extension and len(parts) == 3 and parts[0].startswith("0"):
        extension = parts.pop()
    digits = "".join(parts)
    if (
        not digits.isascii()
        or not digits.isdigit()
        or (extension and not re.fullmatch(r"\d{1,5}", extension))
    ):
        return None
    tail = f"-{extension}" if extension else ""
    if _MOBILE.fullmatch(digits) and not extension:
        return digits
    split = _LANDLINE.fullmatch(digits) or _SERVICE.fullmatch(digits)
    if split and (not digits.startswith("0") or len(parts) == 1 or parts[0] == split[1]):
        return f"{split[1]}-{split[2]}{tail}"
    return digits + tail if re.fullmatch(r"[2-9]\d{6,7}", digits) and len(parts) == 1 else None
