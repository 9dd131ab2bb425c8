"""Users and tokens from the command line; whoever may run it has the database anyway."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from intake_service import accounts, tokens
from intake_service.cli.shared import migrated_parts, sentences
from intake_service.parts import SYSTEM, Role


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("密码", hide_input=True, confirmation_prompt="再输入一次"))


@click.group()
def user() -> None:
    """用户管理。"""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True, help="角色")
@click.option("--display-name", default="", help="显示的姓名")
@click.option("--password-stdin", is_flag=True, help="从标准输入读一行作为密码")
@sentences
def add_user(name: str, role: str, display_name: str, *, password_stdin: bool) -> None:
    """添加用户 NAME。"""
    accounts.add_user(
        migrated_parts(), SYSTEM, name, role, _password(from_stdin=password_stdin), display_name
    )


@user.command("list")
def list_users() -> None:
    """列出用户：名称、角色、状态。"""
    for each in accounts.list_users(migrated_parts(), SYSTEM):
        click.echo(
            f"{each.name}\t{each.role}\t{'disabled' if each.disabled else 'enabled'}\t{each.display_name}"
        )


@user.command("disable")
@click.argument("name")
@click.option("--undo", is_flag=True, help="重新启用")
@sentences
def disable_user(name: str, *, undo: bool) -> None:
    """停用用户 NAME，并立即结束其登录。"""
    accounts.set_disabled(migrated_parts(), SYSTEM, name, disabled=not undo)


@user.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="从标准输入读一行作为密码")
@sentences
def set_password(name: str, *, password_stdin: bool) -> None:
    """给用户 NAME 设新密码。"""
    accounts.set_password(migrated_parts(), SYSTEM, name, _password(from_stdin=password_stdin))


@click.group()
def token() -> None:
    """接口令牌管理。"""


@token.command("create")
@click.option("--name", required=True, help="用这个令牌的系统")
@click.option("--scopes", default=",".join(tokens.SCOPES), show_default=True, help="范围，逗号分隔")
@click.option("--expires", default="", help="有效期：90d（天数）或 2027-01-01（最后一天）；不写则不失效")
@sentences
def create_token(name: str, scopes: str, expires: str) -> None:
    """新建令牌；标准输出上只有令牌本身，只显示这一次。"""
    chosen = tuple(scope.strip() for scope in scopes.split(",") if scope.strip())
    click.echo(tokens.create_token(migrated_parts(), SYSTEM, name, chosen, expires))


@token.command("list")
def list_tokens() -> None:
    """列出令牌：编号、名称、范围、状态、到期时间。"""
    for each in tokens.list_tokens(migrated_parts(), SYSTEM):
        over = "expired" if tokens.is_expired(each, datetime.now(UTC)) else "valid"
        state = "revoked" if each.revoked_at else over
        ends = each.expires_at.isoformat(timespec="seconds") if each.expires_at else "never"
        click.echo(f"{each.id}\t{each.name}\t{','.join(each.scopes)}\t{state}\t{ends}")


@token.command("revoke")
@click.argument("token_id")
@sentences
def revoke_token(token_id: str) -> None:
    """撤销编号为 TOKEN_ID 的令牌。"""
    tokens.revoke_token(migrated_parts(), SYSTEM, token_id)
