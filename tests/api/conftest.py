"""One served API for the tests of this folder, and one a module that is called without a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from intake_service.app import create_app
from intake_service.client import Client
from intake_service.parts import Parts
from tests.api.calling import Caller
from tests.api.served import Served, served
from tests.intake_service.builders import make_parts


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served"), webhook_private=True) as made:
        yield made


@pytest.fixture
def client(running: Served) -> Iterator[Client]:
    with Client(running.url, running.token, patience_s=5) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Parts]]:
    parts = make_parts(tmp_path_factory.mktemp("api"), api_per_minute=10_000)
    yield create_app(parts.settings, parts), parts
    parts.store.close()


@pytest.fixture
def app(shared: tuple[Flask, Parts]) -> Flask:
    return shared[0]


@pytest.fixture
def parts(shared: tuple[Flask, Parts]) -> Parts:
    return shared[1]


@pytest.fixture
def call(app: Flask, parts: Parts) -> Caller:
    return Caller(app, parts)
