"""The shape of the repository: what stands at the top, how large rooms may grow, what no file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP = {
    ".ci", ".dockerignore", ".gitignore", ".pre-commit-config.yaml", "LICENSE", "Makefile", "README.md",
    "docker", "extractors", "intake_service", "pyproject.toml", "requirements.lock", "schemathesis.toml", "templates_ref",
    "tests", "worker",
}  # fmt: skip
LONGEST_MODULE = 320  # "about 300"
LONGEST_WITH_REASON = 450
LONG_BECAUSE = re.compile(r"^Long because \S", re.MULTILINE)
# Kept apart in pieces, so that this file does not find itself.
MACHINE_PATH = re.compile(r"(^|[^\w.$}/-])/(work|farm|root|tmp/[a-z]+|home/[a-z]+|Users/[a-z]+)/")
REGISTRIES = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npm" + "js.org",
    "npm" + "mirror",
    "deb.debian" + ".org",
)


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


TRACKED = _tracked()
MODULES = [path for path in TRACKED if path.suffix == ".py"]


def _text(path: Path) -> str:
    """The words of a file; empty for pictures and other bytes."""
    raw = path.read_bytes()
    return "" if b"\0" in raw[:8000] else raw.decode("utf-8", "replace")


def test_the_top_level_is_the_one_of_the_design() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in TRACKED} <= TOP


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_long_module_says_why(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    lines = source.count("\n")
    head = ast.get_docstring(ast.parse(source)) or ""
    allowed = LONGEST_WITH_REASON if LONG_BECAUSE.search(head) else LONGEST_MODULE
    assert lines <= allowed, f"{lines} lines; split it, or begin a line of its docstring with 'Long because'"


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:160]}"
        for path in TRACKED
        for number, line in enumerate(_text(path).splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert not found, "\n".join(found)


def test_no_file_names_a_package_registry() -> None:
    """A lock file with a registry's address works behind one mirror only."""
    found = [
        f"{path.relative_to(ROOT)}: {host}" for path in TRACKED for host in REGISTRIES if host in _text(path)
    ]
    assert not found, "\n".join(found)


def test_no_large_file_is_tracked() -> None:
    large = [
        f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB"
        for path in TRACKED
        if path.stat().st_size > 1_500_000
    ]
    assert not large, "\n".join(large)
