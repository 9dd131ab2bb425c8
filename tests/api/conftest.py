"""One served API for the tests of this folder; each makes its own submissions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intake_service.client import Client
from tests.api.served import Served, served


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served"), webhook_private=True) as made:
        yield made


@pytest.fixture
def client(running: Served) -> Iterator[Client]:
    with Client(running.url, running.token, patience_s=5) as made:
        yield made
