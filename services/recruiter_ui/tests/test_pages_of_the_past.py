"""Rows that were folded before a version knew what today's pages show: a page may show less, never fail.

After an upgrade the pages stand until the read model is folded anew; nobody waits for them meanwhile.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx2
import pytest_asyncio
from recruiter_ui_support.running import Running
from recruiter_ui_support.town import a_town
from recruiter_ui_support.visiting import log_in

SINCE_THE_FIRST_VERSION = "{sequence,previous,current,reason}"
LATER_COLUMNS = {
    "positions": "revised_at = NULL, revised_by = NULL, details = details - ARRAY['record_calls',"
    " 'confirmation', 'lead_form_ids']",
    "candidates": "profile_revision = NULL, merged_into = NULL, withdrawn = NULL, notes = NULL",
    "applications": "proposed = NULL, by_hand = NULL, status_actor = NULL, closed_because = NULL,"
    " opened_via = NULL",
    "timeline": "detail = (SELECT COALESCE(jsonb_object_agg(key, value), '{}') FROM jsonb_each(detail)"
    f" WHERE key = ANY('{SINCE_THE_FIRST_VERSION}')) WHERE kind = 'application.status_changed'",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def recruiter(ui: Running) -> AsyncIterator[httpx2.AsyncClient]:
    await ui.told(a_town(datetime.now(UTC)).envelopes)
    for table, change in LATER_COLUMNS.items():
        await ui.db.execute(f"UPDATE {table} SET {change}")
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        yield client


async def test_every_page_stands_before_the_read_model_is_folded_anew(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    ids = [row[0] for row in await ui.db.fetch("SELECT application_id FROM applications ORDER BY 1")]
    places = ["/", "/applications", "/candidates", "/candidates/1", "/candidates/1/edit", "/positions"]
    places += ["/positions/1", "/import", "/duplicates", "/messages", "/cvs", "/calls"]
    places += [f"/applications/{application_id}" for application_id in ids]
    failed = {}
    for place in places:
        answer = await recruiter.get(place)
        if answer.status_code >= 500:
            failed[place] = answer.status_code
    assert not failed
    assert len(ids) > 10
