"""The named places are off in production, and there is nothing but code in ``tests`` that turns them on."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from intake_service import faultpoints

ROOT = Path(__file__).resolve().parents[2]
OURS = ("intake_service", "worker", "extractors")


def calls(name: str) -> list[tuple[Path, ast.Call]]:
    return [
        (path, node)
        for package in OURS
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and name in {getattr(node.func, "id", ""), getattr(node.func, "attr", "")}
    ]


def test_nothing_of_ours_arms_them() -> None:
    assert not calls("arm")
    users = [
        path
        for package in OURS
        for path in (ROOT / package).rglob("*.py")
        if "_armed" in path.read_text("utf-8")
    ]
    assert users == [ROOT / "intake_service" / "faultpoints.py"]


def test_no_role_is_armed_whatever_its_environment_says() -> None:
    code = "import intake_service.app, worker.main; from intake_service import faultpoints; print(faultpoints._armed)"
    environment = {
        "PATH": "",
        "FAULTS": "1",
        "FAULT_POINTS": "all",
        "FAULTS_FOREIGN": "yes",
        "PYTEST_CURRENT_TEST": "x",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_place_is_named_once_in_the_list() -> None:
    named = {node.args[0].value for _path, node in calls("reach") if isinstance(node.args[0], ast.Constant)}
    assert named == set(faultpoints.POINTS)
    assert all(isinstance(node.args[0], ast.Constant) for _path, node in calls("reach"))


def test_an_armed_place_strikes_and_an_unarmed_one_does_nothing() -> None:
    reached: list[str] = []
    faultpoints.reach("job.leased")
    faultpoints.arm(reached.append)
    try:
        faultpoints.reach("job.leased")
    finally:
        faultpoints._armed.clear()
    assert reached == ["job.leased"]
