"""Settings: access to Gmail given and taken away, what went wrong in words, and the alarm on every page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from contracts import Accepted, Actor, Refused
from contracts.messaging import (
    Channel,
    ChannelConnected,
    ChannelLost,
    DisconnectGmail,
    FinishGmailConnection,
    ShowConnections,
    StartGmailConnection,
)
from recruiter_ui_support.running import Running
from recruiter_ui_support.stories import Storyteller
from recruiter_ui_support.visiting import hidden, log_in

PARTIAL = {"HX-Request": "true"}
ACCOUNT = "recruiting@example.com"
AT_GOOGLE = "https://accounts.google.com/o/oauth2/v2/auth?client_id=x&state=s"
HOSTILE = "<script>alert(1)</script>"


def stands(**gmail: Any) -> Accepted:
    now = datetime.now(UTC)
    mail = {"channel": "email", "state": "never", "may_connect": True, **gmail}
    whatsapp = {
        "channel": "whatsapp", "state": "connected", "by": "environment", "account": "+40700000099",
        "since": (now - timedelta(days=1)).isoformat(),
        "checked_at": (now - timedelta(minutes=3)).isoformat(),
    }  # fmt: skip
    return Accepted(result={"connections": [mail, whatsapp]})


def connected(**more: Any) -> Accepted:
    checked = (datetime.now(UTC) - timedelta(minutes=3)).isoformat()
    return stands(state="connected", by="page", account=ACCOUNT, since=checked, checked_at=checked, **more)


@pytest_asyncio.fixture(loop_scope="session")
async def recruiter(ui: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=ui.url, timeout=30) as client:
        assert (await log_in(client)).status_code == 303
        yield client


async def test_the_page_says_how_the_channels_stand_and_what_can_be_done(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    async with ui.answering(ShowConnections, lambda query: stands()):
        never = (await recruiter.get("/settings")).text
    assert "Connect Gmail" in never
    assert "Never connected" in never
    assert "+40 700 000 099" in never
    async with ui.answering(ShowConnections, lambda query: connected(waiting=2)):
        page = (await recruiter.get("/settings")).text
    for words in (ACCOUNT, "3 min", "2 messages", "Connect again", "Disconnect", "given on this page"):
        assert words in page
    lost = stands(state="lost", by="page", account=ACCOUNT, problem=HOSTILE)
    async with ui.answering(ShowConnections, lambda query: lost):
        page = (await recruiter.get("/settings")).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


async def test_where_nothing_is_set_up_the_page_says_what_is_missing(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    problem = "Gmail can't be connected here yet: SECRETS_KEY is not set"
    async with ui.answering(ShowConnections, lambda query: stands(may_connect=False, problem=problem)):
        page = unescape((await recruiter.get("/settings")).text)
    assert problem in page
    assert "Connect Gmail</button>" not in page


async def test_connecting_leads_to_google_and_back(ui: Running, recruiter: httpx2.AsyncClient) -> None:
    async with ui.answering(ShowConnections, lambda query: stands()):
        page = (await recruiter.get("/settings")).text
    form = {name: hidden(page, name) for name in ("csrf", "command_id")}
    reply = Accepted(result={"authorization_url": AT_GOOGLE})
    async with ui.answering(StartGmailConnection, lambda command: reply):
        scripted = await recruiter.post("/settings/gmail/connect", data=form, headers=PARTIAL)
        plain = await recruiter.post("/settings/gmail/connect", data=form)
    assert scripted.headers["HX-Redirect"] == AT_GOOGLE
    assert f'href="{AT_GOOGLE}"' in unescape(plain.text)
    done = Accepted(result={"account": ACCOUNT})
    async with ui.answering(FinishGmailConnection, lambda command: done):
        back = await recruiter.get("/settings/gmail/callback/?state=st&code=4%2F0A&scope=x")
    assert (back.status_code, back.headers["location"]) == (303, "/settings?connected=gmail")
    sent = ui.received[-1]
    assert isinstance(sent, FinishGmailConnection)
    assert (sent.state, sent.code, sent.actor.kind) == ("st", "4/0A", "recruiter")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("error=access_denied&state=s", "You pressed Deny at Google"),
        ("error=server_error&state=s", "Google did not let you through"),
        ("code=x", "That was no answer to a connection begun here"),
        (f"state={'s' * 600}&code=x", "That was no answer to a connection begun here"),
    ],
)
async def test_what_google_refuses_is_said_in_words_and_nothing_is_asked(
    ui: Running, recruiter: httpx2.AsyncClient, query: str, words: str
) -> None:
    before = [kind for kind in ui.received if isinstance(kind, FinishGmailConnection)]
    async with ui.answering(ShowConnections, lambda query: stands()):
        page = await recruiter.get(f"/settings/gmail/callback/?{query}")
    assert page.status_code == 422
    assert words in unescape(page.text)
    assert [kind for kind in ui.received if isinstance(kind, FinishGmailConnection)] == before


async def test_a_refusal_of_messaging_and_its_silence_stand_on_the_page(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    no = Refused(code="other_account", message=f"You chose other@example.com, but the mailbox is {ACCOUNT}.")
    async with ui.answering(ShowConnections, lambda query: connected()):
        async with ui.answering(FinishGmailConnection, lambda command: no):
            page = await recruiter.get("/settings/gmail/callback/?state=s&code=c")
        assert "You chose other@example.com" in page.text
        silent = await recruiter.get("/settings/gmail/callback/?state=s&code=c")
    assert "Messaging is not answering; nothing was changed" in silent.text
    assert "Messaging is not answering" in (await recruiter.get("/settings")).text


async def test_the_way_back_from_google_is_for_who_is_logged_in(ui: Running) -> None:
    async with httpx2.AsyncClient(base_url=ui.url) as stranger:
        away = await stranger.get("/settings/gmail/callback/?state=s&code=c")
    assert away.headers["location"].startswith("/login?next=")


async def test_disconnecting_asks_once_and_says_whether_google_knows(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    before = len([one for one in ui.received if isinstance(one, DisconnectGmail)])
    async with ui.answering(ShowConnections, lambda query: connected(waiting=1)):
        sheet = (await recruiter.get("/settings/gmail/disconnect", headers=PARTIAL)).text
        assert "<html" in (await recruiter.get("/settings/gmail/disconnect")).text
    assert "1 message waits and fails" in sheet
    form = {name: hidden(sheet, name) for name in ("csrf", "command_id")}
    assert len([one for one in ui.received if isinstance(one, DisconnectGmail)]) == before
    for told, place in ((True, "gmail"), (False, "untold")):
        reply = Accepted(result={"account": ACCOUNT, "revoked": told})
        async with ui.answering(DisconnectGmail, lambda command, reply=reply: reply):
            gone = await recruiter.post("/settings/gmail/disconnect", data=form)
        assert gone.headers["location"] == f"/settings?disconnected={place}"


async def test_other_pages_learn_when_the_mailbox_was_checked(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    async with ui.answering(ShowConnections, lambda query: connected()):
        assert "Mailbox checked 3 min" in (await recruiter.get("/parts/mailbox", headers=PARTIAL)).text
    async with ui.answering(ShowConnections, lambda query: stands(state="lost", by="page")):
        assert "Mailbox not connected" in (await recruiter.get("/parts/mailbox", headers=PARTIAL)).text
    assert "Mailbox" in (await recruiter.get("/parts/mailbox", headers=PARTIAL)).text


async def test_a_lost_channel_stands_on_every_page_until_it_is_mended(
    ui: Running, recruiter: httpx2.AsyncClient
) -> None:
    told = Storyteller(datetime.now(UTC) - timedelta(minutes=5))
    told.say(ChannelLost(channel=Channel.EMAIL, problem=f"Revoked {HOSTILE}.", what_to_do="Connect again."))
    await ui.told(told.envelopes)
    places = ("/", "/applications", "/messages", "/positions", "/more", "/parts/alarms")
    for place in places:
        page = (await recruiter.get(place)).text
        assert "<b>Gmail is not connected.</b>" in page, place
        assert "<script>alert" not in page
    assert "Gmail is not connected</span>" in (await recruiter.get("/")).text
    told.say(ChannelConnected(channel=Channel.EMAIL, account=ACCOUNT, actor=Actor.system()))
    await ui.told(told.envelopes[-1:])
    for place in places:
        assert "Gmail is not connected" not in (await recruiter.get(place)).text, place
