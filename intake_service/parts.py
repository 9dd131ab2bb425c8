"""The parts a use case works with, joined once per process."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from intake_service.dispatch import Dispatch
from intake_service.errors import ForbiddenError
from intake_service.files import Files, FileStore
from intake_service.settings import Settings
from intake_service.store import Store


class Role(StrEnum):
    """What somebody may do; each role may also do what those before it may."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    ADMIN = "admin"


RANK = {Role.CLERK: 0, Role.REVIEWER: 1, Role.ADMIN: 2}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a user by name, a token as ``token:<name>``, or the system itself."""

    name: str
    role: Role
    display_name: str = ""

    def require(self, role: Role) -> None:
        """Raises ForbiddenError when the actor ranks below ``role``."""
        if RANK[self.role] < RANK[role]:
            raise ForbiddenError

    def may(self, role: Role) -> bool:
        """Whether ``require`` would pass."""
        return RANK[self.role] >= RANK[role]


SYSTEM = Actor("system", Role.ADMIN, "系统")
WATCHED_FOLDER = Actor("folder:watched", Role.CLERK, "扫描文件夹")
"""Hands in what a scanner dropped; no user can have this name."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Settings, database, file store and queue of this process."""

    settings: Settings
    store: Store
    files: Files
    errands: Files
    """What is asked and answered at once, see ``intake_service.errands``; nothing stays there."""
    dispatch: Dispatch


def open_parts(settings: Settings) -> Parts:
    """Join the parts; opens no connection yet."""
    return Parts(
        settings=settings,
        store=Store(settings.database_url),
        files=open_files(settings),
        errands=open_files(settings, "errands"),
        dispatch=Dispatch.from_settings(settings),
    )


def open_files(settings: Settings, area: str = "") -> Files:
    """The file store that is set, or an ``area`` of it. Raises ValueError for an address that cannot be used."""
    min_free = settings.min_free_mb * 1024 * 1024
    split = urlsplit(settings.files_url)
    url = split._replace(path=f"{split.path.rstrip('/')}/{area}").geturl() if area else settings.files_url
    if not url.startswith("s3://"):
        return FileStore.from_url(url, min_free)
    try:
        from intake_service.objects import ObjectStore  # an extra: not everybody has it
    except ModuleNotFoundError as error:
        raise ValueError("INTAKE_FILES_URL=s3://… 需要先安装：pip install 'intake-service[s3]'") from error
    cache = FileStore(settings.data / "cache" / area, min_free)
    return ObjectStore.from_url(
        url,
        settings.files_key,
        settings.files_secret,
        cache,
        settings.files_cache_mb * 1024 * 1024,
    )
