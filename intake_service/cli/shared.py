"""What several commands need."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click

from extractors.errors import ExtractionError
from intake_service.errors import ServiceError
from intake_service.parts import Parts, open_parts
from intake_service.settings import Settings, SettingsError, load_settings

P = ParamSpec("P")
T = TypeVar("T")


def settings_or_exit() -> Settings:
    """Settings from the environment; wrong ones end the command with their sentence."""
    try:
        return load_settings()
    except (SettingsError, OSError) as error:
        raise click.UsageError(str(error)) from error


def migrated_parts() -> Parts:
    """The parts on a database of the newest shape."""
    parts = open_parts(settings_or_exit())
    parts.store.migrate()
    return parts


def sentences(command: Callable[P, T]) -> Callable[P, T]:
    """Show refusals as one sentence instead of a traceback."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except (ServiceError, ExtractionError) as error:
            raise click.ClickException(str(error)) from error

    return told
