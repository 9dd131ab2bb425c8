"""The arithmetic of the unified social credit code: GB 32100-2015 with the GB 11714 code inside it."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 signs; I, O, S, V and Z are not used."""

LENGTH = 18
ORGANISATION = slice(8, 17)
REGION = slice(2, 8)

_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_sign(first17: str) -> str | None:
    """The 18th sign of GB 32100: 31 minus the weighted sum mod 31; None for signs outside the alphabet."""
    if len(first17) != LENGTH - 1 or any(sign not in ALPHABET for sign in first17):
        return None
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_sign(first8: str) -> str | None:
    """The 9th sign of GB 11714: 11 minus the weighted sum mod 11, X for 10, 0 for 11 (A = 10 … Z = 35)."""
    if len(first8) != LENGTH - 10 or not (first8.isascii() and first8.isalnum()):
        return None
    total = sum(int(sign, 36) * weight for sign, weight in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def has_form(code: str) -> bool:
    """Eighteen signs of the alphabet, the region's six digits among them."""
    return len(code) == LENGTH and all(sign in ALPHABET for sign in code) and code[REGION].isdigit()


def check_digit_holds(code: str) -> bool:
    """True when the last sign is the one GB 32100 asks for."""
    return len(code) == LENGTH and check_sign(code[:17]) == code[17]


def organisation_code_holds(code: str) -> bool:
    """True when signs 9 to 17 are a valid GB 11714 code."""
    return len(code) == LENGTH and organisation_check_sign(code[8:16]) == code[16]


def is_valid(code: str) -> bool:
    """Form and both check signs."""
    return has_form(code) and check_digit_holds(code) and organisation_code_holds(code)
