"""For a web server that wants an application object: ``intake_service.wsgi:app``, settings from the environment."""

from __future__ import annotations

from flask import Flask

from intake_service.app import create_app


def __getattr__(name: str) -> Flask:
    """``app`` is made when it is asked for, not when the module is imported."""
    if name != "app":
        raise AttributeError(name)
    made = globals()[name] = create_app()
    return made
