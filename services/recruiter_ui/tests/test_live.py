"""The live stream: changes with ids, everything after the last id on coming back, across processes."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest_asyncio
from recruiter_ui.live import MANY, Change, ChangesFeed, stream, summary
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.visiting import log_in


@pytest_asyncio.fixture(loop_scope="session")
async def client(ui: Running) -> Any:
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as made:
        assert (await log_in(made)).status_code == 303
        yield made


async def next_change(client: httpx2.AsyncClient, after: int, **headers: str) -> tuple[int, dict[str, Any]]:
    """The first change that a tab hears of."""
    seen: dict[str, str] = {}
    async with client.stream("GET", f"/live?after={after}", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            seen[name] = value
            if not line:
                if seen.get("event") == "change":
                    return int(seen["id"]), json.loads(seen["data"])
                seen = {}
    raise AssertionError("the stream ended")


async def test_a_change_reaches_an_open_tab_with_its_id(ui: Running, client: httpx2.AsyncClient) -> None:
    told = Storyteller(datetime.now(UTC))
    told.position(1, "Electrician")
    told.person(1, "Mihai", 1)
    await ui.told(told.envelopes)
    last = int(await ui.db.fetchval("SELECT max(change_id) FROM changes"))
    listening = asyncio.create_task(next_change(client, last))
    told.is_queued(1)
    await ui.told(told.envelopes[-1:])
    change_id, data = await asyncio.wait_for(listening, 30)
    assert change_id > last
    assert data == {"application": ["1"]}


async def test_a_tab_that_was_away_hears_everything_after_its_last_id(
    ui: Running, client: httpx2.AsyncClient
) -> None:
    told = Storyteller(datetime.now(UTC), first_id=5_000)
    last = int(await ui.db.fetchval("SELECT COALESCE(max(change_id), 0) FROM changes"))
    for number in (11, 12, 13):
        told.person(number, "Someone", 1)
        await ui.told(told.envelopes[-1:])
    newest = int(await ui.db.fetchval("SELECT max(change_id) FROM changes"))
    hearing = next_change(client, newest, **{"Last-Event-ID": str(last)})
    change_id, data = await asyncio.wait_for(hearing, 30)
    assert data == {"application": ["11", "12", "13"]}
    assert change_id == newest


async def test_another_process_hears_of_it_too(ui: Running) -> None:
    assert ui.settings.database_schema is not None
    last = int(await ui.db.fetchval("SELECT COALESCE(max(change_id), 0) FROM changes"))
    told = Storyteller(datetime.now(UTC), first_id=7_000)
    async with ChangesFeed(ui.settings.database_url, ui.settings.database_schema) as other:
        told.person(21, "Someone", 1)
        waiting = asyncio.create_task(other.after(last, 10))
        await ui.told(told.envelopes)
        changes = await waiting
    assert changes
    assert changes[-1].subject_id == "21"


async def test_the_stream_is_for_people_who_are_logged_in(ui: Running) -> None:
    async with httpx2.AsyncClient(base_url=ui.url) as stranger:
        assert (await stranger.get("/live")).status_code == 303


async def test_a_stream_ends_with_its_session_however_much_goes_on() -> None:
    class Busy(ChangesFeed):
        async def after(self, last: int, wait: float) -> list[Change] | None:
            return [Change(last + 1, "application", "1")]

    asked: list[bool] = []

    async def is_welcome() -> bool:
        asked.append(len(asked) < 1)
        return asked[-1]

    told = [part async for part in stream(Busy("", ""), 0, is_welcome, ask_every=0)]
    assert asked == [True, False]
    assert len(told) == 2


def test_very_many_changes_are_told_as_one() -> None:
    many = [Change(number, "application", str(number)) for number in range(MANY + 1)]
    assert summary(many) == {"everything": True}
    assert summary([Change(1, "application", "5"), Change(2, "application", "5"), Change(3, "cv", "x")]) == {
        "application": ["5"],
        "cv": ["x"],
    }


async def test_tabs_that_are_cut_off_over_and_over_leave_the_feed_to_the_others() -> None:
    """A server ends the stream of a tab that is gone by cancelling it until it ends."""
    feed = ChangesFeed("", "")
    for turns in range(12):
        tabs = [asyncio.create_task(feed.after(0, 10)) for _ in range(5)]
        for _ in range(turns):
            await asyncio.sleep(0)
        while not all(tab.done() for tab in tabs):
            for tab in tabs:
                tab.cancel()
            await asyncio.sleep(0)
        ends = await asyncio.gather(*tabs, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ends)
    assert await asyncio.wait_for(feed.after(0, 0.01), 20) == []
    waiting = asyncio.create_task(feed.after(0, 60))
    await asyncio.wait_for(feed.close(), 20)
    assert await asyncio.wait_for(waiting, 20) == []
