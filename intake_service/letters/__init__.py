"""Letters to applicants: drafted from the call's wording, issued once with a number, kept as they went out."""

from intake_service.letters.drafting import (
    DECISION_LETTERS,
    Letter,
    draft,
    letter_from_json,
    require_sendable,
)
from intake_service.letters.issuing import LetterFile, issue, issued_letters, letter_file
from intake_service.letters.paper import MEDIA_TYPES, NoFontError, chinese_font, letter_to_pdf
from intake_service.letters.wording import KINDS

__all__ = [
    "DECISION_LETTERS", "KINDS", "MEDIA_TYPES", "Letter", "LetterFile", "NoFontError", "chinese_font", "draft", "issue",
    "issued_letters", "letter_file", "letter_from_json", "letter_to_pdf", "require_sendable",
]  # fmt: skip
