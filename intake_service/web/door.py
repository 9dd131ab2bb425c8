"""The blueprint and what guards it: sessions, CSRF, security headers, errors as pages or JSON."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from extractors.errors import ExtractionError
from intake_service import accounts, queue
from intake_service.at_once import AtOnce
from intake_service.errors import ForbiddenError, ServiceError, UnauthorizedError
from intake_service.parts import SYSTEM, WATCHED_FOLDER, Actor, Parts, Role
from intake_service.store import State
from intake_service.store.submissions import Filter
from intake_service.web import assets, words

SESSION_COOKIE = "intake_session"
DOOR_COOKIE = "intake_door"
STATIC_ENDPOINTS = {"web.static", "web.sheet", "web.versioned"}
OPEN_ENDPOINTS = {"web.login"}
BACKGROUND_ENDPOINTS = {"web.progress", "web.news"}
"""What pages ask by themselves: nobody need sit there, so a session is not used by it."""
CHOSE_OWN = "chose_own"
"""A user's preference: true once the password is the user's own choice, not one somebody handed out."""
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
}

ERROR_TITLES = {
    400: "请求有误",
    401: "请先登录",
    403: "没有权限",
    404: "找不到这一页",
    405: "不能这样操作",
    409: "内容已有变化",
    413: "文件太大",
    429: "操作太频繁",
    500: "服务出错了",
    503: "服务正忙",
    507: "磁盘空间不足",
}
ERROR_ADVICE = {
    403: "登录或页面可能已经过期：刷新页面再试一次；仍然不行请联系管理员。",
    404: "链接可能写错，或者这份件已被删除。可到“队列”里按编号搜索。",
    409: "回到刚才的页面刷新，就能看到最新内容。",
    413: "请降低扫描分辨率（200–300 dpi 足够），或分成几份提交。",
    500: "内容没有丢失。请过一会儿再试；多次出现请联系管理员。",
}


@dataclass(frozen=True, slots=True)
class Room:
    """One entry of the main navigation."""

    name: str
    word: str
    endpoint: str
    key: str
    role: Role
    count: int = 0
    count_title: str = ""


ROOMS = (
    Room("inbox", "收件", "web.intake", "1", Role.CLERK),
    Room("queue", "队列", "web.queue", "2", Role.CLERK),
    Room("review", "审核", "web.review_next", "3", Role.REVIEWER),
    Room("results", "结果", "web.results", "4", Role.REVIEWER),
    Room("overview", "看板", "web.overview", "5", Role.REVIEWER),
    Room("admin", "管理", "web.admin", "6", Role.ADMIN),
)


def create_blueprint(parts: Parts, once: AtOnce) -> Blueprint:
    """All pages of the desk, mounted at the root. The arguments are what the use cases work with."""
    from intake_service.web import (
        access_room,
        admin_room,
        bulk_room,
        entrance,
        filing_room,
        intake_room,
        keeping_room,
        letters_room,
        lists_room,
        note_room,
        queue_room,
        register_room,
        results_room,
        review_room,
        rules_room,
        second_room,
        wall_room,
    )

    web = Blueprint(
        "web", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )
    assets.add_routes(web)

    @web.before_request
    def guard() -> ResponseReturnValue | None:
        g.parts, g.at_once = parts, once
        return _guard()

    web.after_request(_add_headers)
    web.app_context_processor(_common_context)
    for name in ("near", "exact", "day"):
        web.add_app_template_filter(getattr(words, name), name)
    web.add_app_template_filter(shown_name, "person")
    web.register_error_handler(ServiceError, refused)
    web.register_error_handler(ExtractionError, refused)
    web.register_error_handler(HTTPException, http_refused)
    rooms = (
        entrance,
        intake_room,
        note_room,
        register_room,
        letters_room,
        queue_room,
        bulk_room,
        review_room,
        rules_room,
        second_room,
        wall_room,
        results_room,
        filing_room,
        lists_room,
        admin_room,
        access_room,
        keeping_room,
    )
    for room in rooms:
        room.add_routes(web)
    return web


def actor() -> Actor:
    """Who is logged in; the guard has made sure that somebody is."""
    return cast("Actor", g.actor)


def parts() -> Parts:
    """What the use cases work with."""
    return cast("Parts", g.parts)


def at_once() -> AtOnce:
    """What reads again while somebody waits."""
    return cast("AtOnce", g.at_once)


def shown_name(name: str) -> str:
    """What colleagues call the user ``name``; the name itself for other systems and who is gone."""
    if "people" not in g:
        g.people = queue.people(parts()) | {each.name: each.display_name for each in (SYSTEM, WATCHED_FOLDER)}
    return g.people.get(name, name) or name


def wants_json() -> bool:
    """Whether the caller is one of our scripts."""
    return request.accept_mimetypes.best == "application/json"


def untrusted_json() -> dict[str, Any]:
    """The JSON object of the request, empty for anything else."""
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def safe_next(untrusted: str) -> str:
    """A path of ours to go on to after log-in, else the home page: never another host."""
    split = urlsplit(untrusted)
    ours = (
        untrusted.startswith("/")
        and not untrusted.startswith(("//", "/\\"))
        and not (split.scheme or split.netloc)
    )
    return untrusted if ours and "\\" not in untrusted and untrusted.isprintable() else url_for("web.home")


def _guard() -> ResponseReturnValue | None:
    g.actor, g.csrf = None, ""
    if request.endpoint in STATIC_ENDPOINTS:
        return None  # the same for everybody, and a first visit asks for thirty: nobody is looked up
    in_use = request.endpoint not in BACKGROUND_ENDPOINTS
    secret = request.cookies.get(SESSION_COOKIE)
    session = accounts.find_session(g.parts, secret, in_use=in_use) if secret else None
    if session is not None:
        g.actor, g.csrf, g.session_id = session.actor, session.csrf, session.id
    if request.endpoint in OPEN_ENDPOINTS:
        g.csrf = g.csrf or request.cookies.get(DOOR_COOKIE) or secrets.token_urlsafe(32)
    elif session is None:
        if wants_json() or request.method not in SAFE_METHODS:
            raise UnauthorizedError("登录已过期，请重新登录后再试。")
        here = request.full_path.rstrip("?")
        return redirect(url_for("web.login", next=here if here != "/" else None))
    if request.method not in SAFE_METHODS:
        _check_csrf()
    return None


def _check_csrf() -> None:
    expected = g.csrf if g.actor is not None else request.cookies.get(DOOR_COOKIE, "")
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise ForbiddenError("这个请求来自别的网站，已拒绝。")
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        raise ForbiddenError("页面已过期，请刷新后再试一次。")


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype in {"text/html", "application/json"}:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _common_context() -> dict[str, Any]:
    theme = request.cookies.get("theme", "")
    return {
        "csrf_token": g.get("csrf", ""),
        "actor": g.get("actor"),
        "rooms": _rooms(),
        "active": g.get("active", ""),
        "handed_password": _has_handed_password(),
        "theme": theme if theme in {"light", "dark"} else "",
        "asset": assets.address,
    }


def _has_handed_password() -> bool:
    who: Actor | None = g.get("actor")
    return who is not None and not accounts.preferences(g.parts, who).get(CHOSE_OWN)


def _rooms() -> list[Room]:
    who: Actor | None = g.get("actor")
    if who is None:
        return []
    shown = [room for room in ROOMS if who.may(room.role)]
    waiting = queue.count_by_status(g.parts, Filter(status=(State.IN_REVIEW,)))[State.IN_REVIEW]
    return [
        replace(room, count=waiting, count_title="待审核") if room.name == "queue" else room for room in shown
    ]


def refused(error: ServiceError | ExtractionError) -> ResponseReturnValue:
    """A refused request or file."""
    if isinstance(error, ExtractionError):
        return _error_answer(422, error.code, error.message)
    return _error_answer(error.http_status, error.code, error.message, error.headers)


def http_refused(error: HTTPException) -> ResponseReturnValue:
    """What Flask itself refuses, as an address that belongs to no page."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    codes = {404: "not_found", 413: "file_too_large", 429: "rate_limited"}
    default = "页面不存在。" if status == 404 else "这个请求没有完成。"
    other = "internal_error" if status >= 500 else "invalid_request"
    return _error_answer(status, codes.get(status, other), default)


def _error_answer(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """A refused request as the caller can use it: JSON for scripts, a helpful page for people."""
    if wants_json():
        return jsonify(code=code, message=message), status, dict(headers or {})
    page = render_template(
        "error.html",
        title=ERROR_TITLES.get(status, "这一步没有完成"),
        message=message,
        advice=ERROR_ADVICE.get(status, ""),
        code=code,
    )
    return page, status, dict(headers or {})
