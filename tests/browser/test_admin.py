"""Administration: how the service is, tokens and webhooks, what is removed when, who did what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Dialog, expect

from intake_service import queue, records, retention, webhooks
from intake_service.app import create_app
from intake_service.parts import SYSTEM, Parts
from intake_service.store import State, processes
from intake_service.store import webhooks as stored
from intake_service.store.submissions import Filter
from tests.browser import serving
from tests.browser.conftest import Desk
from tests.browser.conftest import log_in as log_in_by_keyboard
from tests.browser.test_door import log_in


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    made = serving.desk_parts(tmp_path_factory.mktemp("admin"))
    yield made
    made.store.close()


@pytest.fixture
def admin(parts: Parts) -> FlaskClient:
    client = create_app(parts.settings, parts).test_client()
    log_in(client, "admin")
    return client


def csrf(admin: FlaskClient) -> dict[str, str]:
    page = admin.get("/admin").text
    return {"csrf": page.split('name="csrf" content="', 1)[1].split('"', 1)[0]}


def test_the_state_names_what_is_missing(admin: FlaskClient, parts: Parts) -> None:
    page = admin.get("/admin").text
    assert "没有在工作的" in page
    assert "没有回应；收件照常" in page  # no queue server here
    with parts.store.write() as tx:
        processes.beat(tx, "m:1:1", "worker", {"engine": "rapidocr 3.10.0"})
        processes.beat(tx, "m:2:1", "worker", {"engine": "rapidocr 3.10.0"})
        silent = datetime.now(UTC) - timedelta(minutes=2)
        tx.execute(
            records.processes.update().where(records.processes.c.name == "m:2:1").values(seen_at=silent)
        )
    page = admin.get("/admin").text
    assert "1 个在工作（rapidocr 3.10.0" in page
    assert page.count("没有消息</span>") == 1


def test_all_that_failed_is_read_again_at_once(admin: FlaskClient, parts: Parts) -> None:
    for number, state in enumerate((State.FAILED, State.QUARANTINED)):
        serving.add_failed(parts, f"坏{number}.pdf", "corrupt_file", "文件已损坏。", state)
    failed = Filter(status=(State.FAILED, State.QUARANTINED))
    assert len(queue.list_submissions(parts, failed).items) == 2
    assert admin.post("/admin/retry", data=csrf(admin)).status_code == 303
    assert not queue.list_submissions(parts, failed).items
    assert "没有失败的件" in admin.get("/admin").text


def test_a_webhooks_secret_is_shown_once_and_a_delivery_sent_again(admin: FlaskClient, parts: Parts) -> None:
    form = csrf(admin) | {"url": "https://example.org/hook", "event": "submission.read"}
    (secret,) = [
        each.secret
        for shown in [admin.post("/admin/webhooks", data=form).text]
        for each in webhooks.list_webhooks(parts, SYSTEM)
        if each.secret in shown
    ]
    page = admin.get("/admin/access").text
    assert secret not in page
    assert "还没有发送过" in page
    with parts.store.write() as tx:
        submission = queue.list_submissions(parts, Filter()).items[0]
        stored.emit(tx, "submission.read", submission)
        delivery = stored.take_due(tx)
        stored.end_delivery(tx, delivery.id, "answered 500", None)
    page = admin.get("/admin/access").text
    assert "没有送到" in page
    assert submission.receipt_number in page
    assert admin.post(f"/admin/deliveries/{delivery.id}/again", data=csrf(admin)).status_code == 303
    with parts.store.write() as tx:
        again = stored.take_due(tx)
    assert (again.id, again.body, again.attempts) == (delivery.id, delivery.body, 1)
    (webhook,) = webhooks.list_webhooks(parts, SYSTEM)
    assert admin.post(f"/admin/webhooks/{webhook.id}/ping", data=csrf(admin)).status_code == 303
    assert "试验" in admin.get("/admin/access").text
    admin.post(f"/admin/webhooks/{webhook.id}/delete", data=csrf(admin))
    assert admin.post(f"/admin/deliveries/{delivery.id}/again", data=csrf(admin)).status_code == 404
    assert "example.org" not in admin.get("/admin/access").text
    wrong = admin.post("/admin/webhooks", data=csrf(admin) | {"url": "http://10.0.0.1/"})
    assert (wrong.status_code, "只向 https:// 地址" in wrong.text) == (403, True)


def test_what_goes_next_and_what_went(admin: FlaskClient, parts: Parts) -> None:
    submission_id = serving.hand_in(parts, b"%PDF-1.7 decided", "办结.pdf")
    then = datetime.now(UTC) - timedelta(days=40)
    with parts.store.write() as tx:
        about = records.submissions
        done = {"status": State.ACCEPTED, "decided_at": then, "decided_by": "lin"}
        tx.execute(about.update().where(about.c.id == submission_id).values(**done))
        number = tx.execute(sa.select(about.c.receipt_number).where(about.c.id == submission_id)).scalar_one()
    page = admin.get("/admin/keeping").text
    assert number in page
    assert "不自动清除" in page
    assert "还没有清除过" in page
    retention.purge(parts, SYSTEM, 30)
    page = admin.get("/admin/keeping").text
    assert number not in page
    certificate = json.loads(admin.get("/admin/certificates/1.json").text)
    assert certificate["submissions"][0]["receipt_number"] == number
    assert admin.get("/admin/certificates/2.json").status_code == 404


def test_the_trail_is_searched_by_person_action_and_number(admin: FlaskClient, parts: Parts) -> None:
    first, second = (serving.hand_in(parts, b"%PDF-1.7 " + n, "件.pdf") for n in (b"1", b"2"))
    with parts.store.read() as tx:
        about = records.submissions
        numbers = dict(tx.execute(sa.select(about.c.id, about.c.receipt_number)).tuples().all())

    def rows(query: str) -> str:
        return admin.get(f"/admin/trail?{query}").text.split("<tbody>")[1].split("</tbody>")[0]

    assert numbers[second] not in rows(f"subject={numbers[first]}")
    assert rows(f"subject={numbers[first]}").count("<tr>") == 1
    assert "登录" in rows("who=admin")
    assert "收件" not in rows("who=admin&action=login")
    assert "没有符合的记录" in rows("subject=none")


@pytest.mark.browser
def test_administration_by_keyboard(browser: Browser, desk: Desk) -> None:
    serving.add_failed(desk.parts, "坏.pdf", "corrupt_file", "文件已损坏，无法打开。")
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    log_in_by_keyboard(page, desk.address, "admin")
    page.goto(f"{desk.address}/admin")
    for key, address in (("u", "users"), ("a", "access"), ("k", "keeping"), ("t", "trail")):
        page.keyboard.press(key)
        page.wait_for_url(f"**/admin/{address}")
        page.wait_for_load_state("networkidle")
    page.keyboard.press("s")
    page.wait_for_url("**/admin")
    page.wait_for_load_state("networkidle")
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    page.keyboard.press("r")
    expect(page.locator("#failed")).to_contain_text("没有失败的件")
    assert asked == ["把这 1 件全部重新识读吗？已识读的其他文件不受影响。"]
    context.close()
