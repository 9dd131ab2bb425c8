"""Temporary folders of readers that were killed: they hold pictures of pages and must not lie about."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

PAGES, SCRATCH, ONCE = "intake-pages-", "intake-reading-", "intake-once-"
"""How the temporary folders of the worker, the reading child and ``POST /extract`` begin."""
OLD_S = 6 * 3600.0
"""Longer than any document takes: 2,000 pages at ten seconds each."""


def remove_leftovers(older_than_s: float = OLD_S) -> int:
    """Remove such folders of this user that nothing was put into for that long; returns how many."""
    oldest = time.time() - older_than_s
    count = 0
    for prefix in (PAGES, SCRATCH, ONCE):
        for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
            try:
                told = folder.lstat()
            except FileNotFoundError:
                continue
            if (
                told.st_uid == os.getuid()
                and told.st_mtime < oldest
                and folder.is_dir()
                and not folder.is_symlink()
            ):
                shutil.rmtree(folder, ignore_errors=True)
                count += 1
    return count
