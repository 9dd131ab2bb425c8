"""Log lines: what happened, to which submission, and never what stands on paper or who somebody is.

Two formats, for people and for collectors. Neither writes the text of an exception, which may quote what it choked on:
its type and the places it came through do.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

QUIET = ("alembic", "PIL", "pdfminer")
"""Libraries that write out what they are given (rows, parameters, words of a page): that may hold personal data."""
ID = re.compile(r"[0-9a-f]{22,32}")
MOST_PLACES = 12

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))


def begin(**ids: str) -> None:
    """From now on this thread's lines carry these ids and no others; what is no id of ours is left out."""
    _about.set({name: each for name, each in ids.items() if ID.fullmatch(each)})


@contextmanager
def about(**ids: str) -> Iterator[None]:
    """Lines that this thread writes inside the block carry these ids."""
    begin(**ids)
    try:
        yield
    finally:
        begin()


def set_up_logging(level_name: str, *, as_json: bool = False) -> None:
    """To the standard error, in one format; however talkative, never what stands on paper."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    level = logging.getLevelNamesMapping().get(level_name.upper(), logging.WARNING)
    logging.basicConfig(level=level, handlers=[handler])
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class PlainLines(logging.Formatter):
    """For people: ``2026-05-01 08:00:00,000 WARNING worker.jobs document …: timeout [submission=…]``."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """The line with its ids."""
        ids = " ".join(f"{name}={each}" for name, each in _about.get().items())
        return super().formatMessage(record) + (f" [{ids}]" if ids else "")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the library's name
        """The error without its text."""
        return f"    {described(ei[1])}"


class JsonLines(logging.Formatter):
    """For collectors: one JSON object a line with ``at``, ``level``, ``logger``, ``message`` and the ids."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_about.get(),
        }
        if record.exc_info:
            told["error"] = described(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


def described(error: BaseException | None) -> str:
    """The type of an error, of what it came from, and the places it came through, the innermost last."""
    if error is None:
        return ""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_PLACES:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{type(error).__name__} at {places}" + (f", from {described(cause)}" if cause else "")
