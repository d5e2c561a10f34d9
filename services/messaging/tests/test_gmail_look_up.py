"""An email whose answer was lost: whether it was sent is asked of Gmail, and it is never sent twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from chassis.effects import Absent, CannotSay, Found
from chassis.testing_http import Asked, Says
from messaging.adapters.gmail_client import Answered
from messaging.adapters.gmail_mail import LOOK_BACK, SLACK, GmailMail

from .gmail_talk import LETTER, an_error, api_calls, talking

G_1 = Found({"external_id": "g-1", "thread_id": None})


@pytest.mark.parametrize(
    ("found", "sighting"),
    [([], Absent()), ([{"id": "g-1"}], G_1)],
)
async def test_a_lost_email_is_looked_up_by_its_message_id(found: list[Any], sighting: object) -> None:
    async with talking(lambda _: Says({"messages": found} if found else {"resultSizeEstimate": 0})) as (
        client,
        server,
    ):
        assert await GmailMail(client, "").look_up(LETTER, ()) == sighting
    assert api_calls(server)[0].query["q"] == f"rfc822msgid:{LETTER.message_id}@recruitflow"


class SentMail:
    """Gmail whose search finds nothing: it lags behind, or the Message-ID was replaced."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    def __call__(self, asked: Asked) -> Says:
        path = asked.path.removeprefix("/gmail/v1/users/me/messages")
        if path:
            assert asked.query["format"] == "metadata"
            header = {"name": asked.query["metadataHeaders"], "value": self.keys[int(path[3:])]}
            return Says({"id": path[1:], "payload": {"headers": [header]}})
        if asked.query.get("labelIds") != "SENT":
            return Says({"resultSizeEstimate": 0})
        return Says({"messages": [{"id": f"g-{place}"} for place in range(len(self.keys))]})


async def test_an_email_that_search_does_not_know_is_found_among_the_sent_ones() -> None:
    async with talking(SentMail("another", str(LETTER.message_id))) as (client, _):
        assert await GmailMail(client, "").look_up(LETTER, ()) == Found(
            {"external_id": "g-1", "thread_id": None}
        )
    async with talking(SentMail("another", "and another")) as (client, _):
        assert await GmailMail(client, "").look_up(LETTER, ()) == Absent()


def many_sent(number: int, *, ours_at: int | None, sent_at: datetime = LETTER.composed_at) -> Any:
    """A Gmail whose search knows nothing, and from which ``number`` emails were sent, the newest first."""
    stamp = str(int(sent_at.timestamp() * 1000))

    def answers(asked: Asked) -> Says:
        last = asked.path.rsplit("/", 1)[1]
        if last.startswith("g-"):
            key = LETTER.message_id if last == f"g-{ours_at}" else "another"
            headers = [{"name": "X-RecruitFlow-Message", "value": str(key)}]
            return Says({"payload": {"headers": headers}, "internalDate": stamp})
        if "q" in asked.query:
            return Says({})
        start = int(asked.query.get("pageToken", "0"))
        page = {"messages": [{"id": f"g-{n}"} for n in range(start, min(start + 100, number))]}
        return Says(page | ({"nextPageToken": str(start + 100)} if start + 100 < number else {}))

    return answers


async def test_an_email_is_found_although_hundreds_were_sent_since() -> None:
    """One that is thought not to have left is sent again."""
    async with talking(many_sent(260, ours_at=230)) as (client, _):
        assert await GmailMail(client, "").look_up(LETTER, ()) == Found(
            {"external_id": "g-230", "thread_id": None}
        )


async def test_what_was_sent_long_before_need_not_be_looked_through() -> None:
    before = LETTER.composed_at - SLACK - timedelta(minutes=1)
    async with talking(many_sent(900, ours_at=None, sent_at=before)) as (client, server):
        assert await GmailMail(client, "").look_up(LETTER, ()) == Absent()
    assert sum("/g-" in asked.path for asked in server.asked) == LOOK_BACK


async def test_beyond_very_many_nobody_can_say() -> None:
    async with talking(many_sent(900, ours_at=500)) as (client, _):
        assert isinstance(await GmailMail(client, "", most=200).look_up(LETTER, ()), CannotSay)


async def test_a_look_up_that_fails_midway_goes_on_from_there() -> None:
    """Twenty emails, of which Gmail shows each only at the second time: one answer more with every try."""
    refused: set[str] = set()

    def answers(asked: Asked) -> Says:
        if not asked.path.rsplit("/", 1)[1].startswith("g-"):
            return Says({} if "q" in asked.query else {"messages": [{"id": f"g-{n}"} for n in range(20)]})
        if asked.path not in refused:
            refused.add(asked.path)
            return an_error(503)
        key = LETTER.message_id if asked.path.endswith("/g-19") else "another"
        return Says({"payload": {"headers": [{"name": "X-RecruitFlow-Message", "value": str(key)}]}})

    async with talking(answers) as (client, server):
        mail, tries = GmailMail(client, ""), 0
        sighting: object = None
        while sighting is None and tries < 30:
            tries += 1
            try:
                sighting = await mail.look_up(LETTER, ())
            except Answered:
                continue
        seen = [asked.path for asked in api_calls(server) if "/g-" in asked.path]
    assert sighting == Found({"external_id": "g-19", "thread_id": None})
    assert (tries, len(seen)) == (21, 40)
