"""The Python steps of the container files, run without an engine: ``python -m tests.setup.images`` (some minutes).

Each role gets an environment of its own from its own lock, hashes required, and the wheel; then it is asked to work. Not
tried: the base image, its Debian packages and users.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "templates_ref" / "basic-info" / "hunan-2020-40" / "samples" / "5-digital.pdf"
WORK = {
    "web": [["python", "-c", "import intake_service.wsgi"], ["intake", "migrate"]],
    "worker": [["intake", "migrate"], ["intake", "extract", str(SAMPLE)]],
}
"""What a role is asked to do with nothing but what its image holds."""


def main() -> None:
    """Build the wheel once, then each role; ends with the first step that fails."""
    with tempfile.TemporaryDirectory(prefix="intake-images-") as opened:
        place = Path(opened)
        run([f"{Path(sys.executable).parent}/hatchling", "build", "-t", "wheel", "-d", f"{place}"], ROOT)
        (wheel,) = place.glob("*.whl")
        for role, steps in WORK.items():
            begun = time.monotonic()
            made = place / role
            run([sys.executable, "-m", "venv", "--without-pip", f"{made}"], place)
            install = [sys.executable, "-m", "pip", "--python", f"{made}/bin/python", "install", "--quiet"]
            run([*install, "--no-cache-dir", "--require-hashes", "-r", f"{ROOT}/docker/{role}.lock"], place)
            run([*install, "--no-deps", "--no-index", f"{wheel}"], place)
            for program, *words in steps:
                run([f"{made}/bin/{program}", *words], place, INTAKE_DATA=f"{place}/{role}-data")
            print(f"{role}: installed and at work in {time.monotonic() - begun:.0f} s", flush=True)


def run(command: list[str], folder: Path, **settings: str) -> None:
    """One step, away from the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INTAKE_", "PYTHON"))}
    done = subprocess.run(
        command, cwd=folder, env=kept | settings, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr[-3000:]}")


if __name__ == "__main__":
    main()
