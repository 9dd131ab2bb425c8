"""The door's guards, without a browser: sessions, CSRF on every write, headers, safe redirects, error pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from intake_service import accounts
from intake_service.app import create_app
from intake_service.parts import SYSTEM, Parts
from intake_service.web import assets, door
from tests.browser import serving
from tests.browser.serving import PASSWORD

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return serving.desk_parts(tmp_path_factory.mktemp("door"))


@pytest.fixture
def client(parts: Parts) -> FlaskClient:
    return create_app(parts.settings, parts).test_client()


def csrf_of(page: TestResponse) -> str:
    return page.text.split('name="csrf" ', 1)[1].split('"', 2)[1]


def log_in(client: FlaskClient, name: str, **more: str) -> TestResponse:
    token = csrf_of(client.get("/login"))
    return client.post("/login", data={"name": name, "password": PASSWORD, "csrf": token, **more})


def writing_addresses(client: FlaskClient) -> list[str]:
    """Every address of the desk that changes something, made from the URL map."""
    rules = client.application.url_map.iter_rules()
    fill = {
        "submission_id": "x",
        "token_id": "x",
        "webhook_id": "x",
        "delivery_id": "x",
        "session_id": "x",
        "name": "lin",
        "letter_kind": "receipt",
        "letter_id": "x",
        "document_id": "x",
        "number": 1,
    }
    adapter = client.application.url_map.bind("localhost")
    return [
        adapter.build(rule.endpoint, {name: fill[name] for name in rule.arguments}, method="POST")
        for rule in rules
        if rule.endpoint.startswith("web.") and "POST" in (rule.methods or ())
    ]


def test_there_are_addresses_to_guard(client: FlaskClient) -> None:
    assert len(writing_addresses(client)) >= 14


def test_every_write_wants_the_csrf_word(client: FlaskClient) -> None:
    assert log_in(client, "admin").status_code == 303
    for address in writing_addresses(client):
        assert client.post(address).status_code == 403, address
        assert client.post(address, headers={"X-CSRF-Token": "guessed"}).status_code == 403, address


def test_a_write_from_another_site_is_refused_even_with_the_word(client: FlaskClient) -> None:
    log_in(client, "admin")
    token = client.get("/queue").text.split('name="csrf" content="', 1)[1].split('"', 1)[0]
    headers = {"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}
    assert client.post("/logout", headers=headers).status_code == 403
    assert client.get("/queue").status_code == 200


def test_nothing_is_shown_before_log_in(client: FlaskClient) -> None:
    for address in (
        "/",
        "/queue",
        "/intake",
        "/review/x",
        "/results",
        "/overview",
        "/admin",
        "/results/export.csv",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login"), address
    for address in writing_addresses(client):
        if address != "/login":
            assert client.post(address).status_code == 401, address
    assert client.get("/review/x/state", headers=JSON).status_code == 401


def test_a_clerk_sees_neither_results_nor_administration(client: FlaskClient) -> None:
    log_in(client, "shou")
    for address in ("/results", "/overview", "/admin", "/results/export.csv", "/review/next"):
        assert client.get(address).status_code == 403, address
    assert "结果" not in client.get("/queue").text.split("<main")[0]


def test_exports_say_their_kind_once_and_are_kept_as_files(client: FlaskClient) -> None:
    log_in(client, "lin")
    for kind, media_type in (("csv", "text/csv; charset=utf-8"), ("json", "application/x-ndjson")):
        answer = client.get(f"/results/export.{kind}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
        assert answer.headers["Content-Disposition"].startswith("attachment; ")


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "",
        "/\t/evil.example",
    ],
)
def test_log_in_never_leads_elsewhere(client: FlaskClient, evil: str) -> None:
    assert log_in(client, "lin", next=evil).location == "/"


def test_log_in_leads_back(client: FlaskClient) -> None:
    assert log_in(client, "lin", next="/queue?status=all").location == "/queue?status=all"


def test_a_wrong_password_is_told_and_the_name_kept(client: FlaskClient) -> None:
    token = csrf_of(client.get("/login"))
    answer = client.post("/login", data={"name": "lin", "password": "wrong", "csrf": token})
    assert answer.status_code == 401
    assert "用户名或密码不对" in answer.text
    assert 'value="lin"' in answer.text


def test_log_out_ends_the_session_on_the_server(client: FlaskClient, parts: Parts) -> None:
    log_in(client, "lin")
    cookie = client.get_cookie(door.SESSION_COOKIE)
    assert cookie is not None
    token = client.get("/queue").text.split('name="csrf" content="', 1)[1].split('"', 1)[0]
    client.post("/logout", data={"csrf": token})
    other = create_app(parts.settings, parts).test_client()
    other.set_cookie(door.SESSION_COOKIE, cookie.value)
    assert other.get("/queue").status_code == 302


def test_pages_carry_the_strict_policy_and_no_inline_code(client: FlaskClient) -> None:
    log_in(client, "admin")
    for address in ("/intake", "/queue", "/results", "/overview", "/admin", "/login"):
        answer = client.get(address)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers.get("Cache-Control", "no-store")
        assert " style=" not in answer.text
        assert " onclick=" not in answer.text
        assert "<style" not in answer.text
        assert answer.text.count("<script") == answer.text.count(
            '<script type="module" src='
        ) + answer.text.count("<script src=")


def test_an_error_says_what_to_do(client: FlaskClient) -> None:
    log_in(client, "lin")
    page = client.get("/review/none")
    assert page.status_code == 404
    assert "按编号搜索" in page.text
    answer = client.get("/submissions/none/progress", headers=JSON)
    assert answer.get_json()["code"] == "not_found"


def test_a_refused_file_is_told_in_words(client: FlaskClient, tmp_path: Path) -> None:
    log_in(client, "shou")
    token = client.get("/intake").text.split('name="csrf" content="', 1)[1].split('"', 1)[0]
    empty = tmp_path / "空.pdf"
    empty.touch()
    with empty.open("rb") as stream:
        answer = client.post(
            "/intake/upload", data={"file": (stream, "空.pdf")}, headers={**JSON, "X-CSRF-Token": token}
        )
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "empty_file"
    assert "空.pdf" in answer.get_json()["message"]


def test_static_files_are_kept_for_good_under_their_version_only(client: FlaskClient) -> None:
    log_in(client, "lin")
    script = client.get("/queue").text.split('<script type="module" src="', 1)[1].split('"', 1)[0]
    assert "immutable" in client.get(script).headers["Cache-Control"]
    version = script.split("/")[2]
    other = client.get(script.replace(version, "older"))
    assert other.status_code == 200
    assert "immutable" not in other.headers["Cache-Control"]
    assert client.get(f"/assets/{version}/../door.py").status_code == 404


def test_the_sheets_come_as_one_and_none_is_left_out(client: FlaskClient) -> None:
    page = client.get("/login").text
    version = page.split("/assets/", 1)[1].split("/", 1)[0]
    one = client.get(f"/assets/{version}/desk.css")
    assert "immutable" in one.headers["Cache-Control"]
    assert one.mimetype == "text/css"
    files = {file.stem: file.read_text(encoding="utf-8") for file in (assets.STATIC / "css").glob("*.css")}
    assert [name for name, text in files.items() if text not in one.text] == ["dark"]
    assert f"/assets/{version}/css/dark.css" in page


@pytest.mark.parametrize(
    ("theme", "media"),
    [
        ("", "(prefers-color-scheme: dark)"),
        ("dark", "all"),
        ("light", "not all"),
        ("x", "(prefers-color-scheme: dark)"),
    ],
)
def test_the_night_holds_by_choice_else_by_the_systems_wish(
    client: FlaskClient, theme: str, media: str
) -> None:
    client.set_cookie("theme", theme)
    assert f'id="night" media="{media}"' in client.get("/login").text


def test_every_module_of_the_review_page_is_fetched_ahead() -> None:
    template = (Path(door.__file__).parent / "templates" / "review_modules.html").read_text(encoding="utf-8")
    scripts = assets.STATIC / "js"
    files = list((scripts / "review").glob("*.js"))
    modules = {f"review/{file.stem}" for file in files}
    imports = (re.findall(r'from "\.\./(\w+)\.js"', file.read_text(encoding="utf-8")) for file in files)
    modules |= {name for found in imports for name in found}
    assert {name for name in modules if f'"{name}"' not in template} == set()


@pytest.fixture(scope="module")
def failed(parts: Parts) -> str:
    return serving.add_failed(parts, "坏.pdf", "corrupt_file", "文件已损坏，无法打开。")


def test_a_failed_submission_says_why_and_can_be_typed_in(client: FlaskClient, parts: Parts) -> None:
    log_in(client, "lin")
    submission_id = serving.add_failed(parts, "坏一.pdf", "corrupt_file", "文件已损坏，无法打开。")
    page = client.get(f"/review/{submission_id}").text
    assert "文件已损坏，无法打开。" in page
    assert "坏一.pdf" in page
    assert "已无待核对项" not in page
    token = page.split('name="csrf" content="', 1)[1].split('"', 1)[0]
    address = page.split("/type-in", 1)[0].rsplit('"', 1)[1] + "/type-in"
    assert client.post(address, data={"csrf": token}).location == f"/review/{submission_id}"
    assert "名称" in client.get(f"/review/{submission_id}").text


def test_a_clerk_sees_why_a_file_failed(client: FlaskClient, failed: str) -> None:
    log_in(client, "shou")
    page = client.get(f"/review/{failed}")
    assert page.status_code == 200
    assert "文件已损坏" in page.text
    assert "重新识读</button>" not in page.text


def test_people_choose_their_own_password(client: FlaskClient, parts: Parts) -> None:
    accounts.add_user(parts, SYSTEM, "chen", "clerk", PASSWORD, "陈收发")
    log_in(client, "chen")
    page = client.get("/account").text
    assert "请改密码" in page  # it is still the one somebody handed out
    form = {"csrf": page.split('name="csrf" content="', 1)[1].split('"', 1)[0], "old": PASSWORD}
    differ = client.post("/account", data={**form, "new": "another-password", "again": "another-pass"})
    assert "不一样" in differ.text
    wrong = client.post(
        "/account", data={**form, "old": "x", "new": "another-password", "again": "another-password"}
    )
    assert (wrong.status_code, "原密码不对" in wrong.text) == (401, True)
    done = client.post("/account", data={**form, "new": "another-password", "again": "another-password"})
    assert done.location == "/login?changed=1"
    assert client.get("/queue").status_code == 302
    assert log_in(client, "chen").status_code == 401
    token = csrf_of(client.get("/login"))
    client.post("/login", data={"name": "chen", "password": "another-password", "csrf": token})
    assert "请改密码" not in client.get("/queue").text


def test_the_queue_shows_what_a_clerk_needs(client: FlaskClient, parts: Parts) -> None:
    first, second = (
        serving.hand_in(parts, b"%PDF-1.7 the same", name, sender="王某") for name in ("甲.pdf", "乙.pdf")
    )
    log_in(client, "shou")
    page = client.get("/queue?status=reading").text
    assert page.split("<tbody>", 1)[1].count("可能重复") == 2
    assert page.index("甲.pdf") < page.index("乙.pdf")  # who waits is taken in turn
    assert "寄件人 王某" in page
    assert "审核下一件" not in page
    answer = client.get(f"/submissions/{second}/progress", headers=JSON).get_json()
    assert answer["notice"] == ""  # it is told when it is read; the upload's answer named the other already
    assert first in page


def test_the_trail_tells_an_administrator_when_it_was_tampered_with(
    client: FlaskClient, parts: Parts
) -> None:
    import sqlalchemy as sa

    log_in(client, "lin")
    assert client.get("/admin/trail").status_code == 403
    other = create_app(parts.settings, parts).test_client()
    log_in(other, "admin")
    assert "林审核" in other.get("/admin/trail").text
    assert "记录完整" in other.get("/admin/trail?verify=1").text
    with parts.store.write() as tx:
        was = tx.execute(sa.text("SELECT actor FROM audit WHERE number = 2")).scalar_one()
        tx.execute(sa.text("UPDATE audit SET actor = 'nobody' WHERE number = 2"))
    assert "第 2 条起封签不符" in other.get("/admin/trail?verify=1").text
    with parts.store.write() as tx:
        tx.execute(sa.text("UPDATE audit SET actor = :was WHERE number = 2"), {"was": was})
