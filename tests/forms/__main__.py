"""``python -m tests.forms --out DIR --count 20 --first-seed 1000``: draw forms with truth."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.forms import draw, fonts


def main() -> int:
    """Draw and say where; exit 1 when a font or LibreOffice is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.forms", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument(
        "--kind", choices=["printed", "handwriting", "digital", "package", "all"], default="all"
    )
    options = parser.parse_args()
    lacking = fonts.ready()
    if lacking:
        print(lacking, file=sys.stderr)
        return 1
    start = time.monotonic()
    seeds = range(options.first_seed, options.first_seed + options.count)
    for drawn in draw.draw_forms(options.out, seeds, options.kind):
        print(f"{drawn.path.name}  {drawn.truth['class']}  {len(drawn.truth['pages'])} pages")
    print(f"{options.count} forms in {time.monotonic() - start:.1f} s, in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
