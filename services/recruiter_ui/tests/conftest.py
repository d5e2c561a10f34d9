"""The town of invented people and the running service, for every test of recruiter_ui."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent / "support"))

from chassis.servers import drop_database, make_database, provide_schema
from recruiter_ui_support.running import Running, running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ui(
    postgres_url: str, nats_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    """One running service per file of tests, in a database of its own."""
    name = f"ui_{tmp_path_factory.mktemp('ui').name.replace('-', '_')}"
    url = await make_database(postgres_url, name)
    database = await provide_schema(url, "recruiter_ui", role=f"{name}_role", password="secret-enough")
    async with running(database, nats_url, tmp_path_factory.mktemp("state")) as service:
        yield service
    await drop_database(postgres_url, name)
