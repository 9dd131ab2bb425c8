"""What each role loads when it starts, seen from a process of its own; and names sent as words resolve."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from intake_service import dispatch
from intake_service.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]
VISION = frozenset(
    {"numpy", "cv2", "onnxruntime", "rapidocr", "pypdfium2", "pikepdf", "pdfplumber", "pytesseract"}
)
DOORS = frozenset({"flask", "waitress", "jinja2"})
DATABASE = frozenset({"sqlalchemy", "redis", "rq", "alembic"})

LOADS = [
    ("intake_service.app", VISION),
    ("intake_service.wsgi", VISION),
    ("intake_service.cli", VISION | DOORS | DATABASE),
    ("worker.jobs", DOORS),
    ("worker.sweeper", DOORS | VISION),
    ("worker.watch", DOORS | VISION),
    ("intake_service.client", VISION | DOORS | DATABASE),
    ("extractors.pipeline", DOORS | DATABASE),
    ("extractors.form.reading", VISION | DOORS | DATABASE),
]


@pytest.mark.parametrize(("module", "unwanted"), LOADS, ids=[module for module, _ in LOADS])
def test_importing_a_role_leaves_the_other_roles_libraries_out(
    module: str, unwanted: frozenset[str], tmp_path: Path
) -> None:
    code = f"import {module}, json, sys; print(json.dumps([name.partition('.')[0] for name in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": "", "INTAKE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = frozenset(json.loads(done.stdout.splitlines()[-1]))
    assert not loaded & unwanted


def test_the_name_of_the_job_resolves() -> None:
    module, _, name = dispatch.READ_JOB.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_resolves_and_explains_itself(name: str) -> None:
    answer = CliRunner().invoke(main, [name, "--help"])
    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("Usage:")
