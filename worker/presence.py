"""Tells the desk that this process is alive: a line in the database every few seconds."""

from __future__ import annotations

import importlib.metadata
import logging
import threading
from collections.abc import Mapping
from contextlib import suppress

from intake_service.errors import ServiceError
from intake_service.parts import Parts
from intake_service.store import processes
from worker import owners

EVERY_S = 10.0

log = logging.getLogger(__name__)


def beat(parts: Parts, role: str, report: Mapping[str, object]) -> None:
    """Say so once. Raises ServiceError when the database does not answer."""
    with parts.store.write() as tx:
        processes.beat(tx, owners.mine(), role, report)


def leave(parts: Parts) -> None:
    """Say that this process ends; one that cannot is seen to be silent."""
    with suppress(ServiceError), parts.store.write() as tx:
        processes.leave(tx, owners.mine())


def beat_until(parts: Parts, stopping: threading.Event, every_s: float = EVERY_S) -> None:
    """Say so for a worker again and again until ``stopping`` is set."""
    report = {"engine": _engine(parts.settings.engine)}
    while not stopping.is_set():
        try:
            beat(parts, "worker", report)
        except ServiceError as error:
            log.warning("could not say that this worker is alive: %s", type(error).__name__)
        except Exception:  # the thread's last door
            log.exception("could not say that this worker is alive; tried again")
        stopping.wait(every_s)
    leave(parts)


def _engine(name: str) -> str:
    package = {"tesseract": "pytesseract"}.get(name, name)
    with suppress(importlib.metadata.PackageNotFoundError):
        return f"{name} {importlib.metadata.version(package)}"
    return name
