"""What is shipped: the wheel carries all that runs need; each image's lock suffices for its role."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Refuses every installed package that the image of this role would not have.
ONLY_LOCKED = """
import importlib.abc, importlib.metadata, re, sys
locked = {re.sub("[-_.]+", "-", name) for name in sys.argv[1].split()}
owners = importlib.metadata.packages_distributions()
ours = {"extractors", "intake_service", "worker", "templates_ref"}
class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        owned_by = {re.sub("[-_.]+", "-", owner).lower() for owner in owners.get(name.partition(".")[0], ())}
        if owned_by and name.partition(".")[0] not in ours and not owned_by & locked:
            raise ModuleNotFoundError(f"{name} is not in the lock", name=name)
sys.meta_path.insert(0, Refuse())
import importlib
for name in sys.argv[2:]:
    importlib.import_module(name)
"""
IMAGES = {
    "web": [
        "intake_service.cli",
        "intake_service.cli.roles",
        "intake_service.cli.people",
        "intake_service.app",
        "intake_service.wsgi",
    ],
    "worker": [
        "intake_service.cli",
        "intake_service.cli.roles",
        "intake_service.cli.doctor",
        "worker.main",
        "worker.jobs",
        "worker.child",
        "extractors.pipeline",
    ],
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel built from here."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        return set(archive.namelist())


def test_the_wheel_carries_every_tracked_file_of_the_packages(wheel: set[str]) -> None:
    packages = ["extractors", "intake_service", "templates_ref", "worker"]
    listed = subprocess.run(
        ["git", "ls-files", "-z", *packages], cwd=ROOT, capture_output=True, text=True, check=True
    )
    missing = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()} - wheel
    assert not missing


def test_the_wheel_carries_the_browser_packages_but_not_their_sources(wheel: set[str]) -> None:
    assert any(re.fullmatch(r"intake_service/web/static/vendor/.+\.js", name) for name in wheel)
    assert not [name for name in wheel if "node_modules" in name or name.startswith(("tests/", "docker/"))]


@pytest.mark.parametrize("role", IMAGES)
def test_the_images_lock_suffices_for_its_role(role: str, tmp_path: Path) -> None:
    lock = (ROOT / "docker" / f"{role}.lock").read_text(encoding="utf-8")
    names = " ".join(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    done = subprocess.run(
        [sys.executable, "-c", ONLY_LOCKED, names, *IMAGES[role]],
        cwd=ROOT,
        env={"PATH": "", "INTAKE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
