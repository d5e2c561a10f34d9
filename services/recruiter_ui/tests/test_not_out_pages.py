"""The dashboard's line about messages that did not go out: which count, until when, and where it leads."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest_asyncio
from contracts.intake import ApplicationStatus as S
from contracts.messaging import (
    Channel,
    MessageComposed,
    MessageFailed,
    MessageOutcomeUnknown,
    MessageSent,
    MessageSettledByHand,
    MessageTakenBack,
    MessageType,
)
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import RECRUITER, Storyteller
from recruiter_ui_support.talks import Talks
from recruiter_ui_support.visiting import log_in

CV_IS_IN, WAITS, AT_REST, NO_FIT = 1, 2, 3, 4
STRANGER = "+40700000992"
IDS = itertools.count(1_000, 1_000)
"""Every test tells facts of its own: a fact told twice is none."""


class Post:
    """Tells of messages of ours; each is about somebody, or goes to ``recipient`` alone."""

    def __init__(self, ui: Running) -> None:
        self.ui = ui
        self.told = Storyteller(datetime.now(UTC) - timedelta(days=20), next(IDS))
        self.told.position(1, "Electrician")
        for number, status in (
            (CV_IS_IN, S.CV_RECEIVED),
            (WAITS, S.AWAITING_CV),
            (AT_REST, S.CLOSED),
            (NO_FIT, S.NOT_QUALIFIED),
        ):
            self.told.person(number, f"Ana {number}", 1)
            self.told.becomes(number, status, closed_because="recruiter" if status is S.CLOSED else None)

    async def happens(self) -> None:
        await self.ui.told(self.told.envelopes)
        self.told.envelopes.clear()

    def write(self, number: int | None, kind: MessageType = MessageType.OTHER) -> dict[str, Any]:
        about = {
            "candidate_id": number,
            "application_id": number,
            "message_id": self.told.new_id(),
            "channel": Channel.WHATSAPP,
            "message_type": kind,
        }
        recipient = STRANGER if number is None else f"+40700000{number:03d}"
        self.told.say(MessageComposed(**about, body="Bună ziua", recipient=recipient, actor=RECRUITER))
        return about

    def fails(self, about: dict[str, Any]) -> None:
        self.told.later(seconds=1).say(MessageFailed(**about, reason="WhatsApp refused it: HTTP 400"))


@pytest_asyncio.fixture(loop_scope="session")
async def post(ui: Running) -> Post:
    await ui.db.execute("TRUNCATE messages, applications")
    return Post(ui)


async def line(ui: Running) -> tuple[int, str] | None:
    """How many the dashboard counts, and where its line leads."""
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        assert (await log_in(client)).status_code == 303
        page = (await client.get("/")).text
    found = re.search(r'<a class="needg" href="([^"]*)"><.*?(\d+) messages? did not go out', page)
    return (int(found[2]), found[1]) if found else None


async def test_a_recruiters_words_that_failed_count_whatever_the_application_waits_for(post: Post) -> None:
    post.told.at = datetime.now(UTC) - timedelta(hours=2)
    post.fails(post.write(CV_IS_IN))
    await post.happens()
    assert await line(post.ui) == (1, f"/applications/{CV_IS_IN}")


async def test_so_does_an_answer_to_somebody_whom_nobody_knows(post: Post) -> None:
    post.told.at = datetime.now(UTC) - timedelta(hours=2)
    lost = post.write(None)
    post.told.say(MessageOutcomeUnknown(**lost, reason="no answer"))
    await post.happens()
    assert await line(post.ui) == (1, "/messages?from=%2B40700000992")
    post.told.say(MessageSettledByHand(**lost, sent=True, actor=RECRUITER))
    await post.happens()
    assert await line(post.ui) is None


async def test_they_count_until_something_else_was_written(post: Post) -> None:
    post.told.at = datetime.now(UTC) - timedelta(hours=2)
    post.fails(post.write(AT_REST, MessageType.REJECTION))
    post.told.later(minutes=3)
    post.fails(again := post.write(AT_REST))
    await post.happens()
    assert await line(post.ui) == (2, f"/applications/{AT_REST}")
    arrived = post.write(AT_REST)
    post.told.say(MessageSent(**arrived, external_id="x", sent_at=post.told.at))
    await post.happens()
    assert arrived != again
    assert await line(post.ui) is None


async def test_and_for_a_week_at_most(post: Post) -> None:
    post.told.at = datetime.now(UTC) - timedelta(days=8)
    post.fails(post.write(CV_IS_IN))
    await post.happens()
    assert await line(post.ui) is None


async def test_what_the_pipeline_could_not_send_counts_while_an_answer_is_waited_for(post: Post) -> None:
    post.told.at = datetime.now(UTC) - timedelta(days=12)
    post.fails(post.write(WAITS, MessageType.CV_REQUEST))
    post.fails(post.write(CV_IS_IN, MessageType.CV_REQUEST))
    await post.happens()
    assert await line(post.ui) == (1, f"/applications/{WAITS}")


async def test_a_request_for_later_roles_that_was_taken_back_waits_for_somebody(post: Post) -> None:
    """Nothing moves the application by itself then: neither a CV nor the end of a wait comes."""
    post.told.at = datetime.now(UTC) - timedelta(days=9)
    kind = MessageType.CV_REQUEST_REJECTED
    taken = post.write(NO_FIT, kind)
    post.told.say(MessageTakenBack(**taken, actor=RECRUITER))
    await post.happens()
    assert await line(post.ui) == (1, f"/applications/{NO_FIT}")
    async with httpx2.AsyncClient(base_url=post.ui.url, timeout=20) as client:
        await log_in(client)
        page = (await client.get(f"/applications/{NO_FIT}")).text
    assert "The request for a CV was taken back: send it, reject or close" in page
    post.write(NO_FIT, kind)
    await post.happens()
    assert await line(post.ui) is None, "it is on its way"


async def test_it_answers_nobody_either(post: Post) -> None:
    """Who wrote and got no answer is not marked as answered in the inbox."""
    post.told.at = datetime.now(UTC) - timedelta(hours=2)
    Talks(post.told).they_write(CV_IS_IN, "Când începem?")
    post.told.later(minutes=3)
    post.fails(post.write(CV_IS_IN))
    post.told.say(MessageOutcomeUnknown(**post.write(CV_IS_IN), reason="no answer"))
    await post.happens()
    assert not await answered(post.ui)
    post.told.say(MessageSent(**post.write(CV_IS_IN), external_id="y", sent_at=post.told.at))
    await post.happens()
    assert await answered(post.ui)


async def answered(ui: Running) -> bool:
    async with httpx2.AsyncClient(base_url=ui.url, timeout=20) as client:
        await log_in(client)
        return 'title="Answered"' in (await client.get("/messages")).text
