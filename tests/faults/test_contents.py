"""What comes from paper, file names and typed text stays text: no script in a page, no formula in a table, no line in a log."""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from extractors.form.reading import FIELD_IDS
from intake_service import export, intake, review
from intake_service.app import HEADERS
from intake_service.intake import Meta, UntrustedFile
from intake_service.logs import QUIET, set_up_logging
from intake_service.store import Move, documents, people
from tests.faults.routes import World, desk_calls, make_world
from tests.intake_service.builders import CLERK, PDF, REVIEWER, make_parts, make_reading, read_all

PERSONS = ("legal_representative", "contact_person", "contact_phone", "email")
SHOW_PERSONS = {"web.publication", "web.list_file", "web.wall"}
"""The public notice, whose columns the call prescribes; and cells laid side by side to be checked."""
CANARY = (
    "坏\"'><script>alert(1)</script><img src=x onerror=alert(1)><a href=javascript:alert(1)>{{7*7}}${7*7}"
)


class Found(HTMLParser):
    """What a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []
        self.shown = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.dangers.append(f"<{tag} {name}={value}>")
            if name == "style":
                self.dangers.append(f"<{tag} style>")
        if tag == "script" and not dict(attrs).get("src") and dict(attrs).get("type") != "application/json":
            self.dangers.append("inline script")
        if tag in {"iframe", "object", "embed", "base"}:
            self.dangers.append(tag)

    def handle_data(self, data: str) -> None:
        self.shown += data


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything that somebody outside, or a colleague, may have written is the canary."""
    made = make_world(tmp_path_factory.mktemp("world"))
    meta = Meta(channel="mail", tracking_number="T", sender=CANARY, note=CANARY)
    upload = UntrustedFile(f"{CANARY.replace('/', '')}.pdf", io.BytesIO(PDF + b"bad"))
    made.submission_id = intake.accept_upload(made.parts, CLERK, [upload], meta).submission.id
    reading = make_reading(org_name=CANARY, rows=1)
    for cell in [*reading["fields"].values(), *(c for row in reading["occupations"] for c in row.values())]:
        cell["text"], cell["candidates"] = CANARY, [{"text": CANARY, "confidence": 0.1}]
        cell["reasons"], cell["status"] = [CANARY], "review"
    reading["marks"]["org_seal"].update(text=CANARY, number=CANARY)
    reading["checks"] = [
        {"rule": CANARY, "passed": False, "severity": "error", "fields": ["org_name"], "message": CANARY}
    ]
    reading["form"]["deviations"], reading["warnings"] = [CANARY], [CANARY]
    read_all(made.parts, reading)
    with made.parts.store.read() as tx:
        made.document_id = documents.of_submission(tx, made.submission_id)[0].id
    review.correct(made.parts, REVIEWER, made.submission_id, 0, "fields.address", CANARY + "改")
    yield made
    made.parts.store.close()


def test_no_page_runs_what_somebody_wrote(world: World) -> None:
    pages = shown = 0
    client = world.app.test_client()
    client.set_cookie("intake_session", "secret-admin")
    decided = False
    for _round in range(2):
        for rule, method, _role in desk_calls(world):
            if method != "GET":
                continue
            for query in ("", "?q=" + "%3Cscript%3Ealert(1)%3C/script%3E", "?next=javascript:alert(1)"):
                answer = client.get(world.path(rule) + query, buffered=True)
                if answer.mimetype != "text/html":
                    assert answer.mimetype in {"application/json", "text/csv", "image/png", "application/pdf",
                                               "application/octet-stream", "application/x-ndjson"}, rule  # fmt: skip
                    continue
                found = Found()
                found.feed(answer.text)
                assert not found.dangers, (rule, found.dangers)
                pages += 1
                shown += CANARY[:8] in found.shown
        if not decided:
            decided = True
            version = review.open_review(world.parts, world.submission_id).current.version
            review.decide(world.parts, REVIEWER, world.submission_id, version, Move.RETURN, [CANARY], CANARY)
    assert pages > 30
    assert shown >= 8, "the canary must be seen, or nothing was proved"


def test_json_for_our_scripts_holds_no_markup_of_theirs(world: World) -> None:
    """Parts of pages that scripts put in (history, checks) are markup of ours, with their text escaped."""
    client = world.app.test_client()
    client.set_cookie("intake_session", "secret-admin")
    state = next(call[0] for call in desk_calls(world) if call[0].endpoint == "web.review_state")
    body = client.get(world.path(state), headers={"Accept": "application/json"}).json
    seen = 0
    for value in _texts(body):
        if "<li" in value or "<div" in value or "<p" in value:
            found = Found()
            found.feed(value)
            assert not found.dangers
            seen += CANARY[:8] in found.shown
    assert seen


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def test_the_policy_would_stop_what_slipped_through() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert not [word for word in ("unsafe-inline", "unsafe-eval", "http:", "*") if word in policy]


STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "|", "%")
BLANKS = ("", " ", "\u3000", "\ufeff", "\u00a0", "\n")


def test_no_cell_of_the_table_is_a_formula(tmp_path: Path) -> None:
    """Every start behind every blank, as read and as typed."""
    parts = make_parts(tmp_path)
    texts = [f"{blank}{start}cmd|' /C calc'!A0" for start in STARTS for blank in BLANKS]
    rows_needed = -(-(len(texts) - len(FIELD_IDS)) // 7)
    reading = make_reading(rows=rows_needed)
    cells = [*reading["fields"].values(), *(c for row in reading["occupations"] for c in row.values())]
    for cell, text in zip(cells, (texts * 2)[: len(cells)], strict=True):
        cell["text"] = text
    upload = UntrustedFile("a.pdf", io.BytesIO(PDF))
    submission = intake.accept_upload(parts, CLERK, [upload], Meta()).submission
    read_all(parts, reading)
    for version, start in enumerate(STARTS):
        review.correct(parts, REVIEWER, submission.id, version, "fields.address", f"{start}cmd|calc")
    review.decide(parts, REVIEWER, submission.id, len(STARTS), Move.ACCEPT)
    table = b"".join(export.to_csv(parts, REVIEWER)).decode("utf-8-sig")
    shown = [cell for row in list(csv.reader(io.StringIO(table, newline="")))[1:] for cell in row]
    risky = [cell for cell in shown if "calc" in cell]
    assert len({cell.lstrip("'") for cell in risky}) >= len(texts)
    assert not [c for c in risky if c.lstrip(export.BLANKS + "\n").startswith(export.FORMULA_START)]
    parts.store.close()


def test_nothing_of_the_paper_stands_in_a_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """With INTAKE_LOG=DEBUG."""
    before = {name: logging.getLogger(name).level for name in QUIET}
    set_up_logging("DEBUG")
    caplog.set_level(logging.DEBUG)
    try:
        world = make_world(tmp_path)
        person, phone = "金丝雀有限公司", "13912345678"
        upload = UntrustedFile(f"{person}.pdf", io.BytesIO(PDF + b"log"))
        meta = Meta(sender=person, note=phone)
        submission = intake.accept_upload(world.parts, CLERK, [upload], meta).submission
        reading = make_reading(org_name=person)
        reading["fields"]["contact_phone"]["text"] = phone
        read_all(world.parts, reading)
        review.correct(world.parts, REVIEWER, submission.id, 0, "fields.legal_representative", person)
        client = world.app.test_client()
        client.set_cookie("intake_session", "secret-admin")
        client.get(f"/queue?q={person}")
        client.post("/login", data={"name": person, "password": phone})
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
    told = caplog.text + "".join(capfd.readouterr())
    assert told
    for secret in (person, phone, json.dumps(person)[1:-1], "secret-admin", world.parts.settings.secret_key):
        assert secret not in told, secret


def test_an_error_of_the_database_does_not_tell_what_was_written(tmp_path: Path) -> None:
    """Its text goes into the log with the traceback."""
    parts = make_parts(tmp_path)
    person = "金丝雀有限公司"
    with pytest.raises(IntegrityError) as caught, parts.store.write() as tx:
        people.add_key(tx, person, person, person, "no such submission")
    assert person not in str(caught.value)
    parts.store.close()


def test_lists_show_no_person(tmp_path: Path) -> None:
    """Whom the paper names is seen by who opens it, not by who passes a screen with a list on it."""
    world = make_world(tmp_path)
    with world.parts.store.read() as tx:
        fields = (documents.reading_of(tx, world.document_id) or {})["fields"]
    persons = {fields[name]["text"] for name in PERSONS} - {""}
    assert len(persons) == len(PERSONS)
    client = world.app.test_client()
    client.set_cookie("intake_session", "secret-admin")
    seen = 0
    for rule, method, _role in desk_calls(world):
        if method == "GET" and not rule.arguments and rule.endpoint not in SHOW_PERSONS:
            page = client.get(world.path(rule)).text
            assert not [person for person in persons if person in page], rule
            seen += fields["org_name"]["text"] in page
    assert seen >= 2, "the submission must stand in some lists, or nothing was proved"
