"""schemathesis against the served description; ``python -m tests.api.fuzz`` ends with 0 when it finds nothing."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.api.served import Served, served

CONFIG = Path(__file__).parents[2] / "schemathesis.toml"


def main() -> int:
    """Serve and fuzz; what follows ``--`` goes to schemathesis."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="tries a call and phase")
    parser.add_argument("--seed", type=int, default=1)
    asked, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "data") as running:
        return fuzz(running, asked.examples, asked.seed, Path(folder), *more).returncode


def fuzz(
    running: Served, examples: int, seed: int, folder: Path, *more: str, quiet: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run schemathesis with a real token, in ``folder``, as it keeps a cache where it runs."""
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", f"{running.url}/api/v1/openapi.json",
        "--header", f"Authorization: Bearer {running.token}", "--max-examples", str(examples),
        "--seed", str(seed), "--generation-database", "none", "--no-color", *more,
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, text=True, check=False, capture_output=quiet)


if __name__ == "__main__":
    sys.exit(main())
