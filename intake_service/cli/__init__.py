"""The command ``intake``. Each command's own code is loaded when it is called, so a role imports only its own."""

from __future__ import annotations

import importlib
import os

import click

from intake_service.logs import set_up_logging
from intake_service.settings import YES

COMMANDS = {
    "extract": ("worker.extract:extract", "识别文件，结果写成 JSON（不需要服务和数据库）"),
    "serve": ("intake_service.cli.serve:serve", "在一台机器上启动全部：网页、接口、读取进程、队列"),
    "demo": ("intake_service.cli.serve:demo", "用临时文件夹启动演示，样张已在队列中"),
    "web": ("intake_service.cli.roles:web", "只启动网页与接口"),
    "worker": ("intake_service.cli.roles:worker", "只启动一个读取进程"),
    "watch": ("intake_service.cli.roles:watch", "只启动扫描文件夹的收件进程"),
    "migrate": ("intake_service.cli.roles:migrate", "把数据库升级到最新结构"),
    "user": ("intake_service.cli.people:user", "用户管理：add、list、disable、password"),
    "token": ("intake_service.cli.people:token", "接口令牌管理：create、list、revoke"),
    "rules": ("intake_service.cli.rules:rules", "征集通知的规则：explain 逐条说明一份件，check 检查规则文件"),
    "form": ("intake_service.cli.form:form", "表格的版式：check 检查文件夹，try 试读一个文件"),
    "letters": ("intake_service.cli.letters:letters", "文书模板：check 检查模板文件"),
    "replay": (
        "intake_service.cli.replay:replay",
        "用这个版本重读已通过的件，与人定过的内容比较，不改动任何件",
    ),
    "backup": ("intake_service.cli.keeping:backup", "把数据库和文件备份成一个文件（服务可继续运行）"),
    "restore": ("intake_service.cli.keeping:restore", "把备份恢复到空的数据库和文件夹，逐项校验"),
    "purge": ("intake_service.cli.keeping:purge", "删除已办结且超过保存期的件，输出销毁证明"),
    "doctor": ("intake_service.cli.doctor:doctor", "逐项检查数据库、队列、存储、模型、字体"),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called; the list of commands imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table's own sentences."""
        with formatter.section("命令"):
            formatter.write_dl([(name, words) for name, (_target, words) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="intake-service")
def main() -> None:
    """社会培训评价组织基本情况表：收件、识别、审核。"""
    as_json = os.environ.get("INTAKE_LOG_JSON", "").lower() in YES
    set_up_logging(os.environ.get("INTAKE_LOG", ""), as_json=as_json)
