"""Every route and who may use it, and a service with somebody of every role to try them on.

A new route is put into ``ROUTES`` (and, if it writes, a request that would be taken into ``BODIES``) or a test fails.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from intake_service import review, tokens
from intake_service.app import create_app
from intake_service.parts import Actor, Parts, Role
from intake_service.store import documents, people, whole
from tests.intake_service.builders import (
    JPEG,
    PDF,
    ScriptedReader,
    answering,
    in_review,
    make_parts,
    make_reading,
    read_all,
    upload,
)

OPEN = "open"
CLERK, REVIEWER, ADMIN = (str(role) for role in Role)
ROLES = [CLERK, REVIEWER, ADMIN]
ROUTES = {
    # endpoint: the lowest role (desk), the scope (API) or OPEN
    "web.static": OPEN, "web.sheet": OPEN, "web.versioned": OPEN, "web.login": OPEN,
    "health.healthz": OPEN, "health.readyz": OPEN, "health.numbers": OPEN,
    "api.docs": OPEN, "api.static": OPEN, "api.describe": OPEN,
    "web.home": CLERK, "web.account": CLERK, "web.end_session": CLERK, "web.logout": CLERK,
    "web.intake": CLERK, "web.upload": CLERK, "web.news": CLERK, "web.queue": CLERK, "web.progress": CLERK,
    "web.receipt": CLERK, "web.register": CLERK, "web.amend_register": CLERK,
    "web.rules": CLERK,
    "web.review": CLERK, "web.review_state": CLERK, "web.page_picture": CLERK, "web.page_cover": CLERK, "web.original": CLERK,
    "web.searchable": CLERK,
    "web.claim": REVIEWER, "web.review_next": REVIEWER, "web.review_save": REVIEWER, "web.review_rows": REVIEWER,
    "web.review_reread": REVIEWER, "web.review_undo": REVIEWER, "web.review_decide": REVIEWER, "web.review_retry": REVIEWER,
    "web.review_type_in": REVIEWER, "web.materials": CLERK, "web.letter": CLERK,
    "web.issue_letter": CLERK, "web.issued_letter": CLERK, "web.letter_file": CLERK,
    "web.second": REVIEWER, "web.second_enter": REVIEWER, "web.chosen": REVIEWER, "web.receipts": CLERK,
    "web.wall": REVIEWER, "web.wall_confirm": REVIEWER,
    "web.results": REVIEWER, "web.publication": REVIEWER, "web.export": REVIEWER, "web.overview": REVIEWER,
    "web.note": CLERK, "web.take_note": CLERK,
    "web.filing": REVIEWER, "web.record_filing": REVIEWER, "web.lists": REVIEWER, "web.list_file": REVIEWER,
    "web.review_reopen": ADMIN, "web.admin": ADMIN, "web.add_user": ADMIN, "web.change_user": ADMIN,
    "web.add_token": ADMIN, "web.revoke_token": ADMIN, "web.trail": ADMIN,
    "web.retry_all": ADMIN, "web.users": ADMIN, "web.access": ADMIN, "web.add_webhook": ADMIN, "web.drop_webhook": ADMIN,
    "web.send_again": ADMIN, "web.ping_webhook": ADMIN, "web.keeping": ADMIN, "web.certificate": ADMIN,
    "api.submit": "submit", "api.extract": "extract",
    "api.list_submissions": "read", "api.get_submission": "read", "api.get_reading": "read", "api.get_result": "read",
    "api.get_findings": "read",
    "api.list_letters": "read", "api.issue_letter": "review", "api.get_letter_file": "read",
    "api.get_page": "read", "api.get_original": "read", "api.get_searchable": "read",
    "api.propose": "review", "api.export_accepted": "export", "api.get_list": "export",
    "api.ping_webhook": "webhooks", "api.list_deliveries": "webhooks", "api.replay_delivery": "webhooks",
    "api.create_webhook": "webhooks", "api.list_webhooks": "webhooks", "api.delete_webhook": "webhooks",
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "web.second_enter": {"json": {"action": "enter", "path": "fields.org_name", "version": 1, "text": "甲"}},
    "web.chosen": {"json": {"action": "claim", "ids": ["x"]}},
    "web.review_save": {"json": {"path": "fields.org_name", "version": 1, "action": "correct", "text": "改"}},
    "web.review_reread": {"json": {"path": "fields.org_name", "page": 99, "box": [0.1, 0.1, 0.2, 0.2]}},
    "web.review_rows": {"json": {"action": "add", "version": 1, "at": 0}},
    "web.review_undo": {"json": {"version": 1}},
    "web.review_decide": {"data": {"decision": "accept", "version": "1"}},
    "api.issue_letter": {"json": {"kind": "receipt"}},
    "web.take_note": {"data": {"text": "来电询问申报时间。"}},
    "web.record_filing": {"data": {"version": "1", "code": "S000043010001"}},
    "web.review_reopen": {"data": {"reason": "看错了"}},
    "web.wall_confirm": {"json": {"seen": [{"id": "x", "path": "fields.org_name", "version": 1}]}},
    "web.add_user": {"data": {"name": "new", "role": "clerk", "password": "a long password"}},
    "web.change_user": {"data": {"action": "role", "role": "clerk"}},
    "web.add_webhook": {"data": {"url": "https://example.org/", "event": "submission.read"}},
    "web.add_token": {"data": {"name": "t", "scope": "read"}},
    "web.account": {"data": {"old": "x", "new": "a long password"}},
}


@dataclass
class World:
    """One service with a submission in review and somebody of every role, logged in."""

    parts: Parts
    app: Flask
    submission_id: str
    document_id: str
    other_submission_id: str
    other_document_id: str

    def path(self, rule: Rule, **changed: object) -> str:
        values = {
            "submission_id": self.submission_id, "document_id": self.document_id, "number": 1, "name": "victim",
            "token_id": "no-such-token", "webhook_id": "no-such-webhook", "delivery_id": "no-such-delivery",
            "session_id": "no-such-session", "kind": "csv", "version": "1", "letter_id": "no-such-letter", "form": "pdf",
            "letter_kind": "receipt", "list_name": "publication",
            "filename": "icons.svg",
        } | changed  # fmt: skip
        adapter = self.app.url_map.bind("localhost")
        needed = {name: value for name, value in values.items() if name in rule.arguments}
        return adapter.build(rule.endpoint, needed)

    def call(
        self, rule: Rule, method: str, role: str = "", *, csrf: str | None = None, **options: Any
    ) -> int:
        headers = {"Accept": "application/json", **options.pop("headers", {})}
        client = self.app.test_client()
        if role:
            client.set_cookie("intake_session", f"secret {role}".replace(" ", "-"))
        if csrf is not None:
            headers["X-CSRF-Token"] = csrf
        path = options.pop("path", None) or self.path(rule)
        body = BODIES.get(rule.endpoint, {}) if method not in {"GET", "HEAD"} else {}
        answer = client.open(path, method=method, headers=headers, **{**body, **options})
        assert answer.status_code != 500
        answer.close()  # a streamed page ends here, not when some other request runs
        return answer.status_code


def log_in(parts: Parts, name: str, role: str) -> None:
    with parts.store.write() as tx:
        people.add_user(tx, name, name, "x", role)
        digest = hashlib.sha256(f"secret-{name}".encode()).hexdigest()
        people.add_session(tx, digest, name, f"csrf {name}", 1)


def make_world(folder: Path) -> World:
    parts = make_parts(folder, api_per_minute=10**6)
    for role in ROLES:
        log_in(parts, role, role)
    log_in(parts, "victim", CLERK)
    submission = in_review(parts, make_reading())
    review.correct(parts, Actor("before", Role.REVIEWER), submission.id, 0, "fields.address", "先改过")
    other = upload(parts, PDF + b"2", JPEG)
    read_all(parts, make_reading())
    with parts.store.read() as tx:
        (mine,), theirs = documents.of_submission(tx, submission.id), documents.of_submission(tx, other.id)
    app = create_app(parts.settings, answering(parts, ScriptedReader()))
    return World(parts, app, submission.id, mine.id, other.id, theirs[1].id)


def calls(world: World) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in world.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def desk_calls(world: World) -> list[tuple[Rule, str, str]]:
    return [(r, m, ROUTES[r.endpoint]) for r, m in calls(world) if ROUTES.get(r.endpoint) in ROLES]


def api_calls(world: World) -> list[tuple[Rule, str, str]]:
    return [(r, m, ROUTES[r.endpoint]) for r, m in calls(world) if ROUTES.get(r.endpoint) in tokens.SCOPES]


def state_of(world: World) -> list[object]:
    with world.parts.store.read() as tx:
        return [list(whole.lines(tx, name)) for name in whole.table_names() if name != "tokens"]
