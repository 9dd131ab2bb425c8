"""Which sets judge, which have judged, and where they are drawn.

A set judges once: it is drawn from seeds that nothing has read, and its figures are written down. From then on it
is looked at, developed against and fitted to, and serves here to show what a change made better or worse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.forms import draw

JUDGED_LAST = 912_000
"""First seed of the set whose figures are in ``last_figures.json``."""
JUDGING_FROM = 914_000
"""From here on nothing has been read: raise it by 1,000 with every set that has judged."""
FORMS = Path(draw.__file__).parent


def drawing_digest() -> str:
    """Eight hex digits of the drawing's source: a set is drawn anew when the drawing changed."""
    digest = hashlib.sha256()
    for path in sorted(FORMS.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def set_folder(beside: Path, first_seed: int) -> Path:
    """Where a set is kept; what is there already is not drawn again."""
    return beside / f"forms-{first_seed}-{drawing_digest()}"


def lacking_seeds(folder: Path, seeds: Iterable[int]) -> Sequence[int]:
    """Seeds of a set that are not drawn yet."""
    return [seed for seed in seeds if not (folder / f"{seed:04}.truth.json").exists()]
