"""The programs and fonts that tests need from the operating system, and how they get there.

`python tests/setup/system.py` tells what is missing and which tests that skips; with `--install` it asks apt
for it, where apt exists and we are root or may become root without a password. Standard library only: it runs
before `.venv` is filled. `tests/conftest.py` reads the same table for `@pytest.mark.needs("tesseract")`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
# Font package → the start of one of its file names.
FONT_PACKAGES = {
    "fonts-noto-cjk": "NotoSansCJK",
    "fonts-arphic-uming": "uming",
    "fonts-arphic-ukai": "ukai",
    "fonts-arphic-gbsn00lp": "gbsn00lp",
    "fonts-arphic-gkai00mp": "gkai00mp",
    "fonts-wqy-zenhei": "wqy-zenhei",
    "fonts-wqy-microhei": "wqy-microhei",
    "fonts-lxgw-wenkai": "LXGWWenKai",
}


@dataclass(frozen=True, slots=True)
class Need:
    """Something of the operating system; `missing()` names the Debian packages of what is not there."""

    name: str
    what_for: str
    missing: Callable[[], tuple[str, ...]]


def _command(package: str, *commands: str) -> Callable[[], tuple[str, ...]]:
    return lambda: () if any(map(shutil.which, commands)) else (package,)


def _tesseract() -> tuple[str, ...]:
    packages = ("tesseract-ocr", "tesseract-ocr-chi-sim")
    program = shutil.which("tesseract")
    if program is None:
        return packages
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False).stdout
    return () if "chi_sim" in listed.split() else packages[1:]


def _postgresql() -> tuple[str, ...]:
    return () if any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) else ("postgresql",)


def _swift() -> tuple[str, ...]:
    roles = ("proxy", "account", "container", "object")
    return tuple(f"swift-{role}" for role in roles if not Path(f"/usr/bin/swift-{role}-server").exists())


def _fonts() -> tuple[str, ...]:
    files = {file.name for folder in FONT_FOLDERS if folder.is_dir() for file in folder.rglob("*.*")}
    return tuple(
        package
        for package, start in FONT_PACKAGES.items()
        if not any(file.startswith(start) for file in files)
    )


NEEDS = (
    Need("tesseract", "the second OCR engine", _tesseract),
    Need("redis", "the queue on a server of its own", _command("redis-server", "redis-server")),
    Need("postgresql", "the roles apart, over PostgreSQL", _postgresql),
    Need("swift", "files in an object store that speaks S3", _swift),
    Need(
        "chromium",
        "the walk through the screens in a real browser",
        _command("chromium", "chromium", "chromium-browser", "google-chrome"),
    ),
    Need(
        "libreoffice",
        "forms that flow through a real word processor",
        _command("libreoffice-writer-nogui", "soffice"),
    ),
    Need("curl", "the examples of the API in README", _command("curl", "curl")),
    Need("fontconfig", "finding fonts by name", _command("fontconfig", "fc-list")),
    Need("fonts", "forms drawn in Chinese type", _fonts),
)


@cache
def missing_packages(name: str) -> tuple[str, ...]:
    """Debian packages that the need `name` still lacks on this machine; empty when all is there.

    Raises:
        KeyError: no such need.
    """
    return {need.name: need.missing for need in NEEDS}[name]()


def _as_root() -> list[str] | None:
    """The words before a command that make root run it, or None when we may not."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def _install(packages: list[str]) -> None:
    root = _as_root()
    if shutil.which("apt-get") is None or root is None:
        return
    print("Installing with apt-get:", " ".join(packages), flush=True)
    # unsafe-io: without it most of the time is waiting for fsync of thousands of small files.
    options = ["-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0", "-o", "Acquire::Retries=3"]
    install = [
        "install",
        "-y",
        "--no-install-recommends",
        "-o",
        "Dpkg::Options::=--force-unsafe-io",
        *packages,
    ]
    for words in (["update"], install):
        command = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *options, *words]
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            print(f"apt-get {words[0]} failed:\n{done.stderr[-2000:]}", file=sys.stderr)
            return


def main() -> None:
    """Say what is missing; with `--install`, get it where we may."""
    parser = argparse.ArgumentParser(description="System packages the tests need.")
    parser.add_argument(
        "--install", action="store_true", help="install what is missing through apt, if allowed"
    )
    install: bool = parser.parse_args().install
    wanted = [package for need in NEEDS for package in missing_packages(need.name)]
    if wanted and install:
        _install(wanted)
        missing_packages.cache_clear()
    for need in NEEDS:
        lacking = missing_packages(need.name)
        if lacking:
            print(f"Missing, so its tests are skipped: {need.name}, {need.what_for}.")
            print(f"  apt-get install {' '.join(lacking)}")


if __name__ == "__main__":
    main()
