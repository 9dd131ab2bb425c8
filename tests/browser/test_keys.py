"""The sheets of keys, without a browser: no key means two things, and every key that a page has is told."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from flask.testing import FlaskClient

from intake_service.app import create_app
from intake_service.parts import Parts
from tests.browser import serving
from tests.browser.paper import SAMPLE
from tests.browser.serving import Prepared
from tests.browser.test_door import log_in
from tests.intake_service.builders import PNG

ROOMS = ("/intake", "/queue", "/queue?status=returned", "/wall", "/results", "/overview", "/account", "/admin", "/admin/users",
         "/admin/access", "/admin/keeping", "/admin/trail")  # fmt: skip


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return serving.desk_parts(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def client(parts: Parts) -> FlaskClient:
    client = create_app(parts.settings, parts).test_client()
    log_in(client, "admin")
    return client


@pytest.fixture(scope="module")
def pages(parts: Parts, client: FlaskClient) -> dict[str, str]:
    """Every room, and one submission before and after it is decided."""
    made, done = (serving.add_read(parts, Prepared(SAMPLE, [PNG], {}), org_name=name) for name in "甲乙")
    serving.accept(parts, done)
    paths = (*ROOMS, f"/review/{made}", f"/review/{done}", f"/submissions/{done}/register")
    return {path: client.get(path).text for path in paths}


def sheets(page: str) -> list[list[str]]:
    """What each heading of the sheet lists: ``Alt Enter``, ``g 1``, ``?``."""
    lists = re.findall(r'<dl class="keys">(.*?)</dl>', page, re.DOTALL)
    return [
        [
            " ".join(re.findall(r"<kbd>(.*?)</kbd>", keys))
            for keys in re.findall(r"<dd>(.*?)</dd>", each, re.DOTALL)
        ]
        for each in lists
    ]


def test_no_key_stands_twice_under_one_heading(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        for keys in sheets(page):
            assert sorted(set(keys)) == sorted(keys), path


def test_every_key_of_a_page_is_told_in_its_sheet(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        told = {key.lower().replace(" ", "+") for key in chain(*sheets(page))}
        here = set(chain(*(keys.split() for keys in re.findall(r'data-key="([^"]*)"', page))))
        rooms = {f"g+{key}" for key in re.findall(r'data-room-key="([^"]*)"', page)}
        assert (here | rooms) - told == set(), path
