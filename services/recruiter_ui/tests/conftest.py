"""The town of invented people and the running service, for every test of recruiter_ui."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent / "support"))

from chassis.testing_servers import Migrated, Templates
from recruiter_ui_support.cv_house import House, a_house
from recruiter_ui_support.running import Running, running
from recruiter_ui_support.visiting import log_in


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ui(
    postgres_url: str, templates: Templates, nats_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    """One running service per file of tests, in a database of its own."""
    migrated = Migrated(postgres_url, templates)
    database = await migrated("recruiter_ui")
    async with running(database, nats_url, tmp_path_factory.mktemp("state")) as service:
        yield service
    await migrated.drop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(ui: Running) -> House:
    """Files in the CV inbox; afresh for each file of tests."""
    return await a_house(ui)


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=house.ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client
