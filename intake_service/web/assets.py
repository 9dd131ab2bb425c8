"""Scripts, sheets and pictures of the desk: under a version in their address, so that browsers keep them for good."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

STATIC = Path(__file__).resolve().parent / "static"
SHEETS = ("tokens", "base", "parts", "rooms", "review", "papers", "narrow")
"""Files of ``static/css`` that are served as one, each after those it builds on. ``dark`` is linked by itself."""


def add_routes(web: Blueprint) -> None:
    """Attach what serves them."""
    web.add_url_rule("/assets/<version>/desk.css", "sheet", _sheet)
    web.add_url_rule("/assets/<version>/<path:name>", "versioned", _versioned)


def address(name: str) -> str:
    """The address of a static file with a version in its folder, so that browsers may keep it for good.

    Modules import each other by relative names, so those they import carry the version too.
    """
    return f"{request.script_root}/assets/{_version()}/{name}"


@lru_cache
def _version() -> str:
    """When the newest static file was written."""
    return f"{max(file.stat().st_mtime_ns for file in STATIC.rglob('*') if file.is_file()):x}"


def _versioned(version: str, name: str) -> Response:
    """A static file. Asked for by another version, as a page from before an update does, it is not kept."""
    return _kept(version, send_from_directory(STATIC, name))


def _sheet(version: str) -> Response:
    """The desk's one style sheet: a page waits for it, so that it comes in one piece."""
    return _kept(version, Response(_joined_sheets(), mimetype="text/css"))


@lru_cache
def _joined_sheets() -> str:
    return "\n".join((STATIC / "css" / f"{name}.css").read_text(encoding="utf-8") for name in SHEETS)


def _kept(version: str, response: Response) -> Response:
    if version == _version():
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
