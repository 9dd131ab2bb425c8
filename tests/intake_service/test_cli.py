"""The command line, in this process; ``serve`` is tested in tests/flow."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from intake_service.cli import COMMANDS, main
from intake_service.settings import SETTINGS, SettingsError, load_settings


def intake(*arguments: str, typed: str = "", code: int = 0) -> str:
    done = CliRunner().invoke(main, arguments, input=typed)
    assert done.exit_code == code, done.output
    return done.output


def test_help_lists_every_command() -> None:
    shown = intake("--help")
    assert all(re.search(rf"^  {name} ", shown, re.MULTILINE) for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    assert "Usage" in intake(name, "--help")


def test_users_and_tokens_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_DATA", str(tmp_path))
    intake("user", "add", "wang", "--role", "reviewer", "--password-stdin", typed="correct horse\n")
    assert "wang\treviewer\tenabled" in intake("user", "list")
    intake("user", "disable", "wang")
    assert "wang\treviewer\tdisabled" in intake("user", "list")
    secret = intake("token", "create", "--name", "register", "--scopes", "read,submit", "--expires", "2d")
    assert re.fullmatch(r"itk_[\w-]{40,}\n", secret)
    token_id, name, scopes, state, ends = intake("token", "list").split("\t")
    assert (name, scopes, state) == ("register", "read,submit", "valid")
    assert datetime.fromisoformat(ends.strip()) > datetime.now(UTC)
    intake("token", "revoke", token_id)
    assert "revoked" in intake("token", "list")
    assert secret.strip() not in (tmp_path / "intake.db").read_bytes().decode("latin-1")


def test_refusals_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_DATA", str(tmp_path))
    assert "密码应为" in intake(
        "user", "add", "wang", "--role", "clerk", "--password-stdin", typed="short\n", code=1
    )
    assert "没有用户" in intake("user", "disable", "nobody", code=1)
    intake("token", "create", "--name", "x", "--scopes", "everything", code=1)
    intake("user", "add", code=2)
    monkeypatch.setenv("INTAKE_PROT", "1")
    assert "INTAKE_PROT" in intake("user", "list", code=2)


def test_doctor_checks_one_line_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_DATA", str(tmp_path))
    lines = intake("doctor").splitlines()
    parts = ["版本", "数据库", "存储", "队列", "读取进程", "审计链", "识别模型", "字体"]
    assert [line.split("\t")[1] for line in lines] == parts
    monkeypatch.setenv("INTAKE_REDIS_URL", "redis://127.0.0.1:1")
    assert "不通过\t队列" in intake("doctor", code=1)


def test_settings_come_from_files_too(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret\n")
    loaded = load_settings(
        {"INTAKE_DATA": str(tmp_path), "INTAKE_SECRET_KEY_FILE": str(tmp_path / "secret"), "INTAKE_PORT": "9"}
    )
    assert (loaded.secret_key, loaded.port) == ("a secret", 9)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "x"), ("PORT", "-1"), ("SECURE_COOKIES", "perhaps"), ("SECRET_KEY_FILE", "/no/such")],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings({"INTAKE_DATA": str(tmp_path), f"INTAKE_{name}": value})


def test_the_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first, again = (load_settings({"INTAKE_DATA": str(tmp_path)}).secret_key for _ in range(2))
    assert first == again
    assert len(first) > 40
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"secret.key"}


def test_every_setting_is_explained() -> None:
    assert all(re.search(r"[\u4e00-\u9fff]", setting.help) for setting in SETTINGS)
