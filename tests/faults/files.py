"""Every odd file by every door, read by the real pipeline: ``python -m tests.faults.files`` (some twenty minutes)."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.extractors.test_badinputs import COLLECTION, MANIFEST, collected
from tests.faults import results
from tests.faults.doors import DOORS, deviations, table, through_command, through_service
from tests.faults.stack import REAL

SETTLE_S = 3 * 3600.0


def main() -> int:
    if not MANIFEST.exists():
        print("../shared/badinputs is not on this machine")
        return 0
    begun = time.monotonic()
    listed = [(str(one.values[0]), str(one.values[1])) for one in collected()]
    files = [(Path(name).name, (COLLECTION / name).read_bytes()) for name, _expect in listed]
    with tempfile.TemporaryDirectory(prefix="intake-faults-") as folder:
        found = through_service(Path(folder) / "service", files, REAL, SETTLE_S)
        found["command"] = through_command(Path(folder), files, REAL, SETTLE_S)
    undeserved, unlike = deviations(listed, found)
    print(table(found), *undeserved, *unlike, sep="\n")
    figures = {
        "files": len(files), "doors": len(DOORS), "not allowed": len(undeserved), "unlike at the doors": len(unlike),
        "seconds": round(time.monotonic() - begun),
    }  # fmt: skip
    results.keep("files", figures)
    print(figures)
    return int(bool(undeserved or unlike))


if __name__ == "__main__":
    sys.exit(main())
