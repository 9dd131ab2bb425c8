"""Everything that can be set, read once from the environment into one frozen value.

Each setting is ``INTAKE_<NAME>``; ``INTAKE_<NAME>_FILE`` names a file that holds the value instead, as
container secrets do. The table ``SETTINGS`` is the only list: the values below and README are made from it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "INTAKE_"
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the settings table. ``kind`` is text, path, integer or yes_no; secrets are never printed."""

    name: str
    default: str
    kind: str
    help: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("DATA", "./var", "path", "内置数据库、文件和队列所在的文件夹"),
    Setting(
        "DATABASE_URL", "", "text", "数据库地址；空 = DATA 里的 SQLite；多台机器用 PostgreSQL", secret=True
    ),
    Setting("REDIS_URL", "", "text", "队列地址；空 = serve 自带的队列服务", secret=True),
    Setting(
        "FILES_URL",
        "",
        "text",
        "文件库：file:///文件夹，或 s3://桶/前缀?endpoint=https://主机；空 = DATA/files",
    ),
    Setting("FILES_KEY", "", "text", "文件库是 s3:// 时的访问密钥编号", secret=True),
    Setting("FILES_SECRET", "", "text", "文件库是 s3:// 时的访问密钥", secret=True),
    Setting("FILES_CACHE_MB", "2048", "integer", "文件库是 s3:// 时，本机 DATA/cache 里大约留多少（MB）"),
    Setting("SECRET_KEY", "", "text", "签名密钥；空 = 首次启动生成并存于 DATA/secret.key", secret=True),
    Setting("HOST", "127.0.0.1", "text", "网页与接口监听的地址"),
    Setting("PORT", "8080", "integer", "网页与接口监听的端口"),
    Setting("WORKERS", "1", "integer", "serve 启动的读取进程数"),
    Setting("WEB_PROCESSES", "1", "integer", "serve 启动的网页进程数；一个约用满一个核"),
    Setting("THREADS", "8", "integer", "每个网页进程的线程数"),
    Setting("ENGINE", "rapidocr", "text", "识别引擎：rapidocr 或 tesseract"),
    Setting("MAX_FILE_MB", "100", "integer", "单个文件上限（MB）"),
    Setting("MAX_FILES", "50", "integer", "一次提交最多几个文件"),
    Setting("MAX_EXTRACT_MB", "10", "integer", "POST /extract 的文件上限（MB）"),
    Setting("MAX_WAITING", "20000", "integer", "等待读取的文件上限；超过时回答 queue_full"),
    Setting("MIN_FREE_MB", "200", "integer", "磁盘剩余少于此数（MB）时不再收件"),
    Setting("SESSION_HOURS", "12", "integer", "登录有效小时数"),
    Setting("SESSION_IDLE_MINUTES", "120", "integer", "多久没有操作就退出登录（分钟）"),
    Setting("CLAIM_MINUTES", "15", "integer", "领取一份件后无操作多久自动释放（分钟）"),
    Setting("LEASE_S", "15", "integer", "读取租约（秒）；读取进程死后多久由别的进程接手"),
    Setting("MAX_ATTEMPTS", "3", "integer", "读取几次仍崩溃则隔离"),
    Setting("LOGIN_TRIES", "8", "integer", "连续几次密码错误后暂停登录"),
    Setting("LOGIN_PAUSE_MINUTES", "15", "integer", "暂停登录的分钟数"),
    Setting("API_PER_MINUTE", "600", "integer", "每个令牌每分钟的请求上限"),
    Setting(
        "TRUSTED_PROXY",
        "",
        "text",
        "前面的代理的地址，它写的 X-Forwarded-For、X-Forwarded-Proto 才算数；空 = 都不算数",
    ),
    Setting("TRUSTED_PROXY_HOPS", "1", "integer", "经过几层这样的代理"),
    Setting("SECURE_COOKIES", "no", "yes_no", "仅经 HTTPS 发送登录 Cookie（在 HTTPS 代理后请设 yes）"),
    Setting("CALL", "hunan-2020-40", "text", "默认的征集批次"),
    Setting("WEBHOOK_PRIVATE", "no", "yes_no", "允许回调到内网地址和 http://（默认只允许公网 https）"),
    Setting(
        "RETENTION_DAYS", "0", "integer", "办结多少天后自动删除原件、图像和内容并留存销毁证明；0 = 不自动删除"
    ),
    Setting("WATCH", "", "path", "扫描仪存放文件的文件夹，其中的文件自动收件；空 = 不用"),
    Setting("WATCH_QUIET_S", "5", "integer", "扫描文件夹里的文件几秒不再变化才收"),
    Setting("WATCH_FOLDER_QUIET_S", "60", "integer", "其中的子文件夹（合为一份件）几秒不再变化才收"),
    Setting("WATCH_KEEP_DAYS", "30", "integer", "“已收件”里的文件几天后删除（原件在文件库里）；0 = 不删除"),
    Setting("LOG", "WARNING", "text", "日志级别：DEBUG、INFO、WARNING、ERROR（写到标准错误）"),
    Setting("LOG_JSON", "no", "yes_no", "日志每行写成一个 JSON，带件的编号，便于收集"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process. Sizes in MB are 1024 * 1024 bytes."""

    data: Path
    database_url: str
    redis_url: str
    files_url: str
    secret_key: str
    files_key: str = ""
    files_secret: str = ""
    files_cache_mb: int = 2048
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    web_processes: int = 1
    threads: int = 8
    engine: str = "rapidocr"
    max_file_mb: int = 100
    max_files: int = 50
    max_extract_mb: int = 10
    max_waiting: int = 20000
    min_free_mb: int = 200
    session_hours: int = 12
    session_idle_minutes: int = 120
    claim_minutes: int = 15
    lease_s: int = 15
    max_attempts: int = 3
    login_tries: int = 8
    login_pause_minutes: int = 15
    api_per_minute: int = 600
    trusted_proxy: str = ""
    trusted_proxy_hops: int = 1
    secure_cookies: bool = False
    call: str = "hunan-2020-40"
    webhook_private: bool = False
    retention_days: int = 0
    watch: Path | None = None
    watch_quiet_s: int = 5
    watch_folder_quiet_s: int = 60
    watch_keep_days: int = 30
    log: str = "WARNING"
    log_json: bool = False

    @property
    def embedded_queue(self) -> bool:
        """Whether the queue server is ours, on a socket in DATA."""
        return not self.redis_url

    @property
    def queue_password(self) -> str:
        """The password of the bundled queue server, derived from the secret key."""
        return hmac.new(self.secret_key.encode(), b"queue server", hashlib.sha256).hexdigest()


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; makes the folder DATA and, if none is given, a secret key in it.

    Raises SettingsError for a value that cannot be used, OSError when DATA cannot be written.
    """
    env = os.environ if environ is None else environ
    known = {f"{PREFIX}{item.name}": item for item in SETTINGS}
    raw = {item.name: _raw(env, item) for item in SETTINGS}
    for name in env:
        if name.startswith(PREFIX) and name.removesuffix("_FILE") not in known:
            raise SettingsError(f"不认识的设置 {name}；可用的设置见 README 的设置表。")
    data = Path(raw["DATA"]).expanduser().resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    integers = {
        item.name.lower(): _integer(item.name, raw[item.name]) for item in SETTINGS if item.kind == "integer"
    }
    return Settings(
        data=data,
        database_url=raw["DATABASE_URL"] or f"sqlite:///{data / 'intake.db'}",
        redis_url=raw["REDIS_URL"],
        files_url=raw["FILES_URL"] or (data / "files").as_uri(),
        secret_key=raw["SECRET_KEY"] or _stored_secret(data / "secret.key"),
        files_key=raw["FILES_KEY"],
        files_secret=raw["FILES_SECRET"],
        host=raw["HOST"],
        engine=raw["ENGINE"],
        trusted_proxy=raw["TRUSTED_PROXY"],
        secure_cookies=_yes_no("SECURE_COOKIES", raw["SECURE_COOKIES"]),
        call=raw["CALL"],
        webhook_private=_yes_no("WEBHOOK_PRIVATE", raw["WEBHOOK_PRIVATE"]),
        watch=Path(raw["WATCH"]).expanduser().resolve() if raw["WATCH"] else None,
        log=raw["LOG"],
        log_json=_yes_no("LOG_JSON", raw["LOG_JSON"]),
        **integers,
    )


def _raw(env: Mapping[str, str], item: Setting) -> str:
    name = f"{PREFIX}{item.name}"
    if file_name := env.get(f"{name}_FILE"):
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{name}_FILE 指定的文件读不了：{error.strerror}") from error
    return env.get(name) or item.default


def _integer(name: str, text: str) -> int:
    try:
        value = int(text)
    except ValueError as error:
        raise SettingsError(f"{PREFIX}{name} 应为整数，现为 {text!r}。") from error
    if value < 0:
        raise SettingsError(f"{PREFIX}{name} 不能为负数。")
    return value


def _yes_no(name: str, text: str) -> bool:
    if text.lower() not in {*YES, *NO}:
        raise SettingsError(f"{PREFIX}{name} 应为 yes 或 no，现为 {text!r}。")
    return text.lower() in YES


def _stored_secret(path: Path) -> str:
    """The secret key kept in ``path`` (mode 0600), made on first use.

    The whole key is written under another name and then linked into place: whoever comes second,
    even at the same moment, reads the first one's key, never half of it.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()
