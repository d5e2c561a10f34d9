"""Whose application it is: the search behind the CV inbox and the upload."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
import pytest_asyncio
from contracts.intake import ApplicationStatus as S
from contracts.references import reference
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.visiting import log_in

WAITS, ALONE, CLOSED = 1, 2, range(3, 13)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(ui: Running) -> Running:
    told = Storyteller(datetime.now(UTC) - timedelta(hours=2))
    told.position(1, "Electrician")
    told.person(WAITS, "Ion Popescu", 1)
    told.becomes(WAITS, S.AWAITING_CV)
    for number in (ALONE, *CLOSED):
        told.person(number, "Vasile Rar" if number == ALONE else "Ion Popescu", 1)
        told.becomes(number, S.CLOSED, closed_because="recruiter")
    await ui.told(told.envelopes)
    return ui


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(town: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=town.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


@pytest.mark.parametrize("search", ["popescu", "ION POP", reference(WAITS)])
async def test_who_waits_is_found_however_many_of_the_name_are_closed(
    recruiter: httpx2.AsyncClient, search: str
) -> None:
    page = (await recruiter.get("/applications/find", params={"q": search})).text
    assert re.findall(r'name="application_id" value="(\d+)"', page) == [str(WAITS)]
    assert reference(WAITS) in page


async def test_who_has_no_open_application_is_not_called_unknown(recruiter: httpx2.AsyncClient) -> None:
    page = (await recruiter.get("/applications/find", params={"q": "rar"})).text
    assert "Nobody with an open application found." in page
